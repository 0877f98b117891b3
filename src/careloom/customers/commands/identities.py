"""A customer's further addresses."""

from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from careloom.customers.commands.hold import hold_customer
from careloom.customers.commands.timeline import add_entry
from careloom.customers.core.addresses import normalised
from careloom.customers.errors import IdentityTakenError
from careloom.customers.events import CustomerChanged
from careloom.customers.queries.customer import find_by_identity, get_customer, load
from careloom.customers.tables import customer_claim, customer_identity
from careloom.customers.types import Customer, IdentityKind, TimelineKind
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id


async def give_identity(tx: Tx, actor: Actor, customer_id: UUID, kind: IdentityKind, value: str) -> Customer:
    """Adds an address by hand; raises IdentityTakenError where another customer has it, InvalidInputError."""
    seen = await get_customer(tx, actor, customer_id)
    actor.require_somewhere(Permission.CUSTOMERS_WRITE, seen.client_id)
    held = await hold_customer(tx, seen.client_id, seen.id)
    added = await add_identity(tx, seen.client_id, held.id, kind, value, verified=False)
    after = await load(tx, seen.client_id, held.id)
    if added:
        await channel_added(tx, after, kind)
        await audit.record(
            tx, actor, "customer.add_identity", after.id, client_id=after.client_id, after={"kind": kind}
        )
    return after


async def remove_identity(tx: Tx, actor: Actor, customer_id: UUID, identity_id: UUID) -> Customer:
    """Takes an address from the customer; raises NotFoundError."""
    seen = await get_customer(tx, actor, customer_id)
    actor.require_somewhere(Permission.CUSTOMERS_WRITE, seen.client_id)
    table = customer_identity.c
    taking = delete(customer_identity).where(
        table.client_id == seen.client_id, table.customer_id == seen.id, table.id == identity_id
    )
    if (await tx.execute(taking.returning(table.id))).one_or_none() is None:
        raise NotFoundError
    after = await load(tx, seen.client_id, seen.id)
    await publish(tx, CustomerChanged(client_id=after.client_id, customer_id=after.id))
    removed = {"identity_id": identity_id}
    await audit.record(
        tx, actor, "customer.remove_identity", after.id, client_id=after.client_id, before=removed, after=None
    )
    return after


async def add_identity(
    tx: Tx, client_id: UUID, customer_id: UUID, kind: IdentityKind, value: str, *, verified: bool
) -> bool:
    """Stores an address of a locked customer; False where they have it. Raises IdentityTakenError."""
    value = normalised(kind, value)
    table = customer_identity.c
    statement = (
        insert(customer_identity)
        .values(
            client_id=client_id,
            id=new_id(),
            customer_id=customer_id,
            kind=kind,
            value=value,
            verified=verified,
            added_at=now(),
        )
        .on_conflict_do_nothing(index_elements=[table.client_id, table.kind, table.value])
    )
    if (await tx.execute(statement.returning(table.id))).one_or_none() is not None:
        return True
    owner = await find_by_identity(tx, client_id, kind, value)
    if owner is None or owner.id != customer_id:
        raise IdentityTakenError
    if verified:
        mine = (table.client_id == client_id) & (table.kind == kind) & (table.value == value)
        await tx.execute(update(customer_identity).where(mine).values(verified=True))
    return False


async def claim(tx: Tx, client_id: UUID, customer_id: UUID, kind: IdentityKind, value: str) -> None:
    """Notes that the customer gave another one's address without proof."""
    statement = insert(customer_claim).values(client_id=client_id, customer_id=customer_id, kind=kind, value=value)
    await tx.execute(statement.on_conflict_do_nothing())


async def channel_added(tx: Tx, one: Customer, kind: IdentityKind) -> None:
    """Tells the timeline and the readers of the log that the customer has an address more."""
    await add_entry(tx, one.client_id, one.id, TimelineKind.CHANNEL_ADDED, now(), summary=kind, actor_name=one.name)
    await publish(tx, CustomerChanged(client_id=one.client_id, customer_id=one.id))
