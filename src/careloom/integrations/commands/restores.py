"""A restore's way: prepared, its archive handed in and tried, run, forgotten."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select, update

from careloom.integrations.commands.uploads import ARCHIVES, StoredFile
from careloom.integrations.errors import RestoreStateError
from careloom.integrations.queries.restores import RESTORE_COLUMNS, get_restore, read_restore
from careloom.integrations.tables import data_restore
from careloom.integrations.types import NewRestore, Restore, RestoreId, RestoreState
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.file_parts import StoredParts
from careloom.platform.ids import new_id
from careloom.platform.jobs import defer
from careloom.platform.texts.text import Text, say
from careloom.platform.wire import to_plain

RUN_RESTORE: Final = "integrations.restore"
KEPT: Final = timedelta(days=7)
WORKING: Final = frozenset({RestoreState.CHECKING, RestoreState.RUNNING})
_LANE: Final = "restore"
_UNKNOWN: Final[dict[str, Any]] = {
    "restored_id": None,
    "client_name": None,
    "taken_at": None,
    "tables": {},
    "files": 0,
    "missing": 0,
    "done": 0,
    "total": 0,
    "error": None,
}


async def prepare_restore(tx: Tx, actor: Actor, new: NewRestore) -> Restore:
    """A restore that waits for its archive; raises ForbiddenError."""
    actor.require_everything(Permission.DATA_RESTORE)
    values = {
        "id": new_id(),
        "name": new.name,
        "state": RestoreState.DRAFT,
        "made_by": actor.person_id,
        "made_by_name": actor.name,
    }
    statement = data_restore.insert().values(**values).returning(*RESTORE_COLUMNS)
    made = read_restore((await tx.execute(statement)).one())
    await audit.record(tx, actor, "data_restore.prepare", made.id, after={"name": made.name})
    return made


async def require_waiting(tx: Tx, actor: Actor, restore_id: RestoreId) -> Restore:
    """A restore that has no archive, or none any more. Raises NotFoundError, RestoreStateError."""
    one = await get_restore(tx, actor, restore_id)
    if one.state not in (RestoreState.DRAFT, RestoreState.FAILED):
        raise RestoreStateError("This restore has its archive; prepare another one for another archive.")
    return one


async def take_archive(tx: Tx, actor: Actor, restore_id: RestoreId, name: UUID, stored: StoredParts) -> Restore:
    """Makes the upload the restore's archive, and tries it. Raises NotFoundError, RestoreStateError, also where the
    upload was given up meanwhile.
    """
    await _hold(tx, restore_id)
    one = await require_waiting(tx, actor, restore_id)
    taken = await ARCHIVES.taken(tx, one.id, name, stored)
    if taken is None:
        raise RestoreStateError("This upload took too long, or was given up meanwhile; hand the file in again.")
    after = await change(tx, one.id, **{**_UNKNOWN, **taken, "size": stored.size, "state": RestoreState.CHECKING})
    await _start(tx, one.id)
    await audit.record(tx, actor, "data_restore.take_archive", one.id, after={"size": stored.size})
    return after


async def start_restore(tx: Tx, actor: Actor, restore_id: RestoreId) -> Restore:
    """Restores the client in the background after a dry run. Raises NotFoundError, RestoreStateError."""
    await _hold(tx, restore_id)
    one = await get_restore(tx, actor, restore_id)
    if one.state is not RestoreState.CHECKED:
        raise RestoreStateError("Hand in an archive first; it runs when its dry run has gone through.")
    after = await change(tx, one.id, state=RestoreState.RUNNING, done=0)
    await _start(tx, one.id)
    await audit.record(tx, actor, "data_restore.run", one.id, after={"client": one.client_name})
    return after


async def remove_restore(tx: Tx, actor: Actor, restore_id: RestoreId) -> list[StoredFile]:
    """Forgets a restore that is at rest, not what it restored; answers what is to go of the store."""
    await _hold(tx, restore_id)
    one = await get_restore(tx, actor, restore_id)
    if one.state in WORKING:
        raise RestoreStateError("Wait until it has ended.")
    files = await ARCHIVES.files_of(tx, one.id)
    await tx.execute(delete(data_restore).where(data_restore.c.id == one.id))
    await audit.record(tx, actor, "data_restore.remove", one.id, before={"name": one.name})
    return files


async def working_restore(tx: Tx, restore_id: RestoreId) -> tuple[Restore, StoredFile] | None:
    """A restore that its job is to work on, locked, with its archive; None where nothing is to do."""
    statement = select(*RESTORE_COLUMNS).where(data_restore.c.id == restore_id)
    row = (await tx.execute(statement.with_for_update())).one_or_none()
    if row is None or row.state not in WORKING:
        return None
    return read_restore(row), await ARCHIVES.file_of(tx, restore_id)


async def fail(tx: Tx, restore_id: RestoreId, why: Text) -> None:
    """Notes why a restore has failed; its archive is kept no more."""
    await change(tx, restore_id, state=RestoreState.FAILED, parts=0, error=to_plain(why))


async def change(tx: Tx, restore_id: RestoreId, **values: Any) -> Restore:
    """Notes how far a restore is."""
    statement = update(data_restore).where(data_restore.c.id == restore_id).values(**values, changed_at=now())
    return read_restore((await tx.execute(statement.returning(*RESTORE_COLUMNS))).one())


async def take_stale(tx: Tx, most: int) -> list[StoredFile]:
    """Gives up archives that rested for too long; answers what is to go of the store."""
    c = data_restore.c
    due = (
        select(c.id)
        .where(c.state.not_in(WORKING), c.parts > 0, c.changed_at < now() - KEPT)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    stale: list[StoredFile] = []
    for restore_id in (await tx.execute(due)).scalars().all():
        stale.append(await ARCHIVES.file_of(tx, restore_id))
        await fail(tx, restore_id, say("The archive has rested for a week and is not kept any more; hand it in again."))
    return stale


async def _start(tx: Tx, restore_id: RestoreId) -> None:
    await defer(tx, RUN_RESTORE, lock=_LANE, restore_id=str(restore_id))


async def _hold(tx: Tx, restore_id: RestoreId) -> None:
    await tx.execute(select(data_restore.c.id).where(data_restore.c.id == restore_id).with_for_update())
