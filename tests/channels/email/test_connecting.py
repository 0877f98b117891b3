"""Mailboxes connected by consent at a real authorisation server: there and back, and every way that leads nowhere."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import text

from careloom.channels.commands.mailbox.connection import CALLBACK
from careloom.identity.types import Person, Role, ScopeKind
from careloom.platform.database.transactions import Database
from careloom.platform.web import throttle
from tests.application import http_client
from tests.channels.email.branch import Branch
from tests.channels.email.imap_server import USER
from tests.channels.email.oauth_server import APPLICATION, SECRET, Form, OAuthServer
from tests.channels.email.post_office import mail
from tests.channels.email.test_answers import TOLD, WORDS
from tests.channels.planted import CARD, IBAN, places_of
from tests.conversations.desk import SYSTEM
from tests.identity.test_api_keys import another
from tests.postgres import FreshDatabase
from tests.world import World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]
OVER = "/setup/mailboxes?connection=over"


@dataclass
class Setting:
    """A mailbox that waits for consent, and an administrator at the desk (`api`)."""

    api: httpx.AsyncClient
    branch: Branch
    tokens: OAuthServer
    id: str

    @property
    def place(self) -> str:
        return f"/setup/mailboxes/{self.id}"

    async def go(self, api: httpx.AsyncClient | None = None) -> Form:
        """Presses Connect; answers what the provider's page is asked."""
        answer = await (api or self.api).post(f"/api/mailboxes/{self.id}/connect")
        assert answer.status_code == 200, answer.text
        page, _, query = answer.json()["address"].partition("?")
        assert page == self.tokens.page
        return {name: values[0] for name, values in parse_qs(query).items()}

    async def come(self, way: str, api: httpx.AsyncClient | None = None) -> str:
        """Comes back; answers where one is led."""
        parts = urlsplit(way)
        answer = await (api or self.api).get(f"{parts.path}?{parts.query}")
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    async def through(self, *, allowed: bool = True) -> str:
        return await self.come(self.tokens.way_back(await self.go(), allowed=allowed))

    async def seen(self) -> dict[str, Any]:
        return (await self.api.get(f"/api/mailboxes/{self.id}")).json()


@pytest.fixture
async def setting(branch: Branch, tokens: OAuthServer, world: World, sign_in: SignIn) -> AsyncIterator[Setting]:
    tokens.callback = branch.runtime.settings.base_url + CALLBACK
    async with http_client(branch.runtime) as api:
        await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
        made = await api.post("/api/mailboxes", json=_by_consent(branch, tokens))
        assert made.status_code == 201, made.text
        yield Setting(api, branch, tokens, made.json()["id"])


def _by_consent(branch: Branch, tokens: OAuthServer, **more: Any) -> dict[str, Any]:
    place = {"mail_address_id": str(branch.address.id), "host": "127.0.0.1", "port": branch.imap.port, "tls": "none"}
    sign_in = {"username": USER, "auth": "refresh_token", "authorize_url": tokens.page, "token_url": tokens.url}
    application = {"oauth_client_id": APPLICATION, "client_secret": SECRET, "scope": "imap offline_access"}
    return place | sign_in | application | {"take_existing": True} | more


async def test_consent_connects_the_mailbox_and_its_mail_comes_in(setting: Setting) -> None:
    await setting.branch.imap.deliver(mail("Where is it?", Subject="Parcel 1"))
    assert (await setting.branch.poll()).failing_since is None, "nobody polls before somebody consented"
    asked = await setting.go()
    assert asked["login_hint"] == USER
    assert asked["scope"] == "imap offline_access"
    assert await setting.come(setting.tokens.way_back(asked, allowed=True)) == setting.place
    seen = await setting.seen()
    assert seen["connected_at"] is not None
    assert (seen["problem"], seen["connect_problem"]) == (None, None)
    assert setting.branch.imap.connections == 1, "it was tried"
    assert (await setting.branch.poll()).problem is None
    assert await setting.branch.subjects() == ["Parcel 1"]
    (row,) = await setting.branch.office.desk.rows("SELECT m::text AS whole FROM mailbox m")
    assert SECRET not in row.whole
    assert setting.tokens.refresh_token not in row.whole


