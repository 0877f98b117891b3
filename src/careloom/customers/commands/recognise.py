"""Finds the customer behind an address, or makes one."""

from typing import Any
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from careloom.customers.core.addresses import normalised
from careloom.customers.events import CustomerChanged
from careloom.customers.queries.customer import find_by_identity
from careloom.customers.tables import customer, customer_identity
from careloom.customers.types import Customer, CustomerId, Identity, IdentityId, IdentityKind
from careloom.organizations.queries import as_stored
from careloom.organizations.types import ClientId
from careloom.platform.access import Actor, Permission, named
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import ForbiddenError, NotFoundError
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id
from careloom.platform.redaction.values import storable

NAME_LENGTH = 200


async def recognise(
    tx: Tx,
    actor: Actor,
    client_id: ClientId,
    kind: IdentityKind,
    value: str,
    *,
    name: str | None = None,
    language: str | None = None,
    verified: bool = False,
) -> Customer:
    """The client's customer with this address; made where there is none, once however many ask at a time.

    `name` and `language` fill in what is unknown and never replace what is known. `verified` marks the address as
    vouched for. Raises InvalidInputError for what is no address.
    """
    _require(actor, client_id)
    value = normalised(kind, value)
    name, language = clean(name), clean(language)
    found = await find_by_identity(tx, client_id, kind, value)
    if found is None:
        found = await _make(tx, client_id, kind, value, name or "", language, verified)
    if found is None:
        found = await find_by_identity(tx, client_id, kind, value)
    if found is None:
        raise NotFoundError
    return await _complete(tx, found, kind, value, name, language, verified=verified)


async def _make(
    tx: Tx, client_id: ClientId, kind: IdentityKind, value: str, name: str, language: str | None, verified: bool
) -> Customer | None:
    at = now()
    identity = Identity(IdentityId(new_id()), kind, value, verified, at)
    words = await as_stored(tx, client_id, customer, {"name": name})
    made = Customer(
        id=CustomerId(new_id()),
        client_id=client_id,
        **words,
        language=language,
        identities=(identity,),
        attributes={},
        created_at=at,
        merged_into=None,
    )
    await tx.execute(
        customer.insert().values(client_id=client_id, id=made.id, name=made.name, language=language, created_at=at)
    )
    statement = insert(customer_identity).values(
        client_id=client_id,
        id=identity.id,
        customer_id=made.id,
        kind=kind,
        value=value,
        verified=verified,
        added_at=at,
    )
    statement = statement.on_conflict_do_nothing(
        index_elements=[customer_identity.c.client_id, customer_identity.c.kind, customer_identity.c.value]
    )
    if (await tx.execute(statement.returning(customer_identity.c.id))).one_or_none() is None:
        await tx.execute(delete(customer).where(customer.c.client_id == client_id, customer.c.id == made.id))
        return None
    await publish(tx, CustomerChanged(client_id=client_id, customer_id=made.id))
    return made


async def _complete(
    tx: Tx, found: Customer, kind: IdentityKind, value: str, name: str | None, language: str | None, *, verified: bool
) -> Customer:
    if verified and not _is_verified(found, kind, value):
        table = customer_identity.c
        of_value = (table.client_id == found.client_id) & (table.kind == kind) & (table.value == value)
        await tx.execute(update(customer_identity).where(of_value).values(verified=True))
        identities = tuple(
            replace(one, verified=True) if (one.kind, one.value) == (kind, value) else one for one in found.identities
        )
        found = replace(found, identities=identities)
    unknown: dict[str, Any] = {}
    if name and not found.name:
        unknown["name"] = name
    if language and not found.language:
        unknown["language"] = language
    if not unknown:
        return found
    unknown = await as_stored(tx, found.client_id, customer, unknown)
    of_customer = (customer.c.client_id == found.client_id) & (customer.c.id == found.id)
    await tx.execute(update(customer).where(of_customer).values(**unknown))
    found = replace(found, **unknown)
    await publish(tx, CustomerChanged(client_id=found.client_id, customer_id=found.id))
    return found


def _is_verified(found: Customer, kind: IdentityKind, value: str) -> bool:
    return any(one.verified for one in found.identities if (one.kind, one.value) == (kind, value))


def clean(text: str | None) -> str | None:
    """`text` on one line, in what the database can hold and of a length for a name; None for nothing."""
    if text is None:
        return None
    return " ".join(storable(text).split())[:NAME_LENGTH] or None


def _require(actor: Actor, client_id: UUID) -> None:
    wanted = (Permission.CUSTOMERS_WRITE, Permission.MESSAGES_INGEST)
    if not any(actor.may_somewhere(one, client_id) for one in wanted):
        raise ForbiddenError("You need the permission {permission} for this.", permission=named(wanted[0]))
