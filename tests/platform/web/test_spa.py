"""The built front end is served: assets for ever, one page for every place, nothing outside its folder."""

import re
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from careloom.platform.web import spa
from careloom.platform.web.problem import EXCEPTION_HANDLERS


@pytest.fixture
def pages(tmp_path: Path) -> httpx.AsyncClient:
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text('<html nonce="{{nonce}}">desk</html>')
    (folder / "assets" / "a-1.js").write_text("1")
    (folder / "assets" / "large-1.js").write_text("let a = 1;" * 1000)
    (folder / "theme.js").write_text("2")
    (folder / "mail.html").write_text("<html></html>")
    (tmp_path / "secret.txt").write_text("no")
    app = Litestar(spa.handlers(folder), exception_handlers=EXCEPTION_HANDLERS)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # pyright: ignore[reportArgumentType]
    return httpx.AsyncClient(transport=transport, base_url="http://careloom.test")


@pytest.mark.parametrize("path", ["/", "/desk", "/desk/c/1", "/setup/people"])
async def test_every_place_is_the_one_page(pages: httpx.AsyncClient, path: str) -> None:
    answer = await pages.get(path)
    assert re.fullmatch(r'<html nonce="[\w-]{22}">desk</html>', answer.text)
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


async def test_assets_are_kept_for_ever_and_root_files_are_not(pages: httpx.AsyncClient) -> None:
    assert "immutable" in (await pages.get("/assets/a-1.js")).headers["cache-control"]
    assert (await pages.get("/theme.js")).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/assets/..%2f..%2fsecret.txt", "/assets/none.js", "/api/none", "/chat/none"])
async def test_what_is_not_there_is_a_problem_and_not_the_page(pages: httpx.AsyncClient, path: str) -> None:
    answer = await pages.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_an_asset_is_compressed_once_and_told_apart_by_a_strong_tag(pages: httpx.AsyncClient) -> None:
    plain = await pages.get("/assets/large-1.js", headers={"Accept-Encoding": "identity"})
    packed = await pages.get("/assets/large-1.js", headers={"Accept-Encoding": "br, gzip;q=0.5"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < 100 < int(plain.headers["content-length"])
    assert plain.text == packed.text
    tags = {one.headers["etag"] for one in (plain, packed)}
    assert len(tags) == 2
    assert all(tag.startswith('"') for tag in tags)
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"


async def test_who_has_the_file_already_is_told_only_that(pages: httpx.AsyncClient) -> None:
    gzip = {"Accept-Encoding": "gzip"}
    tag = (await pages.get("/assets/large-1.js", headers=gzip)).headers["etag"]
    for sent in (tag, f'"other", {tag}', f"W/{tag}"):
        again = await pages.get("/assets/large-1.js", headers={**gzip, "If-None-Match": sent})
        assert (again.status_code, again.content) == (304, b"")
        assert "immutable" in again.headers["cache-control"]
    refused = {"Accept-Encoding": "gzip;q=0", "If-None-Match": tag}
    assert (await pages.get("/assets/large-1.js", headers=refused)).status_code == 200


async def test_a_mails_frame_has_its_own_policy(pages: httpx.AsyncClient) -> None:
    closed = (await pages.get("/mail.html")).headers["content-security-policy"]
    opened = (await pages.get("/mail.html?images")).headers["content-security-policy"]
    assert "sandbox allow-same-origin" in closed
    assert "img-src 'self' data:;" in closed
    assert "img-src 'self' data: https: http:;" in opened
