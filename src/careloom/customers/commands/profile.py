"""Makes and changes customers, and the attributes that a client keeps of them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from msgspec import UNSET
from msgspec.structs import replace
from sqlalchemy import select, update

from careloom.customers.commands.conform import CONFORM
from careloom.customers.commands.hold import hold_customer
from careloom.customers.commands.identities import add_identity
from careloom.customers.commands.seal import write_secrets
from careloom.customers.commands.timeline import add_entry
from careloom.customers.core.attributes import Plain, Secret, attribute_errors, parted, schema_errors, version_of
from careloom.customers.errors import SchemaChangedError
from careloom.customers.events import CustomerChanged
from careloom.customers.queries.customer import get_customer, load
from careloom.customers.queries.schema import fields_of, get_attribute_schema
from careloom.customers.tables import customer, customer_secret
from careloom.customers.types import (
    AttributeField,
    AttributeSchema,
    Customer,
    CustomerChanges,
    CustomerId,
    NewCustomer,
    TimelineKind,
)
from careloom.organizations.commands import hold_attribute_schema, set_attribute_schema
from careloom.organizations.queries import as_stored, require_served
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, InvalidInputError
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id
from careloom.platform.jobs import defer
from careloom.platform.redaction.values import storable
from careloom.platform.wire import to_plain

_WRITE = Permission.CUSTOMERS_WRITE
_ONCE_MORE: Final = timedelta(minutes=5)
"""When everything is looked through again: nobody can still be writing by the schema of before."""


async def create_customer(tx: Tx, actor: Actor, new: NewCustomer) -> Customer:
    """A new customer; raises InvalidInputError, IdentityTakenError where an address is another customer's."""
    actor.require_somewhere(_WRITE, new.client_id)
    await require_served(tx, new.client_id)
    plain, secret = await _checked(tx, actor, new.client_id, new.attributes)
    customer_id, at = CustomerId(new_id()), now()
    values = {
        "client_id": new.client_id,
        "id": customer_id,
        "name": _clean(new.name),
        "language": new.language,
        "attributes": _set(plain),
        "created_at": at,
    }
    await tx.execute(customer.insert().values(**await as_stored(tx, new.client_id, customer, values)))
    await write_secrets(tx, new.client_id, customer_id, secret)
    for identity in new.identities:
        await add_identity(tx, new.client_id, customer_id, identity.kind, identity.value, verified=False)
    made = await load(tx, new.client_id, customer_id)
    await publish(tx, CustomerChanged(client_id=made.client_id, customer_id=made.id))
    await audit.record(tx, actor, "customer.create", made.id, client_id=made.client_id)
    return made


async def change_customer(tx: Tx, actor: Actor, customer_id: UUID, changes: CustomerChanges) -> Customer:
    """Changes name, language or attributes; raises InvalidInputError with one error a field, NotFoundError."""
    seen = await get_customer(tx, actor, customer_id)
    actor.require_somewhere(_WRITE, seen.client_id)
    held = await hold_customer(tx, seen.client_id, seen.id)
    before = await load(tx, seen.client_id, held.id)
    values: dict[str, Any] = {}
    secret: Secret = {}
    if changes.name is not UNSET:
        values["name"] = _clean(changes.name)
    if changes.language is not UNSET:
        values["language"] = changes.language
    if changes.attributes is not UNSET:
        plain, secret = await _checked(tx, actor, before.client_id, changes.attributes)
        values["attributes"] = _set({**before.attributes, **plain, **dict.fromkeys(field.key for field in secret)})
        await write_secrets(tx, before.client_id, before.id, secret)
    if not values:
        return before
    values = await as_stored(tx, before.client_id, customer, values)
    where = (customer.c.client_id == before.client_id, customer.c.id == before.id)
    await tx.execute(update(customer).where(*where).values(**values))
    after = replace(before, **values, masked=_masked(before, secret))
    attributes = sorted({*_changed_attributes(before, after), *_written(before, secret)})
    if after == before and not attributes:
        return after
    if attributes:
        await _remember(tx, actor, after, ", ".join(attributes))
    await publish(tx, CustomerChanged(client_id=after.client_id, customer_id=after.id))
    own = [name for name in ("name", "language") if getattr(before, name) != getattr(after, name)]
    # Without their values: the audit trail outlives the customer's data.
    changed = {"fields": own + [f"attributes.{key}" for key in attributes]}
    await audit.record(tx, actor, "customer.change", after.id, client_id=after.client_id, after=changed)
    return after


