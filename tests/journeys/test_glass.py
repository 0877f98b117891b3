"""Emergency access, from the broken glass to the review, before the eyes of those who guard the client."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.installation import PASSWORD, Installation
from tests.journeys.looker import Looker
from tests.journeys.people import People
from tests.journeys.relay import Relay
from tests.journeys.world import Brand, World

REASON = "The night shift's site is dark and Ines waits."


def _waiting(installation: Installation, brand: Brand) -> None:
    """A customer of the brand who has written."""
    sender, text = "Ines Prado <ines@customer.example>", "I stand before the door and the code does not work."
    installation.mail(sender, brand.address, "Locked out", text)
    installation.conversations(brand.client)


def _person(installation: Installation, provider: str, name: str, *grants: dict[str, Any]) -> str:
    email = f"{name.lower().replace(' ', '.')}@harbor.example"
    installation.make("people", name=name, email=email, provider_id=provider, password=PASSWORD, grants=list(grants))
    return email


def _ask(page: Page, brand: Brand) -> None:
    page.get_by_role("button", name="Settings of").click()
    page.get_by_role("menuitem", name="Emergency access…").click()
    dialog = page.get_by_role("dialog", name="Emergency access")
    dialog.get_by_role("combobox", name="Client").click()
    page.get_by_role("option", name=brand.name).click()
    dialog.get_by_role("textbox", name="Why can it not wait?").fill(REASON)
    dialog.get_by_role("textbox", name="Incident or ticket").fill("INC-12")


def test_a_glass_is_broken_seen_ended_and_reviewed(
    installation: Installation, world: World, people: People, relay: Relay
) -> None:
    rook, heron = world.brand("Rook", "#345678"), world.brand("Heron", "#7a5230")
    _waiting(installation, heron)
    lead_email = _person(
        installation,
        world.provider,
        "Nia Duty",
        {"role": "team_lead", "scope": "client", "scope_id": rook.client},
        {"role": "on_call", "scope": "provider", "scope_id": world.provider},
    )
    guard_email = _person(
        installation,
        world.provider,
        "Gil Guard",
        {"role": "compliance_officer", "scope": "client", "scope_id": heron.client},
    )
    guard, lead = people.desk(guard_email), people.desk(lead_email)
    lead.goto(f"{installation.url}/desk/all")
    expect(lead.get_by_text("No contacts match")).to_be_visible()

    look = Looker(lead, {})
    _ask(lead, heron)
    dialog = lead.get_by_role("dialog", name="Emergency access")
    assert look.in_each_light() == []
    dialog.get_by_role("textbox", name="Your password").fill("not my password")
    dialog.get_by_role("button", name="Break the glass").click()
    expect(dialog.get_by_role("alert").last).to_contain_text("who you are")
    dialog.get_by_role("textbox", name="Your password").fill(PASSWORD)
    dialog.get_by_role("button", name="Break the glass").click()
    banner = lead.get_by_role("region", name="Emergency access")
    expect(banner).to_contain_text("Heron")
    expect(banner).to_contain_text("left")
    lead.get_by_text("Ines Prado").first.click()
    expect(lead.get_by_text("the code does not work").last).to_be_visible()
    expect(lead.get_by_text("It does not let you answer.")).to_be_visible()
    expect(lead.get_by_role("button", name="Assign", exact=True)).to_be_visible()
    expect(lead.get_by_role("button", name="Take", exact=True)).to_have_count(0)
    expect(lead.get_by_role("textbox", name="Reply")).to_have_count(0)
    assert look.in_each_light() == []
    lead.reload()
    expect(banner).to_be_visible()

    guard.get_by_role("button", name="Look at it").click()
    row = guard.get_by_role("list", name="Emergency access").get_by_role("listitem")
    expect(row).to_contain_text(REASON)
    expect(row).to_contain_text("under way")
    assert "Heron" in str(relay.mail_to(guard_email)["Subject"])

    banner.get_by_role("button", name="End it now").click()
    expect(banner).to_have_count(0)
    expect(lead.get_by_text("Your emergency access is over.")).to_be_visible()
    lead.goto(f"{installation.url}/desk/all")
    expect(lead.get_by_text("No contacts match")).to_be_visible()

    expect(row).to_contain_text("by hand")
    row.get_by_role("button", name="Review").click()
    asked = guard.get_by_role("dialog", name="Review")
    asked.get_by_role("textbox", name="What did you find?").fill("The site was dark, as INC-12 says.")
    asked.get_by_role("button", name="Review").click()
    expect(row).to_contain_text("Accepted")
    expect(row).to_contain_text("The site was dark")
    row.get_by_role("link", name="What was done").click()
    expect(guard.get_by_text("opened a conversation").first).to_be_visible()
    expect(guard.get_by_text("/api/conversations").first).to_be_visible()
    assert [one for one in people.complaints if "/api/session/glass" not in one] == []
