"""A data subject's request: registered, checked, worked on by a job, answered within its term."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import update

from careloom.compliance.core.terms import FURTHER_MONTHS, due_at
from careloom.compliance.errors import ErasureOpenError, ExportGoneError, NotVerifiedError, StepRefusedError
from careloom.compliance.events import PrivacyRequestChanged
from careloom.compliance.queries.requests import get_request, open_erasure, read_request
from careloom.compliance.queries.retention import require_seen
from careloom.compliance.tables import privacy_request
from careloom.compliance.types.requests import NewPrivacyRequest, PrivacyRequest, RequestKind, RequestStatus
from careloom.customers.queries.disposal import family
from careloom.customers.types import CustomerId
from careloom.organizations.queries import as_stored
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.claims import claim
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, InvalidInputError, NotFoundError
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id
from careloom.platform.jobs import defer

BUILD_EXPORT: Final = "compliance.build_export"
ERASE: Final = "compliance.erase"
_WRITE = Permission.COMPLIANCE_WRITE
_OLDEST: Final = timedelta(days=366)


async def open_request(tx: Tx, actor: Actor, new: NewPrivacyRequest) -> PrivacyRequest:
    """Registers a request; its month runs from when it was received.

    Raises InvalidInputError, NotFoundError, and ErasureOpenError where it is the second erasure of its customer.
    """
    require_seen(actor, new.client_id, _WRITE)
    received = new.received_at or now()
    _require_arrival(received)
    merged = await family(tx, new.client_id, new.customer_id)
    if not merged:
        raise NotFoundError("The client has no such customer.")
    if new.kind is RequestKind.ERASURE:
        await _require_first(tx, new.client_id, merged)
    values = {
        "client_id": new.client_id,
        "id": new_id(),
        "kind": new.kind,
        "customer_id": new.customer_id,
        "status": RequestStatus.RECEIVED,
        "origin": new.origin.strip(),
        "received_at": received,
        "due_at": due_at(received),
        "opened_by": actor.name,
    }
    values = await as_stored(tx, new.client_id, privacy_request, values)
    made = read_request((await tx.execute(privacy_request.insert().values(**values).returning(privacy_request))).one())
    await _tell(tx, actor, "privacy_request.open", made, kind=made.kind, customer_id=made.customer_id)
    return made


async def correct_request(tx: Tx, actor: Actor, request_id: UUID, received_at: datetime) -> PrivacyRequest:
    """Corrects when an open request arrived; its term, prolonged or not, runs from there.

    Raises InvalidInputError, NotFoundError, StepRefusedError.
    """
    one = await get_request(tx, actor, request_id, _WRITE, lock=True)
    if one.closed_at is not None:
        raise StepRefusedError("The request is at another point by now; load it again.")
    _require_arrival(received_at)
    # An erasure takes the reason of a prolongation away, never the prolongation.
    months = 1 + FURTHER_MONTHS if one.due_at > due_at(one.received_at) else 1
    after = await write(tx, one, received_at=received_at, due_at=due_at(received_at, months))
    before, told = ({"received_at": each.received_at, "due_at": each.due_at} for each in (one, after))
    await audit.record(tx, actor, "privacy_request.correct", one.id, client_id=one.client_id, before=before, after=told)
    return after


async def verify_request(tx: Tx, actor: Actor, request_id: UUID, how: str) -> PrivacyRequest:
    """Records that the request comes from the customer. Raises NotFoundError, StepRefusedError."""
    one = await get_request(tx, actor, request_id, _WRITE, lock=True)
    _require(one, RequestStatus.RECEIVED)
    values = {"verified_how": how.strip(), "verified_by": actor.name, "verified_at": now()}
    after = await write(tx, one, status=RequestStatus.VERIFIED, **values)
    await _tell(tx, actor, "privacy_request.verify", after)
    return after


async def carry_out(tx: Tx, actor: Actor, request_id: UUID) -> PrivacyRequest:
    """Starts the job that builds the export, or erases. An export that has expired can be built again.

    Raises NotVerifiedError before the identity was checked, NotFoundError, StepRefusedError.
    """
    one = await get_request(tx, actor, request_id, _WRITE, lock=True)
    if one.status is RequestStatus.RECEIVED:
        raise NotVerifiedError
    again = one.status is RequestStatus.DONE and one.kind is RequestKind.ACCESS
    if one.status not in (RequestStatus.VERIFIED, RequestStatus.WAITING) and not again:
        raise StepRefusedError
    after = await write(tx, one, status=RequestStatus.RUNNING, carried_out_by=actor.name)
    await defer_work(tx, after)
    await _tell(tx, actor, "privacy_request.carry_out", after, kind=one.kind)
    return after


async def defer_work(tx: Tx, one: PrivacyRequest) -> None:
    """One job at a time for each customer."""
    task = ERASE if one.kind is RequestKind.ERASURE else BUILD_EXPORT
    lock = f"privacy:{one.customer_id}"
    await defer(tx, task, lock=lock, client_id=str(one.client_id), request_id=str(one.id))


async def extend_request(tx: Tx, actor: Actor, request_id: UUID, reason: str) -> PrivacyRequest:
    """Prolongs the term by two months, once. Raises NotFoundError, StepRefusedError."""
    one = await get_request(tx, actor, request_id, _WRITE, lock=True)
    if one.closed_at is not None or one.extended_why is not None:
        raise StepRefusedError("A request that is open can be prolonged once.")
    term = due_at(one.received_at, 1 + FURTHER_MONTHS)
    after = await write(tx, one, extended_why=reason.strip(), due_at=term)
    await _tell(tx, actor, "privacy_request.extend", after, due_at=after.due_at)
    return after


async def refuse_request(tx: Tx, actor: Actor, request_id: UUID, reason: str) -> PrivacyRequest:
    """Closes a request without carrying it out. Raises NotFoundError, StepRefusedError."""
    one = await get_request(tx, actor, request_id, _WRITE, lock=True)
    _require(one, RequestStatus.RECEIVED, RequestStatus.VERIFIED, RequestStatus.WAITING)
    after = await write(tx, one, status=RequestStatus.REFUSED, answer=reason.strip(), closed_at=now())
    await _tell(tx, actor, "privacy_request.refuse", after)
    return after


async def fetch_export(tx: Tx, actor: Actor, request_id: UUID) -> PrivacyRequest:
    """A request whose export can be fetched, leaving an audit entry; raises ExportGoneError once it has expired."""
    one = await get_request(tx, actor, request_id, _WRITE)
    if one.export_until is None or one.export_until <= now():
        raise ExportGoneError
    await audit.record(tx, actor, "privacy_request.fetch_export", one.id, client_id=one.client_id)
    return one


async def drop_export(tx: Tx, client_id: UUID, request_id: UUID) -> None:
    """Notes that the export's bytes are gone."""
    c = privacy_request.c
    statement = update(privacy_request).where(c.client_id == client_id, c.id == request_id)
    await tx.execute(statement.values(export_until=None))


