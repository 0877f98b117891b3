"""A detail that a client keeps encrypted: filled in, masked, shown to whoever may see it, found by its value."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.journeys.installation import Installation
from tests.journeys.people import People
from tests.journeys.world import Brand, World

LABEL, VALUE = "Passport number", "P5512-7788-XK"


def test_a_sensitive_detail_is_masked_revealed_on_record_and_found_by_its_exact_value(
    installation: Installation, world: World, people: People
) -> None:
    marlin = world.brand("Marlin", "#0b6e8f")
    admin = people.desk("admin@example.org")
    _keep_encrypted(admin, installation.url)
    conversation = _written(installation, marlin)

    agent = people.desk(world.agent("Ada Masked", marlin))
    agent.goto(f"{installation.url}/desk/all/{conversation}")
    _fill_in(agent)
    agent.reload()
    expect(_detail(agent)).to_have_text("•••••• hidden")
    expect(agent.get_by_role("button", name=f"Show {LABEL}")).to_have_count(0)
    assert VALUE not in agent.content()

    lead = people.desk(world.agent("Lena Reveal", marlin, role="team_lead"))
    lead.goto(f"{installation.url}/desk/all/{conversation}")
    expect(_detail(lead)).to_have_text("•••••• hidden")
    lead.get_by_role("button", name=f"Show {LABEL}").click()
    expect(_detail(lead)).to_have_text(VALUE)
    lead.get_by_role("button", name=f"Hide {LABEL} again").click()
    expect(_detail(lead)).to_have_text("•••••• hidden")

    _find(lead, installation.url, "P5512")
    expect(lead.get_by_text("No customer has exactly this value.")).to_be_visible()
    _find(lead, installation.url, VALUE)
    lead.get_by_role("link", name="Rui Faria").click()
    expect(lead.get_by_role("heading", name="Rui Faria")).to_be_visible()

    _on_record(admin, installation.url, marlin)
    _not_for_others(installation, world, people, marlin)


def _keep_encrypted(page: Page, url: str) -> None:
    """Sets the detail up in the client's schema, for good."""
    page.goto(f"{url}/setup/attributes")
    page.get_by_role("link", name="Marlin").click()
    page.get_by_role("button", name="Add a detail").click()
    page.get_by_label("Label").fill(LABEL)
    page.get_by_role("switch", name="Sensitive").check()
    expect(page.get_by_text("This cannot be taken back.")).to_be_visible()
    page.get_by_role("switch", name="Find customers by its exact value").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Encrypted. What was sensitive stays so.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("switch", name="Sensitive")).to_be_disabled()
    expect(page.get_by_role("switch", name="Sensitive")).to_be_checked()


def _written(installation: Installation, brand: Brand) -> str:
    """The id of the conversation that a customer's mail became."""
    writer = {"identity_kind": "email", "identity": "rui@customer.example", "customer_name": "Rui Faria"}
    installation.make(
        "inbound",
        program_id=brand.program,
        channel="email",
        external_id="marlin-1",
        subject="Lost",
        text="It is gone.",
        **writer,
    )
    (one,) = installation.conversations(brand.client)
    return str(one["id"])


def _detail(page: Page) -> Locator:
    """The value beside the detail's label in the panel of the customer."""
    return page.get_by_role("button", name=f"{LABEL}:")


def _fill_in(page: Page) -> None:
    expect(_detail(page)).to_have_text("not set")
    _detail(page).click()
    page.get_by_role("textbox", name=LABEL).fill(VALUE)
    page.get_by_role("textbox", name=LABEL).press("Enter")
    expect(_detail(page)).to_have_text("•••••• hidden")


def _find(page: Page, url: str, value: str) -> None:
    page.goto(f"{url}/search")
    page.get_by_role("textbox", name="Exact value").fill(value)
    page.get_by_role("button", name="Find", exact=True).click()


def _on_record(page: Page, url: str, brand: Brand) -> None:
    """Who saw and who searched stands in the audit trail, the value nowhere."""
    page.goto(f"{url}/setup/audit?client={brand.client}")
    shown = page.get_by_role("button", name="Lena Reveal looked at an encrypted detail of a customer")
    expect(shown).to_have_count(1)
    shown.click()
    expect(page.get_by_text(f"attributes.{_key()}")).to_be_visible()
    expect(page.get_by_role("button", name="Lena Reveal searched customers by an encrypted detail")).to_have_count(2)
    assert VALUE not in page.content()


def _key() -> str:
    return LABEL.lower().replace(" ", "_")


def _not_for_others(installation: Installation, world: World, people: People, brand: Brand) -> None:
    """Neither someone of the client who may not see customers, nor someone of another client, finds anybody."""
    body = {"client_id": brand.client, "attribute": _key(), "value": VALUE}
    planner = people.desk(world.agent("Pia Plan", brand, role="planner"))
    planner.goto(f"{installation.url}/search?client_id={brand.client}")
    expect(planner.get_by_role("heading", name="Search")).to_be_visible()
    expect(planner.get_by_text("By an encrypted detail")).to_have_count(0)
    assert _asked(planner, installation.url, body) == 404
    other = people.desk(world.agent("Omar Other", world.basalt))
    other.goto(f"{installation.url}/search?client_id={brand.client}")
    expect(other.get_by_role("heading", name="Search")).to_be_visible()
    expect(other.get_by_text("By an encrypted detail")).to_have_count(0)
    assert _asked(other, installation.url, body) == 404


def _asked(page: Page, url: str, body: dict[str, str]) -> int:
    """The status of the search, asked for with this person's session."""
    session = page.request.get(f"{url}/api/session").json()
    headers = {"X-CSRF-Token": session["csrf_token"]}
    return page.request.post(f"{url}/api/customers/find", data=body, headers=headers).status
