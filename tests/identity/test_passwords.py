"""Passwords as people set them: rules, policies, and hashes that keep up with the times."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest
from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import select, update

from careloom.identity.commands.passwords import nobodys_hash
from careloom.identity.tables import credential
from careloom.identity.types import Person, Role, ScopeKind
from careloom.platform.database.transactions import Database
from tests.world import PASSWORD, SYSTEM, World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("password1234", "most used"),
        ("P4ssw0rd!!!!", "most used"),
        ("aaaaaaaaaaaa", "different characters"),
        ("lovelace 4 ever and ever", "your own name"),
        ("sky diver ada.byron", "your own name"),
    ],
)
async def test_a_weak_password_is_refused_with_what_to_change(
    api: httpx.AsyncClient, world: World, sign_in: SignIn, password: str, words: str
) -> None:
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    provider = await world.provider()
    body = {"name": "Ada Lovelace", "email": "ada.byron@example.org", "provider_id": str(provider.id)}
    answer = await api.post("/api/people", json={**body, "password": password})
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["path"] == "/password"
    assert words in error["message"].lower()


async def test_a_policy_asks_for_longer_passwords(api: httpx.AsyncClient, world: World, sign_in: SignIn) -> None:
    provider = await world.provider()
    agent = await world.agent(provider)
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.PROVIDER, provider.id, provider=provider))
    policy = {"provider_id": str(provider.id), "password_length": 24}
    assert (await api.put("/api/sign-in-policies", json=policy)).status_code == 200
    short = await api.post(f"/api/people/{agent.id}/password", json={"password": PASSWORD})
    assert "at least 24" in short.json()["errors"][0]["message"]
    long = await api.post(f"/api/people/{agent.id}/password", json={"password": PASSWORD + " staple"})
    assert long.status_code == 204


async def test_ones_own_password_keeps_to_the_rules(api: httpx.AsyncClient, world: World) -> None:
    person = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, password=PASSWORD)
    begun = await api.post("/api/session", json={"email": person.email, "password": PASSWORD})
    api.headers["X-CSRF-Token"] = begun.json()["csrf_token"]
    words = {"current": PASSWORD, "new": "qwertyuiop123"}
    answer = await api.post("/api/session/password", json=words)
    assert [one["path"] for one in answer.json()["errors"]] == ["/new"]


async def test_a_hash_of_old_is_renewed_at_the_next_sign_in(
    api: httpx.AsyncClient, world: World, database: Database, hashers: tuple[PasswordHasher, PasswordHasher]
) -> None:
    person = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, password=PASSWORD)
    weak = PasswordHasher(time_cost=1, memory_cost=32).hash(PASSWORD)
    async with database.transaction(SYSTEM) as tx:
        await tx.execute(update(credential).values(password_hash=weak))
    for _ in range(2):
        answer = await api.post("/api/session", json={"email": person.email, "password": PASSWORD})
        assert answer.status_code == 200
    async with database.transaction(SYSTEM) as tx:
        kept = (await tx.execute(select(credential.c.password_hash))).scalar_one()
    assert not hashers[1].check_needs_rehash(kept)


def test_a_guess_costs_what_rfc_9106_recommends(hashers: tuple[PasswordHasher, PasswordHasher]) -> None:
    kept = extract_parameters(hashers[0].hash(PASSWORD))
    assert (kept.type, kept.time_cost, kept.memory_cost, kept.parallelism) == (Type.ID, 3, 64 * 1024, 4)


def test_who_is_not_there_costs_as_much_and_has_no_password(hashers: tuple[PasswordHasher, PasswordHasher]) -> None:
    for hasher in hashers:
        kept = nobodys_hash(hasher)
        assert extract_parameters(kept) == extract_parameters(hasher.hash(PASSWORD))
        with pytest.raises(VerifyMismatchError):
            hasher.verify(kept, PASSWORD)
