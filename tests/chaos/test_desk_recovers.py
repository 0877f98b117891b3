"""A browser's desk goes on by itself when the web process and PostgreSQL are killed under it."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import async_playwright, expect

from careloom.cli.store import Store
from careloom.identity.commands.people import create_person
from careloom.identity.types import NewPerson, Role, RoleGrant, ScopeKind
from careloom.main import static_folder
from careloom.platform.access import system_actor
from careloom.platform.database.transactions import Database
from careloom.platform.settings import Settings
from tests.browser import browser_path
from tests.chaos.house import House, settings_in

EMAIL, PASSWORD = "lead@example.org", "correct horse battery"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


class Api:
    """The API as an administrator of everything; a call is made again until the installation is back."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def make(self, path: str, **values: object) -> Any:
        for _ in range(120):
            try:
                answer = await self._http.post(f"/api/{path}", json=values)
                if answer.is_success:
                    return answer.json()
                assert answer.status_code >= 500, answer.text
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.5)
        raise AssertionError(f"{path} did not come back")


async def _administrator(settings: Settings) -> None:
    store = Store(settings)
    store.open()
    database, system = Database(store.url, pool_size=1), system_actor("test")
    grant = RoleGrant(Role.ADMIN, ScopeKind.EVERYTHING)
    async with database.transaction(system) as tx:
        await create_person(tx, system, NewPerson("Lea Lead", EMAIL, password=PASSWORD, grants=(grant,)))
    await database.close()


async def _program(api: Api) -> str:
    provider = await api.make("providers", name="Harbor")
    client = await api.make("clients", name="Juniper", industry="retail", color="#1f6f54")
    program = await api.make(
        "programs",
        client_id=client["id"],
        name="Care",
        time_zone="Europe/Lisbon",
        channels=["sms"],
        provider_ids=[provider["id"]],
    )
    return str(program["id"])


async def _write(api: Api, program_id: str, text: str) -> None:
    identity = {"identity_kind": "phone", "identity": f"+155512345{len(text):02d}", "customer_name": text}
    await api.make("inbound", program_id=program_id, channel="sms", external_id=text, text=text, **identity)


@pytest.mark.chaos
@pytest.mark.skipif(not (static_folder() / "index.html").is_file(), reason="the front end is not built")
async def test_new_contacts_appear_on_the_open_desk_after_kill_nine_without_a_reload(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "home")
    house = House(settings)
    async with (
        house.running(),
        async_playwright() as playwright,
        httpx.AsyncClient(base_url=settings.base_url, trust_env=False, timeout=30) as http,
    ):
        await _administrator(settings)
        me = await http.post("/api/session", json={"email": EMAIL, "password": PASSWORD})
        http.headers["X-CSRF-Token"] = me.json()["csrf_token"]
        api = Api(http)
        program_id = await _program(api)
        browser = await playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
        context.set_default_timeout(60_000)
        cookie = {"name": "careloom_session", "value": http.cookies["careloom_session"], "url": settings.base_url}
        await context.add_cookies([cookie])  # pyright: ignore[reportArgumentType]
        page = await context.new_page()
        await page.goto(f"{settings.base_url}/desk/all")
        await _write(api, program_id, "Before the crash")
        await expect(page.get_by_text("Before the crash").first).to_be_visible(timeout=60_000)
        await page.evaluate("window.neverReloaded = true")

        for victims in (("web",), ("postgres",), ("web", "postgres")):
            text = f"After the loss of {' and '.join(victims)}"
            for victim in victims:
                house.kill_postgres() if victim == "postgres" else house.kill(victim)
            await _write(api, program_id, text)
            await expect(page.get_by_text(text).first).to_be_visible(timeout=60_000)
        assert await page.evaluate("window.neverReloaded") is True
        await browser.close()
