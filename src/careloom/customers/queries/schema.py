"""A client's customer attributes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from careloom.customers.types import AttributeField
from careloom.organizations import queries as organizations
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError


async def get_attribute_schema(tx: Tx, actor: Actor, client_id: UUID) -> tuple[AttributeField, ...]:
    """The client's fields in their order; raises NotFoundError."""
    if not actor.may_somewhere(Permission.CUSTOMERS_READ, client_id):
        raise NotFoundError
    return await schema_of(tx, client_id)


async def schema_of(tx: Tx, client_id: UUID) -> tuple[AttributeField, ...]:
    """The same for commands that have checked the access."""
    return fields_of(await organizations.attribute_schema(tx, client_id))


def fields_of(plain: Sequence[Any]) -> tuple[AttributeField, ...]:
    """Fields as they are stored."""
    return tuple(msgspec.convert(one, AttributeField, strict=False) for one in plain)
