"""A conversation's way from queue to resolution, and what every step leaves behind."""

from __future__ import annotations

from typing import Any

import pytest

from careloom.conversations.commands import lifecycle, turns
from careloom.conversations.commands.dispositions import change_disposition, create_disposition
from careloom.conversations.core.intervals import PhaseRefusedError
from careloom.conversations.errors import NotUnassignedError, StatusRefusedError
from careloom.conversations.queries.conversation import get_conversation, last_agent, list_intervals
from careloom.conversations.queries.messages import list_messages
from careloom.conversations.types import Disposition, DispositionChanges, Phase, QueueId, Status
from careloom.organizations.types import Channel
from careloom.platform.access import Actor, Permission, Reach
from careloom.platform.database.transactions import Database
from careloom.platform.errors import ForbiddenError, InvalidInputError, NotFoundError
from careloom.platform.ids import new_id
from tests.conversations.desk import SYSTEM, Desk, check_invariants, make_desk


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await make_desk(database)


async def disposition(desk: Desk, **more: Any) -> Disposition:
    values: dict[str, Any] = {"program_id": desk.program.id, "name": "Solved", "resolved": True} | more
    program_id, name = values.pop("program_id"), values.pop("name")
    return await desk.do(create_disposition, desk.client.id, program_id, name, actor=SYSTEM, **values)


async def phases(desk: Desk, conversation_id: Any) -> list[Phase]:
    async with desk.database.transaction(SYSTEM) as tx:
        await check_invariants(tx)
        return [one.phase for one in await list_intervals(tx, SYSTEM, conversation_id)]


async def test_from_queue_to_resolution_every_interval_is_a_fact(desk: Desk) -> None:
    one = await desk.opened()
    await desk.do(lifecycle.enter_queue, one, desk.queue_id, None, actor=SYSTEM)
    await desk.do(lifecycle.offer_to, one, desk.agent.id, actor=SYSTEM)
    given = await desk.do(lifecycle.give_to, one, desk.agent.id, desk.agent.name)
    assert (given.assignee_id, given.assignee_name) == (desk.agent.id, "Bo Agent")
    await desk.do(turns.hold, one, on=True)
    await desk.do(turns.hold, one, on=False)
    await desk.do(lifecycle.end_contact, one)
    chosen = await disposition(desk)
    resolved = await desk.do(lifecycle.wrap_up, one, chosen.id, "all well")
    assert (resolved.status, resolved.disposition_id) == (Status.RESOLVED, chosen.id)
    assert resolved.waiting_since is None
    assert await phases(desk, one) == [
        Phase.QUEUED,
        Phase.QUEUED,
        Phase.OFFERED,
        Phase.WITH_AGENT,
        Phase.ON_HOLD,
        Phase.WITH_AGENT,
        Phase.AFTER_CALL_WORK,
        Phase.ENDED,
    ]
    async with desk.database.transaction(SYSTEM) as tx:
        page = await list_messages(tx, SYSTEM, one)
        assert await last_agent(tx, desk.client.id, one) == desk.agent.id
    assert [(each.kind, each.text) for each in page.items] == [
        ("inbound", "hello"),
        ("event", "assigned"),
        ("event", "ended"),
        ("note", "all well"),
    ]
    kinds = [row.kind for row in await desk.rows("SELECT kind FROM timeline_entry ORDER BY at, id")]
    assert kinds == ["conversation_started", "conversation_ended"]


async def test_an_offer_taken_back_returns_to_the_queue_and_again_changes_nothing(desk: Desk) -> None:
    one = await desk.opened(queue_id=desk.queue_id)
    await desk.do(lifecycle.offer_to, one, desk.agent.id, actor=SYSTEM)
    back = await desk.do(lifecycle.take_offer_back, one, actor=SYSTEM)
    again = await desk.do(lifecycle.take_offer_back, one, actor=SYSTEM)
    assert back == again
    assert back.phase is Phase.QUEUED
    assert back.queue_id == desk.queue_id


