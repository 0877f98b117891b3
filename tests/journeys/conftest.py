"""A whole installation as an operator starts it, a mail relay, a client's web page, and a browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.journeys.complaints import complaints_of

PASSWORD = "correct horse battery"
_CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.journey)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def wait_until(true: Callable[[], object], seconds: float = 30.0) -> object:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = true()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


class Relay:
    """A real SMTP sink: every mail that leaves the installation."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self._port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self._port)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        self.mails.append(BytesParser(policy=policy.default).parsebytes(content))  # pyright: ignore[reportArgumentType]
        return "250 OK"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        return self._port

    def mail_to(self, address: str) -> EmailMessage:
        return wait_until(lambda: next((one for one in self.mails if address in str(one["To"])), None))  # pyright: ignore[reportReturnType]


class Installation:
    """`careloom up` in a process of its own, and an administrator's view of its API."""

    def __init__(self, home: Path, relay: Relay) -> None:
        self.home = home
        self.port, self.smtp_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("CARELOOM_")},
            "CARELOOM_HOME": str(home),
            "CARELOOM_PORT": str(self.port),
            "CARELOOM_SMTP_PORT": str(self.smtp_port),
            "CARELOOM_RELAY_PORT": str(relay.port),
            "CARELOOM_ALERT_SENDER": "careloom@harbor.example",
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._http = httpx.Client(base_url=self.url, timeout=30, trust_env=False)

    def careloom(self, *arguments: str, standard_input: bytes = b"") -> None:
        command = [sys.executable, "-m", "careloom.cli", *arguments]
        subprocess.run(
            command, env=self._environment, check=True, capture_output=True, timeout=120, input=standard_input
        )

    def start(self) -> None:
        self.careloom(
            "user", "add", "--email", "admin@example.org", "--password-stdin", standard_input=f"{PASSWORD}\n".encode()
        )
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "careloom.cli", "up"], env=self._environment, stderr=log, stdout=log
            )
        wait_until(self._is_ready, 60)
        answer = self._http.post("/api/session", json={"email": "admin@example.org", "password": PASSWORD})
        self._http.headers["X-CSRF-Token"] = answer.json()["csrf_token"]

    def stop(self) -> None:
        self._http.close()
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)

    def _is_ready(self) -> bool:
        try:
            return self._http.get("/ready").is_success
        except httpx.HTTPError:
            return False

    def get(self, path: str, **query: str) -> Any:
        answer = self._http.get(f"/api/{path}", params=query)
        assert answer.is_success, answer.text
        return answer.json()

    def fetch(self, path: str) -> bytes:
        answer = self._http.get(f"/api/{path}")
        assert answer.is_success, answer.text
        return answer.content

    def make(self, path: str, **values: object) -> Any:
        answer = self._http.post(f"/api/{path}", json=values)
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json()

    def change(self, path: str, **values: object) -> Any:
        answer = self._http.patch(f"/api/{path}", json=values)
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json()

    def put(self, path: str, value: object) -> Any:
        answer = self._http.put(f"/api/{path}", json=value)
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json()

    def hand_in(self, path: str, content: bytes) -> Any:
        answer = self._http.put(f"/api/{path}", content=content)
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json()


class Brand:
    """A client with a program on mail and chat, one queue, one outcome."""

    def __init__(self, installation: Installation, provider: str, name: str, color: str) -> None:
        self.name = name
        self.client = installation.make("clients", name=name, industry="retail", color=color)["id"]
        self.program = installation.make(
            "programs",
            client_id=self.client,
            name=f"{name} care",
            time_zone="Europe/Lisbon",
            provider_ids=[provider],
            voice={"greeting": f"Welcome to {name}", "tone_do": ["be kind"], "signature": f"Your {name} team"},
        )["id"]
        self.queue = installation.make(
            "queues",
            client_id=self.client,
            program_id=self.program,
            provider_id=provider,
            name=f"{name} questions",
            channels=["chat", "email"],
            target_seconds=60,
            offer_seconds=60,
        )["id"]
        self.address = f"care@{name.lower()}.example"
        installation.make("mail-addresses", program_id=self.program, address=self.address, display_name=f"{name} care")
        self.widget = installation.make(
            "chat-widgets", program_id=self.program, name=f"{name} chat", theme={"color": color, "title": f"Ask {name}"}
        )["key"]
        installation.make("dispositions", client_id=self.client, name="Question answered", resolved=True)


