"""Pages of different people in one browser, and what their browsers complain about."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from tests.journeys.complaints import complaints_of
from tests.journeys.installation import PASSWORD


def results() -> Path:
    """What is kept of journeys that failed."""
    folder = Path("test-results")
    folder.mkdir(exist_ok=True)
    return folder


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

    def keep_pictures(self, name: str) -> None:
        """Keeps what each of them sees now, for whoever looks why `name` failed."""
        for number, context in enumerate(self.contexts):
            if context.pages:
                context.pages[0].screenshot(path=results() / f"{name}-{number}.png")

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def _context(self) -> BrowserContext:
        context = self._browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
        context.set_default_timeout(30_000)
        self.contexts.append(context)
        self._heard.append(complaints_of(context))
        return context
