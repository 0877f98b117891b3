"""Every answer tells browsers what to refuse: pages, the API, files, errors, the widget."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace

from careloom.identity.types import Person, Role, ScopeKind
from careloom.main import static_folder
from careloom.platform.runtime import Runtime
from careloom.platform.web.headers import mail_policy, page_policy
from careloom.platform.web.static import StaticFolder
from tests.application import http_client
from tests.world import World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]

ANSWERS = [
    *(("GET", path) for path in ("/", "/desk/all", "/sign-in", "/theme.js", "/mail.html", "/widget-preview.html")),
    *(("GET", path) for path in ("/assets/a-1.js", "/assets/none.js", "/widget.js", "/health", "/metrics", "/schema")),
    *(("GET", path) for path in ("/api/session", "/api/people", "/api/none", "/api", "/chat/wk_none/config")),
    *(("GET", "/api/people?limit=x"), ("DELETE", "/api/providers"), ("POST", "/api/session"), ("POST", "/nowhere")),
    *(("OPTIONS", "/api/people"), ("PUT", "/desk"), ("GET", "/%00"), ("GET", "/api/files/0190a0b0-0000-7000-8000-0")),
]


@pytest.fixture
async def site(api: httpx.AsyncClient) -> httpx.AsyncClient:
    """The application with the built front end."""
    if not (static_folder() / "index.html").is_file():
        pytest.skip("the front end is not built")
    return api


@pytest.mark.parametrize(("method", "path"), ANSWERS)
async def test_no_answer_may_be_guessed_framed_or_used_by_other_origins(
    api: httpx.AsyncClient, method: str, path: str
) -> None:
    headers = (await api.request(method, path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] in ("same-origin", "cross-origin")
    assert "camera=()" in headers["permissions-policy"]
    for name in ("cache-control", "content-security-policy", "x-content-type-options"):
        assert len(headers.get_list(name)) == 1
    policy = _parts(headers["content-security-policy"])
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] in ("'none'", "'self'")
    assert policy["base-uri"] == "'none'"
    assert "script-src" not in policy or policy["script-src"] == "'self'"


async def test_only_the_widgets_answers_are_for_other_origins(api: httpx.AsyncClient) -> None:
    open_to_all = {
        path
        for method, path in ANSWERS
        if (await api.request(method, path)).headers["cross-origin-resource-policy"] == "cross-origin"
    }
    assert open_to_all - {"/widget.js"} == {"/chat/wk_none/config"}


async def test_the_page_names_a_nonce_that_its_policy_asks_for_and_no_other_load_has(site: httpx.AsyncClient) -> None:
    nonces: set[str] = set()
    for _ in range(3):
        answer = await site.get("/desk")
        (nonce,) = re.findall(r'nonce="([\w-]{22})"', answer.text)
        assert f"'nonce-{nonce}'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        nonces.add(nonce)
    assert len(nonces) == 3


async def test_the_page_holds_no_script_or_style_of_its_own(site: httpx.AsyncClient) -> None:
    page = (await site.get("/")).text
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page) == []


def test_pages_allow_nothing_unsafe_and_nothing_from_elsewhere() -> None:
    for framed in (False, True):
        policy = page_policy("abc", "care.example.com", framed=framed)
        assert "unsafe" not in policy
        assert "*" not in policy
        hosts = set(re.findall(r"\w+://\S+", policy.replace(";", " ")))
        assert hosts == {"ws://care.example.com", "wss://care.example.com"}


@pytest.mark.parametrize("host", ["a b", "x; script-src *", "x\nSet-Cookie: y", "é", "", "a:b"])
def test_a_host_that_is_none_gets_no_place_in_the_policy(host: str) -> None:
    assert "ws:" not in page_policy("abc", host)


def test_a_mails_frame_runs_nothing_and_loads_images_from_elsewhere_only_when_asked() -> None:
    for images in (False, True):
        policy = _parts(mail_policy(images=images))
        assert "allow-scripts" not in policy["sandbox"]
        assert "allow-forms" not in policy["sandbox"]
        assert policy["default-src"] == policy["form-action"] == "'none'"
        assert ("https:" in policy["img-src"]) is images
        assert policy["style-src"] == "'self'"


async def test_https_alone_is_asked_for_where_people_come_by_it(runtime: Runtime) -> None:
    async with http_client(runtime) as client:
        assert "strict-transport-security" not in (await client.get("/health")).headers
    by_https = _by_https(runtime)
    async with http_client(by_https) as client:
        for path in ("/health", "/", "/api/none"):
            assert (await client.get(path)).headers["strict-transport-security"] == "max-age=31536000"


async def test_by_https_the_session_cookie_belongs_to_this_host_alone(
    runtime: Runtime, world: World, sign_in: SignIn
) -> None:
    person = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, password="correct horse battery")
    asked = {"email": person.email, "password": "correct horse battery"}
    async with http_client(_by_https(runtime)) as client:
        client.base_url = httpx.URL("https://careloom.test")
        cookie = (await client.post("/api/session", json=asked)).headers["set-cookie"]
        assert cookie.startswith("__Host-careloom_session=")
        assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
        assert (await client.get("/api/session")).status_code == 200
        value = client.cookies["__Host-careloom_session"]
        client.cookies.clear()
        client.cookies.set("careloom_session", value)
        assert (await client.get("/api/session")).status_code == 401


def test_a_file_is_read_once_until_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "a.js"
    path.write_text("1" * 5000)
    folder = StaticFolder(tmp_path)
    first = folder.find("a.js")
    assert folder.find("a.js") is first
    assert first.packed is not None
    assert len(first.packed) < 100
    path.write_text("22")
    assert folder.find("a.js").content == b"22"


def _by_https(runtime: Runtime) -> Runtime:
    settings = replace(runtime.settings, public_url="https://care.example.com")
    return Runtime(settings, runtime.database, runtime.files, runtime.hub, runtime.secret)


def _parts(policy: str) -> dict[str, str]:
    return {name: rest for name, _, rest in (one.strip().partition(" ") for one in policy.split(";"))}
