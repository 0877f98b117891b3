"""Who guards a client gets a mail at once when someone has emergency access to it."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from msgspec.structs import replace

from careloom.evidence.isolation.relay import OpenRelay
from careloom.evidence.isolation.stage import settle
from careloom.identity.types import Role, ScopeKind
from careloom.platform.runtime import Runtime
from tests.application import http_client
from tests.channels.email.post_office import Sink
from tests.identity.glass import REASON, House, build_house, enter, smashed
from tests.world import World


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
    return await build_house(world)


@pytest.fixture
async def browser(runtime: Runtime, house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with http_client(runtime) as client:
        await enter(client, house.lead)
        yield client


async def test_each_guard_of_the_client_gets_one_mail_without_the_reason(
    runtime: Runtime, house: House, browser: httpx.AsyncClient, sink: tuple[Sink, int]
) -> None:
    other = await house.world.person(Role.COMPLIANCE_OFFICER, ScopeKind.CLIENT, house.own.id, name="Not Hers")
    everywhere = await house.world.person(Role.COMPLIANCE_OFFICER, ScopeKind.EVERYTHING, None, name="Olga Operator")
    await smashed(browser, house.other)
    await settle(runtime)
    await settle(runtime)
    recipients = sorted(one for _, some in sink[0].envelopes for one in some)
    assert recipients == sorted([house.guard.email, everywhere.email])
    assert other.email not in recipients
    assert house.lead.email not in recipients
    assert all(one["From"] == "careloom@house.example" for one in sink[0].mails)
    assert not any(REASON in one.get_content() for one in sink[0].mails)


async def test_a_relay_that_says_later_is_asked_again(
    runtime: Runtime, house: House, browser: httpx.AsyncClient, sink: tuple[Sink, int]
) -> None:
    sink[0].answers = ["451 later"]
    await smashed(browser, house.other)
    await settle(runtime)
    assert sink[0].envelopes == []
    (job,) = await house.rows("SELECT status FROM procrastinate_jobs WHERE task_name = 'compliance.mail_break_glass'")
    assert job.status == "todo"


async def test_without_a_sender_nothing_is_mailed(runtime: Runtime, house: House, sink: tuple[Sink, int]) -> None:
    silent = dataclasses.replace(runtime, settings=replace(runtime.settings, alert_sender=None))
    async with http_client(silent) as client:
        await enter(client, house.lead)
        await smashed(client, house.other)
    await settle(silent)
    assert sink[0].envelopes == []
    assert await house.rows("SELECT 1 FROM procrastinate_jobs WHERE task_name = 'compliance.mail_break_glass'") == []
