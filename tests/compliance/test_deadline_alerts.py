"""Whoever may do what an incident asks for is told by mail before it is due and when it is overdue, each time once."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import httpx
import pytest
from msgspec.structs import replace
from sqlalchemy import text

from careloom.compliance.commands.alerts import alert
from careloom.evidence.isolation.relay import OpenRelay
from careloom.evidence.isolation.stage import settle
from careloom.identity.types import Role, ScopeKind
from careloom.platform.access import Actor, Permission, Reach
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database
from careloom.platform.eventlog.event import LoggedEvent
from careloom.platform.ids import new_id
from careloom.platform.keys import masters
from careloom.platform.live.desk import Desk
from careloom.platform.residency import OPTION, Residency
from careloom.platform.runtime import Runtime
from tests.application import http_client
from tests.channels.email.post_office import Sink
from tests.identity.glass import House, build_house, enter
from tests.postgres import FreshDatabase
from tests.world import SYSTEM, World

TERM = timedelta(hours=72)
"""GDPR's, to tell the authority."""
_JOBS = "procrastinate_jobs WHERE task_name = 'compliance.mail_deadline'"


@pytest.fixture
def sink() -> Iterator[tuple[Sink, int]]:
    taken = Sink()
    relay = OpenRelay(taken)
    relay.start()
    yield taken, relay.port
    relay.stop()


@pytest.fixture
def runtime(runtime: Runtime, sink: tuple[Sink, int]) -> Runtime:
    mails = {"relay_port": sink[1], "alert_sender": "careloom@house.example"}
    return dataclasses.replace(runtime, settings=replace(runtime.settings, **mails))


@pytest.fixture
async def house(world: World) -> House:
    house = await build_house(world)
    async with world.database.transaction(SYSTEM) as tx:
        await tx.execute(text("UPDATE person SET locale = 'de' WHERE id = :guard"), {"guard": house.guard.id})
    return house


@pytest.fixture
async def guard(runtime: Runtime, house: House) -> AsyncIterator[httpx.AsyncClient]:
    """The API as the compliance officer of `other` calls it."""
    async with http_client(runtime) as api:
        await enter(api, house.guard)
        yield api


async def register(guard: httpx.AsyncClient, house: House, aware: datetime) -> Any:
    body = {"client_ids": [str(house.other.id)], "title": "Lost laptop", "regimes": ["gdpr"]}
    made = await guard.post("/api/incidents", json={**body, "aware_at": aware.isoformat()})
    return (await guard.get(f"/api/incidents/{made.json()['items'][0]['id']}")).json()


async def warn(runtime: Runtime, at: datetime) -> None:
    async with runtime.database.transaction(SYSTEM) as tx:
        await alert(tx, at)
    await settle(runtime)


def mails_to(sink: tuple[Sink, int], address: str) -> list[EmailMessage]:
    return [one for one in sink[0].mails if one["To"] == address]


async def test_who_may_act_gets_one_mail_for_each_warning_in_their_own_language(
    runtime: Runtime, house: House, guard: httpx.AsyncClient, sink: tuple[Sink, int]
) -> None:
    aware = now() - timedelta(hours=2)
    found = await register(guard, house, aware)
    await settle(runtime)
    assert sink[0].mails == []
    for hours in (24, 6, 1, 0):
        await warn(runtime, aware + TERM - timedelta(hours=hours))
        await warn(runtime, aware + TERM - timedelta(hours=hours))
    got = mails_to(sink, house.guard.email)
    assert [str(one["Subject"]).split()[0] for one in got] == ["Bald", "Bald", "Bald", "Überfällig"]
    assert len({one["Message-ID"] for one in got}) == 4
    assert all("Behörde benachrichtigen" in one["Subject"] for one in got)
    assert all(f"incident={found['incident']['id']}" in one.get_content() for one in got)
    assert not any("laptop" in one.as_string() for one in sink[0].mails)


async def test_nobody_is_told_who_guards_another_client_or_may_not_act(
    runtime: Runtime, house: House, guard: httpx.AsyncClient, sink: tuple[Sink, int]
) -> None:
    await house.world.person(Role.COMPLIANCE_OFFICER, ScopeKind.CLIENT, house.own.id, name="Not Hers")
    everywhere = await house.world.person(Role.COMPLIANCE_OFFICER, ScopeKind.EVERYTHING, None, name="Olga Operator")
    await register(guard, house, now() - timedelta(hours=50))
    await settle(runtime)
    recipients = sorted(one for _, some in sink[0].envelopes for one in some)
    assert recipients == sorted([house.guard.email, everywhere.email])


async def test_an_incident_that_is_registered_late_is_spoken_of_at_once_and_once(
    runtime: Runtime, house: House, guard: httpx.AsyncClient, sink: tuple[Sink, int]
) -> None:
    await register(guard, house, now() - timedelta(hours=80))
    await settle(runtime)
    await warn(runtime, now())
    (mail,) = mails_to(sink, house.guard.email)
    assert mail["Subject"].startswith("Überfällig bei Other")


