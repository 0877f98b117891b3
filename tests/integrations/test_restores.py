"""Restoring a client over the API: tried first, then all of it or nothing, by those who oversee everything."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from psycopg import sql

from careloom.evidence.isolation.stage import Stage
from careloom.identity.commands.keys import create_api_key
from careloom.identity.commands.people import create_person
from careloom.identity.queries.actors import actor_of
from careloom.identity.types import NewApiKey, NewPerson, Role, RoleGrant, ScopeKind
from careloom.integrations.commands.returning import expire_restores, handed_in, run_restore
from careloom.integrations.commands.uploads import ARCHIVES
from careloom.integrations.types import RestoreId
from careloom.platform import residency
from careloom.platform.database.transactions import Database
from careloom.platform.errors import NotFoundError
from careloom.platform.file_parts import part_key
from careloom.platform.files import LocalFiles
from careloom.platform.hub import Hub
from careloom.platform.keys import masters
from careloom.platform.residency import Residency
from careloom.platform.runtime import Runtime
from careloom.platform.settings import Settings
from tests.application import http_client
from tests.integrations.test_archive import archive_of, empty, rows_of
from tests.world import SYSTEM

__all__ = ["empty"]


class BrokenOffError(Exception):
    """The client went away in the middle of an upload."""


class Elsewhere:
    """Another installation, seen by somebody who oversees all of it."""

    def __init__(self, runtime: Runtime, url: str, api: httpx.AsyncClient, home: Path) -> None:
        self.runtime, self.url, self.api, self.home = runtime, url, api, home

    async def call(self, method: str, path: str, status: int = 200, **more: Any) -> Any:
        answer = await self.api.request(method, f"/api/{path}", **more)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def hand_in(self, content: bytes) -> str:
        """Hands an archive in, and has it tried; answers the restore's path."""
        made = await self.call("POST", "restores", 201, json={"name": "brand.tar"})
        path = f"restores/{made['id']}"
        assert (await self.call("PUT", f"{path}/archive", content=content))["state"] == "checking"
        await self.work(path)
        return path

    async def work(self, path: str) -> None:
        await run_restore(self.runtime, RestoreId(UUID(path.partition("/")[2])))

    def count(self, table: str) -> int:
        with psycopg.connect(self.url) as connection:
            row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
        assert row is not None
        return int(row[0])

    def kept(self) -> list[Path]:
        return [one for one in (self.home / "files").rglob("*archive*") if one.is_file()]


@pytest.fixture
async def elsewhere(empty: tuple[Database, str], tmp_path: Path) -> AsyncIterator[Elsewhere]:
    database, url = empty
    runtime = Runtime(
        Settings(home=tmp_path, demo=False), database, LocalFiles(tmp_path / "files"), Hub(database.links), b"elsewhere"
    )
    grant = RoleGrant(Role.ADMIN, ScopeKind.EVERYTHING)
    async with database.transaction(SYSTEM) as tx:
        person = await create_person(tx, SYSTEM, NewPerson("Olu Overseer", email="olu@here.example", grants=(grant,)))
        actor = await actor_of(tx, person.id)
        assert actor is not None
        key = await create_api_key(tx, actor, NewApiKey("test"))
    async with http_client(runtime) as api:
        api.headers["Authorization"] = f"Bearer {key.secret}"
        yield Elsewhere(runtime, url, api, tmp_path)


async def _archive(stage: Stage) -> bytes:
    return await archive_of(stage.runtime.database, stage.runtime.store, stage.a.ids["client_id"])


async def test_a_dry_run_says_what_would_come_back_and_keeps_nothing(stage: Stage, elsewhere: Elsewhere) -> None:
    content = await _archive(stage)
    found = await elsewhere.call("GET", await elsewhere.hand_in(content))
    assert (found["state"], found["error"]) == ("checked", None)
    assert found["restored_id"] == str(stage.a.ids["client_id"])
    assert found["client_name"] == stage.a.text("Client")
    assert found["total"] == sum(rows for name, rows in found["tables"].items() if not name.startswith("outside-"))
    assert found["files"] > 0
    assert elsewhere.count("client") == 0
    assert elsewhere.count("file") == 0
    assert elsewhere.kept()
    assert all(stage.a.canary.encode() not in one.read_bytes() for one in elsewhere.kept()), "it waits sealed"


