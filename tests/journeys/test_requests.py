"""A data subject's request whose arrival was noted wrongly."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from careloom.platform.clock import now
from tests.journeys.installation import Installation
from tests.journeys.looker import LIGHTS, barriers
from tests.journeys.people import People
from tests.journeys.world import World

_AS_TYPED = "%Y-%m-%dT%H:%M"


def test_an_arrival_is_corrected_and_what_is_due_follows(
    installation: Installation, world: World, people: People
) -> None:
    hazel = world.brand("Hazel", "#8a5a2b")
    installation.mail("Otto Frei <otto@hazel.example>", hazel.address, "My data", "What do you hold on me?")
    (one,) = installation.conversations(hazel.client)
    asked = {"client_id": hazel.client, "customer_id": one["customer_id"], "origin": "By mail"}
    request = installation.make("privacy-requests", **asked, kind="access")

    page = people.desk(world.agent("Pia Frist", hazel, role="compliance_officer"))
    page.goto(f"{installation.url}/compliance/requests")
    page.get_by_role("button", name="Correct arrival").click()
    dialog = page.get_by_role("dialog", name="Correct arrival")
    done = dialog.get_by_role("button", name="Correct arrival")
    expect(done).to_be_disabled()
    assert barriers(page, LIGHTS["light"]) == []
    moment = dialog.get_by_label("When it arrived")
    moment.fill((now() + timedelta(days=2)).strftime(_AS_TYPED))
    done.click()  # the browser refuses what has not come yet
    expect(dialog).to_be_visible()
    assert installation.get("privacy-requests", client_id=hazel.client)["items"][0]["due_at"] == request["due_at"]

    arrived = (now() - timedelta(days=10)).replace(hour=9, minute=30)
    moment.fill(arrived.strftime(_AS_TYPED))
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    (corrected,) = installation.get("privacy-requests", client_id=hazel.client)["items"]
    assert corrected["received_at"].startswith(arrived.strftime(_AS_TYPED))
    assert corrected["due_at"] < request["due_at"]
    expect(page.get_by_text(f"Arrived {arrived:%A}, {arrived:%B} {arrived.day}, {arrived.year}")).to_be_visible()
