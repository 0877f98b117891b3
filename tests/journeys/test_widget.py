"""The customers' chat: open to everyone in each state, light, width and direction of reading."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.installation import Installation, wait_until
from tests.journeys.looker import LIGHTS, NARROW, WIDE, WORDS, barriers
from tests.journeys.people import People
from tests.journeys.site import Site
from tests.journeys.world import Brand, World

_CUT_OFF = """() => {
    const { shadowRoot } = document.querySelector('careloom-chat');
    const wide = [...shadowRoot.querySelectorAll('.panel, .panel *')]
        .filter((one) => one.checkVisibility() && !one.matches('.aloud, .file-name, .title, .aside label'));
    return wide.filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0)
        .map((one) => `${one.className} is ${one.scrollWidth} wide in ${one.clientWidth}`);
}"""


@dataclass
class Chat:
    """A visitor's page with a widget, and the agents' side of it."""

    page: Page
    installation: Installation
    brand: Brand

    def write(self, text: str) -> None:
        self.page.locator(".composer textarea").fill(text)
        self.page.locator(".send").click()

    def conversation(self) -> dict[str, Any]:
        found: list[dict[str, Any]] = self.installation.get(
            "conversations", client_id=self.brand.client, view="all", sort="newest"
        )["items"]
        return found[0] if found else {}


def _closed(chat: Chat) -> None:
    expect(chat.page.locator(".launcher")).to_be_visible()


def _opened(chat: Chat) -> None:
    chat.page.locator(".launcher").click()
    expect(chat.page.locator(".panel")).to_be_visible()


def _talking(chat: Chat) -> None:
    """Both have written, with a link, a file, and a form for the address."""
    _opened(chat)
    before = chat.conversation().get("id")
    chat.page.locator(".composer input[type=file]").set_input_files(
        {"name": "a rather long name of a receipt from last week.txt", "mimeType": "text/plain", "buffer": b"7741"}
    )
    expect(chat.page.locator(".chip progress")).to_be_hidden()
    chat.write("My lamp is broken: https://willow.example/orders/7741")
    wait_until(lambda: chat.conversation().get("id") not in (before, None))
    chat.installation.make(f"conversations/{chat.conversation()['id']}/replies", text="I am sorry to hear it.")
    expect(chat.page.locator(".theirs .bubble").last).to_contain_text("I am sorry")
    expect(chat.page.locator(".aside form")).to_be_visible()


def _ending(chat: Chat) -> None:
    chat.page.locator(".header .tool").first.click()
    chat.page.locator(".menu .item").click()
    expect(chat.page.locator(".menu [role=alert]")).to_be_visible()


def _ended(chat: Chat) -> None:
    chat.page.locator(".menu .button").first.click()
    expect(chat.page.locator(".over .button")).to_be_visible()


def _not_filled_in(chat: Chat) -> None:
    chat.page.locator("form:visible .button[type=submit]").click()
    expect(chat.page.locator("form:visible .wrong:visible").first).to_be_visible()


def _left(chat: Chat) -> None:
    chat.page.locator(".away input").first.fill("Ana Reis")
    chat.page.locator(".away input").last.fill("ana@customer.example")
    chat.page.locator(".away textarea").fill("Please call me back about order 7741.")
    chat.page.locator(".away .button").click()
    expect(chat.page.locator(".own .bubble")).to_contain_text("call me back")
    expect(chat.page.locator(".done")).to_contain_text(re.compile("[0-9]"))
    expect(chat.page.locator(".composer textarea")).to_be_visible()


def _offline(chat: Chat) -> None:
    """The visitor's own line is down, and a message waits for it."""
    _opened(chat)
    chat.page.context.set_offline(True)
    expect(chat.page.locator(".notice")).to_be_visible()
    chat.write("Are you there?")
    expect(chat.page.locator(".own .bubble").last).to_contain_text("Are you there?")


STATES: dict[str, list[Callable[[Chat], None]]] = {
    "in a conversation": [_closed, _talking, _ending, _ended],
    "before the chat": [_opened, _not_filled_in],
    "outside opening hours": [_opened, _not_filled_in, _left],
    "without a network": [_offline],
}


SEEN = [
    *((state, language) for state in STATES for language in ("en", "ar")),
    *(("before the chat", language) for language in ("de", "es")),
    *(("outside opening hours", language) for language in ("fr", "pt-BR")),
]
"""Each state in both directions of reading, and each of the other languages somewhere."""


def _found(page: Page, language: str) -> list[str]:
    """What axe finds, of any weight, and what is cut off."""
    found: list[str] = []
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    found += page.evaluate(_CUT_OFF)
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    found += page.evaluate(_CUT_OFF)
    if language != "en":
        return found + barriers(page, WORDS)
    for light, rules in LIGHTS.items():
        page.emulate_media(color_scheme=light, reduced_motion="reduce")
        found += [f"{light}: {one}" for one in barriers(page, rules)]
    return found


@pytest.fixture(scope="module")
def willow(installation: Installation, world: World) -> Brand:
    return world.brand("Willow", "#e0b400")


@pytest.fixture(scope="module")
def widgets(installation: Installation, world: World, willow: Brand) -> dict[str, str]:
    """The keys of the brand's widgets by state: one asks for the address first, one is of a program without chat."""
    of_mail = {"name": "Willow by mail", "time_zone": "Europe/Lisbon", "channels": ["email"]}
    mail = installation.make("programs", client_id=willow.client, provider_ids=[world.provider], **of_mail)["id"]
    asking = installation.make("chat-widgets", program_id=willow.program, name="Asking", require_email=True)["key"]
    away = installation.make("chat-widgets", program_id=mail, name="Away")["key"]
    return dict.fromkeys(STATES, str(willow.widget)) | {"before the chat": asking, "outside opening hours": away}


@pytest.mark.parametrize(("state", "language"), SEEN)
def test_the_chat_is_open_to_everyone(
    installation: Installation,
    willow: Brand,
    widgets: dict[str, str],
    people: People,
    site: Site,
    state: str,
    language: str,
) -> None:
    page = people.visitor(site.page(widgets[state], language))
    chat = Chat(page, installation, willow)
    found: list[str] = []
    for number, step in enumerate(STATES[state]):
        step(chat)
        found += [f"step {number}: {one}" for one in _found(page, language)]
    assert found == []
