"""A mailbox at another provider, connected on that provider's page, until the consent is withdrawn and given again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from playwright.sync_api import Page, expect

from tests.channels.email.imap_server import USER, ImapServer, running_imap
from tests.channels.email.oauth_server import APPLICATION, SECRET, OAuthServer, running_oauth
from tests.channels.email.post_office import mail
from tests.journeys.installation import Installation
from tests.journeys.looker import Looker
from tests.journeys.people import People
from tests.journeys.world import World


@pytest.fixture
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as running:
        yield running


@pytest.fixture
def imap(portal: BlockingPortal) -> Iterator[ImapServer]:
    with portal.wrap_async_context_manager(running_imap()) as server:
        yield server


@pytest.fixture
def provider(imap: ImapServer) -> Iterator[OAuthServer]:
    with running_oauth(imap.access_tokens.add) as server:
        yield server


def _choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=option).click()


def _set_up(page: Page, address: str, imap: ImapServer, provider: OAuthServer) -> None:
    _choose(page, "Provider", "Google Workspace")
    expect(page.get_by_role("textbox", name="Server")).to_have_value("imap.gmail.com")
    expect(page.get_by_role("textbox", name="Consent page")).to_have_count(0)
    _choose(page, "Provider", "Another provider")
    _choose(page, "Takes mail for", address)
    page.get_by_role("textbox", name="User").fill(USER)
    page.get_by_role("textbox", name="Server").fill("127.0.0.1")
    page.get_by_role("textbox", name="Port").fill(str(imap.port))
    _choose(page, "Encryption", "None (own network only)")
    page.get_by_role("textbox", name="Client id").fill(APPLICATION)
    page.get_by_label("Client secret").fill(SECRET)
    page.get_by_role("textbox", name="Consent page").fill(provider.page)
    page.get_by_role("textbox", name="Token address").fill(provider.url)
    page.get_by_role("textbox", name="Look every").fill("10")
    provider.callback = page.get_by_role("group", name="Return address").locator("pre").inner_text()
    page.get_by_role("button", name="Save").click()


def test_a_mailbox_is_connected_withdrawn_and_connected_again(
    installation: Installation,
    world: World,
    people: People,
    portal: BlockingPortal,
    imap: ImapServer,
    provider: OAuthServer,
) -> None:
    dipper = world.brand("Dipper", "#2f6f62")
    page = people.desk(world.agent("Ann Post", dipper, role="account_manager"))
    page.goto(f"{installation.url}/setup/mailboxes/new")
    _set_up(page, dipper.address, imap, provider)
    expect(page.get_by_text("Not connected yet.")).to_be_visible()
    assert Looker(page, {}).in_each_light() == []

    page.get_by_role("button", name="Connect", exact=True).click()
    page.get_by_role("link", name="Deny").click()
    expect(page.get_by_text("Access was denied on the provider’s page.")).to_be_visible()
    expect(page.get_by_text("The person said no.")).to_be_visible()

    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_role("heading", name=f"May Careloom read {USER}?")).to_be_visible()
    page.get_by_role("link", name="Allow").click()
    expect(page.get_by_text("Connected", exact=True)).to_be_visible()
    expect(page.get_by_text("It works.")).to_be_visible(timeout=30_000)
    portal.call(imap.deliver, mail("The bell is silent.", Subject="Doorbell"))
    (one,) = installation.conversations(dipper.client)
    assert one["subject"] == "Doorbell"

    provider.refresh_token = "withdrawn"
    imap.access_tokens.clear()
    expect(page.get_by_text("The provider does not accept the consent any more")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Reconnect").click()
    page.get_by_role("link", name="Allow").click()
    expect(page.get_by_text("It works.")).to_be_visible(timeout=30_000)
    page.go_back()
    page.get_by_role("link", name="Allow").click()
    expect(page.get_by_text("The attempt to connect the mailbox is over")).to_be_visible()
    assert people.complaints == []
