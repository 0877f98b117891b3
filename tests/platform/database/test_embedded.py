"""The embedded PostgreSQL: kept data through kill -9, shared by processes, gone after a clean stop."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest

from careloom.platform.database.embedded import EmbeddedPostgres


@pytest.fixture
def folder(home: Path) -> Path:
    return home / "postgres"


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    started = EmbeddedPostgres(folder, {"max_connections": "40", "shared_buffers": "16MB"})
    started.start()
    yield started
    started.stop()


def _family(server: EmbeddedPostgres) -> list[psutil.Process]:
    postmaster = psutil.Process(server.pid)
    return [postmaster, *postmaster.children(recursive=True)]


def _kill(processes: list[psutil.Process]) -> None:
    """kill -9; a process that its postmaster's death has ended already is as good as killed."""
    for one in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()


def _is_gone(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _gone(processes: list[psutil.Process]) -> bool:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if all(_is_gone(one) for one in processes):
            return True
        time.sleep(0.05)
    return False


def _answers(server: EmbeddedPostgres, statement: str = "SELECT 1") -> list[tuple[object, ...]]:
    with psycopg.connect(server.url()) as connection:
        return connection.execute(statement.encode()).fetchall()


@pytest.mark.parametrize("whole_family", [True, False], ids=["all processes", "the postmaster alone"])
def test_what_was_committed_is_there_after_kill_nine(server: EmbeddedPostgres, whole_family: bool) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (number int)")
        for number in range(50):
            connection.execute("INSERT INTO kept VALUES (%s)", [number])
        killed = _family(server)
        _kill(killed if whole_family else killed[:1])
    assert _gone(killed[:1])
    server.ensure_running()
    assert _answers(server, "SELECT count(*), max(number) FROM kept") == [(50, 49)]
    assert server.pid != killed[0].pid


def test_several_that_notice_a_dead_server_at_once_start_one(folder: Path, server: EmbeddedPostgres) -> None:
    others = [EmbeddedPostgres(folder, {"max_connections": "40", "shared_buffers": "16MB"}) for _ in range(4)]
    for one in others:
        one.start()
    assert {one.pid for one in others} == {server.pid}
    killed = _family(server)
    _kill(killed)
    assert _gone(killed[:1])
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(EmbeddedPostgres.ensure_running, [server, *others]))
    assert {one.pid for one in others} == {server.pid}
    assert _answers(server) == [(1,)]


def test_the_address_is_the_same_after_a_restart(server: EmbeddedPostgres) -> None:
    before = server.url("careloom_app", "careloom")
    killed = _family(server)
    _kill(killed)
    assert _gone(killed[:1])
    server.ensure_running()
    assert server.url("careloom_app", "careloom") == before


def test_a_clean_stop_leaves_no_process_and_the_data(folder: Path, server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    family = _family(server)
    server.stop()
    assert _gone(family)
    assert not (folder / "postmaster.pid").exists()
    server.start()
    assert _answers(server, "SELECT number FROM kept") == [(7,)]


def test_nobody_starts_a_server_again_that_was_stopped_on_purpose(folder: Path, server: EmbeddedPostgres) -> None:
    server.stop()
    server.ensure_running()
    assert not (folder / "postmaster.pid").exists()


def test_an_installation_that_was_cut_off_is_begun_again(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "PG_VERSION").write_text("18\n")
    folder.with_name("postgres.half-made").touch()
    server = EmbeddedPostgres(folder, {"max_connections": "40", "shared_buffers": "16MB"})
    server.start()
    try:
        assert _answers(server) == [(1,)]
        assert not folder.with_name("postgres.half-made").exists()
    finally:
        server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="whoever is not root runs the server as themselves")
def test_the_user_that_roots_servers_run_as_is_made_by_one_process_at_a_time(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    other = os.open(Path("~root").expanduser(), os.O_RDONLY)
    with ThreadPoolExecutor(1) as pool:
        fcntl.flock(other, fcntl.LOCK_EX)
        starting = pool.submit(server.start)
        with pytest.raises(TimeoutError):
            starting.result(timeout=0.5)
        begun = list(folder.parent.glob("postgres.half-made")) + list(folder.glob("PG_VERSION"))
        os.close(other)
        starting.result(timeout=60)
    server.stop()
    assert not begun


def test_several_may_prepare_the_same_database_at_once(server: EmbeddedPostgres) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(server.create, ["careloom"] * 4))
    with psycopg.connect(server.url("careloom_app", "careloom")) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("careloom_app",)
