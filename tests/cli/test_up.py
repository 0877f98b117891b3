"""`careloom up`: one installation a data folder, roles that share a server, a clean stop and a new start."""

import json
import os
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

import careloom
from careloom.cli.store import Store
from careloom.cli.up import Role, drain_seconds
from careloom.platform.settings import Settings
from tests.certificates import make_certificate, trusting
from tests.ports import free_port

Up = Callable[..., "subprocess.Popen[str]"]
_PATIENCE_SECONDS = 300.0


@pytest.fixture
def ports() -> tuple[int, int]:
    return free_port(), free_port()


@pytest.fixture(scope="session")
def used_before(memory: Path) -> Path:
    """A data folder with a server that was made, migrated and stopped."""
    store = Store(Settings(home=memory / "used"))
    store.open()
    store.close()
    return store.settings.home


@pytest.fixture
def used(used_before: Path, home: Path) -> None:
    """The test's data folder was used before: its server need only be started."""
    subprocess.run(["cp", "-a", str(used_before), str(home)], check=True)


@pytest.fixture
def up(home: Path, ports: tuple[int, int]) -> Iterator[Up]:
    """Starts `careloom up`; everything that was started and its server is ended after the test."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CARELOOM_")}
    environment = {
        **kept,
        "PYTHONPATH": str(Path(careloom.__file__).parents[1]),
        "CARELOOM_HOME": str(home),
        "CARELOOM_PORT": str(ports[0]),
        "CARELOOM_SMTP_PORT": str(ports[1]),
        "CARELOOM_LOG_LEVEL": "warning",
    }
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **more: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "careloom.cli", "up", *arguments],
            env={**environment, **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for one in started:
        with suppress(ProcessLookupError):
            one.kill()
        one.communicate()
    _kill(_postgres(home))


def _kill(processes: list[psutil.Process]) -> None:
    """kill -9; a process that its postmaster's death has ended already is as good as killed."""
    for one in processes:
        with suppress(psutil.NoSuchProcess):
            one.kill()


def _postgres(home: Path) -> list[psutil.Process]:
    """The embedded server's postmaster and its processes."""
    try:
        postmaster = psutil.Process(int((home / "postgres" / "postmaster.pid").read_text().split("\n")[0]))
        return [postmaster, *postmaster.children(recursive=True)]
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return []


def _is_ready(
    port: int, process: "subprocess.Popen[str]", *, ready: bool = True, trusted: ssl.SSLContext | None = None
) -> bool:
    scheme = "https" if trusted else "http"
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with suppress(httpx.HTTPError):
            answer = httpx.get(f"{scheme}://127.0.0.1:{port}/ready", timeout=5, verify=trusted or False)
            if answer.is_success is ready:
                return True
        time.sleep(0.1)
    return False


def _listens(port: int, process: "subprocess.Popen[str]") -> bool:
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        time.sleep(0.1)
    return False