async def change_attribute_schema(
    tx: Tx, actor: Actor, client_id: UUID, fields: Sequence[AttributeField], version: str | None = None
) -> AttributeSchema:
    """Replaces the client's fields; values of fields that are gone stay stored, what becomes sensitive is sealed in the
    background. Raises SchemaChangedError where `version` is not that of the fields that are there, and
    InvalidInputError, also where a field would no longer be sensitive.
    """
    await get_attribute_schema(tx, actor, client_id)
    actor.require(Permission.ORGANIZATIONS_WRITE, client_id=client_id)
    before = fields_of(await hold_attribute_schema(tx, client_id))
    if version not in (None, version_of(before)):
        raise SchemaChangedError
    errors = [*schema_errors(fields), *await _laid_bare(tx, client_id, before, fields)]
    if errors:
        raise InvalidInputError(errors=tuple(errors))
    await set_attribute_schema(tx, client_id, to_plain(list(fields)))
    if _sealed(fields) - _sealed(before):
        for at in (None, now() + _ONCE_MORE):
            await defer(tx, CONFORM, at=at, lock=f"attributes:{client_id}", client_id=str(client_id))
    await audit.record(
        tx,
        actor,
        "client.change_attributes",
        client_id,
        client_id=client_id,
        before={"fields": before},
        after={"fields": tuple(fields)},
    )
    return AttributeSchema(tuple(fields), version_of(fields))


async def _checked(tx: Tx, actor: Actor, client_id: UUID, values: Plain) -> tuple[Plain, Secret]:
    """What may be kept in plain, and what is to be sealed; raises InvalidInputError."""
    if not values:
        return {}, {}
    schema = await get_attribute_schema(tx, actor, client_id)
    errors = attribute_errors(schema, values)
    if errors:
        raise InvalidInputError(errors=tuple(errors))
    clean = {key: value.replace("\x00", "") if isinstance(value, str) else value for key, value in values.items()}
    return parted(schema, clean)


async def _laid_bare(
    tx: Tx, client_id: UUID, before: Sequence[AttributeField], fields: Sequence[AttributeField]
) -> list[FieldError]:
    """An error for each field that would no longer be sensitive, though something sealed is or may be kept."""
    plain = [one.key for one in fields if not one.sensitive]
    c = customer_secret.c
    kept = select(c.key).where(c.client_id == client_id, c.key.in_(plain)).distinct()
    sealed = {one.key for one in before if one.sensitive} | set((await tx.execute(kept)).scalars())
    message = "What was sensitive stays so; keep it, or add an attribute with another key."
    return [
        FieldError(f"/items/{index}/sensitive", message)
        for index, one in enumerate(fields)
        if not one.sensitive and one.key in sealed
    ]


def _sealed(fields: Sequence[AttributeField]) -> set[tuple[str, bool]]:
    return {(one.key, one.exact) for one in fields if one.sensitive}


async def _remember(tx: Tx, actor: Actor, after: Customer, summary: str) -> None:
    kind = TimelineKind.ATTRIBUTE_CHANGED
    await add_entry(tx, after.client_id, after.id, kind, now(), summary=summary, actor_name=actor.name)


def _set(attributes: Plain) -> Plain:
    return {key: value for key, value in attributes.items() if value is not None}


def _changed_attributes(before: Customer, after: Customer) -> list[str]:
    keys = before.attributes.keys() | after.attributes.keys()
    return [key for key in keys if before.attributes.get(key) != after.attributes.get(key)]


def _written(before: Customer, secret: Secret) -> list[str]:
    """Sensitive attributes that got a value, or lost the one they had."""
    return [field.key for field, value in secret.items() if value is not None or field.key in before.masked]


def _masked(before: Customer, secret: Secret) -> tuple[str, ...]:
    now_set = {field.key: value is not None for field, value in secret.items()}
    return tuple(sorted(key for key in {*before.masked, *now_set} if now_set.get(key, True)))


def _clean(name: str) -> str:
    return " ".join(storable(name).split())
