"""The live board: its counters are what the facts say, counted once; each sees only what is theirs."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from careloom.conversations.commands import lifecycle
from careloom.conversations.queries.work import lines_now
from careloom.identity.types import Role, ScopeKind
from careloom.measures.core.queue_wait import queue_waits
from careloom.measures.types import ContactFact, ContactPhase, IntervalFact, WaitOutcome
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database
from careloom.platform.errors import ForbiddenError
from careloom.routing.queries.figures import midnight, quarter_of
from careloom.routing.queries.live import live_agents, live_queues
from careloom.routing.types import Presence, QueueNow, SkillNeed
from tests.routing.floor import SYSTEM, Floor, begin_early
from tests.routing.test_random_floor import make_random_floor
from tests.statements import sent_statements


async def queue_now(floor: Floor) -> QueueNow:
    lead = await floor.lead()
    async with floor.database.transaction(lead) as tx:
        found = await live_queues(tx, lead)
    return next(one for one in found if one.queue.id == floor.queue.id)


async def test_the_board_counts_what_happened(floor: Floor) -> None:
    await begin_early()
    ada = await floor.available("Ada")
    first = await floor.arrive()
    await floor.pool.round()
    await floor.accept(ada)
    gone = await floor.arrive()
    await floor.desk.do(lifecycle.end_contact, gone.id, "visitor")
    waiting = await floor.arrive()
    await floor.consume()
    await floor.consume()
    board = await queue_now(floor)
    assert (board.offered, board.answered, board.answered_in_target, board.abandoned) == (3, 1, 1, 1)
    assert board.service_level == 0.5
    assert (board.waiting, board.with_agents) == (1, 1)
    assert board.longest_wait_since == waiting.waiting_since
    assert (board.agents_available, board.agents_signed_in) == (1, 1)
    assert len(board.trend) == 4
    assert board.trend[-1] == 0.5
    assert (await floor.now(first.id)).assignee_id == ada.person_id


async def test_offers_that_came_to_nothing_are_part_of_the_wait(floor: Floor) -> None:
    await begin_early()
    ada = await floor.available("Ada")
    await floor.arrive()
    await floor.pool.round()
    (offer,) = await floor.offered(ada)
    await floor.outrun(offer.id)
    await floor.pool.round()
    await floor.be(ada, Presence.AVAILABLE)
    await floor.desk.rows("UPDATE offer SET ended_at = now() - interval '1 minute' RETURNING id")
    await floor.pool.round()
    await floor.accept(ada)
    await floor.consume()
    board = await queue_now(floor)
    assert (board.offered, board.answered, board.abandoned) == (1, 1, 0)


@pytest.mark.parametrize("seed", [7, 9])
async def test_counters_equal_the_facts(database: Database, seed: int) -> None:
    random_floor = await make_random_floor(database, seed)
    for _ in range(80):
        await random_floor.act()
    floor = random_floor.floor
    await floor.consume()
    rows = await floor.desk.rows(
        "SELECT sum(entered) AS entered, sum(answered) AS answered, sum(answered_in_target) AS answered_in_target, "
        "sum(abandoned) AS abandoned, sum(wait_seconds) AS wait_seconds FROM queue_figure"
    )
    waits = [wait for contact in await contacts(floor) for wait in queue_waits(contact, now())]
    answered = [wait.wait_seconds for wait in waits if wait.outcome is WaitOutcome.ANSWERED]
    assert len(answered) > 3
    assert rows[0].entered == len(waits)
    assert rows[0].answered == len(answered)
    assert rows[0].answered_in_target == sum(one <= floor.queue.target_seconds for one in answered)
    assert rows[0].abandoned == sum(wait.outcome is WaitOutcome.ABANDONED for wait in waits)
    assert rows[0].wait_seconds == pytest.approx(sum(answered))


async def contacts(floor: Floor) -> list[ContactFact]:
    rows = await floor.desk.rows("SELECT * FROM conversation_interval ORDER BY conversation_id, seq")
    lives: dict[object, list[IntervalFact]] = {}
    for row in rows:
        fact = IntervalFact(ContactPhase(row.phase), row.queue_id, row.agent_id, row.began_at, row.ended_at)
        lives.setdefault(row.conversation_id, []).append(fact)
    return [ContactFact(key, tuple(facts)) for key, facts in lives.items()]  # pyright: ignore[reportArgumentType]


async def test_agents_are_shown_to_those_who_lead_their_provider_alone(floor: Floor) -> None:
    ada = await floor.available("Ada")
    one = await floor.arrive()
    await floor.pool.round()
    await floor.accept(ada)
    lead = await floor.lead()
    async with floor.database.transaction(lead) as tx:
        (row,) = await live_agents(tx, lead)
    assert (row.name, row.state, row.conversations) == ("Ada", Presence.AVAILABLE, (one.id,))
    assert row.load == {"chat": 1}
    desk = floor.desk
    viewer = await desk.world.actor(
        await desk.world.person(Role.CLIENT_VIEWER, ScopeKind.CLIENT, desk.client.id, client=desk.client, name="Vi")
    )
    async with floor.database.transaction(viewer) as tx:
        with pytest.raises(ForbiddenError):
            await live_agents(tx, viewer)
        assert [each.queue.id for each in await live_queues(tx, viewer)] == [floor.queue.id]
        assert (await live_queues(tx, viewer))[0].agents_available == 1


async def test_a_viewer_of_one_program_sees_no_other_queue(floor: Floor) -> None:
    desk = floor.desk
    other = await desk.world.program(desk.client, desk.provider, name="Other")
    viewer = await desk.world.actor(
        await desk.world.person(Role.CLIENT_VIEWER, ScopeKind.PROGRAM, other.id, client=desk.client, name="Vi")
    )
    async with floor.database.transaction(viewer) as tx:
        assert await live_queues(tx, viewer) == []


async def test_the_board_reads_by_partial_indexes(floor: Floor) -> None:
    await floor.arrive()
    async with floor.database.transaction(SYSTEM) as tx:
        await tx.execute(text("SET LOCAL enable_seqscan = off"))
        found = await lines_now(tx, [floor.queue.id])
    assert found[floor.queue.id].waiting == 1


def test_quarters_and_midnights() -> None:
    at = now().replace(hour=10, minute=59, second=59)
    assert quarter_of(at).minute == 45
    for zone in ("Asia/Kathmandu", "Europe/Lisbon", "America/St_Johns"):
        began = midnight(zone, at)
        assert quarter_of(began) == began
        assert timedelta() <= at - began < timedelta(days=1)


async def test_an_agents_queues_are_those_that_they_could_be_offered_and_the_lead_sees(floor: Floor) -> None:
    skill = await floor.make_skill("billing")
    billing = await floor.make_queue("Billing", skills=(SkillNeed(skill.id, 3),))
    await floor.make_queue("French", language="fr")
    await floor.make_queue("Closed down", active=False)
    await floor.available("Ada", skills=(SkillNeed(skill.id, 4),))
    await floor.available("Bo")
    lead = await floor.lead()
    async with floor.database.transaction(lead) as tx:
        found = {one.name: one.queue_ids for one in await live_agents(tx, lead)}
    assert found == {"Ada": (billing.id, floor.queue.id), "Bo": (floor.queue.id,)}


async def test_the_board_of_agents_costs_the_same_for_one_and_for_many(floor: Floor) -> None:
    lead, sent = await floor.lead(), list[int]()
    for many in (1, 6):
        for number in range(many):
            await floor.make_queue(f"Queue {many} {number}")
            await floor.available(f"Agent {many} {number}")
        async with floor.database.transaction(lead) as tx:
            with sent_statements() as found:
                await live_agents(tx, lead)
        sent.append(len(found))
    assert sent[0] == sent[1]
