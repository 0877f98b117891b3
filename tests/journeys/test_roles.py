"""A role of one's own: made, given, explained; and whoever holds it sees what the preview said."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.held import Held
from tests.journeys.installation import PASSWORD, Installation
from tests.journeys.late import late
from tests.journeys.people import People
from tests.journeys.world import World

VERBS = ("See clients and programs", "See customers", "Read contacts", "See queues")


def test_a_role_is_made_given_and_explained_and_the_preview_is_right(
    installation: Installation, world: World, people: People
) -> None:
    zephyr = world.brand("Zephyr", "#2a6f97")
    installation.mail("Bea Reis <bea@customer.example>", zephyr.address, "The lamp hums", "It hums.")
    installation.conversations(zephyr.client)
    grants = [{"role": "admin", "scope": "everything"}]
    admin = {"email": "ines.role@harbor.example", "provider_id": world.provider, "password": PASSWORD}
    installation.make("people", name="Ines Role", grants=grants, **admin)
    watcher = world.agent("Wim Watcher", zephyr)
    page = people.desk(admin["email"])
    _make_role(page, installation.url)
    _give_role(page, "Wim Watcher")
    _look_at_permissions(page, "Wim Watcher")
    desk = people.desk(watcher)
    desk.goto(f"{installation.url}/desk/all")
    desk.get_by_text("The lamp hums").first.click()
    expect(desk.get_by_role("textbox", name="Reply")).to_have_count(0)
    _remove_role(page, installation.url)
    desk.reload()
    expect(desk.get_by_role("textbox", name="Reply")).to_be_visible()


def _make_role(page: Page, url: str) -> None:
    page.goto(f"{url}/setup/roles/new")
    page.get_by_label("Name").fill("Night watch")
    for verb in VERBS:
        page.get_by_role("checkbox", name=verb).check()
    purpose = page.get_by_label("What it is for")
    purpose.fill("Reads along")
    making = Held(page, "**/api/roles", "POST")
    page.keyboard.press("Control+s")
    page.keyboard.type(" and answers")  # while it is being saved, and goes on once the role has its own address
    expect(page.get_by_role("button", name="Discard")).to_be_disabled()
    making.let_go()
    expect(page.get_by_role("heading", name="Night watch")).to_be_visible()
    page.keyboard.type(" nobody.")
    expect(purpose).to_have_value("Reads along and answers nobody.")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Not saved yet", exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Save")).to_be_disabled()


def _give_role(page: Page, name: str) -> None:
    page.get_by_role("link", name="People", exact=True).click()
    page.get_by_role("region", name="People", exact=True).get_by_role("link", name=name).click()
    role = page.get_by_role("combobox", name="Role", exact=True)
    expect(role).to_have_value("Agent")
    role.click()
    page.get_by_role("option", name="Night watch").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    expect(page.get_by_text("Not saved yet", exact=True)).to_have_count(0)


def _look_at_permissions(page: Page, name: str) -> None:
    page.get_by_role("link", name="Permissions", exact=True).click()
    page.get_by_role("region", name="Permissions", exact=True).get_by_role("link", name=name).click()
    expect(page.get_by_text("Night watch over the client Zephyr")).to_have_count(2)  # the grant, and why they may read
    asked = page.get_by_role("combobox", name="Permission", exact=True).last
    asked.click()
    page.get_by_role("option", name="Answer contacts").click()
    expect(page.get_by_text("None of their roles allows it.")).to_be_visible()
    expect(page.get_by_text("Bea Reis: The lamp hums")).to_be_visible()
    expect(page.locator("dl").get_by_text("Zephyr", exact=True)).to_be_visible()
    expect(page.locator("dl").get_by_text("Juniper")).to_have_count(0)


def _remove_role(page: Page, url: str) -> None:
    page.add_init_script(late("/api/roles?", "limit=100"))  # after the one that is shown
    page.goto(f"{url}/setup/roles")
    page.get_by_role("link", name="Night watch").click()
    page.get_by_role("combobox", name="In its place").click()
    page.get_by_role("option", name="Agent", exact=True).click()
    page.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_role("button", name="Remove it for good").click()
    expect(page.get_by_role("link", name="Night watch")).to_have_count(0)
