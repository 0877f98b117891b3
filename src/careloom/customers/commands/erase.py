"""Erases customers: their row stays as a nameless stone for contacts and bills to point to, all else goes."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct
from sqlalchemy import and_, delete, or_, select, update

from careloom.customers.events import CustomerChanged
from careloom.customers.queries.disposal import merges
from careloom.customers.tables import (
    customer,
    customer_claim,
    customer_consent,
    customer_identity,
    customer_merge,
    customer_note,
    customer_secret,
    timeline_entry,
)
from careloom.customers.types import CustomerId
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.disposal import Counts
from careloom.platform.eventlog.event import publish


class ErasedCustomers(Struct, frozen=True):
    """What went, by table, and the merges whose record went with it."""

    counts: Counts
    merge_ids: tuple[UUID, ...]


async def erase_customers(tx: Tx, client_id: UUID, customer_ids: tuple[CustomerId, ...]) -> ErasedCustomers:
    """Removes addresses, claims, sensitive attributes, notes, timeline and merge history of these customers, and blanks
    their rows.

    Consents stay as proof, without the words on where they came from. Doing it again changes nothing. The caller
    has checked that nothing speaks against it. Locks the customers.
    """
    c = customer.c
    mine = (c.client_id == client_id) & c.id.in_(customer_ids)
    await tx.execute(select(c.id).where(mine).order_by(c.id).with_for_update())
    counts: Counts = {"customer_claim": await _drop_claims(tx, client_id, customer_ids)}
    for table in (customer_identity, customer_secret, customer_note, timeline_entry):
        where = (table.c.client_id == client_id) & table.c.customer_id.in_(customer_ids)
        counts[table.name] = (await tx.execute(delete(table).where(where))).rowcount
    gone = delete(customer_merge).where(merges(client_id, customer_ids)).returning(customer_merge.c.id)
    merge_ids = tuple((await tx.execute(gone)).scalars())
    counts["customer_merge"] = len(merge_ids)
    word = customer_consent.c
    silent = (word.client_id == client_id) & word.customer_id.in_(customer_ids) & (word.source != "")
    await tx.execute(update(customer_consent).where(silent).values(source="", wording=None))
    blank = update(customer).where(mine, c.erased_at.is_(None))
    blank = blank.values(name="", language=None, attributes={}, erased_at=now()).returning(c.id)
    erased = list((await tx.execute(blank)).scalars())
    counts["customer"] = len(erased)
    await publish(tx, *(CustomerChanged(client_id=client_id, customer_id=CustomerId(one)) for one in erased))
    return ErasedCustomers({name: count for name, count in counts.items() if count}, merge_ids)


async def forget_contacts(
    tx: Tx, client_id: UUID, customer_ids: Sequence[UUID], conversation_ids: Sequence[UUID]
) -> int:
    """Takes the subjects of these contacts from their customers' timelines."""
    line = timeline_entry.c
    statement = update(timeline_entry).where(
        line.client_id == client_id,
        line.customer_id.in_(customer_ids),
        line.conversation_id.in_(conversation_ids),
        line.summary != "",
    )
    return (await tx.execute(statement.values(summary=""))).rowcount


async def forget_names(tx: Tx, client_id: UUID, customer_id: UUID, conversation_id: UUID, names: frozenset[str]) -> int:
    """Takes the names of strangers who wrote into a contact from its customer's timeline."""
    line = timeline_entry.c
    statement = update(timeline_entry).where(
        line.client_id == client_id,
        line.customer_id == customer_id,
        line.conversation_id == conversation_id,
        line.actor_name.in_(sorted(names)),
    )
    return (await tx.execute(statement.values(actor_name=None))).rowcount


async def _drop_claims(tx: Tx, client_id: UUID, customer_ids: tuple[CustomerId, ...]) -> int:
    """Also those in which others named an address of these customers."""
    claim, identity = customer_claim.c, customer_identity.c
    theirs = select(identity.value).where(identity.client_id == client_id, identity.customer_id.in_(customer_ids))
    where = and_(claim.client_id == client_id, or_(claim.customer_id.in_(customer_ids), claim.value.in_(theirs)))
    return (await tx.execute(delete(customer_claim).where(where))).rowcount
