"""The compliance officer's morning: what is overdue, what comes, and the way from each to where it is done."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from careloom.platform.clock import now
from tests.journeys.installation import Installation
from tests.journeys.people import People
from tests.journeys.world import World


def test_what_is_due_leads_to_where_it_is_done_and_is_gone_then(
    installation: Installation, world: World, people: People
) -> None:
    plover = world.brand("Plover", "#6a5acd")
    aware = (now() - timedelta(hours=80)).isoformat()
    told = {"regimes": ["gdpr"], "aware_at": aware, "title": "A list went to the wrong partner"}
    installation.make("incidents", client_ids=[plover.client], **told)
    hold = {"scope": "client", "reason": "Court file 77", "until": (now() + timedelta(days=30)).isoformat()}
    installation.make("holds", client_id=plover.client, **hold)

    page = people.desk(world.agent("Rosa Wacht", plover, role="compliance_officer"))
    page.keyboard.press("g")
    page.keyboard.press("c")
    overdue = page.get_by_role("list", name="Overdue")
    expect(overdue.get_by_role("listitem")).to_have_count(1)
    expect(overdue).to_contain_text("A list went to the wrong partner")
    expect(page.get_by_role("link", name="Deadlines")).to_contain_text("1")
    expect(page.get_by_role("list", name="Later")).to_contain_text("Court file 77")

    overdue.get_by_role("link").focus()
    page.keyboard.press("Enter")
    duty = page.locator("li[data-sought]")
    expect(duty).to_be_focused()
    expect(duty).to_contain_text("Notify the authority")
    page.keyboard.press("Tab")
    expect(duty.get_by_role("button", name="Done")).to_be_focused()
    duty.get_by_text("Draft of the notice").click()
    expect(duty).to_contain_text("under article 33 of the GDPR")
    duty.get_by_role("combobox", name="Draft anew in").click()
    page.get_by_role("option", name="Deutsch").click()
    page.get_by_role("button", name="Undo").hover()  # what somebody is about to press stays
    expect(duty).to_contain_text("Meldung einer Verletzung", timeout=30_000)
    expect(duty.get_by_role("combobox", name="Draft anew in")).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(duty).to_contain_text("under article 33 of the GDPR", timeout=30_000)
    duty.get_by_role("button", name="Rewrite the notice").click()
    rewriting = page.get_by_role("dialog", name="Rewrite the notice")
    rewriting.get_by_role("textbox").fill("An die Behörde")
    rewriting.get_by_role("button", name="Save").click()
    expect(duty).to_contain_text("An die Behörde", timeout=30_000)
    duty.get_by_role("button", name="Done").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Done")
    dialog.get_by_role("textbox").fill("By the authority's form, number 12")
    dialog.get_by_role("button").last.click()
    expect(duty).to_contain_text("number 12", timeout=30_000)

    page.get_by_role("link", name="Deadlines").click()
    expect(page.get_by_role("list", name="Later")).to_be_visible()
    expect(overdue).to_have_count(0)
    page.get_by_role("list", name="Later").get_by_role("link").click()
    expect(page.locator("li[data-sought]")).to_contain_text("Court file 77")
    expect(page.get_by_role("combobox", name="Client")).to_have_value("Plover")