async def test_beginning_connecting_and_failing_stand_in_the_audit_trail(setting: Setting) -> None:
    await setting.through(allowed=False)
    await setting.through()
    rows = await setting.branch.office.desk.rows(
        "SELECT action, person_id, after FROM audit_entry WHERE action LIKE 'mailbox.%connect%' ORDER BY id"
    )
    begin, fail, connect = "mailbox.begin_connection", "mailbox.fail_connection", "mailbox.connect"
    assert [row.action for row in rows] == [begin, fail, begin, connect]
    assert rows[1].after == {"problem": "denied"}
    assert all(row.person_id is not None for row in rows)


@pytest.mark.parametrize("state", ["", "never-given", "\x00", "x" * 2000])
async def test_a_state_that_was_not_given_out_leads_nowhere(setting: Setting, state: str) -> None:
    await setting.go()
    answer = await setting.api.get(CALLBACK, params={"state": state, "code": "code-0"})
    assert answer.headers["location"] == OVER
    assert setting.tokens.asked == []


async def test_a_state_counts_once(setting: Setting) -> None:
    way = setting.tokens.way_back(await setting.go(), allowed=True)
    assert await setting.come(way) == setting.place
    asked = len(setting.tokens.asked)
    assert await setting.come(way) == OVER
    assert len(setting.tokens.asked) == asked


async def test_another_persons_state_leads_nowhere_and_stays_theirs(
    setting: Setting, world: World, sign_in: SignIn
) -> None:
    way = setting.tokens.way_back(await setting.go(), allowed=True)
    async with another(setting.api) as browser:
        await sign_in(browser, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
        assert await setting.come(way, browser) == OVER
    assert (await setting.seen())["connected_at"] is None
    assert await setting.come(way) == setting.place


async def test_a_state_of_another_session_of_the_same_person_leads_nowhere(
    setting: Setting, world: World, sign_in: SignIn
) -> None:
    person = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None)
    async with another(setting.api) as here, another(setting.api) as there:
        await sign_in(here, person)
        await sign_in(there, person)
        way = setting.tokens.way_back(await setting.go(here), allowed=True)
        assert await setting.come(way, there) == OVER
    assert setting.tokens.asked == []


async def test_whoever_signed_out_meanwhile_is_led_to_the_desktop(setting: Setting) -> None:
    way = setting.tokens.way_back(await setting.go(), allowed=True)
    async with another(setting.api) as nobody:
        assert await setting.come(way, nobody) == OVER


async def test_a_state_ends_after_ten_minutes(setting: Setting, database: Database) -> None:
    way = setting.tokens.way_back(await setting.go(), allowed=True)
    async with database.transaction(SYSTEM) as tx:
        await tx.execute(text("UPDATE ceremony SET expires_at = expires_at - interval '10 minutes'"))
    assert await setting.come(way) == OVER
    assert setting.tokens.asked == []


async def test_an_attempt_begun_by_key_is_ended_by_its_person_in_a_browser(setting: Setting) -> None:
    key = (await setting.api.post("/api/api-keys", json={"name": "robot"})).json()["secret"]
    async with another(setting.api) as robot:
        robot.headers["Authorization"] = f"Bearer {key}"
        asked = await setting.go(robot)
    assert await setting.come(setting.tokens.way_back(asked, allowed=True)) == setting.place
    assert (await setting.seen())["connected_at"] is not None


async def test_denied_consent_says_so_and_leaves_what_works(setting: Setting) -> None:
    assert await setting.through(allowed=False) == setting.place
    seen = await setting.seen()
    assert (seen["connected_at"], seen["connect_problem"]) == (None, "denied")
    assert seen["connect_answer"] == "access_denied The person said no."
    await setting.through()
    since = (await setting.seen())["connected_at"]
    await setting.through(allowed=False)
    seen = await setting.seen()
    assert (seen["connected_at"], seen["problem"], seen["connect_problem"]) == (since, None, "denied")
    assert (await setting.branch.poll()).problem is None
    await setting.go()
    assert (await setting.seen())["connect_problem"] is None, "a new attempt begins without the former one's trouble"


