"""A browser page that goes from screen to screen, and what is wrong with what it shows."""

from __future__ import annotations

import time
from typing import Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Page, Request, expect

WIDE, NARROW = (1440, 900), (390, 844)
_VIOLATIONS: dict[str, object] = {"resultTypes": ["violations"]}
LIGHTS: dict[Literal["light", "dark"], dict[str, object]] = {
    "light": _VIOLATIONS,
    "dark": {**_VIOLATIONS, "runOnly": ["color-contrast"]},  # all that the dark changes
}
# Words and order change with the language; colours do not, and they are what takes axe longest.
WORDS: dict[str, object] = {**_VIOLATIONS, "rules": {"color-contrast": {"enabled": False}}}
# As if the person chose another language in another tab.
_SPEAK = """(language) => {
    localStorage.setItem('careloom.preferences', JSON.stringify({ language }));
    window.dispatchEvent(new StorageEvent('storage', { key: 'careloom.preferences' }));
}"""
# A page that paints nothing may not be told that the system's light changed; who comes back to it makes it look.
_COME_BACK = "() => window.dispatchEvent(new Event('focus'))"
_CUT_OFF = """() => ['html', 'main'].map((name) => document.querySelector(name))
    .filter((one) => one && one.scrollWidth > one.clientWidth)
    .map((one) => `${one.tagName} is ${one.scrollWidth} wide in ${one.clientWidth}`)"""
_GO = "(path) => history.pushState({}, '', path)"
_A_MOMENT = 50  # milliseconds, for the page to think and paint
_BARRIERS = """(options) => axe.run(options).then(({ violations }) => violations.flatMap((one) =>
    one.nodes.slice(0, 3).map((node) => `${one.id}: ${node.html.slice(0, 200)} ${node.failureSummary.slice(0, 300)}`)
))"""
# What fades in lacks contrast until it is there. The first two frames decide whether it moves at all.
_COME_TO_REST = """async () => {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    const passing = (one) => Number.isFinite(one.effect.getComputedTiming().endTime);
    await Promise.allSettled(document.getAnimations().filter(passing).map((one) => one.finished));
}"""


def barriers(page: Page, rules: dict[str, object]) -> list[str]:
    """What axe finds on the page as it stands once nothing moves on it."""
    page.evaluate(_COME_TO_REST)
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(_BARRIERS, rules)


class Looker:
    """A page that remembers what the browser complained of, and goes on without loading anew."""

    def __init__(self, page: Page, ids: dict[str, str]) -> None:
        self.page = page
        self.complaints: list[str] = []
        self._ids = ids
        self._light: Literal["light", "dark"] | None = None
        self._asked: set[Request] = set()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._begun)
        page.on("requestfinished", self._ended)
        page.on("requestfailed", self._ended)

    def _heard(self, message: ConsoleMessage) -> None:
        source = str(message.location.get("url"))
        if message.type == "error" and not source.endswith("/api/demo/personas"):  # outside a demo there are none
            self.complaints.append(f"{message.text} ({source})")

    def _begun(self, request: Request) -> None:
        self._asked.add(request)

    def _ended(self, request: Request) -> None:
        self._asked.discard(request)

    def open(self, path: str) -> None:
        self.complaints.clear()
        self.speak("en")
        self.page.evaluate(_GO, path.format(**self._ids))
        self.rest()
        expect(self.page.get_by_role("main")).not_to_be_empty()
        expect(self.page.get_by_role("status", name="Loading")).to_have_count(0)
        self.rest()
        expect(self.page.get_by_role("alert")).to_have_count(0)

    def rest(self) -> None:
        """Waits until nothing has been asked for during a moment."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            self.page.wait_for_timeout(_A_MOMENT)
            if not self._asked:
                return
        raise AssertionError(f"still waits for {[one.url for one in self._asked]}")

    def size(self, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def lighten(self, light: Literal["light", "dark"]) -> None:
        if light == self._light:
            return
        self._light = light
        self.page.emulate_media(color_scheme=light, reduced_motion="reduce")
        self.page.evaluate(_COME_BACK)
        self.page.locator(f"html[data-mantine-color-scheme={light}]").wait_for()
        self.page.wait_for_timeout(_A_MOMENT)

    def speak(self, language: str) -> None:
        self.page.evaluate(_SPEAK, language)
        self.page.locator(f"html[lang={language}][dir={'rtl' if language == 'ar' else 'ltr'}]").wait_for()
        self.page.wait_for_timeout(_A_MOMENT)

    def found(self, what: str, rules: dict[str, object]) -> list[str]:
        """What is wrong with the page as it stands, each with `what` before it."""
        return [f"{what}: {one}" for one in self.cut_off() + barriers(self.page, rules)]

    def cut_off(self) -> list[str]:
        """What is wider than the window once the screen has come to rest."""
        for _ in range(20):
            if not self.page.evaluate(_CUT_OFF):
                break
            self.page.wait_for_timeout(100)
        return self.page.evaluate(_CUT_OFF)

    def in_each_light(self) -> list[str]:
        """What is wrong with the page as it stands, in each light and width; leaves it wide and light."""
        self.lighten("light")
        found = self.found("light, wide", LIGHTS["light"])
        self.size(*NARROW)
        found += [f"light, narrow: {one}" for one in self.cut_off()]
        self.lighten("dark")
        found += [f"dark, narrow: {one}" for one in self.cut_off()]
        self.size(*WIDE)
        found += self.found("dark, wide", LIGHTS["dark"])
        self.lighten("light")
        return found

    def look(self, path: str) -> list[str]:
        """What is wrong with a screen in each light, width and direction of reading; leaves it wide and light."""
        self.open(path)
        found = self.in_each_light()
        self.speak("de")
        found += [f"de, wide: {one}" for one in self.cut_off()]
        self.size(*NARROW)
        found += [f"de, narrow: {one}" for one in self.cut_off()]
        self.speak("ar")
        found += self.found("ar, narrow", WORDS)
        self.size(*WIDE)
        found += [f"ar, wide: {one}" for one in self.cut_off()]
        return found + self.complaints
