"""A whole installation as an operator starts it, a mail relay, a client's web page, and a browser."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.installation import Installation
from tests.journeys.people import People
from tests.journeys.relay import Relay
from tests.journeys.world import World

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


@pytest.fixture(scope="session")
def relay() -> Iterator[Relay]:
    with Relay() as running:
        yield running


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory, relay: Relay) -> Iterator[Installation]:
    os.chmod(tmp_path_factory.getbasetemp(), 0o755)
    home = tmp_path_factory.mktemp("installation") / "home"
    started = Installation(home, relay.port)
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
