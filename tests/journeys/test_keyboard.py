"""A whole contact, and a client's set-up, without touching a pointer."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, expect

from tests.journeys.installation import PASSWORD, Installation
from tests.journeys.looker import Looker
from tests.journeys.people import People
from tests.journeys.world import World


def _send_mail(installation: Installation, to: str, subject: str) -> None:
    sender = f"Ada Finch <{subject.lower()}@customer.example>"
    installation.mail(sender, to, subject, f"About the {subject}: it is late.")


def _command(page: Page, words: str) -> None:
    """Runs a command of the palette by its name."""
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
    page.keyboard.type(words)
    expect(page.get_by_role("option", selected=True)).to_contain_text(words)
    page.keyboard.press("Enter")


@contextmanager
def _slow_network(page: Page) -> Generator[None]:
    """Answers come half a second late, so that keys are pressed before there is what they choose from."""
    network = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 500, "downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", slow)
    yield
    network.send("Network.emulateNetworkConditions", {**slow, "latency": 0})
    network.detach()


def _tab_to(page: Page, target: Locator, presses: int = 60) -> None:
    """Walks to `target` as Tab does; it must be reached, and show that it has the focus."""
    for _ in range(presses):
        if target.evaluate("(one) => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(target).to_be_focused()
    assert target.evaluate("(one) => one.matches(':focus-visible')")


def test_a_contact_is_cared_for_from_the_offer_to_the_next_one_by_keys_alone(
    installation: Installation, world: World, people: People
) -> None:
    indigo = world.brand("Indigo", "#3b3f5c")
    colleague = people.desk(world.agent("Uma Reyes", indigo))
    installation.make(
        "macros", client_id=indigo.client, name="On its way", shortcut="way", language="en", body="It is on its way."
    )
    desk = people.desk(world.agent("Otis Vale", indigo))
    _command(desk, "Set my state to Available")
    _send_mail(installation, indigo.address, "Lamp")
    offers = desk.get_by_role("region", name="Offered contacts")
    expect(offers.get_by_role("button", name="Accept").first).to_be_visible()
    look = Looker(desk, {})
    assert look.by_keys() + look.in_each_light() + look.complaints == []
    desk.keyboard.press("Alt+a")
    expect(desk.get_by_role("region", name="Messages")).to_contain_text("About the Lamp")

    desk.keyboard.press("n")
    desk.keyboard.type("Jot: the carrier strikes. e a t")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("region", name="Messages")).to_contain_text("Jot: the carrier strikes. e a t")
    desk.keyboard.press("Escape")
    desk.keyboard.press("r")
    expect(desk.get_by_role("textbox", name="Reply")).to_be_focused()
    desk.keyboard.press("/")
    expect(desk.get_by_role("combobox", name="Macros")).to_be_focused()
    desk.keyboard.type("way")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("textbox", name="Reply")).to_contain_text("It is on its way.")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("region", name="Messages")).to_contain_text("It is on its way.")

    _send_mail(installation, indigo.address, "Chair")
    expect(offers.get_by_role("button", name="Accept").first).to_be_visible()
    desk.keyboard.press("Escape")
    desk.keyboard.press("e")
    expect(desk.get_by_role("group", name="How did it end?")).to_be_visible()
    desk.keyboard.press("1")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text(": Question answered")).to_be_visible()

    desk.keyboard.press("Alt+a")
    expect(desk.get_by_role("region", name="Messages")).to_contain_text("About the Chair")
    _command(colleague, "Set my state to Available")
    desk.keyboard.press("Escape")
    desk.keyboard.press("t")
    expect(desk.get_by_role("dialog")).to_be_visible()
    _tab_to(desk, desk.get_by_role("dialog").get_by_role("radio").first)
    with _slow_network(desk):
        desk.keyboard.press("ArrowRight")
        _tab_to(desk, desk.get_by_role("dialog").get_by_role("combobox"))
        desk.keyboard.type("Uma")
        desk.keyboard.press("Enter")
        expect(desk.get_by_role("button", name="Choose another")).to_be_visible()
    _tab_to(desk, desk.get_by_label("What should they know?"))
    desk.keyboard.type("Asks about the chair.")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_text("Transferred to Uma Reyes")).to_be_visible()


def test_a_client_is_set_up_by_keys_alone(installation: Installation, world: World, people: People) -> None:
    grants = [{"role": "admin", "scope": "everything"}]
    email = "mara.holt@harbor.example"
    installation.make(
        "people", name="Mara Holt", email=email, provider_id=world.provider, password=PASSWORD, grants=grants
    )
    page = people.desk(email)
    page.reload()
    page.get_by_role("navigation", name="Places").wait_for()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the work")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()

    _command(page, "Set-up: New client")
    name = page.get_by_role("textbox", name="Name", exact=True)
    _tab_to(page, name)
    page.keyboard.type("Teal & Sons")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Teal & Sons made")).to_be_visible()
    assert "Teal & Sons" in [one["name"] for one in installation.get("clients", limit="100")["items"]]


def test_a_choice_that_may_be_empty_is_emptied_by_keys_alone(
    installation: Installation, world: World, people: People
) -> None:
    onyx = world.brand("Onyx", "#2f2f38")
    (address,) = installation.get("mail-addresses", client_id=onyx.client)["items"]
    queue = installation.get("queues", client_id=onyx.client)["items"][0]
    installation.change(f"mail-addresses/{address['id']}", queue_id=queue["id"])
    page = people.desk("admin@example.org")
    page.goto(f"{installation.url}/setup/email/{address['id']}")
    choice = page.get_by_label("Queue", exact=True).and_(page.locator("input:visible"))
    expect(choice).to_have_value(queue["name"])
    _tab_to(page, choice, presses=300)  # past the list, in which the brands of all journeys stand
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name=queue["name"])).to_be_visible()
    page.keyboard.press("Enter")
    expect(choice).to_have_value("")
    page.keyboard.press("Control+s")
    expect(page.get_by_text(f"{address['address']} saved")).to_be_visible()
    (kept,) = installation.get("mail-addresses", client_id=onyx.client)["items"]
    assert kept["queue_id"] is None
