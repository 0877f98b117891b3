"""A person reads in their own language what the server says to them."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.journeys.complaints import complaints_of
from tests.journeys.installation import PASSWORD, Installation
from tests.journeys.late import late


def test_a_german_reads_in_german_what_the_server_refuses(browser: Browser, installation: Installation) -> None:
    provider = installation.make("providers", name="Werft")["id"]
    installation.make("skills", provider_id=provider, name="Löten")
    grants = [{"role": "admin", "scope": "provider", "scope_id": provider}]
    email = "hanne@werft.example"
    installation.make(
        "people", name="Hanne", email=email, provider_id=provider, password=PASSWORD, grants=grants, locale="de"
    )
    context = browser.new_context(locale="fr-FR", base_url=installation.url)
    context.set_default_timeout(30_000)
    complaints = complaints_of(context)
    page = context.new_page()
    _sign_in(page, email)
    page.add_init_script(late("/api/providers?"))  # the only one is taken all the same
    page.goto("/setup/skills/new")
    page.get_by_label("Name", exact=True).fill("Löten")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_text("Es gibt bereits etwas mit diesem Namen.")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Löten " * 60)
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_text(re.compile(r"Schreiben Sie höchstens \d+ Zeichen\."))).to_be_visible()
    context.close()
    assert complaints == []


def _sign_in(page: Page, email: str) -> None:
    """In the browser's language; the account's comes with the person."""
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("button[type=submit]").click()
    page.get_by_role("navigation", name="Orte").wait_for()
