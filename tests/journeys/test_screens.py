"""Every screen and dialog in each light, width and direction of reading: whole, and open to everyone.

`screens.json` names them; `web/tests/screens.test.ts` fails where an address or a section is not in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.looker import LIGHTS, WORDS, Looker
from tests.journeys.screens import SCREENS


@pytest.mark.parametrize("name", [name for name in SCREENS if not name.startswith("set-up")])
def test_a_screen_is_whole_and_open_to_everyone_in_every_light_and_width(looker: Looker, name: str) -> None:
    assert looker.look(SCREENS[name]) == []


def _palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("combobox").wait_for()


def _key(key: str) -> Callable[[Page], None]:
    def press(page: Page) -> None:
        page.keyboard.press(key)
        page.get_by_role("dialog").wait_for()

    return press


def _macros(page: Page) -> None:
    page.get_by_role("textbox", name="Reply").focus()
    page.keyboard.press("/")
    page.get_by_role("combobox", name="Macros").wait_for()


def _settings(page: Page) -> None:
    page.get_by_role("button", name="Settings of").press("Enter")
    page.get_by_role("menu").wait_for()


def _consent(page: Page) -> None:
    page.get_by_role("button", name="Consents").press("Enter")
    page.get_by_role("button", name="All records").press("Enter")
    page.get_by_role("button", name="Record a consent").press("Enter")
    page.get_by_role("dialog").wait_for()


DIALOGS = {
    "consent": _consent,
    "transfer": _key("t"),
    "assign": _key("a"),
    "all keys": _key("?"),
    "command palette": _palette,
    "macros": _macros,
    "settings": _settings,
}


@pytest.mark.parametrize("name", list(DIALOGS))
def test_a_dialog_is_open_to_everyone_and_gives_the_focus_back(looker: Looker, name: str) -> None:
    looker.open(SCREENS["desk"])
    looker.lighten("light")
    before = looker.page.evaluate_handle("document.activeElement")
    DIALOGS[name](looker.page)
    looker.rest()
    found = looker.found("light", LIGHTS["light"])
    looker.lighten("dark")
    found += looker.found("dark", LIGHTS["dark"])
    looker.speak("ar")
    found += looker.found("right to left", WORDS)
    looker.page.keyboard.press("Escape")
    expect(looker.page.get_by_role("dialog").or_(looker.page.get_by_role("menu"))).to_have_count(0)
    if name in ("transfer", "assign", "all keys", "command palette"):
        looker.page.wait_for_function("(before) => document.activeElement === before", arg=before)
    assert found + looker.complaints == []


ASKING = {
    "an incident to register": ("compliance, incidents", "Register an incident"),
    "an incident to correct": ("compliance, an incident", "Correct"),
    "a line for the timeline": ("compliance, an incident", "Add to the timeline"),
    "a request to register": ("compliance, requests", "Register a request"),
    "keys to destroy": ("compliance, the end of a contract", "Destroy keys"),
    "keys to destroy, a second time": ("compliance, keys", "Confirm destruction"),
    "a thing to remove": ("set-up, signing, one", "Remove"),
    "an API key to revoke": ("set-up, api-keys, one", "Revoke"),
}


@pytest.mark.parametrize("name", list(ASKING))
def test_what_a_button_asks_before_it_acts_is_open_to_everyone(looker: Looker, name: str) -> None:
    screen, button = ASKING[name]
    looker.open(SCREENS[screen])
    looker.lighten("light")
    looker.page.get_by_role("main").get_by_role("button", name=button, exact=True).first.click()
    now = looker.page.get_by_role("button", name=re.compile("Remove it for good|Revoke now"))
    looker.page.get_by_role("dialog").or_(now).wait_for()
    looker.rest()
    found = looker.in_each_light()
    looker.speak("ar")
    found += looker.found("right to left", WORDS)
    looker.page.keyboard.press("Escape")
    assert found + looker.complaints == []
