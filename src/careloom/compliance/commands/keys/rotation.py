"""Rotates a client's key: a new version seals from now on, and all that older ones sealed is sealed anew."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update

from careloom.channels.commands.mail.incoming import renew_raw_mail
from careloom.channels.commands.mailbox.setup import renew_mailboxes
from careloom.channels.commands.signing import renew_signing_keys
from careloom.compliance.commands.keys.exports import renew_exports
from careloom.compliance.errors import StepRefusedError
from careloom.compliance.events import RetentionChanged
from careloom.compliance.queries.keys import GRACE, read_rotation
from careloom.compliance.queries.retention import require_seen
from careloom.compliance.tables import key_rotation
from careloom.compliance.types.keys import Rotation
from careloom.conversations.commands.renew import renew_files, renew_originals
from careloom.customers.commands.conform import renew_secrets
from careloom.integrations.commands.renew import renew_archives, renew_imports
from careloom.organizations.queries import get_client
from careloom.organizations.types import ClientId
from careloom.platform import audit
from careloom.platform.access import Actor, Permission, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id
from careloom.platform.jobs import defer
from careloom.platform.keys.lives import destroy_versions, next_version
from careloom.platform.keys.renewal import Renewal, Step
from careloom.platform.keys.ring import keys_of
from careloom.platform.runtime import Runtime

ROTATE: Final = "compliance.rotate_key"
_BATCH: Final = 50
STEPS: Mapping[str, Step] = {
    "masked_value": renew_originals,
    "customer_secret": renew_secrets,
    "incoming_mail": renew_raw_mail,
    "mailbox": renew_mailboxes,
    "signing_key": renew_signing_keys,
    "file": renew_files,
    "privacy_request": renew_exports,
    "data_import": renew_imports,
    "data_export": renew_archives,
}
"""Everything that is sealed with a client's key, by the table that it stands in or that names it."""


async def rotate_key(tx: Tx, actor: Actor, client_id: ClientId) -> Rotation:
    """Begins a rotation. Raises NotFoundError, ShreddedError, StepRefusedError while another one runs."""
    require_seen(actor, client_id, Permission.COMPLIANCE_WRITE)
    await get_client(tx, actor, client_id)
    if await _open(tx, client_id) is not None:
        raise StepRefusedError("This client's key is being rotated; wait until that is done.")
    version = await next_version(tx, client_id)
    values = {"client_id": client_id, "id": new_id(), "version": version, "begun_by": actor.name, "begun_at": now()}
    statement = key_rotation.insert().values(**values, place=next(iter(STEPS))).returning(key_rotation)
    made = read_rotation((await tx.execute(statement)).one())
    await _defer(tx, client_id)
    await publish(tx, RetentionChanged(client_id=client_id, kind="keys"))
    await audit.record(tx, actor, "client_key.rotate", client_id, client_id=client_id, after={"version": version})
    return made


async def run_rotation(
    runtime: Runtime, client_id: ClientId, grace: timedelta = GRACE, batch: int = _BATCH
) -> Rotation | None:
    """Looks through everything, `batch` rows a transaction, once more when `grace` is over; then destroys what is old.

    Stopped anywhere, the next run goes on with the next batch. Answers how far it is, None where none is under way.
    """
    while True:
        async with runtime.database.transaction(system_actor("keys", client_id)) as tx:
            row = await _open(tx, client_id)
            if row is None:
                return None
            if row.place:
                await _step(tx, runtime, row, batch)
            elif row.look > 1:
                return await _finish(tx, row)
            elif now() >= row.begun_at + grace:
                await _write(tx, row, place=next(iter(STEPS)), look=2)
            else:
                await _defer(tx, client_id, row.begun_at + grace)
                return read_rotation(row)


async def resume_rotations(tx: Tx) -> None:
    """Takes up what a failure has stopped."""
    c = key_rotation.c
    for client_id in (await tx.execute(select(c.client_id).where(c.finished_at.is_(None)))).scalars():
        await _defer(tx, client_id)


async def _open(tx: Tx, client_id: UUID) -> Any:
    c = key_rotation.c
    statement = select(key_rotation).where(c.client_id == client_id, c.finished_at.is_(None))
    return (await tx.execute(statement.with_for_update())).one_or_none()


async def _step(tx: Tx, runtime: Runtime, row: Any, batch: int) -> None:
    """The next batch; behind the last place, the look is over."""
    keys = await keys_of(tx, row.client_id)
    done = await STEPS[row.place](tx, Renewal(keys, runtime.files, row.after, batch))
    counts = {"seen": row.seen + done.seen, "renewed": row.renewed + done.renewed, "broken": row.broken + done.broken}
    places = [*STEPS, ""]
    place = row.place if done.next is not None else places[places.index(row.place) + 1]
    await _write(tx, row, place=place, after=done.next, **counts)


async def _finish(tx: Tx, row: Any) -> Rotation:
    one = await _write(tx, row, finished_at=now())
    gone = await destroy_versions(tx, one.client_id, one.version)
    told = {"version": one.version, "destroyed": [each.version for each in gone], "broken": one.broken}
    await publish(tx, RetentionChanged(client_id=one.client_id, kind="keys"))
    actor = system_actor("keys", one.client_id)
    await audit.record(tx, actor, "client_key.destroy_old", one.client_id, client_id=one.client_id, after=told)
    return one


async def _write(tx: Tx, one: Any, **values: Any) -> Rotation:
    c = key_rotation.c
    statement = update(key_rotation).where(c.client_id == one.client_id, c.id == one.id).values(**values)
    return read_rotation((await tx.execute(statement.returning(key_rotation))).one())


async def _defer(tx: Tx, client_id: UUID, at: datetime | None = None) -> None:
    await defer(tx, ROTATE, at=at, lock=f"keys:{client_id}", client_id=str(client_id))