async def test_what_is_offered_already_is_not_offered_again(desk: Desk) -> None:
    one = await desk.opened(queue_id=desk.queue_id)
    await desk.do(lifecycle.offer_to, one, desk.agent.id, actor=SYSTEM)
    with pytest.raises(PhaseRefusedError):
        await desk.do(lifecycle.offer_to, one, desk.agent.id, actor=SYSTEM)


async def test_a_transfer_to_a_person_names_who_handed_over_and_keeps_one_agent(desk: Desk) -> None:
    other = await desk.world.agent(desk.provider, desk.client, name="Cy Agent")
    one = await desk.opened()
    await desk.do(lifecycle.give_to, one, desk.agent.id, desk.agent.name)
    moved = await desk.do(lifecycle.transfer, one, note="knows the router", person_id=other.id, person_name=other.name)
    assert moved.assignee_id == other.id
    async with desk.database.transaction(SYSTEM) as tx:
        intervals = await list_intervals(tx, SYSTEM, one)
        messages = (await list_messages(tx, SYSTEM, one)).items
    assert [(each.phase, each.agent_id) for each in intervals[-3:]] == [
        (Phase.WITH_AGENT, desk.agent.id),
        (Phase.TRANSFERRED, desk.agent.id),
        (Phase.WITH_AGENT, other.id),
    ]
    assert [(each.text, each.details) for each in messages[-2:]] == [
        ("transferred", {"name": "Cy Agent"}),
        ("knows the router", {}),
    ]
    await phases(desk, one)


async def test_a_transfer_to_a_queue_lets_the_customer_wait_there(desk: Desk) -> None:
    one = await desk.opened()
    await desk.do(lifecycle.give_to, one, desk.agent.id, desk.agent.name)
    queue = QueueId(new_id())
    moved = await desk.do(lifecycle.transfer, one, note="", queue_id=queue, queue_name="Billing")
    assert (moved.phase, moved.queue_id, moved.assignee_id) == (Phase.QUEUED, queue, None)
    assert moved.waiting_since is not None


async def test_whoever_takes_what_another_has_takes_it_over_unless_they_asked_for_free_ones(desk: Desk) -> None:
    other = await desk.world.agent(desk.provider, desk.client, name="Cy Agent")
    one = await desk.opened()
    await desk.do(lifecycle.give_to, one, desk.agent.id, desk.agent.name)
    with pytest.raises(NotUnassignedError, match="Bo Agent"):
        await desk.do(lifecycle.give_to, one, other.id, other.name, only_if_unassigned=True)
    taken = await desk.do(lifecycle.give_to, one, other.id, other.name)
    assert taken.assignee_id == other.id
    await phases(desk, one)


async def test_leaving_a_chat_queue_is_abandoning_it(desk: Desk) -> None:
    one = await desk.opened(queue_id=desk.queue_id)
    left = await desk.do(lifecycle.end_contact, one, "visitor", actor=SYSTEM)
    assert (left.phase, left.status) == (Phase.ABANDONED, Status.RESOLVED)
    again = await desk.do(lifecycle.end_contact, one, "visitor", actor=SYSTEM)
    assert again == left


async def test_an_unanswered_mail_is_closed_without_being_abandoned(desk: Desk) -> None:
    one = await desk.opened(channel=Channel.EMAIL)
    resolved = await desk.do(lifecycle.wrap_up, one, (await disposition(desk, name="Spam")).id)
    assert resolved.phase is Phase.ENDED
    with pytest.raises(StatusRefusedError):
        await desk.do(lifecycle.wrap_up, one, resolved.disposition_id)


async def test_a_disposition_of_another_program_or_out_of_use_is_refused(desk: Desk) -> None:
    one = await desk.opened()
    await desk.do(lifecycle.give_to, one, desk.agent.id, desk.agent.name)
    other = await desk.world.program(desk.client, desk.provider, name="Other")
    foreign = await disposition(desk, program_id=other.id)
    with pytest.raises(InvalidInputError):
        await desk.do(lifecycle.wrap_up, one, foreign.id)
    retired = await disposition(desk)
    await desk.do(change_disposition, retired.id, DispositionChanges(active=False), actor=SYSTEM)
    with pytest.raises(InvalidInputError):
        await desk.do(lifecycle.wrap_up, one, retired.id)