async def test_a_client_comes_back_row_for_row_and_its_archive_is_not_kept_nor_ever_copied_to_disk(
    stage: Stage, copied_database: Any, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    content = await _archive(stage)
    client_id = stage.a.ids["client_id"]
    path = await elsewhere.hand_in(content)
    before = rows_of(copied_database.superuser_url, client_id)
    assert (await elsewhere.call("POST", f"{path}/run"))["state"] == "running"
    await elsewhere.work(path)
    found = await elsewhere.call("GET", path)
    assert (found["state"], found["done"]) == ("done", found["total"])
    assert rows_of(elsewhere.url, client_id) == before
    assert elsewhere.kept() == []
    customers = (await elsewhere.call("GET", f"customers?client_id={client_id}"))["items"]
    assert any(stage.a.canary in one["name"] for one in customers)
    trail = (await elsewhere.call("GET", "audit?limit=100"))["items"]
    deeds = [one["action"] for one in trail if one["action"].startswith(("data_restore.", "client.restore"))]
    assert set(deeds) == {"data_restore.prepare", "data_restore.take_archive", "data_restore.run", "client.restore"}
    again = await elsewhere.call("GET", await elsewhere.hand_in(content))
    assert again["state"] == "failed"
    assert "already" in again["error"]


async def test_a_damaged_archive_is_refused_and_another_can_be_handed_in(stage: Stage, elsewhere: Elsewhere) -> None:
    content = await _archive(stage)
    path = await elsewhere.hand_in(content[: len(content) // 2])
    found = await elsewhere.call("GET", path)
    assert found["state"] == "failed"
    assert "no whole archive" in found["error"]
    (german,) = (await elsewhere.call("GET", "restores", headers={"Accept-Language": "de"}))["items"]
    assert german["error"] != found["error"]
    assert "Archiv" in german["error"]
    assert elsewhere.kept() == []
    await elsewhere.call("POST", f"{path}/run", 409)
    await elsewhere.call("PUT", f"{path}/archive", content=content)
    await elsewhere.work(path)
    assert (await elsewhere.call("GET", path))["state"] == "checked"
    await elsewhere.call("PUT", f"{path}/archive", 409, content=content)


async def test_what_crashed_begins_anew_and_what_ended_is_not_done_again(stage: Stage, elsewhere: Elsewhere) -> None:
    path = await elsewhere.hand_in(await _archive(stage))
    await elsewhere.call("POST", f"{path}/run")

    class Crashing(LocalFiles):
        async def put(self, key: str, content: bytes) -> None:
            raise KeyboardInterrupt

    crashing = replace(elsewhere.runtime, store=Crashing(elsewhere.home / "files"))
    with pytest.raises(KeyboardInterrupt):
        await run_restore(crashing, RestoreId(UUID(path.partition("/")[2])))
    assert elsewhere.count("client") == 0
    await elsewhere.work(path)
    assert elsewhere.count("client") == 1
    await elsewhere.work(path)
    assert (await elsewhere.call("GET", path))["state"] == "done"


async def test_an_archive_that_rests_for_a_week_goes(stage: Stage, elsewhere: Elsewhere) -> None:
    path = await elsewhere.hand_in(await _archive(stage))
    await expire_restores(elsewhere.runtime)
    assert (await elsewhere.call("GET", path))["state"] == "checked"
    with psycopg.connect(elsewhere.url) as connection:
        connection.execute("UPDATE data_restore SET changed_at = now() - interval '8 days'")
    await expire_restores(elsewhere.runtime)
    assert (await elsewhere.call("GET", path))["state"] == "failed"
    assert elsewhere.kept() == []


async def test_a_restore_is_forgotten_with_its_archive(stage: Stage, elsewhere: Elsewhere) -> None:
    path = await elsewhere.hand_in(await _archive(stage))
    await elsewhere.call("DELETE", path, 204)
    assert (await elsewhere.call("GET", "restores"))["items"] == []
    assert elsewhere.kept() == []


async def test_an_upload_that_breaks_off_leaves_nothing_and_of_two_at_once_one_is_taken_whole(
    stage: Stage, elsewhere: Elsewhere
) -> None:
    content = await _archive(stage)
    path = f"restores/{(await elsewhere.call('POST', 'restores', 201, json={'name': 'brand.tar'}))['id']}"

    async def halves() -> AsyncIterator[bytes]:
        yield content[: len(content) // 2]
        raise BrokenOffError

    assert not (await elsewhere.api.put(f"/api/{path}/archive", content=halves())).is_success
    assert elsewhere.kept() == []

    async def slow() -> AsyncIterator[bytes]:
        yield b"no archive"
        await elsewhere.call("PUT", f"{path}/archive", content=content)
        yield b" at all"

    await elsewhere.call("PUT", f"{path}/archive", 409, content=slow())
    await elsewhere.work(path)
    assert (await elsewhere.call("GET", path))["state"] == "checked"


async def test_a_job_that_still_reads_an_archive_leaves_alone_the_one_that_took_its_place(
    stage: Stage, elsewhere: Elsewhere
) -> None:
    content = await _archive(stage)
    path = f"restores/{(await elsewhere.call('POST', 'restores', 201, json={'name': 'brand.tar'}))['id']}"
    await elsewhere.call("PUT", f"{path}/archive", content=b"no archive")

    class Slow(LocalFiles):
        async def get(self, key: str) -> bytes:
            found = await super().get(key)
            with psycopg.connect(elsewhere.url) as connection:
                connection.execute("UPDATE data_restore SET state = 'failed'")
            await elsewhere.call("PUT", f"{path}/archive", content=content)
            return found

    late = replace(elsewhere.runtime, store=Slow(elsewhere.home / "files"))
    await run_restore(late, RestoreId(UUID(path.partition("/")[2])))
    assert (await elsewhere.call("GET", path))["state"] == "checking"
    await elsewhere.work(path)
    assert (await elsewhere.call("GET", path))["state"] == "checked"
    await elsewhere.call("DELETE", path, 204)
    assert elsewhere.kept() == []


@pytest.mark.parametrize("at", [0, 1])
async def test_a_job_whose_store_fails_is_tried_again_and_its_archive_stays(
    stage: Stage, elsewhere: Elsewhere, at: int
) -> None:
    path = await elsewhere.hand_in(await _archive(stage))
    await elsewhere.call("POST", f"{path}/run")
    reads = 0

    class Failing(LocalFiles):
        async def get(self, key: str) -> bytes:
            nonlocal reads
            reads += 1
            if reads > at:
                raise OSError(errno.EIO, "Input/output error")
            return await super().get(key)

        async def put(self, key: str, content: bytes) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    failing = replace(elsewhere.runtime, store=Failing(elsewhere.home / "files"))
    with pytest.raises(OSError, match=r"Input/output error|No space left"):
        await run_restore(failing, RestoreId(UUID(path.partition("/")[2])))
    assert (await elsewhere.call("GET", path))["state"] == "running"
    assert elsewhere.count("client") == 0
    await elsewhere.work(path)
    assert (await elsewhere.call("GET", path))["state"] == "done"


async def test_a_job_that_fails_late_leaves_the_archive_that_another_reads(stage: Stage, elsewhere: Elsewhere) -> None:
    path = await elsewhere.hand_in(await _archive(stage))
    with psycopg.connect(elsewhere.url) as connection:
        connection.execute("UPDATE data_restore SET state = 'checking'")

    class Torn(LocalFiles):
        async def get(self, key: str) -> bytes:
            with psycopg.connect(elsewhere.url) as connection:
                connection.execute("UPDATE data_restore SET state = 'running'")
            raise NotFoundError

    late = replace(elsewhere.runtime, store=Torn(elsewhere.home / "files"))
    await run_restore(late, RestoreId(UUID(path.partition("/")[2])))
    assert (await elsewhere.call("GET", path))["state"] == "running"
    await elsewhere.work(path)
    assert (await elsewhere.call("GET", path))["state"] == "done"


async def test_what_a_killed_upload_left_goes_after_a_day(elsewhere: Elsewhere) -> None:
    restore_id = UUID((await elsewhere.call("POST", "restores", 201, json={"name": "brand.tar"}))["id"])
    async with elsewhere.runtime.database.transaction(SYSTEM) as tx:
        key = ARCHIVES.key(restore_id, restore_id, await ARCHIVES.begin(tx, restore_id))
    await handed_in(elsewhere.runtime).put(part_key(key, 0), b"half of it")
    await expire_restores(elsewhere.runtime)
    assert len(elsewhere.kept()) == 1
    old = """jsonb_set(loose, '{0,until}', '"2020-01-01T00:00:00Z"')"""
    with psycopg.connect(elsewhere.url) as connection:
        connection.execute(f"UPDATE data_restore SET loose = {old}".encode())
    await expire_restores(elsewhere.runtime)
    assert elsewhere.kept() == []


async def test_a_client_of_another_region_does_not_come_back_here(stage: Stage, elsewhere: Elsewhere) -> None:
    path = await elsewhere.hand_in(await _archive(stage))
    await elsewhere.call("POST", f"{path}/run")
    options = {residency.OPTION: Residency(("mars",)), masters.OPTION: masters.LocalMasters([b"a master key"])}
    database = Database(elsewhere.url, 2, options)
    there = replace(elsewhere.runtime, database=database)
    try:
        await run_restore(there, RestoreId(UUID(path.partition("/")[2])))
    finally:
        await database.close()
    found = await elsewhere.call("GET", path)
    assert found["state"] == "failed"
    assert "which serves mars" in found["error"]
    assert elsewhere.count("client") == 0


async def test_only_who_oversees_everything_restores(stage: Stage) -> None:
    brand = stage.a
    for who in ("owner", "agent", "compliance_officer"):
        headers = {"Authorization": f"Bearer {brand.secrets[who]}"}
        for method, path in (("GET", "/api/restores"), ("GET", f"/api/restores/{brand.ids['restore_id']}")):
            assert (await brand.api.request(method, path, headers=headers)).status_code == 403
        answer = await brand.api.post("/api/restores", headers=headers, json={"name": "brand.tar"})
        assert answer.status_code == 403
