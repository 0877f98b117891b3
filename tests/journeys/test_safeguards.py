"""What keeps a client's data safe, set by one person at the screens: and it holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.installation import PASSWORD, Installation, wait_until
from tests.journeys.people import People
from tests.journeys.relay import Relay
from tests.journeys.world import Brand, World

WRITER = "ana@customer.example"


@pytest.fixture(scope="module")
def bramble(world: World) -> Brand:
    return world.brand("Bramble", "#6b2d5c")


@pytest.fixture(scope="module")
def letter(installation: Installation, bramble: Brand) -> dict[str, Any]:
    """The contact that a customer's mail became."""
    installation.mail(f"Ana Reis <{WRITER}>", bramble.address, "A kettle", "The kettle leaks.")
    (one,) = installation.conversations(bramble.client)
    return one


@pytest.fixture(scope="module")
def somebody(browser: Browser, installation: Installation, bramble: Brand) -> Iterator[People]:
    """An administrator, who signs in once, when there is all that they are to see."""
    opened = People(browser, installation.url)
    opened.desk("admin@example.org")
    yield opened
    opened.close()


@pytest.fixture
def page(somebody: People, installation: Installation, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The administrator's page as the test before left it, loaded anew where that failed."""
    (context,) = somebody.contexts
    (page,) = context.pages
    failed_before = request.session.testsfailed
    yield page
    if request.session.testsfailed > failed_before:
        somebody.keep_pictures(request.node.name)
        page.goto(installation.url)
        page.get_by_role("navigation", name="Places").wait_for()
    assert somebody.complaints == []


def _command(page: Page, name: str) -> None:
    """Gives a command by the palette."""
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("combobox").fill(name)
    page.get_by_role("option", name=name, exact=True, selected=True).wait_for()
    page.keyboard.press("Enter")


def _pick(field: Locator, words: str) -> None:
    """Chooses by keys what the words find."""
    field.fill(words)
    field.page.get_by_role("option", name=words, exact=True).wait_for()
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value(words)


def _listed(page: Page, section: str, name: str) -> Locator:
    """The line of that section's register that opens the thing of this name."""
    return page.get_by_role("region", name=section, exact=True).get_by_role("link", name=name)


def _saved(page: Page) -> None:
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    expect(page.get_by_text("Not saved yet", exact=True)).to_have_count(0)


def _seen_from(installation: Installation, address: str, secret: str) -> list[str]:
    """The names of the clients that a program sees that asks from this address of the machine."""
    transport = httpx.HTTPTransport(local_address=address)
    headers = {"Authorization": f"Bearer {secret}"}
    with httpx.Client(transport=transport, headers=headers, timeout=30, trust_env=False) as http:
        answer = http.get(f"{installation.url}/api/clients")
        assert answer.is_success, answer.text
        return [one["name"] for one in answer.json()["items"]]


def test_a_client_is_seen_from_its_own_networks_only(page: Page, installation: Installation, bramble: Brand) -> None:
    key = installation.make("api-keys", name="Bramble feed", client_ids=[bramble.client])["secret"]
    assert _seen_from(installation, "127.0.0.2", key) == ["Bramble"]
    _command(page, "Set-up: Networks")
    _listed(page, "Networks", "Bramble").wait_for()
    page.keyboard.press("/")
    page.keyboard.type("Bramble")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Bramble")).to_be_visible()
    page.get_by_role("group", name="Allowed networks").get_by_role("button", name="Add").press("Enter")
    first, second = [page.get_by_role("textbox", name=f"Allowed networks, {number}") for number in (1, 2)]
    expect(first).to_be_focused()
    page.keyboard.type("the office")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Write a network such as 203.0.113.0/24, or an address.")).to_have_count(1)
    expect(first).to_be_focused()
    first.fill("203.0.113.0/24")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("you would shut yourself out")).to_be_visible()
    assert installation.get(f"clients/{bramble.client}/networks")["networks"] == []

    first.press("Enter")
    expect(second).to_be_focused()
    page.keyboard.type("127.0.0.1")
    page.keyboard.press("Control+s")
    _saved(page)
    expect(page.get_by_text("you would shut yourself out")).to_have_count(0)
    assert _seen_from(installation, "127.0.0.1", key) == ["Bramble"]
    assert _seen_from(installation, "127.0.0.2", key) == []

    assert installation.get(f"clients/{bramble.client}/networks")["networks"] == ["203.0.113.0/24", "127.0.0.1/32"]
    expect(second).to_have_value("127.0.0.1/32")
    for one in (second, first):
        one.fill("")
        one.press("Backspace")
    page.keyboard.press("Control+s")
    _saved(page)
    assert _seen_from(installation, "127.0.0.2", key) == ["Bramble"]


