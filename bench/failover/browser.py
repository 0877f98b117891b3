"""One desk in Chromium that shows one contact, never reloaded."""

import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from playwright.async_api import Page, async_playwright, expect

from bench.failover.installed import ADMIN
from bench.installation import PASSWORD

_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
_PATIENCE_MS = 90_000


class Desk:
    """The page of one contact."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def shows(self, words: str) -> None:
        """Waits until the thread shows the words; raises AssertionError after 90 s."""
        thread = self._page.get_by_role("region", name="Messages")
        await expect(thread.get_by_text(words).first).to_be_visible(timeout=_PATIENCE_MS)

    async def never_reloaded(self) -> bool:
        """Whether it is still the page that was opened at first."""
        return await self._page.evaluate("window.neverReloaded") is True


@asynccontextmanager
async def desk(url: str, conversation_id: str) -> AsyncGenerator[Desk]:
    """An administrator's desk with this contact, open while the context lasts."""
    async with async_playwright() as playwright:
        chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
        browser = await playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
        context.set_default_timeout(_PATIENCE_MS)
        answer = await context.request.post(f"{url}/api/session", data={"email": ADMIN, "password": PASSWORD})
        assert answer.ok, answer.status
        page = await context.new_page()
        await page.goto(f"{url}/desk/all/{conversation_id}")
        await page.evaluate("window.neverReloaded = true")
        yield Desk(page)
        await browser.close()
