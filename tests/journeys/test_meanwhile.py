"""Two people change the same thing: what one of them typed stays, and replaces nothing unasked."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.installation import Installation
from tests.journeys.people import People
from tests.journeys.world import World

NOTICE = "Somebody else has saved this meanwhile. What you typed is still here and not saved."


def test_what_is_typed_of_a_role_stays_when_a_colleague_changes_it(
    installation: Installation, world: World, people: People
) -> None:
    permissions = ["customers.read", "queues.read"]
    role = installation.make("roles", provider_id=world.provider, name="Night desk", permissions=permissions)
    page = people.desk("admin@example.org")
    page.goto(f"{installation.url}/setup/roles/{role['id']}")
    page.get_by_label("What it is for").fill("Reads at night.")
    page.get_by_role("checkbox", name="Read contacts").check()
    colleagues = {"name": "Late desk", "permissions": ["customers.read", "organizations.read"]}
    installation.change(f"roles/{role['id']}", version=role["version"], **colleagues)

    expect(page.get_by_text(NOTICE)).to_be_visible()
    expect(page.get_by_label("What it is for")).to_have_value("Reads at night.")
    expect(page.get_by_label("Name")).to_have_value("Night desk")
    page.keyboard.press("Control+s")  # nothing is saved before it is said what becomes of it
    page.get_by_role("button", name="Keep mine and take in theirs").click()
    expect(page.get_by_label("Name")).to_have_value("Late desk")
    _save(page)
    kept = installation.get(f"roles/{role['id']}")
    both = ["conversations.read", "customers.read", "organizations.read"]
    assert (kept["name"], kept["purpose"], kept["permissions"]) == ("Late desk", "Reads at night.", both)

    page.get_by_label("Name").fill("Mine")
    installation.change(f"roles/{role['id']}", version=kept["version"], name="Early desk")
    page.get_by_role("button", name="Drop mine and show theirs").click()
    expect(page.get_by_label("Name")).to_have_value("Early desk")
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    installation.change(f"roles/{role['id']}", version=kept["version"] + 1, name="Dawn desk")
    expect(page.get_by_label("Name")).to_have_value("Dawn desk")  # where nothing was typed, it is just shown
    expect(page.get_by_text(NOTICE)).to_have_count(0)


def test_details_that_a_colleague_added_stay_when_one_saves_ones_own(
    installation: Installation, world: World, people: People
) -> None:
    pewter = world.brand("Pewter", "#5b6472")
    path = f"clients/{pewter.client}/attribute-schema"
    installation.put(path, {"items": [_detail("tier", "Tier")]})
    page = people.desk("admin@example.org")
    page.goto(f"{installation.url}/setup/attributes/{pewter.client}")
    page.get_by_label("Label").fill("Level")
    installation.put(path, {"items": [_detail("tier", "Tier"), _detail("plan", "Plan")]})
    expect(page.get_by_text(NOTICE)).to_be_visible()
    expect(page.get_by_label("Label")).to_have_value("Level")
    page.get_by_role("button", name="Keep mine and take in theirs").click()
    _save(page)
    kept = installation.get(path)["items"]
    assert [(one["key"], one["label"]) for one in kept] == [("tier", "Level"), ("plan", "Plan")]


def test_a_rule_that_a_colleague_added_stays_when_one_saves_ones_own(
    installation: Installation, world: World, people: People
) -> None:
    verdigris = world.brand("Verdigris", "#43806f")
    path = f"clients/{verdigris.client}/privacy"
    page = people.desk("admin@example.org")
    page.goto(f"{installation.url}/setup/privacy/{verdigris.client}")
    page.get_by_role("button", name="Add a rule").click()
    page.get_by_label("Name").fill("order")
    page.get_by_label("Pattern").fill("AB[0-9]{6}")
    theirs = installation.get(path)
    installation.put(path, {**theirs, "rules": [{"name": "ticket", "pattern": "T[0-9]{8}"}], "keep_days": 30})
    expect(page.get_by_text(NOTICE)).to_be_visible()
    page.get_by_role("button", name="Keep mine and take in theirs").click()
    _save(page)
    kept = installation.get(path)
    assert ([one["name"] for one in kept["rules"]], kept["keep_days"]) == (["order", "ticket"], 30)


def _detail(key: str, label: str) -> dict[str, str]:
    return {"key": key, "label": label, "kind": "text"}


def _save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    expect(page.get_by_text("Not saved yet", exact=True)).to_have_count(0)