def test_who_works_for_a_client_signs_in_as_its_rule_says(
    page: Page, installation: Installation, bramble: Brand
) -> None:
    credentials = {"email": "rui.novo@bramble.example", "password": PASSWORD}
    grants = [{"role": "agent", "scope": "client", "scope_id": bramble.client}]
    person = installation.make("people", name="Rui Novo", client_id=bramble.client, grants=grants, **credentials)
    _command(page, "Set-up: New sign-in rule")
    _pick(page.get_by_role("combobox", name="For the people of"), "Bramble")
    page.get_by_role("textbox", name="Shortest password").fill("24")
    page.get_by_role("combobox", name="Ask people with these roles").press("Space")
    page.get_by_role("option", name="Agent", exact=True).click()
    page.keyboard.press("Control+s")
    _saved(page)
    expect(_listed(page, "Sign-in rules", "Bramble")).to_contain_text("Second factor for some roles")

    refused = installation.ask("POST", f"people/{person['id']}/password", {"password": PASSWORD})
    assert refused.status_code == 400
    assert "24" in refused.text
    session = httpx.post(f"{installation.url}/api/session", json=credentials, timeout=30, trust_env=False)
    assert session.json()["pending"] == "enrolment"


def test_a_suppressed_address_gets_no_mail_until_it_is_taken_off_the_list(
    page: Page, installation: Installation, relay: Relay, bramble: Brand, letter: dict[str, Any]
) -> None:
    replies = f"conversations/{letter['id']}/replies"
    _command(page, "Set-up: Suppress an address")
    _pick(page.locator("form").get_by_role("combobox", name="Client", exact=True), "Bramble")
    page.get_by_role("textbox", name="Address").fill(WRITER)
    page.keyboard.press("Control+s")
    reason = page.get_by_role("textbox", name="Reason")
    expect(reason).to_be_focused()
    page.keyboard.type("Asked to be left alone.")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("heading", name=WRITER)).to_be_visible()
    expect(_listed(page, "Suppressed addresses", WRITER)).to_contain_text("Taken out by hand")
    assert installation.ask("POST", replies, {"text": "We are sorry."}).status_code == 409

    reason.fill("They wrote again.")
    page.get_by_role("button", name="Take off the list").press("Enter")
    expect(page.get_by_text(f"{WRITER} is off the list")).to_be_visible()
    expect(_listed(page, "Suppressed addresses", WRITER)).to_have_count(0)
    installation.make(replies, text="A new one is on its way.")
    assert "A new one is on its way." in relay.mail_to(WRITER).as_string()


def test_a_list_of_suppressed_addresses_comes_in_as_a_file_and_leaves_as_one(
    page: Page, installation: Installation, bramble: Brand
) -> None:
    _command(page, "Set-up: Suppress an address")
    _pick(page.locator("form").get_by_role("combobox", name="Client", exact=True), "Bramble")
    content = b"address,reason\nbo@customer.example,complaint\nnowhere,manual\n"
    file = {"name": "list.csv", "mimeType": "text/csv", "buffer": content}
    page.locator("input[type=file]").set_input_files(file)  # pyright: ignore[reportArgumentType]
    expect(page.get_by_role("status").filter(has_text="1 added")).to_contain_text(
        "1 added, 0 known already, 1 refusedLine 3: This is no e-mail address."
    )
    expect(_listed(page, "Suppressed addresses", "bo@customer.example")).to_contain_text("Reported our mail")
    with page.expect_download() as caught:
        page.get_by_role("link", name="Export CSV").click()
    assert "bo@customer.example,complaint" in caught.value.path().read_text()
    page.get_by_role("button", name="Discard changes").press("Enter")


