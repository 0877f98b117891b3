"""Every screen and dialog in each light, width and direction of reading: whole, and open to everyone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, cast

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.journeys.installation import PASSWORD, Installation, wait_until
from tests.journeys.people import People
from tests.journeys.world import World

WIDE, NARROW = (1440, 900), (390, 844)
SETUP = [
    *("clients", "programs", "queues", "skills", "email", "mailboxes", "signing", "suppression", "chat"),
    *("macros", "dispositions"),
    *("people", "roles", "teams", "sites", "providers", "api-keys", "sign-in", "identity-providers", "provisioning"),
    *("imports", "exports", "restores"),
]
SCREENS = {
    "sign-in": "/sign-in",
    "desk": "/desk/all/{conversation}",
    "search": "/search?q=kettle",
    "search by an encrypted detail": "/search?client_id={client}",
    "customer": "/customers/{customer}",
    "my states": "/me",
    "my security": "/me/security",
    "live board": "/live",
    "set-up": "/setup",
    "a built-in role": "/setup/roles/team_lead",
    "permissions": "/setup/access/{person}",
    "a directory's token": "/setup/provisioning/{token}",
    "directory groups": "/setup/directory-groups/{group}",
    "attributes": "/setup/attributes/{client}",
    "a mailbox": "/setup/mailboxes/{mailbox}",
    "a signing key": "/setup/signing/{signing key}",
    "a suppressed address": "/setup/suppression/{suppressed}",
    "networks": "/setup/networks/{client}",
    "privacy": "/setup/privacy/{client}",
    **{section: f"/setup/{section}/new" for section in SETUP},
    "import, checked": "/setup/imports/{import}",
    "export": "/setup/exports/{export}",
    "restore, refused": "/setup/restores/{restore}",
    "audit": "/setup/audit",
    "parked events": "/setup/parked-events",
    **{
        f"compliance: {one}": f"/compliance/{one}"
        for one in ("deadlines", "requests", "retention", "incidents", "break-glass", "residency", "keys")
    },
}
_VIOLATIONS: dict[str, object] = {"resultTypes": ["violations"]}
LIGHTS: dict[Literal["light", "dark"], dict[str, object]] = {
    "light": _VIOLATIONS,
    "dark": {**_VIOLATIONS, "runOnly": ["color-contrast"]},  # all that the dark changes
}
# Words and order change with the language; colours do not, and they are what takes axe longest.
_WORDS: dict[str, object] = {**_VIOLATIONS, "rules": {"color-contrast": {"enabled": False}}}
# As if the person chose another language in another tab.
_SPEAK = """(language) => {
    localStorage.setItem('careloom.preferences', JSON.stringify({ language }));
    window.dispatchEvent(new StorageEvent('storage', { key: 'careloom.preferences' }));
}"""
# A page that paints nothing may not be told that the system's light changed; who comes back to it makes it look.
_COME_BACK = "() => window.dispatchEvent(new Event('focus'))"
_CUT_OFF = """() => ['html', 'main'].map((name) => document.querySelector(name))
    .filter((one) => one && one.scrollWidth > one.clientWidth)
    .map((one) => `${one.tagName} is ${one.scrollWidth} wide in ${one.clientWidth}`)"""


class Looker:
    """A page that remembers what the browser complained of."""

    def __init__(self, page: Page, url: str, ids: dict[str, str]) -> None:
        self.page = page
        self.complaints: list[str] = []
        self._url, self._ids = url, ids
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        source = str(message.location.get("url"))
        if message.type == "error" and not source.endswith("/api/demo/personas"):  # outside a demo there are none
            self.complaints.append(f"{message.text} ({source})")

    def open(self, path: str) -> None:
        self.page.evaluate("localStorage.removeItem('careloom.preferences')")
        self.complaints.clear()
        self.page.goto(self._url + path.format(**self._ids), wait_until="networkidle")
        expect(self.page.get_by_role("main")).not_to_be_empty()
        expect(self.page.get_by_role("status", name="Loading")).to_have_count(0)
        expect(self.page.get_by_role("alert")).to_have_count(0)

    def size(self, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def lighten(self, light: Literal["light", "dark"]) -> None:
        self.page.emulate_media(color_scheme=light, reduced_motion="reduce")
        self.page.evaluate(_COME_BACK)
        self.page.locator(f"html[data-mantine-color-scheme={light}]").wait_for()
        self.page.wait_for_timeout(50)

    def speak(self, language: str) -> None:
        self.page.evaluate(_SPEAK, language)
        self.page.locator(f"html[lang={language}][dir={'rtl' if language == 'ar' else 'ltr'}]").wait_for()
        self.page.wait_for_timeout(50)

    def found(self, what: str, rules: dict[str, object]) -> list[str]:
        """What is wrong with the page as it stands, each with `what` before it."""
        return [f"{what}: {one}" for one in self.cut_off() + self.barriers(rules)]

    def cut_off(self) -> list[str]:
        """What is wider than the window once the screen has come to rest."""
        for _ in range(20):
            if not self.page.evaluate(_CUT_OFF):
                break
            self.page.wait_for_timeout(100)
        return self.page.evaluate(_CUT_OFF)

    def barriers(self, rules: dict[str, object]) -> list[str]:
        found: list[dict[str, Any]] = cast("Any", Axe().run(self.page, options=rules)).response["violations"]
        return [
            f"{one['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
            for one in found
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"][:3]
        ]


def _conversation(installation: Installation, world: World) -> dict[str, Any]:
    """A mail from a customer to a brand of its own."""
    lumen = world.brand("Lumen", "#b8860b")
    sender, text = "Ana Reis <ana@customer.example>", "The kettle leaks: https://lumen.example/kettle"
    installation.mail(sender, lumen.address, "A kettle", text)
    (one,) = installation.conversations(lumen.client)
    return one


def _administrator(installation: Installation, provider: str) -> dict[str, Any]:
    """Someone of `provider` who may see every screen."""
    email = "lia.brandt@harbor.example"
    grants = [{"role": "admin", "scope": "everything"}]
    person = installation.make(
        "people", name="Lia Brandt", email=email, provider_id=provider, password=PASSWORD, grants=grants
    )
    profile = {
        "skills": [],
        "languages": ["en"],
        "capacity": {"voice": 1, "chat": 3, "sms": 3, "social": 3, "email": 5},
    }
    installation.put(f"people/{person['id']}/routing", profile)
    return person


def _data(installation: Installation, one: dict[str, Any]) -> dict[str, str]:
    """An import whose dry run refused a row, an export, and a restore of what is no archive."""
    made = installation.make("imports", program_id=one["program_id"], name="customers.csv")
    installation.hand_in(f"imports/{made['id']}/file", b"name,email\nAna,ana@customer.example\nBo,nowhere\n")
    installation.make(f"imports/{made['id']}/check")
    leaving = installation.make("exports", client_id=one["client_id"])
    wait_until(lambda: installation.get(f"imports/{made['id']}")["state"] == "checked")
    wait_until(lambda: installation.get(f"exports/{leaving['id']}")["state"] == "ready")
    coming = installation.make("restores", name="archive.tar")
    installation.hand_in(f"restores/{coming['id']}/archive", b"no archive")
    wait_until(lambda: installation.get(f"restores/{coming['id']}")["state"] == "failed")
    return {"import": made["id"], "export": leaving["id"], "restore": coming["id"]}


def _encrypted(installation: Installation, one: dict[str, Any]) -> None:
    """A detail that the customer's client keeps encrypted, filled in."""
    field = {"key": "serial", "label": "Serial number", "kind": "text", "sensitive": True, "exact": True}
    installation.put(f"clients/{one['client_id']}/attribute-schema", {"items": [field]})
    installation.change(f"customers/{one['customer_id']}", attributes={"serial": "K-2219"})


