"""Offers: made to the right agent, accepted once, declined, missed, withdrawn."""

import asyncio

import pytest

from careloom.conversations.commands import lifecycle
from careloom.conversations.types import Phase
from careloom.platform.errors import ConflictError
from careloom.routing.commands import assignment, offers
from careloom.routing.commands.queues import change_queue
from careloom.routing.errors import OfferGoneError
from careloom.routing.types import AcceptMode, Presence, QueueChanges, SkillNeed
from tests.routing.floor import Floor


async def test_a_waiting_contact_is_offered_and_accepted(floor: Floor) -> None:
    ada = await floor.available("Ada")
    one = await floor.arrive()
    assert one.queue_id == floor.queue.id
    assert one.due_at is not None
    assert one.waiting_since is not None
    assert (one.due_at - one.waiting_since).total_seconds() == floor.queue.target_seconds
    await floor.pool.round()
    (offer,) = await floor.offered(ada)
    assert (offer.conversation_id, offer.reason, offer.queue_name) == (one.id, "only_one", "Care")
    assert (await floor.now(one.id)).phase is Phase.OFFERED
    accepted = await floor.accept(ada)
    assert (accepted.phase, accepted.assignee_id) == (Phase.WITH_AGENT, ada.person_id)
    assert await floor.offered(ada) == []
    await floor.check()


async def test_an_offer_is_told_to_its_agent_alone(floor: Floor) -> None:
    ada = await floor.available("Ada")
    await floor.arrive()
    await floor.pool.round()
    await floor.accept(ada)
    rows = await floor.desk.rows("SELECT type, audience_id, data FROM event_log WHERE type LIKE 'offer_%' ORDER BY id")
    assert [(row.type, row.audience_id) for row in rows] == [
        ("offer_made", ada.person_id),
        ("offer_ended", ada.person_id),
    ]
    assert rows[0].data["offer"]["reason"] == "only_one"
    assert rows[1].data["outcome"] == "accepted"


async def test_auto_mode_gives_at_once(floor: Floor) -> None:
    changes = QueueChanges(accept_mode=AcceptMode.AUTO)
    await floor.desk.do(change_queue, floor.queue.id, changes, actor=await floor.planner())
    ada = await floor.available("Ada")
    one = await floor.arrive()
    await floor.pool.round()
    assert (await floor.now(one.id)).assignee_id == ada.person_id
    assert await floor.outcomes() == ["given"]
    await floor.check()


async def test_a_missed_offer_sets_the_agent_busy_and_the_contact_waits_on_since_when_it_did(floor: Floor) -> None:
    ada = await floor.available("Ada")
    one = await floor.arrive()
    await floor.pool.round()
    (offer,) = await floor.offered(ada)
    await floor.outrun(offer.id)
    bo = await floor.available("Bo")
    await floor.pool.round()
    assert await floor.state(ada) == ("busy", "missed_offer")
    after = await floor.now(one.id)
    assert after.waiting_since == one.waiting_since
    assert [each.conversation_id for each in await floor.offered(bo)] == [one.id]
    with pytest.raises(OfferGoneError, match="time to accept"):
        await floor.desk.do(offers.accept_offer, offer.id, actor=ada)
    assert await floor.outcomes() == ["timed_out", "None"]
    await floor.check()


async def test_who_declines_is_asked_again_only_when_nobody_else_can(floor: Floor) -> None:
    ada = await floor.available("Ada")
    one = await floor.arrive()
    await floor.pool.round()
    (offer,) = await floor.offered(ada)
    await floor.desk.do(offers.decline_offer, offer.id, actor=ada)
    await floor.pool.round()
    assert await floor.offered(ada) == []
    bo = await floor.agent("Bo")
    await floor.be(bo, Presence.BUSY)
    past = "UPDATE offer SET ended_at = now() - interval '20 seconds' WHERE outcome = 'declined' RETURNING id"
    await floor.desk.rows(past)
    await floor.pool.round()
    assert await floor.offered(ada) == []
    await floor.be(bo, Presence.OFFLINE)
    await floor.pool.round()
    assert [each.conversation_id for each in await floor.offered(ada)] == [one.id]
    await floor.check()


