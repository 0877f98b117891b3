"""Makes and changes customers, and the attributes that a client keeps of them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import UNSET
from msgspec.structs import replace
from sqlalchemy import update

from careloom.customers.commands.hold import hold_customer
from careloom.customers.commands.identities import add_identity
from careloom.customers.commands.timeline import add_entry
from careloom.customers.core.attributes import attribute_errors, schema_errors
from careloom.customers.events import CustomerChanged
from careloom.customers.queries.customer import get_customer, load
from careloom.customers.queries.schema import get_attribute_schema
from careloom.customers.tables import customer
from careloom.customers.types import (
    AttributeField,
    AttributeValue,
    Customer,
    CustomerChanges,
    CustomerId,
    NewCustomer,
    TimelineKind,
)
from careloom.organizations.commands import set_attribute_schema
from careloom.organizations.queries import require_served
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import InvalidInputError
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id
from careloom.platform.wire import to_plain

_WRITE = Permission.CUSTOMERS_WRITE


async def create_customer(tx: Tx, actor: Actor, new: NewCustomer) -> Customer:
    """A new customer; raises InvalidInputError, IdentityTakenError where an address is another customer's."""
    actor.require(_WRITE, client_id=new.client_id)
    await require_served(tx, new.client_id)
    attributes = await _checked(tx, actor, new.client_id, new.attributes)
    customer_id, at = CustomerId(new_id()), now()
    await tx.execute(
        customer.insert().values(
            client_id=new.client_id,
            id=customer_id,
            name=_clean(new.name),
            language=new.language,
            attributes={key: value for key, value in attributes.items() if value is not None},
            created_at=at,
        )
    )
    for identity in new.identities:
        await add_identity(tx, new.client_id, customer_id, identity.kind, identity.value, verified=False)
    made = await load(tx, new.client_id, customer_id)
    await publish(tx, CustomerChanged(client_id=made.client_id, customer_id=made.id))
    await audit.record(tx, actor, "customer.create", made.id, client_id=made.client_id)
    return made


async def change_customer(tx: Tx, actor: Actor, customer_id: UUID, changes: CustomerChanges) -> Customer:
    """Changes name, language or attributes; raises InvalidInputError with one error a field, NotFoundError."""
    seen = await get_customer(tx, actor, customer_id)
    actor.require(_WRITE, client_id=seen.client_id)
    held = await hold_customer(tx, seen.client_id, seen.id)
    before = await load(tx, seen.client_id, held.id)
    values: dict[str, Any] = {}
    if changes.name is not UNSET:
        values["name"] = _clean(changes.name)
    if changes.language is not UNSET:
        values["language"] = changes.language
    if changes.attributes is not UNSET:
        new = await _checked(tx, actor, before.client_id, changes.attributes)
        merged = {**before.attributes, **new}
        values["attributes"] = {key: value for key, value in merged.items() if value is not None}
    if not values:
        return before
    where = (customer.c.client_id == before.client_id, customer.c.id == before.id)
    await tx.execute(update(customer).where(*where).values(**values))
    after = replace(before, **values)
    if after == before:
        return after
    if after.attributes != before.attributes:
        await _remember(tx, actor, before, after)
    await publish(tx, CustomerChanged(client_id=after.client_id, customer_id=after.id))
    changed = {"fields": _changed(before, after)}
    await audit.record(tx, actor, "customer.change", after.id, client_id=after.client_id, after=changed)
    return after


async def change_attribute_schema(
    tx: Tx, actor: Actor, client_id: UUID, fields: Sequence[AttributeField]
) -> tuple[AttributeField, ...]:
    """Replaces the client's fields; values of fields that are gone stay stored. Raises InvalidInputError."""
    before = await get_attribute_schema(tx, actor, client_id)
    actor.require(Permission.ORGANIZATIONS_WRITE, client_id=client_id)
    errors = schema_errors(fields)
    if errors:
        raise InvalidInputError(errors=tuple(errors))
    await set_attribute_schema(tx, client_id, to_plain(list(fields)))
    await audit.record(
        tx,
        actor,
        "client.change_attributes",
        client_id,
        client_id=client_id,
        before={"fields": before},
        after={"fields": tuple(fields)},
    )
    return tuple(fields)


async def _checked(
    tx: Tx, actor: Actor, client_id: UUID, values: dict[str, AttributeValue]
) -> dict[str, AttributeValue]:
    if values:
        errors = attribute_errors(await get_attribute_schema(tx, actor, client_id), values)
        if errors:
            raise InvalidInputError(errors=tuple(errors))
    return {key: value.replace("\x00", "") if isinstance(value, str) else value for key, value in values.items()}


async def _remember(tx: Tx, actor: Actor, before: Customer, after: Customer) -> None:
    kind = TimelineKind.ATTRIBUTE_CHANGED
    summary = ", ".join(_changed_attributes(before, after))
    await add_entry(tx, after.client_id, after.id, kind, now(), summary=summary, actor_name=actor.name)


def _changed_attributes(before: Customer, after: Customer) -> list[str]:
    keys = before.attributes.keys() | after.attributes.keys()
    return sorted(key for key in keys if before.attributes.get(key) != after.attributes.get(key))


def _changed(before: Customer, after: Customer) -> list[str]:
    """Which fields differ, without their values: the audit trail outlives the customer's data."""
    own = [name for name in ("name", "language") if getattr(before, name) != getattr(after, name)]
    return own + [f"attributes.{key}" for key in _changed_attributes(before, after)]


def _clean(name: str) -> str:
    return " ".join(name.replace("\x00", "").encode("utf-8", "replace").decode().split())
