"""Lasting remarks on a customer."""

from uuid import UUID

from careloom.customers.commands.hold import hold_customer
from careloom.customers.commands.timeline import add_entry
from careloom.customers.events import CustomerChanged
from careloom.customers.queries.customer import get_customer
from careloom.customers.tables import customer_note
from careloom.customers.types import CustomerNote, TimelineKind
from careloom.organizations.queries import as_stored
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id


async def add_customer_note(tx: Tx, actor: Actor, customer_id: UUID, text: str) -> CustomerNote:
    """Adds a note, for agents only."""
    one = await get_customer(tx, actor, customer_id)
    actor.require_somewhere(Permission.CUSTOMERS_WRITE, one.client_id)
    held = await hold_customer(tx, one.client_id, one.id)
    words = await as_stored(tx, one.client_id, customer_note, {"text": text.strip()})
    note = CustomerNote(id=new_id(), author_name=actor.name, **words, at=now())
    await tx.execute(
        customer_note.insert().values(
            client_id=one.client_id,
            id=note.id,
            customer_id=held.id,
            author_id=actor.person_id,
            author_name=note.author_name,
            text=note.text,
            at=note.at,
        )
    )
    summary = note.text if len(note.text) <= 140 else note.text[:139] + "…"
    kind = TimelineKind.NOTE_ADDED
    await add_entry(tx, one.client_id, held.id, kind, note.at, summary=summary, actor_name=actor.name)
    await publish(tx, CustomerChanged(client_id=one.client_id, customer_id=held.id))
    await audit.record(tx, actor, "customer.add_note", held.id, client_id=one.client_id, after={"note_id": note.id})
    return note
