"""Data in and out through the screens: a file of another system comes in, a client leaves as a whole and comes back."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.installation import Installation, wait_until
from tests.journeys.people import People
from tests.journeys.relay import Relay
from tests.journeys.world import World

_AT = "2024-02-01T09:00:00Z"
_LINES = [
    {
        "type": "customer",
        "key": "c-1",
        "name": "Olga Ferrant",
        "identities": [{"kind": "email", "value": "olga@customer.example"}],
    },
    {
        "type": "conversation",
        "key": "t-1",
        "customer": {"key": "c-1"},
        "channel": "email",
        "subject": "The teapot drips",
        "messages": [
            {"kind": "inbound", "author": "Olga Ferrant", "text": "It drips on every cup.", "at": _AT},
            {"kind": "outbound", "author": "Nia", "text": "A new spout is on its way.", "at": "2024-02-01T10:00:00Z"},
        ],
    },
    {"type": "customer", "key": "c-2", "attributes": {"shoe": "44"}},
]


_OF_ANOTHER_DESK = {
    "users": [
        {"id": 11, "name": "Olga Ferrant", "role": "end-user", "user_fields": {"shoe_size": "44"}},
        {"id": 12, "name": "Pia Sund", "role": "end-user", "user_fields": {"shoe_size": "38", "loyal": True}},
    ]
}


def test_a_file_comes_in_by_the_screen_and_its_conversation_stands_in_the_timeline(
    installation: Installation, world: World, people: People, tmp_path: Path
) -> None:
    teal = world.brand("Tealeaf", "#0b7285")
    page = people.desk(world.agent("Ada Accounts", teal, role="admin"))
    file = tmp_path / "old-desk.jsonl"
    file.write_text("\n".join(map(json.dumps, _LINES)))
    _dry_run(installation, page, file)
    report = page.get_by_role("region", name="What will not be taken over")
    expect(report).to_contain_text("c-2")
    expect(page.get_by_role("region", name="The first entries")).to_contain_text("The teapot drips")
    assert installation.get("customers", client_id=teal.client)["items"] == []
    page.get_by_role("button", name="Import 2 entries").press("Enter")
    expect(page.get_by_role("status").filter(has_text="Done")).to_be_visible(timeout=30_000)
    with page.expect_download() as caught:
        page.get_by_role("link", name="Report as CSV").click()
    assert "c-2" in caught.value.path().read_text()

    (olga,) = installation.get("customers", client_id=teal.client, search="Olga")["items"]
    page.goto(f"{installation.url}/customers/{olga['id']}")
    expect(page.get_by_role("main")).to_contain_text("The teapot drips")
    page.go_back()
    page.get_by_role("button", name="Take back").click()
    page.get_by_role("button", name="Remove all that it made").click()
    expect(page.get_by_role("status").filter(has_text="Nothing of it is left")).to_be_visible(timeout=30_000)
    assert installation.get("customers", client_id=teal.client)["items"] == []

    file = tmp_path / "zendesk.json"
    file.write_text(json.dumps(_OF_ANOTHER_DESK))
    _dry_run(installation, page, file)
    fields = page.get_by_role("region", name="Fields without a place").get_by_role("row")
    expect(fields).to_have_text(["FieldCustomers who have it", "shoe_size2", "loyal1"])


def _dry_run(installation: Installation, page: Page, file: Path) -> None:
    page.goto(f"{installation.url}/setup/imports/new")
    page.get_by_role("combobox", name="Program").click()
    page.get_by_role("option", name="Tealeaf care").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Dry run").click()


def test_everything_of_a_client_leaves_in_an_archive(installation: Installation, world: World, people: People) -> None:
    moss = world.brand("Mossgate", "#4d7c0f")
    page = people.desk(world.agent("Eli Exports", moss, role="admin"))
    page.goto(f"{installation.url}/setup/exports/new")
    page.get_by_role("combobox", name="Client", exact=True).last.click()
    page.get_by_role("option", name="Mossgate").click()
    page.get_by_role("button", name="Start the export").click()
    fetch = page.get_by_role("link", name="Download the archive")
    expect(fetch).to_be_visible(timeout=30_000)
    with page.expect_download() as caught:
        fetch.click()
    assert b"manifest.json" in caught.value.path().read_bytes()
    expect(page.get_by_label("Bring it back")).to_contain_text("careloom import client")


def test_a_client_of_another_installation_comes_back_from_its_archive(
    installation: Installation, people: People, world: World, relay: Relay, place: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "fernleaf.tar"
    archive.write_bytes(_archive_of_another(place, relay))
    page = people.desk("admin@example.org")
    page.goto(f"{installation.url}/setup/restores/new")
    page.locator("input[type=file]").set_input_files(archive)
    restore = page.get_by_role("button", name="Restore Fernleaf")
    expect(restore).to_be_visible(timeout=30_000)
    expect(page.get_by_role("region", name="Rows by table")).to_contain_text("chat_widget")
    names = {one["name"] for one in installation.get("clients")["items"]}
    assert "Fernleaf" not in names
    restore.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Restored")).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="Open the client").click()
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("Fernleaf")

    page.goto(f"{installation.url}/setup/restores/new")
    page.locator("input[type=file]").set_input_files(archive)
    refused = page.get_by_role("status").filter(has_text="Not restored")
    expect(refused).to_contain_text("is in this installation already", timeout=30_000)


def _archive_of_another(place: Path, relay: Relay) -> bytes:
    other = Installation(place / "other", relay.port)
    try:
        other.start()
        fern = World(other).brand("Fernleaf", "#2f6f3e")
        one = other.make("exports", client_id=fern.client)
        wait_until(lambda: other.get(f"exports/{one['id']}")["state"] == "ready")
        return other.fetch(f"exports/{one['id']}/archive")
    finally:
        other.stop()
