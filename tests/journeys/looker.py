"""A browser page that goes from screen to screen, and what is wrong with what it shows."""

from __future__ import annotations

import time
import zlib
from collections.abc import Sequence
from typing import Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Page, Request, expect

from tests.effort import EFFORT
from tests.journeys.keyboard import out_of_reach
from tests.journeys.wording import strange_words, word

WIDE, NARROW = (1440, 900), (390, 844)
_VIOLATIONS: dict[str, object] = {"resultTypes": ["violations"]}
LIGHTS: dict[Literal["light", "dark"], dict[str, object]] = {
    "light": _VIOLATIONS,
    "dark": {**_VIOLATIONS, "runOnly": ["color-contrast"]},  # all that the dark changes
}
# Words and order change with the language; colours do not, and they are what takes axe longest.
WORDS: dict[str, object] = {**_VIOLATIONS, "rules": {"color-contrast": {"enabled": False}}}
LANGUAGES = ("en", "de", "es", "fr", "pt-BR", "ar")
_IN_TURN = ("de", "es", "fr", "pt-BR")
# As if the person chose another language in another tab.
_SPEAK = """(language) => {
    localStorage.setItem('careloom.preferences', JSON.stringify({ language }));
    window.dispatchEvent(new StorageEvent('storage', { key: 'careloom.preferences' }));
}"""
# A page that paints nothing may not be told that the system's light changed; who comes back to it makes it look.
_COME_BACK = "() => window.dispatchEvent(new Event('focus'))"
_CUT_OFF = """() => ['html', 'main', '[role=dialog]'].map((name) => document.querySelector(name))
    .filter((one) => one && one.scrollWidth > one.clientWidth)
    .map((one) => `${one.tagName} is ${one.scrollWidth} wide in ${one.clientWidth}`)"""
_GO = "(path) => history.pushState({}, '', path)"
_A_MOMENT = 50  # milliseconds, for the page to think and paint
_BARRIERS = """async ([within, options]) => (await axe.run(within ?? document, options)).violations.flatMap((one) =>
    one.nodes.slice(0, 3).map((node) => `${one.id}: ${node.html.slice(0, 200)} ${node.failureSummary.slice(0, 300)}`)
)"""
# What fades in lacks contrast until it is there. The first two frames decide whether it moves at all.
_COME_TO_REST = """async () => {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    const passing = (one) => Number.isFinite(one.effect.getComputedTiming().endTime);
    await Promise.allSettled(document.getAnimations().filter(passing).map((one) => one.finished));
}"""


def barriers(page: Page, rules: dict[str, object], within: str | None = None) -> list[str]:
    """What axe finds on the page as it stands once nothing moves on it, or in what `within` selects there."""
    page.evaluate(_COME_TO_REST)
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(_BARRIERS, [within, rules])


def languages_for(name: str) -> tuple[str, ...]:
    """English, Arabic and one more, the same for a name each time; all of them where there is time for it."""
    if EFFORT > 1:
        return ("en", *_IN_TURN, "ar")
    return ("en", _IN_TURN[zlib.crc32(name.encode()) % len(_IN_TURN)], "ar")


class Looker:
    """A page that remembers what the browser complained of, and goes on without loading anew.

    `ids` are those that addresses name in braces.
    """

    def __init__(self, page: Page, ids: dict[str, str]) -> None:
        self.page = page
        self.complaints: list[str] = []
        self._ids = ids
        self._light: Literal["light", "dark"] | None = None
        self._size = WIDE
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
        self.page.evaluate(_GO, path.format(**self._ids))
        self.rest()
        expect(self.page.get_by_role("main")).not_to_be_empty()
        expect(self.page.get_by_role("status", name=word("state.loading", self.language))).to_have_count(0)
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

    def size(self, size: tuple[int, int]) -> None:
        if size != self._size:
            self._size = size
            self.page.set_viewport_size({"width": size[0], "height": size[1]})

    def lighten(self, light: Literal["light", "dark"]) -> None:
        if light == self._light:
            return
        self._light = light
        self.page.emulate_media(color_scheme=light, reduced_motion="reduce")
        self.page.evaluate(_COME_BACK)
        self.page.locator(f"html[data-mantine-color-scheme={light}]").wait_for()
        self.page.wait_for_timeout(_A_MOMENT)

    @property
    def language(self) -> str:
        """The page's; whoever signs in brings their own."""
        return self.page.evaluate("document.documentElement.lang")

    def speak(self, language: str) -> None:
        if language == self.language:
            return
        self.page.evaluate(_SPEAK, language)
        self.page.locator(f"html[lang={language}][dir={'rtl' if language == 'ar' else 'ltr'}]").wait_for()
        self.page.wait_for_timeout(_A_MOMENT)

    def cut_off(self) -> list[str]:
        """What is wider than the window once the screen has come to rest."""
        for _ in range(20):
            if not self.page.evaluate(_CUT_OFF):
                break
            self.page.wait_for_timeout(100)
        return self.page.evaluate(_CUT_OFF)

    def in_each_light(self, within: str | None = None) -> list[str]:
        """What is wrong with the page as it stands, in each light and width; leaves it wide and light.

        `within` selects what axe looks at, the whole page without it.
        """
        self.size(WIDE)
        self.lighten("light")
        found = [f"light, wide: {one}" for one in self.cut_off() + barriers(self.page, LIGHTS["light"], within)]
        self.size(NARROW)
        found += [f"light, narrow: {one}" for one in self.cut_off()]
        self.lighten("dark")
        found += [f"dark, narrow: {one}" for one in self.cut_off()]
        self.size(WIDE)
        found += [f"dark, wide: {one}" for one in self.cut_off() + barriers(self.page, LIGHTS["dark"], within)]
        self.lighten("light")
        return found

    def _in_english(self, within: str | None) -> list[str]:
        found = self.in_each_light(within)
        return found + [f"en: {one}" for one in strange_words(self.page, "en")]

    def _translated(self, language: str, within: str | None) -> list[str]:
        """What is wrong with the page in a language, in both widths, the one that it has first."""
        found = strange_words(self.page, language)
        if language == "ar":
            found += barriers(self.page, WORDS, within)
        for size in (WIDE, NARROW) if self._size == WIDE else (NARROW, WIDE):
            self.size(size)
            found += [f"{size[0]} wide: {one}" for one in self.cut_off()]
        return [f"{language}: {one}" for one in found]

    def everywhere(self, languages: Sequence[str], within: str | None = None) -> list[str]:
        """What is wrong with the page as it stands in each light and width, and in each language.

        Axe looks at what `within` selects, at the whole page without it. It begins with the page's own language where
        that is the last; the page keeps the one that comes last then.
        """
        found: list[str] = []
        for language in reversed(languages) if self.language == languages[-1] else languages:
            self.speak(language)
            found += self._in_english(within) if language == "en" else self._translated(language, within)
        return found

    def by_keys(self) -> list[str]:
        """What of the page as it stands no key reaches, or does not show that it has the focus."""
        return [f"by keys: {one}" for one in out_of_reach(self.page)]

    def look(self, name: str, path: str) -> list[str]:
        """What is wrong with a screen in `languages_for` it."""
        self.open(path)
        return self.by_keys() + self.everywhere(languages_for(name)) + self.complaints