async def test_a_relay_that_says_later_is_asked_again_but_not_for_what_was_settled_meanwhile(
    runtime: Runtime, house: House, guard: httpx.AsyncClient, sink: tuple[Sink, int]
) -> None:
    sink[0].answers = ["451 later"]
    found = await register(guard, house, now() - timedelta(hours=80))
    await settle(runtime)
    assert sink[0].envelopes == []
    (job,) = await house.rows(f"SELECT status FROM {_JOBS}")
    assert job.status == "todo"
    (due,) = [one["id"] for one in found["duties"] if one["key"] == "gdpr_authority"]
    path = f"/api/incidents/{found['incident']['id']}/duties/{due}/settle"
    assert (await guard.post(path, json={"note": "By the form"})).is_success
    async with house.database.transaction(SYSTEM) as tx:
        await tx.execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'"))
    await settle(runtime)
    (job,) = await house.rows(f"SELECT status FROM {_JOBS}")
    assert job.status == "succeeded"
    assert sink[0].envelopes == []


async def test_a_mail_that_waits_is_not_sent_to_who_left_or_may_not_act_any_more(
    runtime: Runtime, house: House, guard: httpx.AsyncClient, sink: tuple[Sink, int]
) -> None:
    role, scope = Role.COMPLIANCE_OFFICER, ScopeKind.CLIENT
    reader = await house.world.person(role, scope, house.other.id, name="Rita Reader")
    sink[0].answers = ["451 later", "451 later"]
    await register(guard, house, now() - timedelta(hours=80))
    await settle(runtime)
    assert sink[0].envelopes == []
    async with house.database.transaction(SYSTEM) as tx:
        await tx.execute(text("UPDATE person SET active = false WHERE id = :id"), {"id": house.guard.id})
        await tx.execute(text("DELETE FROM role_grant WHERE person_id = :id"), {"id": reader.id})
    await _again(runtime, house)
    assert sink[0].envelopes == []
    assert {one.status for one in await house.rows(f"SELECT status FROM {_JOBS}")} == {"succeeded"}


async def test_a_mail_of_an_incident_that_is_gone_ends_quietly(
    runtime: Runtime, house: House, guard: httpx.AsyncClient, sink: tuple[Sink, int]
) -> None:
    sink[0].answers = ["451 later"]
    await register(guard, house, now() - timedelta(hours=80))
    await settle(runtime)
    async with house.database.transaction(SYSTEM) as tx:
        for one in ("DELETE FROM incident_entry", "DELETE FROM incident_duty", "DELETE FROM incident"):
            await tx.execute(text(one))
    await _again(runtime, house)
    assert sink[0].envelopes == []
    assert [one.status for one in await house.rows(f"SELECT status FROM {_JOBS}")] == ["succeeded"]


async def test_no_mail_leaves_by_a_relay_outside_of_the_clients_region(
    runtime: Runtime, house: House, guard: httpx.AsyncClient, sink: tuple[Sink, int], fresh_database: FreshDatabase
) -> None:
    sink[0].answers = ["451 later"]
    await register(guard, house, now() - timedelta(hours=80))
    await settle(runtime)
    options = {OPTION: Residency(relay="us"), masters.OPTION: masters.LocalMasters([b"a master key"])}
    elsewhere = Database(fresh_database.url, 4, options)
    try:
        await _again(dataclasses.replace(runtime, database=elsewhere), house)
    finally:
        await elsewhere.close()
    assert sink[0].envelopes == []
    assert [one.status for one in await house.rows(f"SELECT status FROM {_JOBS}")] == ["succeeded"]


async def _again(runtime: Runtime, house: House) -> None:
    """Lets what the relay put off be tried at once."""
    async with house.database.transaction(SYSTEM) as tx:
        await tx.execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'"))
    await settle(runtime)


async def test_the_screen_tells_who_may_act_for_the_client_not_who_acts_elsewhere_and_reads_here(
    house: House, guard: httpx.AsyncClient, runtime: Runtime
) -> None:
    await register(guard, house, now() - timedelta(hours=80))
    await settle(runtime)
    (row,) = await house.rows("SELECT * FROM event_log WHERE type = 'incident_deadline_near'")
    event = LoggedEvent(**{name: getattr(row, name) for name in LoggedEvent.__struct_fields__})
    both = frozenset({Permission.COMPLIANCE_READ, Permission.COMPLIANCE_WRITE})
    here, there = frozenset({house.other.id}), frozenset({house.own.id})
    reads_here = Reach(frozenset({Permission.COMPLIANCE_READ}), here, None, None)
    assert not Desk(Actor("Rita", (reads_here, Reach(both, there, None, None)), new_id())).sees(event)
    assert Desk(Actor("Greta", (Reach(both, here, None, None),), new_id())).sees(event)


async def test_of_two_processes_that_warn_at_the_same_time_one_does(
    runtime: Runtime, house: House, guard: httpx.AsyncClient
) -> None:
    await register(guard, house, now() - timedelta(hours=80))

    async def one() -> int:
        async with runtime.database.transaction(SYSTEM) as tx:
            return await alert(tx, now())

    assert sum(await asyncio.gather(*(one() for _ in range(6)))) == 1


async def test_without_a_sender_nothing_is_mailed(
    runtime: Runtime, house: House, guard: httpx.AsyncClient, sink: tuple[Sink, int]
) -> None:
    silent = dataclasses.replace(runtime, settings=replace(runtime.settings, alert_sender=None))
    await register(guard, house, now() - timedelta(hours=80))
    await settle(silent)
    assert sink[0].envelopes == []
    assert await house.rows("SELECT 1 FROM event_log WHERE type = 'incident_deadline_near'") != []
    assert await house.rows(f"SELECT 1 FROM {_JOBS}") == []