async def test_a_person_who_reopens_takes_it(desk: Desk) -> None:
    one = await desk.opened()
    await desk.do(lifecycle.give_to, one, desk.agent.id, desk.agent.name)
    await desk.do(lifecycle.wrap_up, one, (await disposition(desk)).id)
    reopened = await desk.do(turns.reopen, one)
    assert (reopened.status, reopened.phase) == (Status.OPEN, Phase.WITH_AGENT)
    assert reopened.disposition_id is None
    assert reopened.resolved_at is None
    await phases(desk, one)


@pytest.mark.parametrize("wanted", [Status.OPEN, Status.RESOLVED])
async def test_status_changes_that_are_not_allowed_are_refused(desk: Desk, wanted: Status) -> None:
    one = await desk.opened()
    with pytest.raises(StatusRefusedError):
        await desk.do(turns.set_status, one, wanted)


async def test_waiting_for_the_customer_needs_an_agent(desk: Desk) -> None:
    one = await desk.opened()
    with pytest.raises(StatusRefusedError):
        await desk.do(turns.set_status, one, Status.PENDING)


async def test_a_refusal_says_what_to_do_in_plain_words(desk: Desk) -> None:
    waiting = await desk.opened()
    with pytest.raises(PhaseRefusedError, match=r"^Nobody has this conversation yet\. Take it first\.$"):
        await desk.do(turns.hold, waiting, on=True)
    mine = await desk.opened()
    await desk.do(lifecycle.give_to, mine, desk.agent.id, desk.agent.name)
    await desk.do(turns.hold, mine, on=True)
    with pytest.raises(PhaseRefusedError, match="Take them off hold first"):
        await desk.do(turns.set_status, mine, Status.PENDING)
    await desk.do(lifecycle.end_contact, mine)
    with pytest.raises(PhaseRefusedError, match="Choose an outcome to finish it"):
        await desk.do(turns.hold, mine, on=True)


async def test_released_work_waits_in_its_queue_again(desk: Desk) -> None:
    one = await desk.opened(queue_id=desk.queue_id)
    await desk.do(lifecycle.give_to, one, desk.agent.id, desk.agent.name)
    await desk.do(turns.set_status, one, Status.PENDING)
    released = await desk.do(lifecycle.release, one, None)
    assert (released.phase, released.status, released.queue_id) == (Phase.QUEUED, Status.OPEN, desk.queue_id)
    assert released.assignee_id is None
    await phases(desk, one)


async def test_a_change_of_phase_says_how_long_the_customer_waited(desk: Desk) -> None:
    one = await desk.opened(queue_id=desk.queue_id)
    await desk.do(lifecycle.give_to, one, desk.agent.id, desk.agent.name)
    changed = [data for kind, data in await desk.events() if kind == "phase_changed"]
    assert changed[-1]["previous"] == "queued"
    assert changed[-1]["waited_seconds"] > 0
    assert changed[-1]["agent_id"] == str(desk.agent.id)


async def test_another_clients_agent_finds_nothing(desk: Desk) -> None:
    one = await desk.opened()
    elsewhere = await desk.world.client("Elsewhere")
    stranger = await desk.world.actor(await desk.world.agent(desk.provider, elsewhere))
    for command in (lifecycle.end_contact, turns.reopen, lifecycle.release):
        with pytest.raises(NotFoundError):
            await desk.do(command, one, *([None] if command is lifecycle.release else []), actor=stranger)
    with pytest.raises(NotFoundError):
        await desk.do(get_conversation, one, actor=stranger)


async def test_who_may_only_read_changes_nothing(desk: Desk) -> None:
    one = await desk.opened()
    reader = Actor("reader", (Reach(frozenset({Permission.CONVERSATIONS_READ}), frozenset({desk.client.id})),))
    with pytest.raises(ForbiddenError):
        await desk.do(turns.hold, one, on=True, actor=reader)