def test_mail_is_signed_with_a_key_once_it_is_in_use(
    page: Page, installation: Installation, relay: Relay, letter: dict[str, Any]
) -> None:
    replies, texts = f"conversations/{letter['id']}/replies", ("Not signed.", "Signed.", "Not signed any more.")

    def signature() -> str:
        text = texts[len(said)]
        installation.make(replies, text=text)
        sent: Any = wait_until(lambda: next((one for one in relay.mails if f"\n{text}" in one.as_string()), None))
        said.append(str(sent["DKIM-Signature"]))
        return said[-1]

    said: list[str] = []
    _command(page, "Set-up: New signing key")
    _pick(page.locator("form").get_by_role("combobox", name="Client", exact=True), "Bramble")
    page.get_by_role("combobox", name="Domain").press("Enter")
    page.get_by_role("option", name="bramble.example").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("This key signs nothing yet.")).to_be_visible()
    selector = page.locator("pre").first.inner_text().partition("._domainkey")[0]
    expect(page.locator("pre").last).to_contain_text("v=DKIM1")
    assert signature() == "None"

    page.get_by_role("button", name="Put into use").press("Enter")
    expect(page.get_by_text("Mail of this domain is signed with this key.")).to_be_visible()
    signed = signature()
    assert f"s={selector}" in signed
    assert "d=bramble.example" in signed

    page.get_by_role("button", name="Remove").press("Enter")
    page.get_by_role("button", name="Remove it for good").click()
    expect(page.get_by_text("bramble.example removed")).to_be_visible()
    expect(_listed(page, "Mail signing", "bramble.example")).to_have_count(0)
    assert signature() == "None"


def test_a_clients_key_is_rotated_and_what_it_encrypted_stays_readable(
    page: Page, installation: Installation, bramble: Brand, letter: dict[str, Any]
) -> None:
    def key() -> Any:
        return next(one for one in installation.get("client-keys")["items"] if one["client_id"] == bramble.client)

    before = key()
    _command(page, "Compliance: Keys")
    line = page.get_by_role("list", name="Keys", exact=True).get_by_role("listitem").filter(has_text="Bramble")
    expect(line).to_contain_text(f"Version {before['version']}, made")
    line.get_by_role("button", name="Rotate").press("Enter")
    expect(line).to_contain_text(f"Version {before['version'] + 1}, made")
    expect(line).to_contain_text("Second look within the hour")
    expect(line.get_by_role("button", name="Rotate")).to_be_disabled()
    expect(line).to_contain_text("Older versions: 1")
    after = key()
    assert (after["version"], after["rotation"]["broken"]) == (before["version"] + 1, 0)
    assert after["rotation"]["renewed"] > 0


def test_a_consent_for_one_channel_is_shown_as_that_with_its_proof(
    page: Page, installation: Installation, letter: dict[str, Any]
) -> None:
    page.goto(f"{installation.url}/customers/{letter['customer_id']}")
    page.get_by_role("button", name="Record a consent").press("Enter")
    dialog = page.get_by_role("dialog", name="Record a consent")
    for field, words in (("For what?", "Marketing"), ("Over which channel?", "E-mail")):
        dialog.get_by_role("combobox", name=field).click()
        page.get_by_role("option", name=words, exact=True).click()
    dialog.get_by_label("What was the customer asked?").fill("May we write to you about new kettles?")
    dialog.get_by_label("Where was it given?").fill("the call of today")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)

    marketing = page.get_by_role("listitem").filter(has=page.get_by_role("switch", name="Marketing"))
    expect(marketing).to_contain_text("E-mail: Yes since")
    expect(marketing.get_by_role("switch")).not_to_be_checked()
    page.get_by_role("button", name="All records").press("Enter")
    records = page.get_by_role("list", name="All records")
    expect(records).to_contain_text("May we write to you about new kettles?")
    (kept,) = installation.get(f"customers/{letter['customer_id']}/consents")["items"]
    assert (kept["purpose"], kept["channel"], kept["granted"]) == ("marketing", "email", True)
    assert (kept["source"], kept["basis"]) == ("the call of today", "consent")

    marketing.get_by_role("switch").press("Space")
    expect(marketing).to_contain_text("Yes since")
    expect(marketing.get_by_role("switch")).to_be_checked()
    expect(marketing).to_contain_text("E-mail: Yes since")


