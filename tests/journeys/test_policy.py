"""What the pages' policies forbid, a browser refuses; what they allow, it shows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.installation import Installation, wait_until
from tests.journeys.people import People
from tests.journeys.world import World

_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d4944415478da6364f8cf500f0003860180e9c8b1c40000000049454e44ae426082"
)
_INTRUDE = """() => {
    const script = document.createElement('script');
    script.textContent = 'window.intruded = true';
    document.head.append(script);
    const style = document.createElement('style');
    style.textContent = 'body { outline: 7px solid red }';
    document.head.append(style);
    document.body.insertAdjacentHTML('beforeend', '<img id="bad" src="x" onerror="window.intruded = true">');
    return getComputedStyle(document.body).outlineWidth;
}"""


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """The address of somebody's server of images, and the paths that it was asked for."""
    asked: list[str] = []

    class Images(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(_PIXEL)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Images)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", asked
    server.shutdown()
    serving.join()
    server.server_close()


def test_scripts_and_styles_that_are_not_ours_do_nothing_and_are_reported(
    browser: Browser, installation: Installation
) -> None:
    page = browser.new_page()
    page.goto(f"{installation.url}/sign-in")
    page.get_by_role("textbox", name="Password").wait_for()
    assert page.evaluate(_INTRUDE) != "7px"
    page.wait_for_timeout(200)
    assert page.evaluate("window.intruded") is None

    def reported() -> bool:
        metrics = httpx.get(f"{installation.url}/metrics").text
        kinds = ("script-src-elem", "script-src-attr", "style-src-elem")
        return all(f'careloom_csp_violations_total{{directive="{one}"}}' in metrics for one in kinds)

    wait_until(reported)
    page.close()


def test_a_designed_mail_keeps_its_looks_runs_nothing_and_loads_images_on_a_click_only(
    installation: Installation, world: World, people: People, elsewhere: tuple[str, list[str]]
) -> None:
    address, asked = elsewhere
    brand = world.brand("Quillon", "#2d4f8a")
    html = (
        f'<table><tr><td style="color: rgb(1, 2, 3)">Coloured words</td></tr></table><p>as style="written"</p>'
        f'<img src="{address}/seen.png" '
        'onerror="parent.intruded = true" alt="A picture"><script>parent.intruded = true</script>'
    )
    installation.mail("Nia Sol <nia@customer.example>", brand.address, "In colour", "Plain", html=html)
    (one,) = installation.conversations(brand.client)
    desk = people.desk(world.agent("Uma Frame", brand))
    refused: list[str] = []
    desk.on("console", lambda one: refused.append(one.text) if "Content Security Policy" in one.text else None)
    desk.goto(f"{installation.url}/desk/all/{one['id']}")
    frame = desk.frame_locator("iframe")
    expect(frame.get_by_text("Coloured words")).to_have_css("color", "rgb(1, 2, 3)")
    expect(frame.get_by_text('as style="written"')).to_be_visible()
    assert asked == []
    desk.get_by_role("button", name="Show them").click()
    expect(frame.get_by_alt_text("A picture")).to_have_js_property("naturalWidth", 1)
    expect(frame.get_by_text("Coloured words")).to_have_css("color", "rgb(1, 2, 3)")
    assert asked == ["/seen.png"]
    assert desk.evaluate("window.intruded") is None
    assert refused == []
