"""Makes, changes and removes macros."""

from typing import Any
from uuid import UUID

from msgspec import UNSET
from msgspec.structs import replace
from sqlalchemy import delete, update

from careloom.knowledge import queries
from careloom.knowledge.tables import macro
from careloom.knowledge.types import Macro, MacroChanges, MacroId, NewMacro
from careloom.organizations.queries import as_stored, get_program
from careloom.organizations.types import ClientId, ProgramId
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.ids import new_id
from careloom.platform.wire import to_plain

_WRITE = Permission.KNOWLEDGE_WRITE


async def create_macro(tx: Tx, actor: Actor, new: NewMacro) -> Macro:
    """A new macro; raises NotFoundError for a program that is not the client's."""
    actor.require(_WRITE, client_id=new.client_id, program_id=new.program_id)
    await _check_program(tx, actor, new.client_id, new.program_id)
    values = await as_stored(tx, new.client_id, macro, {name: getattr(new, name) for name in new.__struct_fields__})
    made = Macro(id=MacroId(new_id()), **values)
    await tx.execute(macro.insert().values(**to_plain(made)))
    await audit.record(tx, actor, "macro.create", made.id, client_id=made.client_id, after=made)
    return made


async def change_macro(tx: Tx, actor: Actor, macro_id: UUID, changes: MacroChanges) -> Macro:
    """Changes the fields that are set; raises NotFoundError."""
    before = await _hold(tx, actor, macro_id)
    wanted = {name: getattr(changes, name) for name in changes.__struct_fields__}
    values: dict[str, Any] = {name: value for name, value in wanted.items() if value is not UNSET}
    if not values:
        return before
    values = await as_stored(tx, before.client_id, macro, values)
    after = replace(before, **values)
    actor.require(_WRITE, client_id=after.client_id, program_id=after.program_id)
    await _check_program(tx, actor, after.client_id, after.program_id)
    where = (macro.c.client_id == before.client_id, macro.c.id == before.id)
    await tx.execute(update(macro).where(*where).values(**values))
    await audit.record(tx, actor, "macro.change", after.id, client_id=after.client_id, before=before, after=after)
    return after


async def delete_macro(tx: Tx, actor: Actor, macro_id: UUID) -> None:
    """Removes a macro; raises NotFoundError."""
    before = await _hold(tx, actor, macro_id)
    await tx.execute(delete(macro).where(macro.c.client_id == before.client_id, macro.c.id == before.id))
    await audit.record(tx, actor, "macro.delete", before.id, client_id=before.client_id, before=before)


async def _hold(tx: Tx, actor: Actor, macro_id: UUID) -> Macro:
    await tx.execute(macro.select().where(macro.c.id == macro_id).with_for_update())
    before = await queries.get_macro(tx, actor, macro_id)
    actor.require(_WRITE, client_id=before.client_id, program_id=before.program_id)
    return before


async def _check_program(tx: Tx, actor: Actor, client_id: ClientId, program_id: ProgramId | None) -> None:
    if program_id is not None and (await get_program(tx, actor, program_id)).client_id != client_id:
        raise NotFoundError