class World:
    """A provider with two brands; agents are made as journeys need them."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self.provider = installation.make("providers", name="Harbor")["id"]
        self.juniper = self.brand("Juniper", "#1f6f54")
        self.basalt = self.brand("Basalt", "#7a3b8f")

    def brand(self, name: str, color: str) -> Brand:
        return Brand(self._installation, self.provider, name, color)

    def agent(self, name: str, *brands: Brand, role: str = "agent") -> str:
        """Makes someone who works for `brands`; answers the e-mail address to sign in with."""
        email = f"{name.lower().replace(' ', '.')}@harbor.example"
        grants = [{"role": role, "scope": "client", "scope_id": one.client} for one in brands]
        person = self._installation.make(
            "people", name=name, email=email, provider_id=self.provider, password=PASSWORD, grants=grants
        )
        profile = {
            "skills": [],
            "languages": ["en"],
            "capacity": {"voice": 1, "chat": 3, "sms": 3, "social": 3, "email": 5},
        }
        self._installation.put(f"people/{person['id']}/routing", profile)
        return email


@pytest.fixture(scope="session")
def relay() -> Iterator[Relay]:
    with Relay() as running:
        yield running


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory, relay: Relay) -> Iterator[Installation]:
    os.chmod(tmp_path_factory.getbasetemp(), 0o755)
    home = tmp_path_factory.mktemp("installation") / "home"
    started = Installation(home, relay)
    try:
        started.start()
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="session")
def world(installation: Installation) -> World:
    return World(installation)


@pytest.fixture(scope="session")
def brand_page(installation: Installation, world: World) -> Iterator[str]:
    """The address of a page on Juniper's own site that carries its chat widget, with the policy of docs/widget.md."""
    page = f"""<!doctype html><html lang="en"><title>Juniper</title><h1>Juniper</h1>
    <script src="{installation.url}/widget.js" data-key="{world.juniper.widget}" async></script></html>"""
    host = installation.url
    policy = f"default-src 'none'; script-src {host}; img-src {host}; connect-src {host} {host.replace('http', 'ws')}"

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert path is not None, "The browser journeys need Chromium: run scripts/ensure-browser."
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=_CHROMIUM_FLAGS)
        yield opened
        opened.close()


class People:
    """Opens pages as different people, each with cookies of their own; keeps a picture when a journey fails.

    `complaints` are those of all their browsers.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self.contexts: list[BrowserContext] = []
        self._heard: list[list[str]] = []

    @property
    def complaints(self) -> list[str]:
        return [one for heard in self._heard for one in heard]

    def visitor(self, url: str) -> Page:
        page = self._context().new_page()
        page.goto(url)
        return page

    def desk(self, email: str) -> Page:
        page = self._context().new_page()
        page.goto(self._url)
        page.get_by_label("E-mail").fill(email)
        page.get_by_role("textbox", name="Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_role("navigation", name="Places").wait_for()
        return page

    def _context(self) -> BrowserContext:
        context = self._browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
        context.set_default_timeout(30_000)
        self.contexts.append(context)
        self._heard.append(complaints_of(context))
        return context


@pytest.fixture
def people(browser: Browser, installation: Installation, request: pytest.FixtureRequest) -> Iterator[People]:
    opened = People(browser, installation.url)
    failed_before = request.session.testsfailed
    yield opened
    for number, context in enumerate(opened.contexts):
        if request.session.testsfailed > failed_before and context.pages:
            folder = Path("test-results")
            folder.mkdir(exist_ok=True)
            context.pages[0].screenshot(path=folder / f"{request.node.name}-{number}.png")
        context.close()
    assert opened.complaints == []