def _mail(installation: Installation, one: dict[str, Any]) -> dict[str, str]:
    """A mailbox that is not polled, a key that signs, an address that nothing is sent to."""
    (address,) = installation.get("mail-addresses", client_id=one["client_id"])["items"]
    server = {"host": "imap.lumen.example", "port": 993, "username": "care@lumen.example", "password": "unused"}
    mailbox = installation.make("mailboxes", mail_address_id=address["id"], active=False, **server)
    key = installation.make("signing-keys", client_id=one["client_id"], domain="lumen.example", algorithm="rsa")
    gone = {"address": "gone@customer.example", "note": "Asked to be left alone."}
    suppressed = installation.make("suppressed-addresses", client_id=one["client_id"], **gone)
    return {"mailbox": mailbox["id"], "signing key": key["id"], "suppressed": suppressed["id"]}


def _directory(installation: Installation, provider: str) -> dict[str, str]:
    """A token of a provider's directory, and a group that it made."""
    token = installation.make("scim-tokens", provider_id=provider, name="Directory")
    headers = {"Authorization": f"Bearer {token['secret']}"}
    body = {"displayName": "Care agents"}
    answer = httpx.post(f"{installation.url}/scim/v2/Groups", json=body, headers=headers, timeout=30)
    assert answer.status_code == 201, answer.text
    return {"token": token["token"]["id"], "group": answer.json()["id"]}


