"""A whole installation as an operator starts it, a mail relay, a client's web page, and a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser import browser_path
from tests.journeys.everything import ADMINISTRATOR, make_everything
from tests.journeys.installation import Installation
from tests.journeys.looker import Looker
from tests.journeys.people import People, results
from tests.journeys.relay import Relay
from tests.journeys.site import Site
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

# What is expected is waited for as long as a field is: on a loaded machine an answer takes its time.
expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def relay() -> Iterator[Relay]:
    with Relay() as running:
        yield running


@pytest.fixture(scope="session")
def place() -> Iterator[Path]:
    """Where installations lie. Pytest shuts its own folders to others whenever it starts anywhere on the machine, and
    PostgreSQL is somebody else where root runs the tests: it would lose sight of its files.
    """
    with TemporaryDirectory(prefix="careloom-journeys-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def installation(place: Path, relay: Relay, request: pytest.FixtureRequest) -> Iterator[Installation]:
    started = Installation(place / "home", relay.port)
    try:
        started.start()
        yield started
    finally:
        started.stop()
        if request.session.testsfailed:
            shutil.copy(started.home / "log", results() / f"{place.name}.log")


@pytest.fixture(scope="session")
def world(installation: Installation) -> World:
    return World(installation)


@pytest.fixture(scope="session")
def site(installation: Installation) -> Iterator[Site]:
    with Site(installation.url) as running:
        yield running


@pytest.fixture
def brand_page(site: Site, world: World) -> str:
    """The address of a page on Juniper's own site that carries its chat widget."""
    return site.page(world.juniper.widget)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser_path(), args=_CHROMIUM_FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def people(browser: Browser, installation: Installation, request: pytest.FixtureRequest) -> Iterator[People]:
    opened = People(browser, installation.url)
    failed_before = request.session.testsfailed
    yield opened
    if request.session.testsfailed > failed_before:
        opened.keep_pictures(request.node.name)
    opened.close()
    assert opened.complaints == []


@pytest.fixture(scope="session")
def looker(browser: Browser, installation: Installation, world: World) -> Iterator[Looker]:
    """Goes to any screen as someone who may see all, with one of each kind to look at."""
    ids = make_everything(installation, world)
    page = People(browser, installation.url).desk(ADMINISTRATOR)
    there = {"state": "meeting", "reason": "The team"}
    installation.put(f"people/{ids['person']}/presence", there)  # the live board shows nobody else
    yield Looker(page, ids)
    page.context.close()
