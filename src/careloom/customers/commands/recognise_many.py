"""Finds the customers behind many addresses, or makes them, in a few statements."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy import text

from careloom.customers.commands.recognise import clean
from careloom.customers.events import CustomerChanged
from careloom.customers.tables import customer, customer_identity
from careloom.customers.types import CustomerId, IdentityKind
from careloom.organizations.types import ClientId
from careloom.platform.clock import now
from careloom.platform.database.claims import claim_free
from careloom.platform.database.prepared import Prepared, unwaited
from careloom.platform.database.rows import inserting, recordset
from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id
from careloom.platform.wire import json_text

_IDENTITY: Final = customer_identity.c
_FIND: Final = Prepared(
    text(f"""
    SELECT customer.client_id, identity.kind, identity.value, customer.id, customer.name, customer.language,
        customer.merged_into
    FROM {recordset(_IDENTITY.client_id, _IDENTITY.kind, _IDENTITY.value)}
    JOIN customer_identity AS identity USING (client_id, kind, value)
    JOIN customer ON customer.client_id = identity.client_id AND customer.id = identity.customer_id
"""),  # noqa: S608
    planned_anew=True,
)
_insert_customers: Final = inserting(customer, "client_id", "id", "name", "language", "created_at")
_insert_identities: Final = inserting(
    customer_identity, "client_id", "id", "customer_id", "kind", "value", "verified", "added_at"
)

AddressKey = tuple[ClientId, IdentityKind, str]


class Sender(Struct, frozen=True):
    """Who writes: an address in its stored form, and what the channel knows beside it."""

    client_id: ClientId
    kind: IdentityKind
    value: str
    name: str | None = None
    language: str | None = None

    @property
    def key(self) -> AddressKey:
        """What one customer of the client has alone."""
        return self.client_id, self.kind, self.value


class Recognised(Struct, frozen=True):
    """A customer as far as an arriving message needs to know."""

    id: CustomerId
    name: str
    language: str | None
    made: bool = False
    """In this transaction, so that nobody else knows of them yet."""


async def claim_addresses(tx: Tx, keys: Collection[AddressKey]) -> set[AddressKey]:
    """Lets this transaction alone make customers with these addresses; answers those that another one is at."""
    names = {
        f"careloom_address:{client_id}:{kind}:{value}": (client_id, kind, value) for client_id, kind, value in keys
    }
    return {names[one] for one in await claim_free(tx, names)}


async def find_customers(tx: Tx, keys: Collection[AddressKey]) -> dict[AddressKey, Recognised | None]:
    """Whoever has these addresses; None for a customer who was merged into another one."""
    if not keys:
        return {}
    rows = [{"client_id": client_id, "kind": kind, "value": value} for client_id, kind, value in keys]
    found: dict[AddressKey, Recognised | None] = {}
    for row in await _FIND.rows(tx, rows=json_text(rows)):
        key = (ClientId(row.client_id), IdentityKind(row.kind), str(row.value))
        found[key] = None if row.merged_into else Recognised(CustomerId(row.id), row.name, row.language)
    return found


async def make_customers(tx: Tx, senders: Sequence[Sender]) -> dict[AddressKey, Recognised]:
    """Makes a customer for each of these addresses, which nobody has; they differ from one another.

    Raises IntegrityError where someone else, who had not claimed it, has just made one of them.
    """
    if not senders:
        return {}
    at = now()
    made: dict[AddressKey, Recognised] = {}
    customers: list[dict[str, Any]] = []
    identities: list[dict[str, Any]] = []
    for one in sorted(senders, key=lambda sender: (str(sender.client_id), sender.kind, sender.value)):
        new = Recognised(CustomerId(new_id()), clean(one.name) or "", clean(one.language), made=True)
        made[one.key] = new
        customers.append(_customer(one.client_id, new, at))
        identities.append(
            {
                "client_id": one.client_id,
                "id": new_id(),
                "customer_id": new.id,
                "kind": one.kind,
                "value": one.value,
                "verified": False,
                "added_at": at,
            }
        )
    async with unwaited(tx):
        await _insert_customers(tx, customers)
        await _insert_identities(tx, identities)
        await publish(tx, *(CustomerChanged(client_id=key[0], customer_id=one.id) for key, one in made.items()))
    return made


def _customer(client_id: UUID, one: Recognised, at: object) -> dict[str, Any]:
    return {"client_id": client_id, "id": one.id, "name": one.name, "language": one.language, "created_at": at}
