"""Taking, assigning and transferring: who may, to whom, and what it leaves behind."""

import pytest

from careloom.conversations.errors import NotUnassignedError
from careloom.conversations.types import Phase
from careloom.identity.types import Role, ScopeKind
from careloom.platform.errors import ForbiddenError, InvalidInputError, NotFoundError
from careloom.routing.commands import assignment
from careloom.routing.queries.assignable import list_assignable
from careloom.routing.types import Assignment, Presence, Transfer
from tests.routing.floor import Floor


async def test_taking_ends_the_offer_to_another(floor: Floor) -> None:
    ada, bo = await floor.available("Ada"), await floor.agent("Bo")
    one = await floor.arrive()
    await floor.pool.round()
    taken = await floor.desk.do(assignment.take, one.id, actor=bo)
    assert taken.assignee_id == bo.person_id
    assert await floor.outcomes() == ["withdrawn"]
    assert await floor.offered(ada) == []
    with pytest.raises(NotUnassignedError):
        await floor.desk.do(assignment.take, one.id, actor=ada)
    await floor.check()


async def test_assigning_needs_the_permission_and_someone_who_works_there(floor: Floor) -> None:
    ada, lead = await floor.agent("Ada"), await floor.lead()
    one = await floor.arrive()
    with pytest.raises(ForbiddenError):
        await floor.desk.do(assignment.assign, one.id, Assignment(ada.person_id), actor=ada)  # pyright: ignore[reportArgumentType]
    stranger = await floor.desk.world.agent(floor.desk.provider, await floor.desk.world.client("Other"))
    with pytest.raises(InvalidInputError):
        await floor.desk.do(assignment.assign, one.id, Assignment(stranger.id), actor=lead)
    given = await floor.desk.do(assignment.assign, one.id, Assignment(ada.person_id, "look here"), actor=lead)  # pyright: ignore[reportArgumentType]
    assert given.assignee_id == ada.person_id
    notes = await floor.desk.rows("SELECT text FROM message WHERE kind = 'note'")
    assert [row.text for row in notes] == ["look here"]
    outsider = await floor.desk.world.actor(stranger)
    with pytest.raises(NotFoundError):
        await floor.desk.do(assignment.take, one.id, actor=outsider)
    await floor.check()


async def test_a_transfer_to_a_queue_does_not_come_back_to_whoever_made_it(floor: Floor) -> None:
    second = await floor.make_queue("Second")
    ada, bo = await floor.available("Ada"), await floor.agent("Bo")
    one = await floor.arrive()
    await floor.pool.round()
    await floor.accept(ada)
    await floor.desk.do(assignment.transfer, one.id, Transfer("needs more", queue_id=second.id), actor=ada)
    moved = await floor.now(one.id)
    assert (moved.phase, moved.queue_id, moved.assignee_id) == (Phase.QUEUED, second.id, None)
    assert moved.due_at is not None
    await floor.be(bo, Presence.AVAILABLE)
    await floor.pool.round()
    assert await floor.offered(ada) == []
    assert [each.conversation_id for each in await floor.offered(bo)] == [one.id]
    await floor.check()


async def test_someone_elses_contact_is_transferred_by_leads_alone(floor: Floor) -> None:
    ada, bo, lead = await floor.agent("Ada"), await floor.agent("Bo"), await floor.lead()
    one = await floor.arrive()
    await floor.desk.do(assignment.take, one.id, actor=ada)
    to_bo = Transfer("", person_id=bo.person_id)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ForbiddenError):
        await floor.desk.do(assignment.transfer, one.id, to_bo, actor=bo)
    moved = await floor.desk.do(assignment.transfer, one.id, to_bo, actor=lead)
    assert moved.assignee_id == bo.person_id
    elsewhere = await floor.desk.world.client("Other")
    with pytest.raises(InvalidInputError):
        await floor.desk.do(assignment.transfer, one.id, Transfer("", queue_id=elsewhere.id), actor=lead)  # pyright: ignore[reportArgumentType]
    await floor.check()


async def test_assignable_are_those_who_may_answer(floor: Floor) -> None:
    await floor.available("Ada")
    await floor.desk.world.agent(floor.desk.provider, await floor.desk.world.client("Other"), name="Zed")
    desk = floor.desk
    await desk.world.person(Role.CLIENT_VIEWER, ScopeKind.CLIENT, desk.client.id, client=desk.client, name="Vi")
    lead, one = await floor.lead(), await floor.arrive()
    async with floor.database.transaction(lead) as tx:
        found = await list_assignable(tx, lead, one.id)
    assert [(each.name, each.state) for each in found] == [
        ("Ada", Presence.AVAILABLE),
        ("Bo Agent", Presence.OFFLINE),
        ("Lea Lead", Presence.OFFLINE),
    ]
