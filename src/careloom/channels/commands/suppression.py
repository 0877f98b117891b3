"""Takes addresses out of a client's mail, by themselves after a hard bounce or a complaint, or by hand; and back."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, or_
from sqlalchemy.dialects.postgresql import Insert, insert

from careloom.channels.core.email.cause import SOFT_REST
from careloom.channels.core.email.suppression_csv import UnusableRow, read_rows
from careloom.channels.errors import AddressSuppressedError
from careloom.channels.queries.suppression import find_suppressed, get_suppressed, read_suppressed
from careloom.channels.tables import suppressed_address
from careloom.channels.types.suppression import (
    ImportResult,
    NewSuppressedAddress,
    RefusedRow,
    SuppressedAddress,
    SuppressedAddressId,
    SuppressionImport,
    SuppressionReason,
)
from careloom.conversations.types import ConversationId
from careloom.organizations.queries import as_stored, get_client
from careloom.organizations.types import ClientId
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, InvalidInputError
from careloom.platform.ids import new_id
from careloom.platform.texts.languages import Language
from careloom.platform.texts.text import Text, render, say

_WRITE: Final = Permission.CHANNELS_WRITE
_MOST_ROWS: Final = 20_000
_MOST_TOLD: Final = 100
_CHUNK: Final = 1_000


async def suppress(
    tx: Tx,
    actor: Actor,
    client_id: ClientId,
    address: str,
    reason: SuppressionReason,
    *,
    note: str = "",
    conversation_id: ConversationId | None = None,
    expires_at: datetime | None = None,
) -> SuppressedAddress | None:
    """Takes an address out; None where it was out for good already. Soft bounces rest for a week."""
    if reason is SuppressionReason.SOFT_BOUNCE:
        expires_at = now() + SOFT_REST
    made = SuppressedAddress(
        id=SuppressedAddressId(new_id()),
        client_id=client_id,
        address=address.strip().lower(),
        reason=reason,
        note=note[:500],
        conversation_id=conversation_id,
        added_by=actor.name,
        added_at=now(),
        expires_at=expires_at,
    )
    adding = await _adding(tx, client_id, [made])
    found = (await tx.execute(adding.returning(*suppressed_address.c))).one_or_none()
    if found is None:
        return None
    stored = read_suppressed(found)
    await audit.record(tx, actor, "suppressed_address.add", stored.id, client_id=client_id, after=_told(stored))
    return stored


async def add_suppressed(tx: Tx, actor: Actor, new: NewSuppressedAddress) -> SuppressedAddress:
    """Takes an address out by hand; answers what was there where it was out already. Raises InvalidInputError."""
    await get_client(tx, actor, new.client_id)
    actor.require(_WRITE, client_id=new.client_id)
    at = now()
    if new.expires_at is not None and new.expires_at <= at:
        raise InvalidInputError(errors=(FieldError("/expires_at", "Choose a time to come, or none."),))
    made = await suppress(
        tx,
        actor,
        new.client_id,
        new.address,
        SuppressionReason.MANUAL,
        note=new.note,
        expires_at=new.expires_at,
    )
    found = made or await find_suppressed(tx, new.client_id, new.address, at)
    if found is None:
        raise InvalidInputError(errors=(FieldError("/address", "This is no e-mail address."),))
    return found


async def remove_suppressed(tx: Tx, actor: Actor, suppressed_id: UUID, why: str) -> None:
    """Lets mail go to the address again; `why` stands in the audit trail. Raises NotFoundError, ForbiddenError."""
    before = await get_suppressed(tx, actor, suppressed_id, _WRITE)
    table = suppressed_address.c
    await tx.execute(delete(suppressed_address).where(table.client_id == before.client_id, table.id == before.id))
    await audit.record(
        tx,
        actor,
        "suppressed_address.remove",
        before.id,
        client_id=before.client_id,
        before=_told(before),
        after={"why": why},
    )


async def import_suppressed(tx: Tx, actor: Actor, wanted: SuppressionImport) -> ImportResult:
    """Takes out the addresses of a CSV text; rows that cannot be taken are told and stop nothing."""
    await get_client(tx, actor, wanted.client_id)
    actor.require(_WRITE, client_id=wanted.client_id)
    rows, refused = read_rows(wanted.csv, _MOST_ROWS)
    at, added = now(), 0
    for start in range(0, len(rows), _CHUNK):
        some = [
            SuppressedAddress(
                id=SuppressedAddressId(new_id()),
                client_id=wanted.client_id,
                address=row.address,
                reason=row.reason,
                note=row.note,
                conversation_id=None,
                added_by=actor.name,
                added_at=at,
                expires_at=row.expires_at,
            )
            for row in rows[start : start + _CHUNK]
        ]
        adding = await _adding(tx, wanted.client_id, some)
        added += len((await tx.execute(adding.returning(suppressed_address.c.id))).all())
    result = ImportResult(added, len(rows) - added, len(refused), _told_rows(refused, actor.language))
    summary = {"added": result.added, "known": result.known, "refused": result.refused}
    await audit.record(
        tx, actor, "suppressed_address.import", wanted.client_id, client_id=wanted.client_id, after=summary
    )
    return result


async def require_not_suppressed(tx: Tx, client_id: UUID, address: str) -> None:
    """Raises AddressSuppressedError where nothing may be sent to `address`."""
    found = await find_suppressed(tx, client_id, address, now())
    if found is not None:
        raise AddressSuppressedError(refusal(found))


def _told_rows(refused: list[UnusableRow], language: Language) -> tuple[RefusedRow, ...]:
    return tuple(RefusedRow(one.line, render(one.problem, language)) for one in refused[:_MOST_TOLD])


def refusal(one: SuppressedAddress) -> Text:
    """Why nothing is sent to the address, and what to do."""
    return say("{why} {instead}", why=_why(one), instead=AddressSuppressedError().text)


def _why(one: SuppressedAddress) -> Text:
    match one.reason:
        case SuppressionReason.COMPLAINT:
            return say("{address} reported our mail as unwanted.", address=one.address)
        case SuppressionReason.HARD_BOUNCE:
            return say("Mail to {address} came back for good.", address=one.address)
        case SuppressionReason.SOFT_BOUNCE:
            return say("Mail to {address} came back, and rests for some days.", address=one.address)
        case SuppressionReason.MANUAL:
            return say("{address} was taken out by hand.", address=one.address)


async def _adding(tx: Tx, client_id: ClientId, rows: list[SuppressedAddress]) -> Insert:
    """Adds rows; a row that is there yields to a new one only where it ends and the new one ends later or never."""
    values = [await as_stored(tx, client_id, suppressed_address, _values(one)) for one in rows]
    statement = insert(suppressed_address).values(values)
    new, old = statement.excluded, suppressed_address.c
    later = or_(new.expires_at.is_(None), new.expires_at > old.expires_at)
    return statement.on_conflict_do_update(
        index_elements=[old.client_id, old.address],
        set_={name: new[name] for name in _RENEWED},
        where=old.expires_at.is_not(None) & later,
    )


def _values(one: SuppressedAddress) -> dict[str, object]:
    return {name: getattr(one, name) for name in SuppressedAddress.__struct_fields__}


_RENEWED: Final = ("reason", "note", "conversation_id", "added_by", "added_at", "expires_at")


def _told(one: SuppressedAddress) -> dict[str, object]:
    """For the audit trail, which outlives the address."""
    return {"reason": one.reason, "expires_at": one.expires_at}
