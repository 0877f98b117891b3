"""Legal holds: placed with a reason, lifted with a reason."""

from uuid import UUID

from sqlalchemy import func, select, update

from careloom.compliance.errors import StepRefusedError
from careloom.compliance.events import RetentionChanged
from careloom.compliance.queries.retention import MOST_HOLDS, read_hold, require_seen
from careloom.compliance.tables import legal_hold
from careloom.compliance.types.retention import Hold, HoldScope, NewHold
from careloom.conversations.queries.disposal import subject_exists
from careloom.customers.queries.disposal import family
from careloom.organizations.queries import as_stored
from careloom.organizations.types import ClientId
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id


async def place_hold(tx: Tx, actor: Actor, new: NewHold) -> Hold:
    """From now on nothing within the hold is removed. Raises InvalidInputError, NotFoundError."""
    require_seen(actor, new.client_id, Permission.COMPLIANCE_WRITE)
    await _check(tx, new)
    c = legal_hold.c
    standing = select(func.count()).select_from(legal_hold).where(c.client_id == new.client_id, c.lifted_at.is_(None))
    if (await tx.execute(standing)).scalar_one() >= MOST_HOLDS:
        raise ConflictError("A client may have {count} holds; lift one, or hold the whole client.", count=MOST_HOLDS)
    values = {
        "client_id": new.client_id,
        "id": new_id(),
        "scope": new.scope,
        "subject_id": new.subject_id,
        "reason": new.reason.strip(),
        "placed_by": actor.name,
        "placed_at": now(),
        "until": new.until,
    }
    values = await as_stored(tx, new.client_id, legal_hold, values)
    made = read_hold((await tx.execute(legal_hold.insert().values(**values).returning(legal_hold))).one())
    await _tell(tx, actor, "legal_hold.place", made)
    return made


async def lift_hold(tx: Tx, actor: Actor, hold_id: UUID, reason: str) -> Hold:
    """What it kept may be removed again. Raises NotFoundError, StepRefusedError where it was lifted before."""
    c = legal_hold.c
    row = (await tx.execute(select(legal_hold).where(c.id == hold_id).with_for_update())).one_or_none()
    if row is None:
        raise NotFoundError
    require_seen(actor, row.client_id, Permission.COMPLIANCE_WRITE)
    if row.lifted_at is not None:
        raise StepRefusedError("This hold was lifted before.")
    statement = update(legal_hold).where(c.client_id == row.client_id, c.id == hold_id)
    values = {"lifted_by": actor.name, "lifted_at": now(), "lifted_why": reason.strip()}
    statement = statement.values(**await as_stored(tx, row.client_id, legal_hold, values))
    lifted = read_hold((await tx.execute(statement.returning(legal_hold))).one())
    await _tell(tx, actor, "legal_hold.lift", lifted)
    return lifted


async def _check(tx: Tx, new: NewHold) -> None:
    if new.until is not None and new.until <= now():
        raise InvalidInputError(errors=(FieldError("/until", "Choose a moment that is still to come."),))
    if (new.scope is HoldScope.CLIENT) != (new.subject_id is None):
        message = "Name what is held, or hold the whole client."
        raise InvalidInputError(errors=(FieldError("/subject_id", message),))
    if new.subject_id is None:
        return
    if new.scope is HoldScope.CUSTOMER:
        found = bool(await family(tx, new.client_id, new.subject_id))
    else:
        found = await subject_exists(tx, new.client_id, new.scope.value, new.subject_id)
    if not found:
        raise NotFoundError("The client has no such thing to hold; choose it again.")


async def _tell(tx: Tx, actor: Actor, action: str, one: Hold) -> None:
    await publish(tx, RetentionChanged(client_id=ClientId(one.client_id), kind="hold"))
    told = {"scope": one.scope, "subject_id": one.subject_id, "until": one.until}
    await audit.record(tx, actor, action, one.id, client_id=one.client_id, after=told)
