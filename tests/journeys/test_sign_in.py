"""Signing in with more than a password: an authenticator app, and a passkey of a virtual authenticator."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from careloom.identity.core.totp import code_at
from tests.identity.oidc_server import APPLICATION, SECRET, running_oidc
from tests.journeys.complaints import complaints_of
from tests.journeys.installation import PASSWORD, Installation
from tests.journeys.looker import WIDE, Looker
from tests.journeys.world import World


@pytest.fixture
def page(browser: Browser, installation: Installation) -> Iterator[Page]:
    """A browser at the installation's name; passkeys belong to names, not to addresses."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="en-US", base_url=f"http://localhost:{installation.port}"
    )
    context.set_default_timeout(30_000)
    complaints = complaints_of(context)
    yield context.new_page()
    context.close()
    assert complaints == []


def _begin(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def _wrong(page: Page) -> list[str]:
    """What is wrong with a step of signing in as it stands; it speaks English again afterwards."""
    look = Looker(page, {})
    found = look.by_keys() + look.everywhere(("en", "fr", "ar"))
    look.size(WIDE)
    look.speak("en")
    return found


def _sign_out(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/sign-in")


def test_a_passkey_is_added_named_and_signs_in_alone(page: Page, world: World) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    _begin(page, world.agent("Paz Key", world.juniper))
    page.get_by_role("navigation", name="Places").wait_for()
    page.goto("/me/security")
    page.get_by_label("Name of the device").fill("Laptop")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="Remove Laptop").wait_for()
    _sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("navigation", name="Places").wait_for()
    page.goto("/me/security")
    sessions = page.get_by_role("region", name="Where you are signed in")
    expect(sessions.get_by_text("by passkey")).to_be_visible()
    sessions.get_by_role("button", name="Sign out").click()
    expect(sessions.get_by_role("listitem")).to_have_count(1)
    page.get_by_role("button", name="Remove Laptop").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_role("button", name="Remove Laptop")).to_have_count(0)
    _sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_be_visible()


def test_an_app_is_set_up_and_asked_for(page: Page, world: World) -> None:
    email = world.agent("Tia Code", world.juniper)
    _begin(page, email)
    page.get_by_role("navigation", name="Places").wait_for()
    page.goto("/me/security")
    page.get_by_role("button", name="Set up an app").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    secret = base64.b32decode(page.locator("code").inner_text())
    page.get_by_label("The code that the app shows").fill(code_at(secret, int(time.time()) // 30))
    page.get_by_role("button", name="Confirm").click()
    codes = page.get_by_role("status").get_by_role("listitem")
    expect(codes).to_have_count(10)
    assert _wrong(page) == []
    recovery = codes.first.inner_text()
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("Recovery codes left: 10.")).to_be_visible()
    for code in (code_at(secret, int(time.time()) // 30 + 1), recovery):  # each code works once
        _sign_out(page)
        _begin(page, email)
        page.get_by_role("heading", name="One more step").wait_for()
        assert _wrong(page) == []
        page.goto("/desk/mine")  # what is not finished leads back
        page.get_by_label("The code that the app shows").fill(code)
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("navigation", name="Places").wait_for()


def test_who_must_have_a_second_factor_sets_one_up_on_the_way_in(
    page: Page, world: World, installation: Installation
) -> None:
    provider = installation.make("providers", name="Vault")["id"]
    installation.put("sign-in-policies", {"provider_id": provider, "second_factor_for_all": True})
    grants = [{"role": "admin", "scope": "provider", "scope_id": provider}]
    installation.make(
        "people", name="Vera", email="vera@vault.example", provider_id=provider, password=PASSWORD, grants=grants
    )
    _begin(page, "vera@vault.example")
    page.get_by_role("heading", name="Set up a second factor").wait_for()
    assert _wrong(page) == []
    page.get_by_role("button", name="Use an authenticator app").click()
    secret = base64.b32decode(page.locator("code").inner_text())
    page.get_by_label("The code that the app shows").fill(code_at(secret, int(time.time()) // 30))
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="I have kept them").click()
    page.get_by_role("navigation", name="Places").wait_for()


def test_addresses_to_register_elsewhere_are_the_servers_own_whatever_the_browser_came_by(
    page: Page, installation: Installation
) -> None:
    _begin(page, "admin@example.org")
    page.get_by_role("navigation", name="Places").wait_for()
    assert not page.url.startswith(installation.url)
    page.goto("/setup/identity-providers/new")
    address = page.get_by_role("group", name="Return address").locator("pre")
    expect(address).to_have_text(f"{installation.url}/api/sign-in/sso/callback")


def test_ones_own_organization_opens_the_door(page: Page, world: World, installation: Installation) -> None:
    page.goto(installation.url)
    with running_oidc() as server:
        server.callback = f"{installation.url}/api/sign-in/sso/callback"
        over = {"scope": "client", "scope_id": world.juniper.client}
        installation.make(
            "identity-providers",
            provider_id=world.provider,
            name="Harbor login",
            issuer=server.issuer,
            application_id=APPLICATION,
            secret=SECRET,
            domains=["sso.example"],
            only=False,
            provisions=True,
            rules=[{"group": "care", "grant": {"role": "agent", **over}}],
        )
        server.user |= {"email": "sol@sso.example", "name": "Sol Ito", "groups": []}
        page.get_by_label("E-mail").fill("sol@sso.example")
        page.get_by_role("link", name="Sign in with Harbor login").click()
        expect(page.get_by_role("alert")).to_contain_text("None of your groups")
        server.user["groups"] = ["care"]
        page.get_by_label("E-mail").fill("sol@sso.example")
        page.get_by_role("link", name="Sign in with Harbor login").click()
        page.get_by_role("navigation", name="Places").wait_for()
        expect(page.get_by_role("button", name="Sol Ito")).to_be_visible()