def _serves(port: int, process: "subprocess.Popen[str]") -> bool:
    """Whether this very process has opened the port, which others may have open as well."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        opened = psutil.Process(process.pid).net_connections("tcp")
        if any(one.status == psutil.CONN_LISTEN and one.laddr[1] == port for one in opened):
            return True
        time.sleep(0.1)
    return False


@contextmanager
def _signed_in(home: Path, port: int) -> Generator[httpx.Client]:
    """A new administrator of a running installation, by cookie."""
    known = {"email": "admin@example.org", "password": "correct horse battery"}
    adding = [sys.executable, "-m", "careloom.cli", "--home", str(home), "user", "add", "--password-stdin"]
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CARELOOM_")}
    source = {"PYTHONPATH": str(Path(careloom.__file__).parents[1])}
    words = f"{known['password']}\n"
    subprocess.run([*adding, "--email", known["email"]], env=kept | source, input=words, text=True, check=True)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as http:
        http.headers["X-CSRF-Token"] = http.post("/api/session", json=known).json()["csrf_token"]
        yield http


def _stop(process: "subprocess.Popen[str]") -> tuple[int, str]:
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=_PATIENCE_SECONDS)
    return process.returncode, said


def test_a_second_start_refuses_politely_and_the_first_ends_cleanly(up: Up, home: Path, ports: tuple[int, int]) -> None:
    first = up()
    assert _is_ready(ports[0], first)

    second = up(CARELOOM_PORT=str(free_port()), CARELOOM_SMTP_PORT=str(free_port()))
    role = up("--role", "worker")
    _, said = second.communicate(timeout=_PATIENCE_SECONDS)
    assert second.returncode == 2
    assert said.startswith("careloom: Another Careloom runs on this data folder.")
    assert "Traceback" not in said

    _, said = role.communicate(timeout=_PATIENCE_SECONDS)
    assert role.returncode == 2
    assert "Another Careloom" in said

    assert _postgres(home)
    code, said = _stop(first)
    assert (code, said) == (0, "")
    assert _postgres(home) == []

    again = up()
    assert _is_ready(ports[0], again)


def test_a_taken_port_is_named(up: Up, home: Path, ports: tuple[int, int]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", ports[0]))
        taken.listen()
        process = up()
        _, said = process.communicate(timeout=_PATIENCE_SECONDS)
    assert process.returncode == 2
    assert f"Port {ports[0]} on 127.0.0.1 cannot be opened" in said
    assert "CARELOOM_PORT" in said
    assert "Traceback" not in said
    assert not (home / "postgres").exists()


def test_web_processes_share_a_port_where_the_operator_says_so(up: Up, ports: tuple[int, int]) -> None:
    first, second = [up("--role", "web", CARELOOM_SHARED_PORT="true") for _ in range(2)]
    assert _serves(ports[0], first)
    assert _serves(ports[0], second)
    assert _is_ready(ports[0], first)
    assert _stop(first)[0] == 0
    assert second.poll() is None
    assert _is_ready(ports[0], second)


@pytest.mark.usefixtures("used")
def test_a_web_process_that_is_told_to_stop_says_so_serves_on_and_at_a_second_signal_sends_desks_elsewhere(
    up: Up, home: Path, ports: tuple[int, int]
) -> None:
    process = up("--role", "web", CARELOOM_DRAIN_SECONDS="600")
    assert _is_ready(ports[0], process)
    with _signed_in(home, ports[0]) as http:
        cookies = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
        address = f"ws://127.0.0.1:{ports[0]}/api/live/socket"
        with connect(address, additional_headers={"Cookie": cookies}, proxy=None) as desk:
            assert json.loads(desk.recv())["type"] == "hello"
            process.send_signal(signal.SIGTERM)
            assert _is_ready(ports[0], process, ready=False)
            refused = http.get("/ready", headers={"Accept-Language": "de"})
            assert (refused.status_code, refused.json()["code"]) == (503, "stopping")
            assert refused.json()["detail"].startswith("Dieser Prozess wird gleich beendet")
            assert http.get("/health").is_success
            made = http.post("/api/providers", json={"name": "Harbor"})
            assert made.status_code == 201
            process.send_signal(signal.SIGTERM)
            with pytest.raises(ConnectionClosed):
                while True:
                    desk.recv(timeout=_PATIENCE_SECONDS)
            assert desk.close_code == 1012
    assert process.wait(timeout=_PATIENCE_SECONDS) == 0


@pytest.mark.usefixtures("used")
def test_a_web_process_that_is_told_to_stop_ends_by_itself_once_it_has_served_on_for_so_long(
    up: Up, ports: tuple[int, int]
) -> None:
    process = up("--role", "web", CARELOOM_DRAIN_SECONDS="2")
    assert _is_ready(ports[0], process)
    told = time.monotonic()
    assert _stop(process)[0] == 0
    assert time.monotonic() - told >= 2


@pytest.mark.parametrize(
    ("role", "settings", "seconds"),
    [
        (Role.WEB, Settings(), 5),
        (Role.WEB, Settings(shared_port=True), 0),
        (Role.WEB, Settings(shared_port=True, drain_seconds=9), 9),
        (Role.ALL, Settings(), 0),
        (Role.ALL, Settings(drain_seconds=9), 9),
        (Role.WORKER, Settings(), 0),
    ],
)
def test_only_who_is_asked_for_readiness_alone_waits_by_itself(role: Role, settings: Settings, seconds: int) -> None:
    assert drain_seconds(settings, role) == seconds


@pytest.mark.usefixtures("used")
def test_roles_share_one_server_bring_it_back_and_the_last_one_stops_it(
    up: Up, home: Path, ports: tuple[int, int]
) -> None:
    web, smtp = up("--role", "web"), up("--role", "smtp")
    assert _is_ready(ports[0], web)
    assert _listens(ports[1], smtp)
    first = _postgres(home)
    assert first

    _kill(first)
    assert _is_ready(ports[0], web)
    assert _postgres(home)[0].pid != first[0].pid

    assert _stop(web)[0] == 0
    assert _postgres(home)
    assert _stop(smtp)[0] == 0
    assert _postgres(home) == []


@pytest.mark.usefixtures("used")
def test_where_a_clients_region_is_not_served_nothing_starts(up: Up, home: Path, ports: tuple[int, int]) -> None:
    brand = {"name": "Lumen", "industry": "retail", "color": "#336699", "region": "us"}
    stores = {"CARELOOM_FILES_REGION": "eu", "CARELOOM_RELAY_REGION": "eu"}
    unsaid = up("--role", "smtp", CARELOOM_REGIONS="eu,us", CARELOOM_RELAY_REGION="eu")
    _, said = unsaid.communicate(timeout=_PATIENCE_SECONDS)
    assert unsaid.returncode == 2
    assert "CARELOOM_FILES_REGION is not: set it to the region in which attachments are stored." in said
    first = up("--role", "web", CARELOOM_REGIONS="eu,us", **stores)
    assert _is_ready(ports[0], first)
    with _signed_in(home, ports[0]) as http:
        assert http.post("/api/clients", json=brand).status_code == 201
    refused = up("--role", "worker", CARELOOM_REGIONS="eu")
    _, said = refused.communicate(timeout=_PATIENCE_SECONDS)
    assert refused.returncode == 2
    assert said.startswith("careloom: Clients of a region that is not served are here. Data of the region us may")
    assert "here: 1, among them Lumen. Correct CARELOOM_REGIONS" in said
    assert "Traceback" not in said


@pytest.mark.usefixtures("used")
def test_a_server_left_by_a_killed_program_is_taken_over(up: Up, home: Path, ports: tuple[int, int]) -> None:
    killed = up("--role", "web")
    assert _is_ready(ports[0], killed)
    killed.kill()
    killed.wait()
    left = _postgres(home)[0].pid
    again = up()
    assert _is_ready(ports[0], again)
    assert _postgres(home)[0].pid == left
    assert _stop(again)[0] == 0
    assert _postgres(home) == []


@pytest.mark.usefixtures("used")
def test_with_a_certificate_pages_and_mail_come_by_tls_and_a_renewed_one_is_served(
    up: Up, ports: tuple[int, int], tmp_path: Path
) -> None:
    make_certificate(tmp_path)
    files = {
        "CARELOOM_TLS_CERTIFICATE": str(tmp_path / "certificate.pem"),
        "CARELOOM_TLS_KEY": str(tmp_path / "key.pem"),
    }
    process = up(**files)
    first = trusting(tmp_path)
    assert _is_ready(ports[0], process, trusted=first)
    answer = httpx.get(f"https://127.0.0.1:{ports[0]}/health", verify=first)
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    with pytest.raises(httpx.HTTPError):
        httpx.get(f"http://127.0.0.1:{ports[0]}/health")

    with smtplib.SMTP("127.0.0.1", ports[1], timeout=20) as smtp:
        smtp.ehlo()
        assert smtp.has_extn("starttls")
        smtp.starttls(context=first)
        smtp.ehlo()
        assert not smtp.has_extn("starttls")
        assert smtp.docmd("MAIL FROM:<a@customer.example>")[0] == 250
        assert smtp.docmd("RCPT TO:<nobody@brand.example>")[0] == 550

    make_certificate(tmp_path)
    second = trusting(tmp_path)
    assert _is_ready(ports[0], process, trusted=second)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"https://127.0.0.1:{ports[0]}/health", verify=first)
    with smtplib.SMTP("127.0.0.1", ports[1], timeout=20) as smtp:
        smtp.starttls(context=second)
    assert _stop(process)[0] == 0


def test_a_certificate_that_does_not_work_is_named(up: Up, home: Path, tmp_path: Path) -> None:
    process = up(CARELOOM_TLS_CERTIFICATE=str(tmp_path / "none.pem"), CARELOOM_TLS_KEY=str(tmp_path / "none.pem"))
    _, said = process.communicate(timeout=_PATIENCE_SECONDS)
    assert process.returncode == 2
    assert said.startswith("careloom: The certificate cannot be used. CARELOOM_TLS_CERTIFICATE")
    assert "Traceback" not in said
    assert not (home / "postgres").exists()
