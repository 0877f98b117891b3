"""A breach of which one learnt two days ago: its deadlines run from then, and follow what turns out otherwise."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from careloom.platform.clock import now
from tests.journeys.installation import Installation
from tests.journeys.people import People
from tests.journeys.relay import Relay
from tests.journeys.world import World

CLOCK = "%Y-%m-%dT%H:%M"


def test_an_incident_is_registered_whole_corrected_contained_and_told(
    installation: Installation, world: World, people: People, relay: Relay
) -> None:
    osprey = world.brand("Osprey", "#2f6f73")
    aware = (now() - timedelta(days=2)).astimezone().replace(second=0, microsecond=0)
    page = people.desk(world.agent("Ines Wahl", osprey, role="compliance_officer"))
    deputy_email = world.agent("Otto Krug", osprey, role="compliance_officer")
    deputy = people.desk(deputy_email)
    for wanted in ("Compliance: Incidents", "Register an incident"):
        page.keyboard.press("Control+k")
        page.get_by_role("dialog").get_by_role("combobox").fill(wanted)
        page.get_by_role("option", name=wanted, exact=True, selected=True).wait_for()
        page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Register an incident")
    dialog.get_by_label("What happened", exact=True).fill("Visit summaries went to a namesake")
    dialog.get_by_label("When we became aware").fill(aware.strftime(CLOCK))
    dialog.get_by_label("When it happened").fill((aware - timedelta(days=1)).strftime(CLOCK))
    dialog.get_by_label("Customers touched").fill("501")
    dialog.get_by_label("Kinds of data").fill("diagnoses")
    page.keyboard.press("Enter")
    dialog.get_by_label("HIPAA").check()
    dialog.get_by_label("The client’s contract").check()
    register = dialog.get_by_role("button", name="Register an incident")
    expect(register).to_be_disabled()
    dialog.get_by_label("Hours that the contract gives").fill("72")
    register.click()
    expect(dialog).to_have_count(0)

    (made,) = installation.get("incidents", client_id=osprey.client)["items"]
    due = {one["key"]: one["due_at"] for one in installation.get(f"incidents/{made['id']}")["duties"]}
    within_72_hours = (aware + timedelta(hours=72)).astimezone(now().tzinfo).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert due["gdpr_authority"] == due["contract_client"] == within_72_hours
    assert made["data_kinds"] == ["diagnoses"]

    expect(deputy.get_by_text("Incidents ask for several things, the first by")).to_have_count(1)
    assert "Due soon at Osprey" in str(relay.mail_to(deputy_email)["Subject"])
    deputy.get_by_role("button", name="Look at it").click()
    sought = deputy.get_by_role("list", name="What is to be done").locator("[data-sought]")
    expect(sought).to_be_focused()
    expect(sought.get_by_role("button", name="Done", exact=True)).to_be_visible()

    page.get_by_role("button", name="What to do").click()
    duties = page.get_by_role("list", name="What is to be done")
    expect(duties).to_contain_text("Tell the media")
    page.get_by_role("button", name="Correct").click()
    correcting = page.get_by_role("dialog", name="Correct")
    expect(correcting.get_by_label("When we became aware")).to_have_value(aware.strftime(CLOCK))
    correcting.get_by_label("Customers touched").fill("12")
    correcting.get_by_role("button", name="Save").click()
    expect(duties).not_to_contain_text("Tell the media")
    timeline = page.get_by_role("list", name="Timeline")
    expect(timeline).to_contain_text("Not asked for any more: Tell the media (HIPAA).")

    page.get_by_role("button", name="It is contained").click()
    expect(page.get_by_role("main").get_by_text("Contained", exact=True)).to_be_visible()
    page.get_by_role("button", name="Add to the timeline").click()
    adding = page.get_by_role("dialog", name="Add to the timeline")
    adding.get_by_role("textbox").fill("The namesake destroyed the letters")
    adding.get_by_role("button", name="Add to the timeline").click()
    expect(timeline).to_contain_text("The namesake destroyed the letters")
