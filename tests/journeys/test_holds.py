"""A dispute: what it is about is held, whatever the rules say, until it is settled; what went has its proof."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.installation import Installation
from tests.journeys.looker import LIGHTS, barriers
from tests.journeys.people import People
from tests.journeys.world import World


def test_a_hold_says_what_it_keeps_and_who_lifted_it_and_a_purge_shows_its_proof(
    installation: Installation, world: World, people: People
) -> None:
    vetch = world.brand("Vetch", "#7a4b8a")
    installation.mail("Ilse Streit <ilse@vetch.example>", vetch.address, "My claim", "You owe me an answer.")
    (contact,) = installation.conversations(vetch.client)
    page = people.desk(world.agent("Hedda Riegel", vetch, role="compliance_officer"))
    page.goto(f"{installation.url}/compliance/retention")

    page.get_by_role("button", name="Place a hold").click()
    dialog = page.get_by_role("dialog", name="Place a hold")
    dialog.get_by_role("combobox", name="What it keeps").click()
    page.get_by_role("option", name="Case").click()
    dialog.get_by_label("Reason").fill("Court file 81")
    done = dialog.get_by_role("button", name="Place a hold")
    dialog.get_by_label("Address or id").fill("the claim of Ilse")
    expect(dialog.get_by_text("There is no id in this.")).to_be_visible()
    expect(done).to_be_disabled()
    dialog.get_by_label("Address or id").fill(f"{installation.url}/desk/all/{contact['id']}")
    done.click()
    expect(dialog).to_have_count(0)
    holds = page.get_by_role("list", name="Legal holds")
    expect(holds.get_by_role("link", name=f"Case {contact['case_number']}")).to_be_visible()
    assert installation.get("holds", client_id=vetch.client)["items"][0]["subject_id"] == contact["case_id"]

    holds.get_by_role("button", name="Lift").click()
    lifting = page.get_by_role("dialog", name="Lift")
    lifting.get_by_role("textbox").fill("Settled out of court")
    lifting.get_by_role("button", name="Lift").click()
    expect(page.get_by_text("No holds")).to_be_visible()
    page.get_by_text("All", exact=True).click()
    expect(holds).to_contain_text("Lifted by Hedda Riegel: Settled out of court")
    expect(holds.get_by_role("button", name="Lift")).to_have_count(0)

    page.get_by_role("list", name="Rules").get_by_role("button", name="Change").first.click()
    rule = page.get_by_role("dialog", name="Messages")
    rule.get_by_label("Days").fill("30")
    rule.get_by_label("Reason").fill("The contract")
    rule.get_by_role("button", name="Change").click()
    page.get_by_role("button", name="Purge now").click()
    sure = page.get_by_role("dialog", name="Purge now")
    expect(sure).to_contain_text("What goes cannot be brought back.")
    assert installation.get("purges", client_id=vetch.client)["items"] == []
    sure.get_by_role("button", name="Purge now").click()
    purges = page.get_by_role("list", name="Records of purges")
    expect(purges).to_contain_text("Left over: 0", timeout=30_000)
    purges.get_by_text("Proof").click()
    expect(purges).to_contain_text("The client’s own rule, version 1 · Days: 30")
    assert barriers(page, LIGHTS["light"]) == []
    holds.get_by_role("link", name=f"Case {contact['case_number']}").click()
    expect(page.get_by_text("You owe me an answer.").first).to_be_visible()
