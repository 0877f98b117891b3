"""A mailbox that is removed or disconnected: its provider is told that its token is used no more, and nobody waits."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from careloom.identity.types import Person, Role, ScopeKind
from tests.application import http_client
from tests.channels.email.branch import Branch
from tests.channels.email.imap_server import PASSWORD, USER
from tests.channels.email.oauth_server import APPLICATION, SECRET, OAuthServer
from tests.world import World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]
TOKEN = "refresh-0"


class Office:
    """An administrator at the desk, and mailboxes that sign in by a token that was handed in."""

    def __init__(self, api: httpx.AsyncClient, branch: Branch, tokens: OAuthServer) -> None:
        self.api, self.branch, self.tokens = api, branch, tokens

    async def make(self, **more: Any) -> str:
        body: dict[str, Any] = {
            "mail_address_id": str(self.branch.address.id),
            "host": "127.0.0.1",
            "port": self.branch.imap.port,
            "tls": "none",
            "username": USER,
            "auth": "refresh_token",
            "token_url": self.tokens.url,
            "revoke_url": self.tokens.revokes,
            "oauth_client_id": APPLICATION,
            "client_secret": SECRET,
            "refresh_token": TOKEN,
        }
        made = await self.api.post("/api/mailboxes", json=body | more)
        assert made.status_code == 201, made.text
        return made.json()["id"]

    async def change(self, mailbox_id: str, **changes: Any) -> None:
        answer = await self.api.patch(f"/api/mailboxes/{mailbox_id}", json=changes)
        assert answer.status_code == 200, answer.text

    async def remove(self, mailbox_id: str) -> None:
        assert (await self.api.delete(f"/api/mailboxes/{mailbox_id}")).status_code == 204

    async def told(self) -> list[bool]:
        rows = await self.branch.office.desk.rows(
            "SELECT person_id, after FROM audit_entry WHERE action = 'mailbox.revoke_token' ORDER BY id"
        )
        assert all(row.person_id is not None for row in rows)
        return [row.after["revoked"] for row in rows]


@pytest.fixture
async def office(branch: Branch, tokens: OAuthServer, world: World, sign_in: SignIn) -> AsyncIterator[Office]:
    async with http_client(branch.runtime) as api:
        await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
        yield Office(api, branch, tokens)


async def test_a_removed_mailboxs_token_is_revoked(office: Office) -> None:
    await office.remove(await office.make())
    application = {"client_id": APPLICATION, "client_secret": SECRET}
    assert office.tokens.revoked == [{"token": TOKEN, "token_type_hint": "refresh_token", **application}]
    assert await office.told() == [True]


@pytest.mark.parametrize(
    "change",
    [
        {"auth": "password", "password": PASSWORD},
        {"username": "another@provider.example", "authorize_url": "https://login.example.org/authorize"},
    ],
)
async def test_a_token_that_a_change_leaves_behind_is_revoked(office: Office, change: dict[str, str]) -> None:
    one = await office.make()
    await office.change(one, poll_seconds=120)
    assert office.tokens.revoked == []
    await office.change(one, **change)
    assert [form["token"] for form in office.tokens.revoked] == [TOKEN]
    await office.remove(one)
    assert await office.told() == [True]


async def test_another_address_to_revoke_at_is_not_given_the_token(office: Office) -> None:
    one = await office.make(revoke_url="https://login.example.org/revoke")
    await office.change(one, revoke_url=office.tokens.revokes, client_secret=SECRET, refresh_token="mine")
    assert office.tokens.revoked == []
    await office.remove(one)
    assert [form["token"] for form in office.tokens.revoked] == ["mine"]


async def test_a_token_in_the_place_of_the_former_revokes_nothing(office: Office) -> None:
    await office.change(await office.make(), refresh_token="newer")
    assert office.tokens.revoked == []


async def test_what_another_mailbox_of_the_same_person_signs_in_with_stays(office: Office) -> None:
    first, second = await office.make(), await office.make(folder="Archive")
    await office.remove(first)
    assert (office.tokens.revoked, await office.told()) == ([], [])
    await office.remove(second)
    assert await office.told() == [True]


@pytest.mark.parametrize("revokes", ["refused", "nobody", "private", "nowhere"])
async def test_a_provider_that_does_not_take_it_back_holds_nothing_up(
    office: Office, monkeypatch: pytest.MonkeyPatch, revokes: str
) -> None:
    office.tokens.revoking = 503
    places = {
        "refused": office.tokens.revokes,
        "nobody": "http://127.0.0.1:1/revoke",
        "private": "http://10.1.2.3/revoke",
        "nowhere": None,
    }
    one = await office.make(revoke_url=places[revokes])
    await office.remove(one)
    assert (await office.api.get(f"/api/mailboxes/{one}")).status_code == 404
    assert await office.told() == ([] if revokes == "nowhere" else [False])


async def test_neither_a_password_nor_an_application_by_itself_is_revoked(office: Office) -> None:
    await office.remove(await office.make(auth="password", password=PASSWORD, refresh_token=None))
    await office.remove(await office.make(auth="client_credentials", refresh_token=None))
    assert office.tokens.revoked == []