@pytest.fixture(scope="module")
def looker(browser: Browser, installation: Installation, world: World) -> Iterator[Looker]:
    one = _conversation(installation, world)
    people = People(browser, installation.url)
    administrator = _administrator(installation, world.provider)
    page = people.desk(administrator["email"])
    ids = {"conversation": one["id"], "customer": one["customer_id"], "client": one["client_id"]}
    ids["person"] = administrator["id"]
    ids |= _directory(installation, world.provider) | _data(installation, one) | _mail(installation, one)
    _encrypted(installation, one)
    yield Looker(page, installation.url, ids)
    page.context.close()


@pytest.mark.parametrize("name", list(SCREENS))
def test_a_screen_is_whole_and_open_to_everyone_in_every_light_and_width(looker: Looker, name: str) -> None:
    looker.open(SCREENS[name])
    found: list[str] = []
    for light, rules in LIGHTS.items():
        looker.lighten(light)
        looker.size(*NARROW)
        found += [f"{light}, narrow: {one}" for one in looker.cut_off()]
        looker.size(*WIDE)
        found += looker.found(f"{light}, wide", rules)
    for language, rules in (("de", None), ("ar", _WORDS)):
        looker.speak(language)
        found += [f"{language}, wide: {one}" for one in looker.cut_off()]
        looker.size(*NARROW)
        found += looker.found(f"{language}, narrow", rules) if rules else looker.cut_off()
        looker.size(*WIDE)
    assert found + looker.complaints == []


def _palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("combobox").wait_for()


def _key(key: str) -> Callable[[Page], None]:
    def press(page: Page) -> None:
        page.keyboard.press(key)
        page.get_by_role("dialog").wait_for()

    return press


def _macros(page: Page) -> None:
    page.get_by_role("textbox", name="Reply").focus()
    page.keyboard.press("/")
    page.get_by_role("combobox", name="Macros").wait_for()


def _settings(page: Page) -> None:
    page.get_by_role("button", name="Settings of").press("Enter")
    page.get_by_role("menu").wait_for()


def _consent(page: Page) -> None:
    page.get_by_role("button", name="Consents").press("Enter")
    page.get_by_role("button", name="All records").press("Enter")
    page.get_by_role("button", name="Record a consent").press("Enter")
    page.get_by_role("dialog").wait_for()


DIALOGS = {
    "consent": _consent,
    "transfer": _key("t"),
    "assign": _key("a"),
    "all keys": _key("?"),
    "command palette": _palette,
    "macros": _macros,
    "settings": _settings,
}


@pytest.mark.parametrize("name", list(DIALOGS))
def test_a_dialog_is_open_to_everyone_and_gives_the_focus_back(looker: Looker, name: str) -> None:
    looker.open(SCREENS["desk"])
    looker.lighten("light")
    before = looker.page.evaluate_handle("document.activeElement")
    DIALOGS[name](looker.page)
    looker.page.wait_for_timeout(200)
    found = looker.found("light", LIGHTS["light"])
    looker.lighten("dark")
    found += looker.found("dark", LIGHTS["dark"])
    looker.speak("ar")
    found += looker.found("right to left", _WORDS)
    looker.page.keyboard.press("Escape")
    expect(looker.page.get_by_role("dialog").or_(looker.page.get_by_role("menu"))).to_have_count(0)
    if name in ("transfer", "assign", "all keys", "command palette"):
        assert looker.page.evaluate("(before) => document.activeElement === before", before)
    assert found + looker.complaints == []
