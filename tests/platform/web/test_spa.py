"""The built front end is served: assets for ever, one page for every place, nothing outside its folder."""

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
    (folder / "index.html").write_text("<html>desk</html>")
    (folder / "assets" / "a-1.js").write_text("1")
    (folder / "theme.js").write_text("2")
    (tmp_path / "secret.txt").write_text("no")
    app = Litestar(spa.handlers(folder), exception_handlers=EXCEPTION_HANDLERS)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # pyright: ignore[reportArgumentType]
    return httpx.AsyncClient(transport=transport, base_url="http://careloom.test")


@pytest.mark.parametrize("path", ["/", "/desk", "/desk/c/1", "/setup/people"])
async def test_every_place_is_the_one_page(pages: httpx.AsyncClient, path: str) -> None:
    answer = await pages.get(path)
    assert answer.text == "<html>desk</html>"
    assert "frame-ancestors" in answer.headers["content-security-policy"]


async def test_assets_are_kept_for_ever_and_root_files_are_not(pages: httpx.AsyncClient) -> None:
    assert "immutable" in (await pages.get("/assets/a-1.js")).headers["cache-control"]
    assert (await pages.get("/theme.js")).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/assets/..%2f..%2fsecret.txt", "/assets/none.js", "/api/none", "/chat/none"])
async def test_what_is_not_there_is_a_problem_and_not_the_page(pages: httpx.AsyncClient, path: str) -> None:
    answer = await pages.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
