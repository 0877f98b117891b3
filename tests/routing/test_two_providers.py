"""Of two providers that serve one program, neither names the other's people in its work, nor sets its queues."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from careloom.conversations.commands.notes import add_note
from careloom.identity.types import Role, ScopeKind
from careloom.organizations import commands as organizations
from careloom.organizations.types import Channel, NewProgram, ProgramChanges, Provider
from careloom.platform.access import Actor
from careloom.platform.errors import ForbiddenError, InvalidInputError
from careloom.routing.commands import assignment
from careloom.routing.commands.queues import change_queue, create_queue
from careloom.routing.types import Assignment, NewQueue, QueueChanges, Transfer
from tests.conversations.desk import SYSTEM
from tests.routing.floor import Floor


async def second_provider(floor: Floor) -> Provider:
    desk = floor.desk
    other = await desk.world.provider("Cedar")
    both = ProgramChanges(provider_ids=(desk.provider.id, other.id))
    await desk.do(organizations.change_program, desk.program.id, both, actor=SYSTEM)
    return other


async def of(floor: Floor, provider: Provider, role: Role, name: str = "Cy Cedar") -> Actor:
    person = await floor.desk.world.person(role, ScopeKind.PROVIDER, provider.id, provider=provider, name=name)
    return await floor.desk.world.actor(person)


async def test_a_contact_is_handed_to_people_whom_one_sees_alone(floor: Floor) -> None:
    other = await second_provider(floor)
    ada, lead = await floor.agent("Ada"), await floor.lead()
    cy, their_lead = await of(floor, other, Role.AGENT), await of(floor, other, Role.TEAM_LEAD)
    one = await floor.arrive()
    for asks, hidden, seen in ((lead, cy, ada), (their_lead, ada, cy)):
        assert hidden.person_id
        assert seen.person_id
        with pytest.raises(InvalidInputError):
            await floor.desk.do(assignment.assign, one.id, Assignment(hidden.person_id), actor=asks)  # pyright: ignore[reportArgumentType]
        with pytest.raises(InvalidInputError):
            await floor.desk.do(assignment.transfer, one.id, Transfer("please", person_id=hidden.person_id), actor=asks)  # pyright: ignore[reportArgumentType]
        with pytest.raises(InvalidInputError):
            await floor.desk.do(add_note, one.id, "look", [hidden.person_id], actor=asks)
        await floor.desk.do(add_note, one.id, "look", [seen.person_id], actor=asks)
        given = await floor.desk.do(assignment.assign, one.id, Assignment(seen.person_id), actor=asks)  # pyright: ignore[reportArgumentType]
        assert given.assignee_id == seen.person_id
    await floor.check()


async def test_a_providers_people_set_its_own_queues_and_the_clients_people_all(floor: Floor) -> None:
    other = await second_provider(floor)
    planner, manager = await of(floor, other, Role.PLANNER), await floor.planner()
    desk, channels = floor.desk, (Channel.EMAIL,)
    first, second = (
        NewQueue(desk.client.id, desk.program.id, one.id, f"Of {one.name}", channels) for one in (desk.provider, other)
    )
    with pytest.raises(ForbiddenError):
        await desk.do(create_queue, first, actor=planner)
    with pytest.raises(ForbiddenError):
        await desk.do(change_queue, floor.queue.id, QueueChanges(target_seconds=5), actor=planner)
    own = await desk.do(create_queue, second, actor=planner)
    with pytest.raises(ForbiddenError):
        await desk.do(change_queue, own.id, QueueChanges(provider_id=desk.provider.id), actor=planner)
    assert (await desk.do(change_queue, own.id, QueueChanges(target_seconds=5), actor=planner)).target_seconds == 5
    handed = await desk.do(change_queue, own.id, QueueChanges(provider_id=desk.provider.id), actor=manager)
    assert handed.provider_id == desk.provider.id


async def test_a_queue_overflows_to_another_provider_only_by_the_clients_people(floor: Floor) -> None:
    other = await second_provider(floor)
    planner, manager = await of(floor, other, Role.PLANNER), await floor.planner()
    desk, theirs = floor.desk, floor.queue.id
    new = NewQueue(desk.client.id, desk.program.id, other.id, "Own", (Channel.EMAIL,))
    own = await desk.do(create_queue, new, actor=planner)
    second = await desk.do(create_queue, replace(new, name="Own second"), actor=planner)
    at_once = QueueChanges(overflow_queue_id=theirs, overflow_after_seconds=1)
    with pytest.raises(ForbiddenError):
        await desk.do(change_queue, own.id, at_once, actor=planner)
    with pytest.raises(ForbiddenError):
        to_them = replace(new, name="Third", overflow_queue_id=theirs, overflow_after_seconds=1)
        await desk.do(create_queue, to_them, actor=planner)
    to_second = QueueChanges(overflow_queue_id=second.id, overflow_after_seconds=1)
    assert (await desk.do(change_queue, own.id, to_second, actor=planner)).overflow_queue_id == second.id
    later = QueueChanges(overflow_queue_id=theirs, overflow_after_seconds=600)
    await desk.do(change_queue, own.id, later, actor=manager)
    with pytest.raises(ForbiddenError):
        await desk.do(change_queue, own.id, QueueChanges(overflow_after_seconds=1), actor=planner)
    kept = await desk.do(change_queue, own.id, QueueChanges(target_seconds=5), actor=planner)
    assert (kept.overflow_queue_id, kept.overflow_after_seconds, kept.target_seconds) == (theirs, 600, 5)
    none = QueueChanges(overflow_queue_id=None, overflow_after_seconds=None)
    assert (await desk.do(change_queue, own.id, none, actor=planner)).overflow_queue_id is None


async def test_queues_of_programs_that_one_does_not_see_are_no_choice(floor: Floor) -> None:
    other = await second_provider(floor)
    planner, lead = await of(floor, other, Role.PLANNER), await of(floor, other, Role.TEAM_LEAD)
    desk = floor.desk
    new = NewProgram(desk.client.id, "Hidden", "UTC", provider_ids=(desk.provider.id,))
    elsewhere = await desk.do(organizations.create_program, new, actor=SYSTEM)
    hidden = await desk.do(
        create_queue, NewQueue(desk.client.id, elsewhere.id, desk.provider.id, "H", (Channel.EMAIL,)), actor=SYSTEM
    )
    own = await desk.do(
        create_queue, NewQueue(desk.client.id, desk.program.id, other.id, "Own", (Channel.EMAIL,)), actor=planner
    )
    one = await floor.arrive()
    with pytest.raises(InvalidInputError):
        to_hidden = QueueChanges(overflow_queue_id=hidden.id, overflow_after_seconds=1)
        await desk.do(change_queue, own.id, to_hidden, actor=planner)
    with pytest.raises(InvalidInputError):
        await desk.do(assignment.transfer, one.id, Transfer("", queue_id=hidden.id), actor=lead)
    for seen in (own, floor.queue):
        moved = await desk.do(assignment.transfer, one.id, Transfer("", queue_id=seen.id), actor=lead)
        assert moved.queue_id == seen.id
    await floor.check()
