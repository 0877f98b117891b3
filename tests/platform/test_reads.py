"""Readings of many records: each page shown is seen in the trail, the very same question once within a while."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import psycopg
import pytest

from careloom.identity.types import Person, Role, ScopeKind
from careloom.platform import audit
from careloom.platform.database.transactions import Database
from careloom.platform.reads import NOBODYS, Question, Read
from tests.postgres import FreshDatabase
from tests.world import SYSTEM, World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]


@pytest.fixture
async def client_id(api: httpx.AsyncClient, world: World, sign_in: SignIn) -> str:
    """A client with five customers; `api` is signed in as an administrator."""
    client = await world.client()
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    for name in ("Ada", "Bo", "Cy", "Di", "Ed"):
        assert (await api.post("/api/customers", json={"client_id": str(client.id), "name": name})).is_success
    return str(client.id)


async def _noted(database: Database, *actions: str) -> list[dict[str, Any] | None]:
    async with database.transaction(SYSTEM) as tx:
        page = await audit.list_audit(tx, SYSTEM, limit=200)
    return [one.after for one in reversed(page.items) if one.action in actions]


async def _pages(api: httpx.AsyncClient, client_id: str) -> int:
    """How many pages of two the list of customers has, each looked at."""
    pages, after = 0, None
    while pages == 0 or after is not None:
        asked: dict[str, str | int] = {"client_id": client_id, "limit": 2} | ({} if after is None else {"after": after})
        after = (await api.get("/api/customers", params=asked)).json()["next"]
        pages += 1
    return pages


async def test_a_list_without_words_leaves_an_entry_for_each_page(
    api: httpx.AsyncClient, client_id: str, database: Database
) -> None:
    for _ in range(2):
        assert await _pages(api, client_id) == 3
    assert await _noted(database, "customer.list") == [
        {"shown": 2, "by": "list", "page": "first"},
        {"shown": 2, "by": "list", "page": "further"},
        {"shown": 1, "by": "list", "page": "further"},
    ]


async def test_other_words_are_another_question_and_are_never_told(
    api: httpx.AsyncClient, client_id: str, database: Database, fresh_database: FreshDatabase
) -> None:
    for words in ("ada", "bo", "ada", "zzz"):
        assert (await api.get("/api/customers", params={"client_id": client_id, "search": words})).is_success
    found = await _noted(database, "customer.search")
    assert found == [{"shown": shown, "by": "words", "page": "first"} for shown in (1, 1, 0)]
    with psycopg.connect(fresh_database.superuser_url) as connection:
        kept = connection.execute("SELECT what::text FROM audit_read WHERE action = 'customer.search'").fetchall()
    assert len(kept) == 3


async def test_a_search_that_finds_nobody_anywhere_is_the_installations(
    api: httpx.AsyncClient, client_id: str, database: Database
) -> None:
    assert (await api.get("/api/customers", params={"search": "nobody"})).json()["items"] == []
    assert (await api.get("/api/search", params={"q": "nothing"})).json()["items"] == []
    async with database.transaction(SYSTEM) as tx:
        entries = (await audit.list_audit(tx, SYSTEM, subject_id=NOBODYS)).items
    assert {(one.action, one.client_id, (one.after or {})["shown"]) for one in entries} >= {
        ("customer.search", None, 0),
        ("conversation.search", None, 0),
    }


async def test_a_page_that_shows_several_clients_says_of_each_how_many(
    api: httpx.AsyncClient, client_id: str, world: World, database: Database
) -> None:
    other = await world.client("Other")
    assert (await api.post("/api/customers", json={"client_id": str(other.id), "name": "Flo"})).is_success
    assert (await api.get("/api/customers")).is_success
    async with database.transaction(SYSTEM) as tx:
        entries = [one for one in (await audit.list_audit(tx, SYSTEM)).items if one.action == "customer.list"]
    assert {str(one.client_id): (one.after or {})["shown"] for one in entries} == {client_id: 5, str(other.id): 1}


def test_the_same_question_has_one_fingerprint_which_needs_the_secret() -> None:
    def what(secret: bytes = b"secret", **asked: Any) -> object:
        (one,) = Question(**asked).shown("customer.search", [])
        return one.what(secret)

    assert what(words="ada") == what(words="ada")
    different = {what(words="ada"), what(words="ad"), what(words="ada", limit=9), what(words="ada", after="x")}
    different |= {what(words="ada", filters=("failed",)), what(b"another", words="ada"), what()}
    assert len(different) == 7
    assert Read("customer.read", NOBODYS, None).what(b"secret") == NOBODYS