def test_the_audit_trail_is_narrowed_and_tells_when_somebody_rewrote_it(
    page: Page, installation: Installation, bramble: Brand
) -> None:
    installation.change(f"programs/{bramble.program}", name="Bramble & thorn")
    _command(page, "Set-up: Audit trail")
    filters = page.get_by_role("search", name="Filter")
    entries = page.get_by_role("main").locator("ol").get_by_role("button")
    _pick(filters.get_by_role("combobox", name="Client"), "Bramble")
    filters.get_by_text("Changes", exact=True).click()
    renamed = entries.filter(has_text="changed program")
    expect(renamed).to_have_count(1)
    expect(entries.filter(has_text="opened a customer")).to_have_count(0)
    renamed.press("Enter")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="name", exact=True))
    expect(row.get_by_role("deletion")).to_have_text("Bramble care")
    expect(row.get_by_role("insertion")).to_have_text("Bramble & thorn")

    summary = page.locator("summary")
    summary.press("Enter")
    verify = page.get_by_role("button", name="Verify")
    verify.press("Enter")
    expect(page.get_by_text("from its first entry")).to_be_visible()
    expect(summary).to_contain_text("1 chain is right")
    (entry,) = [
        one
        for one in installation.get("audit", client_id=bramble.client, reads="false")["items"]
        if one["action"] == "program.change"
    ]
    name = "UPDATE audit_entry SET after = jsonb_set(after, '{{name}}', to_jsonb({}::text)) WHERE id = {}"
    installation.past_the_program(name, "Nobody was here", entry["id"])
    verify.press("Enter")
    expect(summary).to_contain_text("1 chain is broken")
    broken = page.get_by_role("listitem").filter(has=verify)
    expect(broken).to_contain_text("what it says changed is not what was sealed")
    installation.past_the_program(name, "Bramble & thorn", entry["id"])
    verify.press("Enter")
    expect(summary).to_contain_text("1 chain is right")


def test_an_event_that_failed_waits_and_is_handled_once_its_cause_is_mended(
    page: Page, installation: Installation, letter: dict[str, Any]
) -> None:
    refuse = "ALTER TABLE conversation ADD CONSTRAINT unheard CHECK (customer_name <> 'Ana Sol') NOT VALID"
    installation.past_the_program(refuse)
    installation.change(f"customers/{letter['customer_id']}", name="Ana Sol")
    wait_until(lambda: installation.get("parked-events")["items"])
    _command(page, "Set-up: Parked events")
    events = page.get_by_role("list", name="Events")
    expect(events).to_contain_text("in conversations.customers")
    expect(events).to_contain_text("Bramble")
    expect(events).to_contain_text("1 attempt")
    expect(events.locator("summary")).to_contain_text('violates check constraint "unheard"')
    again = events.get_by_role("button", name="Try again")
    again.press("Enter")
    expect(page.get_by_text("It failed again")).to_be_visible()
    expect(events).to_contain_text("2 attempts")
    assert installation.get(f"conversations/{letter['id']}")["customer_name"] == "Ana Reis"

    installation.past_the_program("ALTER TABLE conversation DROP CONSTRAINT unheard")
    again.press("Enter")
    expect(page.get_by_text("Handled: the event is settled")).to_be_visible()
    expect(page.get_by_text("Nothing is stuck")).to_be_visible()
    assert installation.get(f"conversations/{letter['id']}")["customer_name"] == "Ana Sol"
