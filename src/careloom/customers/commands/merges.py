"""Two customers are one person: merged, and taken apart again exactly."""

from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Table, select, update

from careloom.customers.commands.secret_merges import give_secrets, take_secrets_back
from careloom.customers.commands.timeline import add_entry
from careloom.customers.errors import MergeRefusedError
from careloom.customers.events import CustomerChanged, CustomersMerged, CustomersUnmerged
from careloom.customers.queries.customer import get_customer, load
from careloom.customers.queries.merges import read_merge
from careloom.customers.tables import (
    customer,
    customer_consent,
    customer_identity,
    customer_merge,
    customer_note,
    timeline_entry,
)
from careloom.customers.types import AttributeValue, Customer, CustomerMerge, MergeId, TimelineKind
from careloom.organizations.queries import as_stored
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id
from careloom.platform.wire import from_plain, to_plain

_MOVING: dict[str, Table] = {
    "identities": customer_identity,
    "notes": customer_note,
    "consents": customer_consent,
    "timeline": timeline_entry,
}


class _Moved(Struct, frozen=True):
    """What a merge changed: the ids of moved rows, and what the kept customer was given; of sensitive attributes their
    revisions.
    """

    identities: tuple[UUID, ...]
    notes: tuple[UUID, ...]
    consents: tuple[UUID, ...]
    timeline: tuple[UUID, ...]
    attributes: dict[str, AttributeValue]
    name: str | None
    language: str | None
    secrets: dict[str, UUID] = {}


async def merge_customers(tx: Tx, actor: Actor, kept_id: UUID, other_id: UUID, reason: str) -> CustomerMerge:
    """Merges `other_id` into `kept_id` by a person's judgement. Raises MergeRefusedError, NotFoundError."""
    kept = await get_customer(tx, actor, kept_id)
    other = await get_customer(tx, actor, other_id)
    actor.require_somewhere(Permission.CUSTOMERS_MERGE, kept.client_id)
    merge = await _merge(tx, actor, kept, other, reason, automatic=False)
    await audit.record(tx, actor, "customer.merge", kept.id, client_id=kept.client_id, after=_ids(merge))
    return merge


async def merge_automatically(tx: Tx, actor: Actor, kept: Customer, other: Customer, reason: str) -> CustomerMerge:
    """Merges on proof; the caller knows that the proof holds. Raises MergeRefusedError."""
    merge = await _merge(tx, actor, kept, other, reason, automatic=True)
    await audit.record(tx, actor, "customer.merge", kept.id, client_id=kept.client_id, after=_ids(merge))
    return merge


async def undo_merge(tx: Tx, actor: Actor, merge_id: UUID) -> CustomerMerge:
    """Gives back to the merged customer exactly what the merge had moved.

    Raises NotFoundError; MergeRefusedError where it was undone before, or a later merge lies on top of it.
    """
    found = (await tx.execute(select(customer_merge).where(customer_merge.c.id == merge_id))).one_or_none()
    if found is None or not actor.may_somewhere(Permission.CUSTOMERS_READ, found.client_id):
        raise NotFoundError
    actor.require_somewhere(Permission.CUSTOMERS_MERGE, found.client_id)
    kept, merged = await _hold_both(tx, found.client_id, found.kept_id, found.merged_id)
    mine = (customer_merge.c.client_id == found.client_id, customer_merge.c.id == found.id)
    row = (await tx.execute(select(customer_merge).where(*mine).with_for_update())).one()
    if row.undone_at is not None:
        raise MergeRefusedError("This merge was undone before.")
    if kept.merged_into is not None:
        raise MergeRefusedError("The customer who stayed was merged later; undo that merge first.")
    moved = from_plain(row.moved, _Moved)
    for name, table in _MOVING.items():
        await _give(tx, table, kept.client_id, getattr(moved, name), kept.id, merged.id)
    await take_secrets_back(tx, kept.client_id, {kept.id: moved.secrets})
    await _write(tx, merged, merged_into=None)
    await _write(tx, kept, **_without(kept, moved))
    at = now()
    await tx.execute(update(customer_merge).where(*mine).values(undone_at=at))
    await _remember(tx, actor, kept, TimelineKind.CUSTOMER_UNMERGED, merged.name)
    await publish(
        tx,
        CustomersUnmerged(
            client_id=kept.client_id,
            merge_id=MergeId(merge_id),
            kept_id=kept.id,
            merged_id=merged.id,
        ),
        CustomerChanged(client_id=kept.client_id, customer_id=kept.id),
        CustomerChanged(client_id=kept.client_id, customer_id=merged.id),
    )
    undone = read_merge((await tx.execute(select(customer_merge).where(*mine))).one())
    await audit.record(tx, actor, "customer.undo_merge", kept.id, client_id=kept.client_id, after=_ids(undone))
    return undone


