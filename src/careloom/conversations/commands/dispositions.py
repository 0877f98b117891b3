"""Outcomes that agents choose from at wrap-up."""

from typing import Any
from uuid import UUID

from msgspec import UNSET
from msgspec.structs import replace
from sqlalchemy import select, update

from careloom.conversations.queries.desk import read_disposition
from careloom.conversations.tables.desk import disposition
from careloom.conversations.types import Disposition, DispositionChanges, DispositionId
from careloom.organizations.queries import as_stored, get_program
from careloom.organizations.types import ClientId, ProgramId
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.ids import new_id
from careloom.platform.wire import to_plain

_WRITE = Permission.KNOWLEDGE_WRITE


async def create_disposition(
    tx: Tx, actor: Actor, client_id: ClientId, program_id: ProgramId | None, name: str, *, resolved: bool
) -> Disposition:
    """A new outcome of a program, or of all the client's programs. Raises NotFoundError."""
    actor.require(_WRITE, client_id=client_id, program_id=program_id)
    if program_id is not None and (await get_program(tx, actor, program_id)).client_id != client_id:
        raise NotFoundError
    words = await as_stored(tx, client_id, disposition, {"name": name})
    made = Disposition(DispositionId(new_id()), client_id, program_id, words["name"], resolved, active=True)
    await tx.execute(disposition.insert().values(**to_plain(made)))
    await audit.record(tx, actor, "disposition.create", made.id, client_id=client_id, after=made)
    return made


async def change_disposition(tx: Tx, actor: Actor, disposition_id: UUID, changes: DispositionChanges) -> Disposition:
    """Renames an outcome, or takes it out of use. Raises NotFoundError."""
    statement = select(disposition).where(disposition.c.id == disposition_id).with_for_update()
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise NotFoundError
    before = read_disposition(row)
    actor.require(_WRITE, client_id=before.client_id, program_id=before.program_id)
    wanted = {name: getattr(changes, name) for name in changes.__struct_fields__}
    values: dict[str, Any] = {name: value for name, value in wanted.items() if value is not UNSET}
    if not values:
        return before
    values = await as_stored(tx, before.client_id, disposition, values)
    where = (disposition.c.client_id == before.client_id, disposition.c.id == before.id)
    await tx.execute(update(disposition).where(*where).values(**values))
    after = replace(before, **values)
    await audit.record(tx, actor, "disposition.change", after.id, client_id=after.client_id, before=before, after=after)
    return after
