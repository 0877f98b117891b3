"""Of two providers that serve one program, neither names the other's people in its work, nor sets its queues."""

from __future__ import annotations

import pytest

from careloom.conversations.commands.notes import add_note
from careloom.identity.types import Role, ScopeKind
from careloom.organizations import commands as organizations
from careloom.organizations.types import Channel, ProgramChanges, Provider
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
