"""A contract ends: everything is handed over, what stands in the way is seen, and two people destroy the keys."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.installation import Installation
from tests.journeys.people import People
from tests.journeys.world import World


def test_a_contract_is_ended_step_by_step(installation: Installation, world: World, people: People) -> None:
    linnet = world.brand("Linnet", "#51624f")
    installation.make("holds", client_id=linnet.client, scope="client", reason="Dispute over the last invoice")
    page = people.desk(world.agent("Edda Ende", linnet, role="admin"))
    page.goto(f"{installation.url}/compliance/keys")
    page.get_by_role("button", name="End of contract").click()
    steps = page.get_by_role("list", name="End of contract").get_by_role("listitem")
    archive, holds, keys, rest = (steps.nth(place) for place in range(4))
    expect(archive).to_contain_text("None was made")
    expect(holds).to_contain_text("1 hold stands")
    expect(keys.get_by_role("img", name="To do")).to_be_visible()
    expect(rest).to_contain_text("retention rules")

    archive.get_by_role("button", name="Export everything").click()
    expect(archive).to_contain_text("Read back and found whole", timeout=60_000)
    expect(archive).to_contain_text("Not fetched yet")
    expect(archive.get_by_role("img", name="To do")).to_be_visible()
    keys.get_by_role("button", name="Destroy keys").click()
    warned = page.get_by_role("dialog", name="Destroy keys")
    expect(warned).to_contain_text("was not fetched")
    page.keyboard.press("Escape")
    with page.expect_download() as fetched:
        archive.get_by_role("link", name="Fetch the archive").click()
    assert fetched.value.suggested_filename == f"client-{linnet.client}.tar"
    expect(archive.get_by_role("img", name="Done")).to_be_visible()
    expect(archive).to_contain_text("What was written since is not in it")

    holds.get_by_role("link", name="Retention and holds").click()
    page.get_by_role("button", name="Lift").click()
    lifting = page.get_by_role("dialog", name="Lift")
    lifting.get_by_role("textbox").fill("Settled")
    lifting.get_by_role("button", name="Lift").click()
    expect(page.get_by_text("No holds")).to_be_visible()
    page.goto(f"{installation.url}/compliance/keys?client={linnet.client}")
    expect(holds.get_by_role("img", name="Done")).to_be_visible()

    keys.get_by_role("button", name="Destroy keys").click()
    asked = page.get_by_role("dialog", name="Destroy keys")
    asked.get_by_label("Reason").fill("The contract ended")
    asked.get_by_label("Type the client’s name").fill("Linnet")
    asked.get_by_role("button", name="Destroy keys").click()
    expect(keys).to_contain_text("Waiting for a second person")

    second = people.desk(world.agent("Otto Ende", linnet, role="admin"))
    second.goto(f"{installation.url}/compliance/keys?client={linnet.client}")
    second.get_by_role("button", name="Confirm destruction").click()
    confirming = second.get_by_role("dialog", name="Confirm destruction")
    confirming.get_by_label("Type the client’s name").fill("Linnet")
    confirming.get_by_role("button", name="Confirm destruction").click()
    expect(keys).to_contain_text("Destroyed; the proof stands")
    expect(archive.get_by_role("button", name="Export everything")).to_have_count(0)
    expect(archive.get_by_role("link", name="Fetch the archive")).to_have_count(0)
    expect(archive.get_by_role("img", name="Done")).to_be_visible()