async def write(tx: Tx, one: PrivacyRequest, **values: Any) -> PrivacyRequest:
    """Writes `values` to the locked request and tells its readers."""
    c = privacy_request.c
    values = await as_stored(tx, one.client_id, privacy_request, values)
    statement = update(privacy_request).where(c.client_id == one.client_id, c.id == one.id).values(**values)
    after = read_request((await tx.execute(statement.returning(privacy_request))).one())
    await publish(tx, PrivacyRequestChanged(client_id=one.client_id, request_id=one.id))
    return after


def ordered(actor: Actor, one: PrivacyRequest) -> Actor:
    """Who does by a job what somebody ordered, as the audit trail shall name them."""
    return replace(actor, name=f"{actor.name}: {one.carried_out_by}")


def export_key(client_id: UUID, request_id: UUID) -> str:
    """Where an export's bytes are kept."""
    return f"{client_id}/export-{request_id}"


async def _require_first(tx: Tx, client_id: UUID, merged: tuple[CustomerId, ...]) -> None:
    """Erasures of one customer are registered one at a time, the next once the last is closed."""
    await claim(tx, f"erasure of {merged[0]}")
    standing = await open_erasure(tx, client_id, merged)
    if standing is not None:
        raise ErasureOpenError(standing)


def _require_arrival(received_at: datetime) -> None:
    at = now()
    if received_at > at or received_at < at - _OLDEST:
        message = "Give the moment at which the request arrived, within the last year."
        raise InvalidInputError(errors=(FieldError("/received_at", message),))


def _require(one: PrivacyRequest, *wanted: RequestStatus) -> None:
    if one.status not in wanted:
        raise StepRefusedError("The request is at another point by now; load it again.")


async def _tell(tx: Tx, actor: Actor, action: str, one: PrivacyRequest, **told: object) -> None:
    """Into the audit trail without words on the customer, which outlive no erasure."""
    await publish(tx, PrivacyRequestChanged(client_id=one.client_id, request_id=one.id))
    await audit.record(tx, actor, action, one.id, client_id=one.client_id, after={"status": one.status, **told})
