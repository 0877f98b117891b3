"""Guesses are counted before they are looked at: many at once are no more than many one by one."""

from __future__ import annotations

import asyncio
from collections import Counter

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from careloom.identity.commands.throttling import Attempt, begin_attempt, forgive
from careloom.identity.types import Role, ScopeKind
from careloom.platform.database.transactions import Database
from careloom.platform.errors import TooManyRequestsError
from careloom.platform.ids import new_id
from tests.effort import EFFORT
from tests.identity.glass import build_house, enter, smash
from tests.identity.test_api_keys import another
from tests.identity.test_second_factor import by_password, enrol, give
from tests.world import PASSWORD, SYSTEM, World


async def _begin(database: Database, keys: dict[str, int]) -> Attempt | None:
    try:
        async with database.transaction(SYSTEM) as tx:
            return await begin_attempt(tx, keys)
    except TooManyRequestsError:
        return None


@given(
    allowed=st.lists(st.integers(1, 6), min_size=1, max_size=3),
    many=st.integers(1, 24),
    right=st.sets(st.integers(0, 23)),
)
@settings(
    max_examples=12 * EFFORT,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_of_many_at_once_no_more_than_allowed_are_looked_at(
    database: Database, allowed: list[int], many: int, right: set[int]
) -> None:
    of = str(new_id())
    keys = {f"{of}:{at}": most for at, most in enumerate(allowed)}
    begun = [one for one in await asyncio.gather(*(_begin(database, keys) for _ in range(many))) if one is not None]
    assert len(begun) == min(many, *allowed)
    forgiven = [one for at, one in enumerate(begun) if at in right]
    async with database.transaction(SYSTEM) as tx:
        for one in forgiven:
            await forgive(tx, one)
    again = [one for one in await asyncio.gather(*(_begin(database, keys) for _ in range(many))) if one is not None]
    assert len(again) == min(many, min(allowed) - len(begun) + len(forgiven))


async def test_of_many_wrong_passwords_at_once_eight_are_looked_at(api: httpx.AsyncClient, world: World) -> None:
    person = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, password=PASSWORD)

    async def guess(at: int) -> int:
        return (await api.post("/api/session", json={"email": person.email, "password": f"wrong {at}"})).status_code

    found = Counter(await asyncio.gather(*(guess(at) for at in range(60))))
    assert found == {401: 8, 429: 52}
    assert (await api.post("/api/session", json={"email": person.email, "password": PASSWORD})).status_code == 429


async def test_of_many_wrong_codes_at_once_eight_are_looked_at(api: httpx.AsyncClient, world: World) -> None:
    person = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, password=PASSWORD)
    await by_password(api, person)
    app, codes = await enrol(api)
    async with another(api) as browser:
        await by_password(browser, person)
        wrong = [*app.wrong(40), *(f"aaaa-bbbb-{at:04d}" for at in range(20))]
        guesses = [give(browser, one) for one in wrong]
        found = Counter(one.status_code for one in await asyncio.gather(*guesses))
        assert found == {400: 8, 429: 52}
        assert (await give(browser, app.code(1))).status_code == 429
        assert (await give(browser, codes[0])).status_code == 429


async def test_of_many_attempts_to_break_the_glass_at_once_eight_are_looked_at(
    api: httpx.AsyncClient, world: World
) -> None:
    house = await build_house(world)
    await enter(api, house.lead)
    proofs = [smash(api, house.other, proof={"password": f"wrong {at}"}) for at in range(30)]
    found = Counter(one.status_code for one in await asyncio.gather(*proofs))
    assert found == {403: 8, 429: 22}


@pytest.mark.parametrize("wrong", [0, 3])
async def test_who_was_right_starts_anew(api: httpx.AsyncClient, world: World, wrong: int) -> None:
    person = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, password=PASSWORD)
    for _ in range(3):
        for _ in range(wrong):
            await api.post("/api/session", json={"email": person.email, "password": "wrong password"})
        for _ in range(5):
            assert (await by_password(api, person)).status_code == 200


async def test_a_borrowed_session_does_not_find_the_password_out(api: httpx.AsyncClient, world: World) -> None:
    person = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, password=PASSWORD)
    await by_password(api, person)

    async def guess(current: str) -> int:
        body = {"current": current, "new": "another long word here"}
        return (await api.post("/api/session/password", json=body)).status_code

    found = Counter(await asyncio.gather(*(guess(f"wrong {at}") for at in range(20))))
    assert found == {401: 8, 429: 12}
    assert await guess(PASSWORD) == 429