async def test_two_accepts_at_once_have_one_winner(floor: Floor) -> None:
    ada = await floor.available("Ada")
    one = await floor.arrive()
    await floor.pool.round()
    (offer,) = await floor.offered(ada)
    tries = [floor.desk.do(offers.accept_offer, offer.id, actor=ada) for _ in range(8)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(not isinstance(each, BaseException) for each in results) == 1
    refused = [each for each in results if isinstance(each, BaseException)]
    assert all(isinstance(each, OfferGoneError) for each in refused)
    assert {str(each) for each in refused} == {"You have accepted this contact already."}
    assert (await floor.now(one.id)).assignee_id == ada.person_id
    await floor.check()


async def test_accepting_and_taking_at_once_have_one_winner(floor: Floor) -> None:
    ada, bo = await floor.available("Ada", chat=5), await floor.agent("Bo")
    for _ in range(5):
        one = await floor.arrive()
        await floor.be(ada, Presence.AVAILABLE)
        await floor.pool.round()
        (offer,) = await floor.offered(ada)
        results = await asyncio.gather(
            floor.desk.do(offers.accept_offer, offer.id, actor=ada),
            floor.desk.do(assignment.take, one.id, actor=bo),
            return_exceptions=True,
        )
        assert sum(isinstance(each, ConflictError) for each in results) == 1
        assert (await floor.now(one.id)).assignee_id in (ada.person_id, bo.person_id)
        await floor.check()
        await floor.desk.do(lifecycle.end_contact, one.id, actor=ada)


async def test_a_customer_who_leaves_ends_the_offer(floor: Floor) -> None:
    ada = await floor.available("Ada")
    one = await floor.arrive()
    await floor.pool.round()
    (offer,) = await floor.offered(ada)
    await floor.desk.do(lifecycle.end_contact, one.id, "visitor")
    with pytest.raises(OfferGoneError):
        await floor.desk.do(offers.accept_offer, offer.id, actor=ada)
    await floor.consume()
    assert await floor.outcomes() == ["withdrawn"]
    assert await floor.offered(ada) == []


async def test_an_agent_gets_no_more_than_capacity(floor: Floor) -> None:
    ada = await floor.available("Ada", chat=2)
    for _ in range(4):
        await floor.arrive()
    for _ in range(2):
        await floor.pool.round()
        await floor.accept(ada)
    await floor.pool.round()
    assert await floor.offered(ada) == []
    await floor.check()


async def test_a_long_line_that_nobody_can_serve_does_not_hide_those_behind_it(floor: Floor) -> None:
    french = await floor.make_queue("French", language="fr")
    for _ in range(3):
        await floor.arrive(language="fr")
    assert french.language == "fr"
    one = await floor.arrive(language="en")
    ada = await floor.available("Ada")
    await floor.pool.round()
    assert [each.conversation_id for each in await floor.offered(ada)] == [one.id]


async def test_deeper_pages_of_one_line_are_reached(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("careloom.routing.jobs.pool._PAGE", 2)
    for _ in range(5):
        await floor.arrive(language="fr")
    one = await floor.arrive(language="en")
    ada = await floor.available("Ada")
    await floor.pool.round()
    assert [each.conversation_id for each in await floor.offered(ada)] == [one.id]


async def test_high_priority_is_seen_behind_a_long_line(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("careloom.routing.jobs.pool._PAGE", 2)
    for _ in range(5):
        await floor.arrive()
    one = await floor.arrive()
    await floor.desk.rows("UPDATE conversation SET priority = 'urgent' WHERE id = :id RETURNING id", id=one.id)
    ada = await floor.available("Ada")
    await floor.pool.round()
    assert [each.conversation_id for each in await floor.offered(ada)] == [one.id]


async def test_after_a_wait_the_overflow_queues_agents_are_asked(floor: Floor) -> None:
    skill = await floor.make_skill("billing")
    narrow = await floor.make_queue("Billing", skills=(SkillNeed(skill.id, 3),), language="en")
    changes = QueueChanges(overflow_queue_id=floor.queue.id, overflow_after_seconds=60)
    await floor.desk.do(change_queue, narrow.id, changes, actor=await floor.planner())
    one = await floor.arrive(language="en")
    assert one.queue_id == narrow.id
    ada = await floor.available("Ada")
    await floor.pool.round()
    assert await floor.offered(ada) == []
    await floor.desk.rows(
        "UPDATE conversation SET waiting_since = waiting_since - interval '61 seconds' WHERE id = :id RETURNING id",
        id=one.id,
    )
    await floor.pool.round()
    assert [each.conversation_id for each in await floor.offered(ada)] == [one.id]
