"""A directory keeps a provider's people: its token, its people and groups, what they may do, and their leaving."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.installation import PASSWORD, Installation
from tests.journeys.people import People
from tests.journeys.world import World

MINA: dict[str, Any] = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "userName": "mina.okoro@harbor.example",
    "externalId": "00u-mina",
    "name": {"givenName": "Mina", "familyName": "Okoro"},
    "emails": [{"value": "mina.okoro@harbor.example", "type": "work", "primary": True}],
    "active": True,
}
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class Directory:
    """An identity provider that speaks SCIM with the token it was given."""

    def __init__(self, url: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"}
        self._http = httpx.Client(base_url=f"{url}/scim/v2/", headers=headers, timeout=30, trust_env=False)

    def ask(self, method: str, path: str, status: int, body: object = None) -> Any:
        answer = self._http.request(method, path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def close(self) -> None:
        self._http.close()


@pytest.fixture
def admin(people: People) -> Page:
    return people.desk("admin@example.org")


def test_a_directory_brings_people_gives_them_roles_by_group_and_takes_them_away(
    installation: Installation, world: World, people: People, admin: Page
) -> None:
    tern = world.brand("Tern", "#5b3f8c")
    directory = Directory(installation.url, _make_token(admin, installation.url, world.provider))
    mina = directory.ask("POST", "Users", 201, MINA)
    group = {"displayName": "Tern agents", "members": [{"value": mina["id"]}]}
    directory.ask("POST", "Groups", 201, group)

    _give_role(admin, tern.name)
    admin.get_by_role("link", name="Permissions", exact=True).click()
    _listed(admin, "Permissions", "Mina Okoro").click()
    expect(admin.get_by_text(f"Agent over the client {tern.name}").first).to_be_visible()

    _set_password(admin)
    desk = people.desk(MINA["userName"])
    desk.goto(f"{installation.url}/desk/all")
    expect(desk.get_by_text("No contacts match")).to_be_visible()

    _deactivate(directory, mina["id"])
    desk.reload()
    expect(desk.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    admin.goto(f"{installation.url}/setup/people")
    admin.get_by_role("searchbox", name="Find").fill("Mina")
    expect(_listed(admin, "People", "Mina Okoro")).to_contain_text("off")
    _listed(admin, "People", "Mina Okoro").click()
    expect(admin.get_by_role("button", name="Put into use")).to_be_visible()

    _revoke_token(admin, installation.url)
    directory.ask("GET", "Users", 401)
    directory.close()


def _listed(page: Page, section: str, name: str) -> Locator:
    """The line of that section's register that opens the thing of this name."""
    return page.get_by_role("region", name=section, exact=True).get_by_role("link", name=name)


def _make_token(page: Page, url: str, provider: str) -> str:
    """Makes the token in the interface; answers its secret, which is shown this once."""
    page.goto(f"{url}/setup/provisioning/new")
    page.get_by_role("textbox", name="Name").fill("Harbor directory")
    page.get_by_role("combobox", name="Provider").click()
    page.locator(f'[role="option"][value="{provider}"]').click()
    page.get_by_role("button", name="Make the token").click()
    secret = page.get_by_label("The token").inner_text()
    expect(page.get_by_label("Address for the directory").last).to_have_text(f"{url}/scim/v2")
    page.reload()
    expect(page.get_by_text(secret)).to_have_count(0)
    return secret


def _give_role(page: Page, client: str) -> None:
    """Says what the members of the directory's group may do."""
    page.get_by_role("link", name="Directory groups", exact=True).click()
    line = _listed(page, "Directory groups", "Tern agents")
    expect(line).to_contain_text("Gives nothing yet")
    line.click()
    page.get_by_role("button", name="Add a role").click()
    page.get_by_role("combobox", name="Which one").click()
    page.get_by_role("option", name=client, exact=True).click()
    page.get_by_role("button", name="Save").click()
    expect(line).to_contain_text("Agent")


def _set_password(page: Page) -> None:
    """A directory sets none: whoever needs one is given it by hand."""
    page.get_by_role("link", name="People", exact=True).click()
    _listed(page, "People", "Mina Okoro").click()
    page.get_by_role("textbox", name="New password").fill(PASSWORD)
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_text("Password of Mina Okoro set")).to_be_visible()


def _deactivate(directory: Directory, person: str) -> None:
    leaving = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": False}]}
    assert directory.ask("PATCH", f"Users/{person}", 200, leaving)["active"] is False


def _revoke_token(page: Page, url: str) -> None:
    page.goto(f"{url}/setup/provisioning")
    _listed(page, "Provisioning", "Harbor directory").click()
    page.get_by_role("button", name="Revoke the token").click()
    page.get_by_role("button", name="Revoke it for good").click()
    expect(page.get_by_text("Harbor directory revoked")).to_be_visible()
    expect(_listed(page, "Provisioning", "Harbor directory")).to_contain_text("off")
