"""Who imported customers are by now, and whose an address is, many at a time."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy import text

from careloom.customers.types import CustomerId, IdentityKind
from careloom.platform.database.transactions import Tx

_OWNERS: Final = text(
    "SELECT value, customer_id FROM customer_identity "
    "WHERE client_id = :client_id AND kind = :kind AND value = ANY(:values)"
)
_ERASED: Final = text(
    "SELECT id FROM customer WHERE client_id = :client_id AND id = ANY(:ids) AND erased_at IS NOT NULL"
)
_CUSTOMERS: Final = text(
    "SELECT id, merged_into, name, language FROM customer WHERE client_id = :client_id AND id = ANY(:ids)"
)

_NOTES: Final = text(
    "SELECT customer_id, at, text FROM customer_note "
    "WHERE client_id = :client_id AND customer_id = ANY(:ids) AND at = ANY(:moments)"
)
_CONSENTS: Final = text(
    "SELECT customer_id, at, purpose, channel, granted FROM customer_consent "
    "WHERE client_id = :client_id AND customer_id = ANY(:ids) AND at = ANY(:moments)"
)

Address = tuple[IdentityKind, str]


class Living(Struct, frozen=True):
    """A customer who is not merged into another."""

    id: CustomerId
    name: str
    language: str | None


class Said(Struct, frozen=True):
    """Which notes and consents customers have, each by its customer, its moment and what it says."""

    known: set[tuple[Any, ...]]

    def is_new(self, customer_id: UUID, at: datetime, *words: object) -> bool:
        """Whether the customer lacks it; from now on they have it."""
        one = (customer_id, at, *words)
        new = one not in self.known
        self.known.add(one)
        return new


async def said_of(tx: Tx, client_id: UUID, ids: Collection[UUID], moments: Collection[datetime]) -> Said:
    """The notes and consents of these customers that are of these moments."""
    known: set[tuple[Any, ...]] = set()
    if ids and moments:
        values = {"client_id": client_id, "ids": sorted(ids), "moments": sorted(moments)}
        for statement in (_NOTES, _CONSENTS):
            known |= {tuple(row) for row in await tx.execute(statement, values)}
    return Said(known)


async def erased(tx: Tx, client_id: UUID, ids: Collection[UUID]) -> set[UUID]:
    """Those who were erased."""
    found = await tx.execute(_ERASED, {"client_id": client_id, "ids": sorted(ids)})
    return set(found.scalars())


async def owners_of(tx: Tx, client_id: UUID, addresses: Collection[Address]) -> dict[Address, CustomerId]:
    """Whose each address is; those of nobody are left out."""
    owners: dict[Address, CustomerId] = {}
    for kind in sorted({each[0] for each in addresses}):
        values = sorted({value for each, value in addresses if each is kind})
        rows = await tx.execute(_OWNERS, {"client_id": client_id, "kind": kind, "values": values})
        owners |= {(kind, row.value): CustomerId(row.customer_id) for row in rows}
    return owners


async def living(tx: Tx, client_id: UUID, ids: Collection[UUID]) -> dict[UUID, Living]:
    """For each customer whom they were merged into, else themselves; those who are gone are left out."""
    known: dict[UUID, Any] = {}
    wanted = set(ids)
    while wanted:
        rows = await tx.execute(_CUSTOMERS, {"client_id": client_id, "ids": sorted(wanted)})
        found = {row.id: row for row in rows}
        known |= found
        wanted = {row.merged_into for row in found.values() if row.merged_into is not None} - known.keys()
    alive: dict[UUID, Living] = {}
    for asked in ids:
        one = known.get(asked)
        while one is not None and one.merged_into is not None:
            one = known.get(one.merged_into)
        if one is not None:
            alive[asked] = Living(one.id, one.name, one.language)
    return alive
