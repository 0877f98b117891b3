"""A customer's timeline, notes and consents."""

from typing import Any
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from careloom.customers.core.remembered import told_summary
from careloom.customers.queries.customer import get_customer
from careloom.customers.tables import customer_consent, customer_note, timeline_entry
from careloom.customers.types import Consent, CustomerNote, TimelineEntry
from careloom.platform.access import Actor, Permission
from careloom.platform.database.scope import within_shared
from careloom.platform.database.transactions import Tx
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.texts.languages import Language
from careloom.platform.wire import reader

_read_kept = reader(TimelineEntry)
_read_note = reader(CustomerNote)
_read_consent = reader(Consent)


async def list_timeline(
    tx: Tx, actor: Actor, customer_id: UUID, limit: int = 50, after: str | None = None
) -> Page[TimelineEntry]:
    """What happened with the customer over all channels, newest first: contacts of the programs that the actor sees,
    and whatever is about the customer.
    """
    one = await get_customer(tx, actor, customer_id)
    table = timeline_entry.c
    seen = within_shared(actor, Permission.CUSTOMERS_READ, table.client_id, table.program_id)
    statement = select(timeline_entry).where(table.client_id == one.client_id, table.customer_id == one.id, seen)
    rows = await tx.execute(keyset(statement, [table.at, table.id], after, limit, descending=True))
    return cut([_read_entry(row, actor.language) for row in rows], limit, lambda entry: [entry.at, entry.id])


def _read_entry(row: Any, language: Language) -> TimelineEntry:
    entry = _read_kept(row)
    return replace(entry, summary=told_summary(entry.kind, entry.summary, language))


async def list_notes(
    tx: Tx, actor: Actor, customer_id: UUID, limit: int = 50, after: str | None = None
) -> Page[CustomerNote]:
    """Notes on the customer, newest first."""
    one = await get_customer(tx, actor, customer_id)
    table = customer_note.c
    statement = select(customer_note).where(table.client_id == one.client_id, table.customer_id == one.id)
    rows = await tx.execute(keyset(statement, [table.id], after, limit, descending=True))
    return cut([_read_note(row) for row in rows], limit, lambda note: [note.id])


async def list_consent_records(
    tx: Tx, actor: Actor, customer_id: UUID, limit: int = 50, after: str | None = None
) -> Page[Consent]:
    """Every word of the customer on consents, newest first."""
    one = await get_customer(tx, actor, customer_id)
    table = customer_consent.c
    statement = select(customer_consent).where(table.client_id == one.client_id, table.customer_id == one.id)
    rows = await tx.execute(keyset(statement, [table.at, table.id], after, limit, descending=True))
    return cut([_read_consent(row) for row in rows], limit, lambda word: [word.at, word.id])


async def list_consents(tx: Tx, actor: Actor, customer_id: UUID) -> list[Consent]:
    """The customer's latest word on each purpose and channel."""
    one = await get_customer(tx, actor, customer_id)
    table = customer_consent.c
    statement = (
        select(customer_consent)
        .where(table.client_id == one.client_id, table.customer_id == one.id)
        .ext(distinct_on(table.purpose, table.channel))
        .order_by(table.purpose, table.channel, table.at.desc(), table.id.desc())
    )
    return [_read_consent(row) for row in await tx.execute(statement)]
