"""Requests of data subjects."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace
from sqlalchemy import select

from careloom.compliance.queries.retention import require_seen
from careloom.compliance.tables import privacy_request
from careloom.compliance.types.requests import PrivacyRequest, RequestKind, RequestStatus
from careloom.customers.queries.customer import erased_among, names_of
from careloom.organizations.types import ClientId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.scope import within
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.wire import row_fields

_READ = Permission.COMPLIANCE_READ
_C = privacy_request.c


def read_request(row: Any) -> PrivacyRequest:
    """A request from its row."""
    return msgspec.convert(row_fields(row), PrivacyRequest, strict=False)


async def list_requests(
    tx: Tx,
    actor: Actor,
    *,
    client_id: ClientId | None = None,
    customer_id: UUID | None = None,
    open_only: bool = False,
    limit: int = 50,
    after: str | None = None,
) -> Page[PrivacyRequest]:
    """Requests, newest first."""
    actor.require(_READ, client_id=client_id)
    statement = select(privacy_request).where(within(actor, _READ, _C.client_id))
    if client_id is not None:
        statement = statement.where(_C.client_id == client_id)
    if customer_id is not None:
        statement = statement.where(_C.customer_id == customer_id)
    if open_only:
        statement = statement.where(_C.closed_at.is_(None))
    rows = await tx.execute(keyset(statement, [_C.id], after, limit, descending=True))
    found = await _named(tx, actor, [read_request(row) for row in rows])
    return cut(found, limit, lambda one: [one.id])


async def look_at_request(tx: Tx, actor: Actor, request_id: UUID) -> PrivacyRequest:
    """One request with the customer's name; raises NotFoundError, ForbiddenError."""
    (one,) = await _named(tx, actor, [await get_request(tx, actor, request_id)])
    return one


async def _named(tx: Tx, actor: Actor, requests: list[PrivacyRequest]) -> list[PrivacyRequest]:
    ids = {one.customer_id for one in requests}
    names, gone = await names_of(tx, actor, ids), await erased_among(tx, actor, ids)
    return [
        replace(one, customer_name=names.get(one.customer_id), customer_erased=one.customer_id in gone)
        for one in requests
    ]


async def get_request(
    tx: Tx, actor: Actor, request_id: UUID, permission: Permission = _READ, *, lock: bool = False
) -> PrivacyRequest:
    """One request, locked where asked for; raises NotFoundError, ForbiddenError."""
    statement = select(privacy_request).where(_C.id == request_id)
    row = (await tx.execute(statement.with_for_update() if lock else statement)).one_or_none()
    if row is None:
        raise NotFoundError
    require_seen(actor, row.client_id, permission)
    return read_request(row)


async def open_erasure(tx: Tx, client_id: UUID, customer_ids: Collection[UUID]) -> UUID | None:
    """The erasure of one of these customers that is not closed yet."""
    statement = select(_C.id).where(_C.client_id == client_id, _C.customer_id.in_(customer_ids))
    statement = statement.where(_C.kind == RequestKind.ERASURE, _C.closed_at.is_(None)).order_by(_C.id).limit(1)
    return (await tx.execute(statement)).scalar_one_or_none()


async def waiting_requests(tx: Tx, limit: int = 500) -> list[tuple[UUID, UUID]]:
    """Client and id of erasures that something held up. Needs a system transaction."""
    statement = select(_C.client_id, _C.id).where(_C.status == RequestStatus.WAITING, _C.closed_at.is_(None))
    return [(row.client_id, row.id) for row in await tx.execute(statement.order_by(_C.id).limit(limit))]


async def expired_exports(tx: Tx, at: datetime, limit: int = 500) -> list[tuple[UUID, UUID]]:
    """Client and request of exports whose time is over. Needs a system transaction."""
    statement = select(_C.client_id, _C.id).where(_C.export_until <= at).order_by(_C.export_until)
    return [(row.client_id, row.id) for row in await tx.execute(statement.limit(limit))]