async def test_what_else_the_page_says_is_shown_without_what_is_sensitive(
    setting: Setting, fresh_database: FreshDatabase
) -> None:
    state = (await setting.go())["state"]
    params = {"state": state, "error": "invalid_scope", "error_description": f"No\x00 {WORDS}" + " no" * 600}
    answer = await setting.api.get(CALLBACK, params=params)
    assert answer.headers["location"] == setting.place
    seen = await setting.seen()
    assert (seen["connect_problem"], len(seen["connect_answer"])) == ("token", 500)
    assert seen["connect_answer"].startswith(f"invalid_scope No {TOLD}")
    assert places_of(fresh_database.superuser_url, CARD, IBAN) == set()


async def test_an_answer_without_a_refresh_token_is_not_kept(setting: Setting) -> None:
    setting.tokens.lasting = False
    assert await setting.through() == setting.place
    seen = await setting.seen()
    assert (seen["connected_at"], seen["connect_problem"]) == (None, "not_lasting")
    assert setting.branch.imap.connections == 0


async def test_a_wrong_client_secret_says_so_in_the_providers_words(setting: Setting) -> None:
    await setting.api.patch(f"/api/mailboxes/{setting.id}", json={"client_secret": "another"})
    await setting.through()
    seen = await setting.seen()
    assert (seen["connect_problem"], seen["connect_answer"]) == ("token", "invalid_client")


async def test_a_mailbox_that_refuses_the_token_is_connected_and_says_what_is_wrong(setting: Setting) -> None:
    setting.branch.imap.refuse("IMAP is off for this account")
    await setting.through()
    seen = await setting.seen()
    assert seen["connected_at"] is not None
    assert (seen["problem"], seen["connect_problem"]) == ("sign_in", None)


async def test_who_changes_where_it_signs_in_meanwhile_ends_the_attempt(setting: Setting) -> None:
    way = setting.tokens.way_back(await setting.go(), allowed=True)
    await setting.api.patch(f"/api/mailboxes/{setting.id}", json={"username": "other@brand.example"})
    assert await setting.come(way) == setting.place
    assert (await setting.seen())["connect_problem"] == "changed"
    assert setting.tokens.asked == []


async def test_who_may_not_set_the_mailbox_up_any_more_connects_nothing(
    setting: Setting, world: World, sign_in: SignIn, database: Database
) -> None:
    person = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None)
    async with another(setting.api) as browser:
        await sign_in(browser, person)
        way = setting.tokens.way_back(await setting.go(browser), allowed=True)
        async with database.transaction(SYSTEM) as tx:
            await tx.execute(text("DELETE FROM role_grant WHERE person_id = :id"), {"id": person.id})
        assert await setting.come(way, browser) == OVER
    assert setting.tokens.asked == []


async def test_withdrawn_consent_says_so_and_connecting_again_mends_it(setting: Setting) -> None:
    await setting.through()
    setting.tokens.refresh_token = "revoked"
    row = await setting.branch.poll()
    assert (row.problem, row.connected_at is not None) == ("consent", True)
    assert "invalid_grant" in row.answer
    await setting.through()
    assert (await setting.seen())["problem"] is None
    assert (await setting.branch.poll()).problem is None


async def test_another_server_or_user_asks_for_consent_anew_and_keeps_the_applications_secret(setting: Setting) -> None:
    await setting.through()
    changed = await setting.api.patch(f"/api/mailboxes/{setting.id}", json={"username": USER.upper()})
    assert (changed.status_code, changed.json()["connected_at"]) == (200, None)
    assert (await setting.branch.poll()).problem is None, "it is not polled"
    await setting.through()
    assert (await setting.seen())["connected_at"] is not None


async def test_another_token_server_or_application_asks_for_its_secret_anew(setting: Setting) -> None:
    for change in ({"token_url": "https://login.evil.example/token"}, {"oauth_client_id": "another"}):
        refused = await setting.api.patch(f"/api/mailboxes/{setting.id}", json=change)
        assert refused.status_code == 400
        assert [one["path"] for one in refused.json()["errors"]] == ["/client_secret"]


