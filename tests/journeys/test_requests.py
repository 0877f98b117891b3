"""Data subjects' requests: one whose arrival was noted wrongly, and an erasure, which is asked for once more."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from careloom.platform.clock import now
from tests.journeys.installation import Installation, wait_until
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


def test_an_erasure_is_not_registered_twice_and_is_carried_out_once_it_is_confirmed(
    installation: Installation, world: World, people: People
) -> None:
    medlar = world.brand("Medlar", "#7a4b3a")
    installation.mail("Rosa Alm <rosa@medlar.example>", medlar.address, "Goodbye", "Please erase me.")
    (one,) = installation.conversations(medlar.client)
    (outcome,) = installation.get("dispositions", client_id=medlar.client)["items"]
    installation.make(f"conversations/{one['id']}/take")
    installation.make(f"conversations/{one['id']}/wrap-up", disposition_id=outcome["id"])
    asked = {"client_id": medlar.client, "customer_id": one["customer_id"], "origin": "By mail"}
    request = installation.make("privacy-requests", **asked, kind="erasure")
    installation.make(f"privacy-requests/{request['id']}/verify", how="Called back")

    page = people.desk(world.agent("Ivo Loos", medlar, role="compliance_officer"))
    page.goto(f"{installation.url}/compliance/requests")
    page.get_by_role("button", name="Register a request").first.click()
    form = page.get_by_role("dialog", name="Register a request")
    form.get_by_text("Erasure", exact=True).click()
    form.get_by_role("combobox", name="Customer").click()
    page.get_by_role("option", name="Rosa Alm").click()
    form.get_by_label("How it arrived").fill("By phone")
    form.get_by_role("button", name="Register a request").click()
    expect(form.get_by_role("alert")).to_contain_text("An erasure of this customer is open already.")
    assert barriers(page, LIGHTS["light"]) == []
    form.get_by_role("link", name="Show the open request").click()
    expect(form).to_have_count(0)
    assert len(installation.get("privacy-requests", client_id=medlar.client)["items"]) == 1

    erase = page.get_by_role("button", name="Erase", exact=True)
    erase.click()
    dialog = page.get_by_role("dialog", name="Erase")
    expect(dialog).to_contain_text("Rosa Alm")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert installation.get(f"privacy-requests/{request['id']}")["status"] == "verified"
    erase.click()
    dialog.get_by_role("button", name="Erase", exact=True).click()
    wait_until(lambda: installation.get(f"privacy-requests/{request['id']}")["status"] == "done")
    assert installation.get(f"conversations/{one['id']}")["erased_at"]
    page.reload()
    expect(page.get_by_text("Erased customer")).to_be_visible()
