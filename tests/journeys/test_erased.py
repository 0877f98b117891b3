"""What an agent sees of a conversation whose words were erased."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.journeys.installation import Installation, wait_until
from tests.journeys.looker import LIGHTS, barriers
from tests.journeys.people import People
from tests.journeys.world import World


def test_an_erased_conversation_says_so_shows_nothing_and_takes_nothing(
    installation: Installation, world: World, people: People
) -> None:
    linden = world.brand("Linden", "#2d6a4f")
    installation.mail("Vera Sol <vera@linden.example>", linden.address, "New address", "I live at 5 Elm Road now.")
    (one,) = installation.conversations(linden.client)
    _erase(installation, one)

    page = people.desk(world.agent("Ana Rest", linden))
    page.goto(f"{installation.url}/desk/all/{one['id']}")
    bar = page.get_by_role("region", name="The words of this conversation were erased")
    expect(bar).to_contain_text("A new message begins a new conversation.")
    expect(page.get_by_text("Erased", exact=True)).to_be_visible()
    for gone in ("Elm Road", "New address", "Vera", "vera@"):
        assert gone not in page.content()
    for key in ("r", "n", "e", "a", "t", "o"):
        page.keyboard.press(key)
    expect(page.get_by_role("textbox", name="Reply")).to_have_count(0)
    expect(page.get_by_role("textbox", name="Note")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
    panel = page.get_by_role("complementary")
    expect(panel.get_by_text("Brand voice")).to_be_visible()
    expect(panel.get_by_role("textbox")).to_have_count(0)
    assert barriers(page, LIGHTS["light"]) == []

    installation.mail("Vera Sol <vera@linden.example>", linden.address, "Re: New address", "Are you there?")
    wait_until(lambda: len(installation.conversations(linden.client)) == 2)
    expect(page.get_by_role("link").filter(has_text="Are you there?")).to_be_visible()
    expect(bar).to_be_visible()


def _erase(installation: Installation, one: dict[str, Any]) -> None:
    """Ends the conversation, and has everything of its customer erased."""
    (outcome,) = installation.get("dispositions", client_id=one["client_id"])["items"]
    installation.make(f"conversations/{one['id']}/take")
    installation.make(f"conversations/{one['id']}/wrap-up", disposition_id=outcome["id"])
    asked = {"client_id": one["client_id"], "customer_id": one["customer_id"], "origin": "By mail"}
    request = installation.make("privacy-requests", **asked, kind="erasure")
    installation.make(f"privacy-requests/{request['id']}/verify", how="Called back")
    installation.make(f"privacy-requests/{request['id']}/carry-out")
    wait_until(lambda: installation.get(f"conversations/{one['id']}")["erased_at"])
