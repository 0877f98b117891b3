"""What opens on a screen (dialogs, menus, steps): reached by keys, whole, open to everyone; it gives the focus back.

`states.json` names it all; `web/tests/states.test.ts` fails where a dialog or a menu is not in it.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.looker import WIDE, Looker, languages_for
from tests.journeys.screens import SCREENS, STATES

_OPEN = ("dialog", "menu", "listbox")


def _first(page: Page, role: Any, name: str) -> Locator:
    return page.get_by_role(role, name=name, exact=True).locator("visible=true").first


def _step(page: Page, what: str, *words: str) -> None:
    """Does a step of `states.json`, without a pointer."""
    if what == "press":
        page.keyboard.press(words[0])
    elif what == "fill":
        page.get_by_label(words[0], exact=True).fill(words[1])
    elif what == "focus":
        _first(page, *words).focus()
    elif what == "text":
        page.get_by_text(words[0], exact=True).first.press("Enter")
    else:
        _first(page, what, words[0]).press("Enter")


@pytest.mark.look
@pytest.mark.parametrize("name", list(STATES))
def test_what_opens_is_whole_and_open_to_everyone_and_gives_the_focus_back(looker: Looker, name: str) -> None:
    state, page = STATES[name], looker.page
    role, *words = state.get("shows", ["dialog"])
    shown = page.get_by_role(role, name=words[0], exact=True) if words else page.get_by_role(role)
    looker.size(WIDE)
    looker.speak("en")
    looker.open(SCREENS[state["on"]])
    looker.lighten("light")
    page.evaluate("() => document.activeElement?.blur()")  # keys are for the screen, whatever was open before
    within = f"[role={role}]" if role in _OPEN else None
    beneath = page.locator(within).count() if within else 0
    before = page.evaluate_handle("document.activeElement")
    for step in state["steps"]:
        expect(page.get_by_role("status", name="Loading")).to_have_count(0)
        if step[0] in ("button", "link"):
            before = _first(page, *step).element_handle()
        _step(page, *step)
    shown.last.wait_for()
    looker.rest()
    found = looker.everywhere(languages_for(name), within)
    found += looker.by_keys()
    looker.speak("en")
    if "leave" in state:
        _step(page, *state["leave"])
    elif within:
        page.keyboard.press("Escape")
        expect(page.locator(within)).to_have_count(beneath)
        page.wait_for_function("(before) => document.activeElement === before", arg=before)
    assert found + looker.complaints == []