async def test_what_is_not_connected_by_consent_is_told_how(setting: Setting) -> None:
    other = await setting.branch.mailbox()
    refused = await setting.api.post(f"/api/mailboxes/{other.id}/connect")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_by_consent")


async def test_a_secret_that_cannot_be_read_any_more_is_entered_again(setting: Setting, database: Database) -> None:
    await setting.through()
    async with database.transaction(SYSTEM) as tx:
        await tx.execute(text("UPDATE mailbox SET secret = '', connected_at = NULL"))
    refused = await setting.api.post(f"/api/mailboxes/{setting.id}/connect")
    assert (refused.status_code, refused.json()["code"]) == (409, "secret_unreadable")
    assert (await setting.api.patch(f"/api/mailboxes/{setting.id}", json={"client_secret": SECRET})).is_success
    await setting.through()
    assert (await setting.seen())["connected_at"] is not None


async def test_a_page_is_named_or_a_token_handed_in(setting: Setting) -> None:
    body = _by_consent(setting.branch, setting.tokens)
    del body["authorize_url"]
    refused = await setting.api.post("/api/mailboxes", json=body)
    assert [one["path"] for one in refused.json()["errors"]] == ["/authorize_url"]
    made = await setting.api.post("/api/mailboxes", json={**body, "refresh_token": "refresh-0"})
    assert made.json()["connected_at"] is not None


@pytest.mark.parametrize("page", ["http://login.example.org/authorize", "http://10.1.2.3/authorize", "http://[::1]/a"])
async def test_nobody_is_sent_to_a_page_without_https(setting: Setting, page: str) -> None:
    await setting.api.patch(f"/api/mailboxes/{setting.id}", json={"authorize_url": page})
    refused = await setting.api.post(f"/api/mailboxes/{setting.id}/connect")
    assert (refused.status_code, refused.json()["code"]) == (409, "consent_page")


async def test_a_page_is_an_address_of_the_web(setting: Setting) -> None:
    for page in ("javascript:alert(1)", "//login.example.org", "https://user@login.example.org/", "data:text/html,x"):
        refused = await setting.api.patch(f"/api/mailboxes/{setting.id}", json={"authorize_url": page})
        assert refused.status_code == 400, page


@pytest.mark.parametrize("url", ["https://[x]/t", "https://a:b/t", "https://[::1", "https://a:99999/t"])
async def test_an_address_that_nobody_can_read_is_refused_at_its_field(setting: Setting, url: str) -> None:
    body = _by_consent(setting.branch, setting.tokens)
    for name in ("authorize_url", "token_url"):
        changed = await setting.api.patch(f"/api/mailboxes/{setting.id}", json={name: url, "client_secret": SECRET})
        made = await setting.api.post("/api/mailboxes", json=body | {name: url})
        for refused in (changed, made):
            assert (refused.status_code, [one["path"] for one in refused.json()["errors"]]) == (400, [f"/{name}"])


@pytest.mark.parametrize("url", ["https://[x]/t", "https://a:b/t", "https://[::1"])
async def test_nobody_is_sent_to_an_address_that_came_in_some_other_way(
    setting: Setting, database: Database, url: str
) -> None:
    async with database.transaction(SYSTEM) as tx:
        await tx.execute(text("UPDATE mailbox SET authorize_url = :url"), {"url": url})
    refused = await setting.api.post(f"/api/mailboxes/{setting.id}/connect")
    assert (refused.status_code, refused.json()["code"]) == (409, "consent_page")


async def test_a_person_begins_twenty_attempts_a_minute(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = time.monotonic()
    monkeypatch.setattr(throttle, "time", SimpleNamespace(monotonic=lambda: moment))
    answers = [await setting.api.post(f"/api/mailboxes/{setting.id}/connect") for _ in range(21)]
    assert [one.status_code for one in answers] == [200] * 20 + [429]
    assert answers[-1].json()["code"] == "too_many_requests"
