"""What the desk costs its reader in Chromium: the first paint, cold and warm, and the switch to another conversation.

One fresh installation with a few thousand conversations; server, database and browser share the machine. A load is a
full one of `/desk/all`: cold in a new browser profile, warm as the next one in it. A switch is what an agent does: J
to the next contact, a moment to read its row, Enter; it ends when the frame that shows the thread has been handed to
the screen. There is no peer: the targets are absolute.
"""

import argparse
import asyncio
import json
import shutil
import statistics
import sys
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))
from bench.ingest import HttpClient
from bench.installation import Installation, report, running_installation

_CONNECTIONS = 16
_MESSAGES = 12
_THINKING_MS, _SETTLING_MS = 250, 1000
_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
_SIGN_IN = {"email": "bench@example.org", "password": "correct horse battery"}

# Notes when the first rows of the list, and the first and the largest content, were on the screen.
_WATCH_LOAD = """
new PerformanceObserver((list) => { for (const one of list.getEntries()) window.largest = one.startTime })
  .observe({ type: 'largest-contentful-paint', buffered: true });
new MutationObserver((_, observer) => {
  if (!document.querySelector('[data-row]')) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => { window.listed = performance.now() }));
}).observe(document, { childList: true, subtree: true });
"""
_LOAD = """() => ({
  'first contentful paint': performance.getEntriesByName('first-contentful-paint')[0].startTime,
  'largest contentful paint': window.largest,
  'contacts listed': window.listed,
})"""
# The milliseconds from the key that opens the contact in focus until its thread has been painted.
_WATCH_SWITCH = """() => new Promise((resolve) => {
  const row = document.activeElement;
  const [words] = /Parcel \\d+/.exec(row.textContent);
  addEventListener('keydown', (key) => {
    const look = () => {
      const thread = document.querySelector('[role=region] > ol');
      if (thread && row.dataset.open === 'true' && thread.textContent.includes(words + '.'))
        setTimeout(() => resolve(performance.now() - key.timeStamp));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { capture: true, once: true });
})"""


async def fill(installation: Installation, conversations: int) -> None:
    """Hands in `conversations`; the last hundred of them have a dozen messages each."""
    keys = [uuid4().int % 10_000_000 for _ in range(conversations)]
    jobs = [(key, number) for number, key in enumerate(keys)]
    for _ in range(_MESSAGES - 1):
        jobs += [(key, conversations - 100 + at) for at, key in enumerate(keys[-100:])]
    waiting = iter(jobs)

    async def work() -> None:
        client = HttpClient(installation)
        await client.open()
        for key, number in waiting:
            status, answer = await client.post(_message(installation, key, number))
            assert status == 201, answer
        client.close()

    await asyncio.gather(*[work() for _ in range(_CONNECTIONS)])


def _message(installation: Installation, key: int, number: int) -> bytes:
    value = {
        "program_id": installation.program_id,
        "channel": "sms",
        "external_id": uuid4().hex,
        "identity_kind": "phone",
        "identity": f"+1555{key:07d}",
        "text": f"Parcel {number}. It was promised for Monday, and it is not here. Where is it now?",
        "language": "en",
    }
    return json.dumps(value).encode()


def _signed_in(browser: Browser, installation: Installation) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    context.add_init_script(_WATCH_LOAD)
    assert context.request.post(f"{installation.url}/api/session", data=_SIGN_IN).ok
    return context


def loads(browser: Browser, installation: Installation, times: int) -> tuple[list[dict[str, float]], ...]:
    """The milliseconds of each mark, of `times` cold loads and as many warm ones."""
    cold: list[dict[str, float]] = []
    warm: list[dict[str, float]] = []
    for _ in range(times):
        context = _signed_in(browser, installation)
        page = context.new_page()
        for found in (cold, warm):
            page.goto(f"{installation.url}/desk/all")
            page.locator("[data-row]").first.wait_for()
            page.wait_for_timeout(_SETTLING_MS)
            found.append(page.evaluate(_LOAD))
        context.close()
    return cold, warm


def _switch(page: Page) -> float:
    page.keyboard.press("j")
    page.wait_for_timeout(_THINKING_MS)
    page.evaluate(f"window.taken = ({_WATCH_SWITCH})(); undefined")
    page.keyboard.press("Enter")
    return page.evaluate("window.taken")


def switches(browser: Browser, installation: Installation, times: int) -> list[float]:
    """The milliseconds of `times` switches down the list by J and Enter, each to a contact not opened before."""
    context = _signed_in(browser, installation)
    page = context.new_page()
    page.goto(f"{installation.url}/desk/all?sort=newest")
    page.locator("[data-row]").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("region", name="Messages").wait_for()
    page.wait_for_timeout(1000)
    found = [_switch(page) for _ in range(times)]
    context.close()
    return found


def _report(name: str, values: list[float], target: float | None) -> None:
    ordered = sorted(values)
    for share, value in (("p50", statistics.median(ordered)), ("p95", ordered[int(len(ordered) * 0.95 - 0.01)])):
        report(f"{name}, {share}", "ms", value, None, None, target, "interface")


def main() -> None:
    """Measures and reports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=2000)
    parser.add_argument("--loads", type=int, default=10)
    parser.add_argument("--switches", type=int, default=50)
    options = parser.parse_args()
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with running_installation() as installation:
        asyncio.run(fill(installation, options.conversations))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
            for state, found in zip(("cold", "warm"), loads(browser, installation, options.loads), strict=True):
                for mark in found[0]:
                    target = 1000.0 if mark == "first contentful paint" else None
                    _report(f"desk, {state} cache: {mark}", [one[mark] for one in found], target)
            _report("switch to another conversation", switches(browser, installation, options.switches), 100.0)
            browser.close()


if __name__ == "__main__":
    main()
