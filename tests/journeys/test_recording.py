"""An agent keeps a card number out of a recording, in a real browser."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.installation import Installation
from tests.journeys.looker import Looker
from tests.journeys.people import People
from tests.journeys.world import World


def test_an_agent_pauses_the_recording_while_typing_and_whoever_looks_on_sees_it(
    installation: Installation, world: World, people: People
) -> None:
    wren = world.brand("Wren", "#5a4a78")
    asker = {"identity_kind": "handle", "identity": "wren-asker", "external_id": "wren-1"}
    installation.make("inbound", program_id=wren.program, channel="chat", text="May I pay by card?", **asker)
    (one,) = installation.conversations(wren.client)

    desk = people.desk(world.agent("Pia Lund", wren))
    desk.goto(f"{installation.url}/desk/all/{one['id']}")
    expect(desk.get_by_role("main")).to_contain_text("May I pay by card?")
    expect(desk.get_by_role("button", name="Pause the recording")).to_have_count(0)
    desk.get_by_role("button", name="Take", exact=True).click()
    desk.get_by_role("button", name="Pause the recording").wait_for()
    lead = people.desk(world.agent("Otto Vik", wren, role="team_lead"))
    lead.goto(f"{installation.url}/desk/all/{one['id']}?watch=true")

    desk.get_by_role("textbox", name="Reply").click()
    desk.keyboard.type("Of course")
    desk.keyboard.press("Alt+p")
    paused = desk.get_by_role("region", name="Recording paused.")
    expect(paused).to_contain_text("Card or bank details")
    expect(paused).to_contain_text("Pia Lund")
    expect(desk.get_by_role("textbox", name="Reply")).to_have_text("Of course")
    seen = lead.get_by_role("region", name="Recording paused.")
    expect(seen).to_contain_text("Card or bank details")
    expect(seen.get_by_role("button")).to_have_count(0)
    desk.reload()
    expect(paused.get_by_role("time")).to_be_visible()
    (lasting,) = installation.get(f"conversations/{one['id']}/recording-pauses")["items"]
    assert (lasting["reason"], lasting["ended_at"]) == ("payment", None)

    paused.get_by_role("button", name="Resume the recording").click()
    expect(paused).to_have_count(0)
    expect(seen).to_have_count(0)
    desk.get_by_role("button", name="Pause the recording").click()
    desk.get_by_role("menu").wait_for()
    look = Looker(desk, {})
    assert look.in_each_light("[role=menu]") + look.by_keys() == []
    desk.get_by_role("menuitem", name="The customer does not want to be recorded").click()
    expect(paused).to_contain_text("does not want to be recorded")
    thread = desk.get_by_role("region", name="Messages")
    expect(thread).to_contain_text("Pia Lund paused the recording: Card or bank details")
    expect(thread).to_contain_text("Pia Lund resumed the recording")
