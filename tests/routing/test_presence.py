"""Presence: contiguous states, and what becomes of contacts when their agent goes."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest

from careloom.conversations.commands import lifecycle
from careloom.conversations.types import Phase
from careloom.identity.commands.people import change_person
from careloom.identity.commands.sessions import sign_out, start_session
from careloom.identity.types import PersonChanges, PersonId
from careloom.identity.types.sign_in import Origin
from careloom.organizations.types import Channel
from careloom.platform.access import Actor
from careloom.platform.clock import now
from careloom.platform.errors import ForbiddenError
from careloom.routing.commands import presence
from careloom.routing.commands.agent import hold_agent
from careloom.routing.queries.presence import list_states, my_presence
from careloom.routing.types import Presence, PresenceOrder
from tests.routing.floor import SYSTEM, Floor


async def test_whoever_never_was_at_work_is_offline(floor: Floor) -> None:
    ada = await floor.agent("Ada")
    async with floor.database.transaction(ada) as tx:
        assert (await my_presence(tx, ada)).state is Presence.OFFLINE


async def test_states_are_contiguous_also_when_set_at_once(floor: Floor) -> None:
    ada = await floor.agent("Ada")
    states = [one for one in Presence for _ in range(3)]
    await asyncio.gather(*(floor.be(ada, state) for state in states))
    await floor.check()
    async with floor.database.transaction(ada) as tx:
        found = await list_states(tx, ada, PersonId(ada.person_id))  # pyright: ignore[reportArgumentType]
    assert len(found) >= 8
    assert all(one.ended_at == following.began_at for one, following in pairwise(found))
    assert found[-1].ended_at is None


async def test_a_change_is_told_to_the_provider(floor: Floor) -> None:
    ada = await floor.available("Ada")
    rows = await floor.desk.rows("SELECT provider_id, client_id, data FROM event_log WHERE type = 'presence_changed'")
    assert [(row.provider_id, row.client_id) for row in rows] == [(floor.desk.provider.id, None)]
    assert rows[0].data["person_id"] == str(ada.person_id)
    assert (rows[0].data["state"], rows[0].data["previous"]) == ("available", None)


async def test_leaving_available_takes_the_offer_back(floor: Floor) -> None:
    ada = await floor.available("Ada")
    one = await floor.arrive()
    await floor.pool.round()
    await floor.be(ada, Presence.BREAK)
    assert await floor.outcomes() == ["withdrawn"]
    assert (await floor.now(one.id)).phase is Phase.QUEUED
    await floor.check()


async def test_going_offline_returns_live_chats_to_the_front_and_keeps_mail(floor: Floor) -> None:
    ada = await floor.available("Ada")
    chat = await floor.arrive()
    await floor.pool.round()
    await floor.accept(ada)
    mail = await floor.arrive(Channel.EMAIL)
    await floor.pool.round()
    await floor.accept(ada)
    later = await floor.arrive()
    await floor.desk.rows(
        "UPDATE conversation SET waiting_since = NULL, due_at = NULL WHERE id = :id RETURNING id", id=chat.id
    )
    await floor.be(ada, Presence.OFFLINE)
    assert (await floor.now(chat.id)).phase is Phase.QUEUED
    assert (await floor.now(mail.id)).assignee_id == ada.person_id
    bo = await floor.available("Bo")
    await floor.pool.round()
    assert [each.conversation_id for each in await floor.offered(bo)] == [chat.id]
    assert (await floor.now(later.id)).phase is Phase.QUEUED
    await floor.check()


async def test_a_lead_signs_someone_off_and_returns_their_mail(floor: Floor) -> None:
    ada = await floor.available("Ada")
    mail = await floor.arrive(Channel.EMAIL)
    await floor.pool.round()
    await floor.accept(ada)
    lead = await floor.lead()
    order = PresenceOrder(Presence.OFFLINE, "gone home", release_all=True)
    await floor.desk.do(presence.set_presence_of, ada.person_id, order, actor=lead)
    assert await floor.state(ada) == ("offline", "gone home")
    assert (await floor.now(mail.id)).phase is Phase.QUEUED
    audited = await floor.desk.rows("SELECT after FROM audit_entry WHERE action = 'presence.set'")
    assert audited[0].after["reason"] == "gone home"
    with pytest.raises(ForbiddenError):
        await floor.desk.do(presence.set_presence_of, lead.person_id, order, actor=ada)


async def test_whoevers_desk_is_gone_for_90_seconds_is_signed_off(floor: Floor) -> None:
    ada, bo = await floor.available("Ada"), await floor.available("Bo")
    floor.pool.seen = {PersonId(ada.person_id)}  # pyright: ignore[reportArgumentType]
    long_ago = now() - timedelta(minutes=5)
    await floor.pool.watch(long_ago)
    assert await floor.state(ada) == ("available", None)
    await floor.desk.rows(
        "UPDATE agent_profile SET last_seen_at = now() - interval '91 seconds' "
        "WHERE last_seen_at IS NOT NULL RETURNING person_id"
    )
    await floor.pool.watch(now())
    assert await floor.state(ada) == ("available", None), "a router that has just begun has not looked long enough"
    await floor.pool.watch(long_ago)
    assert await floor.state(ada) == ("offline", "connection_lost")
    assert await floor.state(bo) == ("available", None), "no desk was ever seen: a program works here"
    await floor.be(ada, Presence.AVAILABLE)
    await floor.pool.watch(long_ago)
    assert await floor.state(ada) == ("available", None)


async def test_whoever_comes_back_in_time_stays_though_their_desk_was_long_unseen(floor: Floor) -> None:
    ada, bo = await floor.available("Ada"), await floor.available("Bo")
    long_ago, both = now() - timedelta(minutes=5), {PersonId(one.person_id) for one in (ada, bo)}  # pyright: ignore[reportArgumentType]
    floor.pool.seen = set(both)
    await floor.pool.watch(long_ago)
    await floor.desk.rows("UPDATE agent_profile SET last_seen_at = now() - interval '91 seconds' RETURNING person_id")
    await floor.be(ada, Presence.BREAK)
    async with floor.database.transaction(SYSTEM) as busy:
        await hold_agent(busy, PersonId(bo.person_id))  # pyright: ignore[reportArgumentType]
        floor.pool.seen = {PersonId(bo.person_id)}  # pyright: ignore[reportArgumentType]
        await floor.pool.watch(long_ago)
    assert await floor.state(ada) == ("break", None), "whoever sets a state is here"
    assert await floor.state(bo) == ("available", None), "the desk was heard, though it could not be noted"


async def test_whoever_signs_out_everywhere_is_offline_at_once(floor: Floor) -> None:
    ada, bo = await floor.available("Ada"), await floor.available("Bo")
    origin = Origin("127.0.0.1", "test")

    async def sign_in_as(agent: Actor) -> str:
        assert agent.person_id is not None
        async with floor.database.transaction(SYSTEM) as tx:
            return (await start_session(tx, agent.person_id, origin, 1)).secret

    async def sign_out_of(secret: str) -> None:
        async with floor.database.transaction(SYSTEM) as tx:
            await sign_out(tx, secret)
        await floor.consume()

    desk, telephone = await sign_in_as(ada), await sign_in_as(ada)
    await sign_out_of(telephone)
    assert await floor.state(ada) == ("available", None)
    await sign_out_of(desk)
    assert await floor.state(ada) == ("offline", "signed_out")
    async with floor.database.transaction(SYSTEM) as tx:
        await sign_out(tx, (await start_session(tx, PersonId(bo.person_id), origin, 1)).secret)  # pyright: ignore[reportArgumentType]
    await sign_in_as(bo)
    await floor.consume()
    assert await floor.state(bo) == ("available", None), "back before anyone heard"


async def test_after_call_work_ends_with_the_last_wrap_up(floor: Floor) -> None:
    ada = await floor.available("Ada")
    one = await floor.arrive()
    await floor.pool.round()
    await floor.accept(ada)
    await floor.desk.do(lifecycle.end_contact, one.id, actor=ada)
    await floor.be(ada, Presence.AFTER_CALL_WORK)
    await floor.consume()
    assert await floor.state(ada) == ("after_call_work", None)
    rows = await floor.desk.rows(
        "INSERT INTO disposition (client_id, id, name, resolved) VALUES (:client, gen_random_uuid(), 'Done', true) "
        "RETURNING id",
        client=floor.desk.client.id,
    )
    await floor.desk.do(lifecycle.wrap_up, one.id, rows[0].id, actor=ada)
    await floor.consume()
    assert await floor.state(ada) == ("available", None)


async def test_whoever_may_no_longer_sign_in_goes_offline(floor: Floor) -> None:
    ada = await floor.available("Ada")
    await floor.consume()
    async with floor.database.transaction(SYSTEM) as tx:
        await change_person(tx, SYSTEM, PersonId(ada.person_id), PersonChanges(active=False))  # pyright: ignore[reportArgumentType]
    await floor.consume()
    assert await floor.state(ada) == ("offline", "deactivated")
