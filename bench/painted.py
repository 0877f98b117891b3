"""A desk in Chromium with one contact open: when the messages of that contact were painted."""

import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from playwright.async_api import Page, async_playwright

from bench.installation import PASSWORD

_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
_PATIENCE_MS = 60_000

# Notes when the frame that first shows each "Number n." in the thread was handed to the screen, by the clock of the
# machine, which the bench reads as well.
_WATCH = """() => {
  window.painted = {};
  const noted = new Set();
  const look = () => {
    for (const [, number] of document.querySelector('[role=region] > ol').textContent.matchAll(/Number (\\d+)\\./g)) {
      if (noted.has(number)) continue;
      noted.add(number);
      requestAnimationFrame(() => setTimeout(() => { window.painted[number] = Date.now() }));
    }
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


def words(number: int) -> str:
    """The text by which the desk knows message `number` of its contact."""
    return f"Number {number}. Is there any news?"


class PaintedDesk:
    """The page of one contact."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def painted(self, count: int) -> dict[int, float]:
        """The second at which each message was painted, once there are `count`; raises TimeoutError after 60 s."""
        await self._page.wait_for_function("(count) => Object.keys(window.painted).length >= count", arg=count)
        found = await self._page.evaluate("window.painted")
        return {int(number): moment / 1000 for number, moment in found.items()}


@asynccontextmanager
async def painted_desk(url: str, email: str, conversation_id: str) -> AsyncGenerator[PaintedDesk]:
    """The desk of the person with this address, with this contact open while the context lasts."""
    async with async_playwright() as playwright:
        chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
        browser = await playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
        context.set_default_timeout(_PATIENCE_MS)
        answer = await context.request.post(f"{url}/api/session", data={"email": email, "password": PASSWORD})
        assert answer.ok, answer.status
        page = await context.new_page()
        await page.goto(f"{url}/desk/all/{conversation_id}")
        await page.locator("[role=region] > ol > li").first.wait_for()
        await page.evaluate(_WATCH)
        yield PaintedDesk(page)
        await browser.close()