async def _merge(
    tx: Tx, actor: Actor, kept: Customer, other: Customer, reason: str, *, automatic: bool
) -> CustomerMerge:
    if kept.client_id != other.client_id or kept.id == other.id:
        raise MergeRefusedError("Choose two different customers of one client.")
    kept, other = await _hold_both(tx, kept.client_id, kept.id, other.id)
    if kept.merged_into is not None or other.merged_into is not None:
        raise MergeRefusedError("One of the two was merged before.")
    ids = {name: await _take(tx, table, kept.client_id, other.id, kept.id) for name, table in _MOVING.items()}
    moved = _Moved(
        **ids,
        attributes={key: value for key, value in other.attributes.items() if key not in kept.attributes},
        name=other.name if not kept.name and other.name else None,
        language=other.language if not kept.language else None,
        secrets=await give_secrets(tx, kept.client_id, other.id, kept.id),
    )
    given = {"name": moved.name, "language": moved.language}
    values: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    if moved.attributes:
        values["attributes"] = {**kept.attributes, **moved.attributes}
    await _write(tx, kept, **values)
    await _write(tx, other, merged_into=kept.id)
    row = {
        "client_id": kept.client_id,
        "id": new_id(),
        "kept_id": kept.id,
        "merged_id": other.id,
        "merged_name": other.name,
        "automatic": automatic,
        "reason": reason,
        "moved": to_plain(moved),
        "at": now(),
    }
    statement = customer_merge.insert().values(**await as_stored(tx, kept.client_id, customer_merge, row))
    merge = read_merge((await tx.execute(statement.returning(*customer_merge.c))).one())
    words = [one for one in (other.name, "" if automatic else merge.reason) if one]
    await _remember(tx, actor, kept, TimelineKind.CUSTOMER_MERGED, ": ".join(words))
    await publish(
        tx,
        CustomersMerged(client_id=kept.client_id, merge_id=merge.id, kept_id=kept.id, merged_id=other.id),
        CustomerChanged(client_id=kept.client_id, customer_id=kept.id),
    )
    return merge


def _ids(merge: CustomerMerge) -> dict[str, Any]:
    return {"merge_id": merge.id, "merged_id": merge.merged_id, "automatic": merge.automatic}


async def _hold_both(tx: Tx, client_id: UUID, first: UUID, second: UUID) -> tuple[Customer, Customer]:
    for one in sorted((first, second)):
        columns = select(customer.c.id).where(customer.c.client_id == client_id, customer.c.id == one)
        await tx.execute(columns.with_for_update(key_share=True))
    return await load(tx, client_id, first), await load(tx, client_id, second)


async def _take(tx: Tx, table: Table, client_id: UUID, giver: UUID, taker: UUID) -> tuple[UUID, ...]:
    where = (table.c.client_id == client_id, table.c.customer_id == giver)
    statement = update(table).where(*where).values(customer_id=taker).returning(table.c.id)
    return tuple((await tx.execute(statement)).scalars())


async def _give(tx: Tx, table: Table, client_id: UUID, ids: tuple[UUID, ...], giver: UUID, taker: UUID) -> None:
    if ids:
        where = (table.c.client_id == client_id, table.c.id.in_(ids), table.c.customer_id == giver)
        await tx.execute(update(table).where(*where).values(customer_id=taker))


def _without(kept: Customer, moved: _Moved) -> dict[str, Any]:
    values: dict[str, Any] = {}
    stays = {
        key: value
        for key, value in kept.attributes.items()
        if key not in moved.attributes or moved.attributes[key] != value
    }
    if stays != kept.attributes:
        values["attributes"] = stays
    if moved.name is not None and kept.name == moved.name:
        values["name"] = ""
    if moved.language is not None and kept.language == moved.language:
        values["language"] = None
    return values


async def _write(tx: Tx, one: Customer, **values: Any) -> None:
    if values:
        where = (customer.c.client_id == one.client_id, customer.c.id == one.id)
        await tx.execute(update(customer).where(*where).values(**values))


async def _remember(tx: Tx, actor: Actor, kept: Customer, kind: TimelineKind, summary: str) -> None:
    await add_entry(tx, kept.client_id, kept.id, kind, now(), summary=summary, actor_name=actor.name)
