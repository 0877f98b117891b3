"""A person reads in their own language what the server says to them."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from careloom.platform.clock import now
from tests.journeys.complaints import complaints_of
from tests.journeys.installation import PASSWORD, Installation
from tests.journeys.late import late
from tests.journeys.world import World


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


def test_the_eye_of_a_password_is_reached_by_key_and_named_in_the_language(
    browser: Browser, installation: Installation
) -> None:
    context = browser.new_context(locale="en-US", base_url=installation.url)
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto("/sign-in")
    password, eye = page.locator("input[name=password]"), page.locator("form button[aria-pressed]")
    expect(eye).to_have_accessible_name("Show the password")
    password.fill("four plain words")
    page.keyboard.press("Tab")
    expect(eye).to_be_focused()
    page.keyboard.press("Space")
    expect(password).to_have_attribute("type", "text")
    page.get_by_role("combobox").select_option("de")
    expect(eye).to_have_accessible_name("Passwort anzeigen")
    context.close()


def test_keys_and_laws_are_written_as_the_language_writes_them(
    browser: Browser, installation: Installation, world: World
) -> None:
    skua = world.brand("Skua", "#3d6b4f")
    email = world.agent("Imke Wahl", skua, role="compliance_officer")
    incident = {"client_ids": [skua.client], "title": "namesake", "regimes": ["hipaa", "gdpr"]}
    installation.make("incidents", **incident, aware_at=now().isoformat())
    for language, control, open_it, direction in (
        ("de", "Strg", "Was zu tun ist", "ltr"),
        ("ar", "Ctrl", "المطلوب", "rtl"),
    ):
        context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=installation.url)
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_role("combobox").select_option(language)
        page.locator("input[name=email]").fill(email)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("button[type=submit]").click()
        expect(page.locator("kbd").first).to_have_text(control)
        page.goto("/compliance/incidents")
        page.get_by_role("button", name=open_it, exact=True).click()
        expect(page.locator("dd").filter(has_text="HIPAA")).to_have_css("direction", direction)
        context.close()
