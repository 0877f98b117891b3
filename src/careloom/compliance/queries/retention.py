"""Rules, holds, and records of purges."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select

from careloom.compliance.tables import legal_hold, purge_record, retention_default, retention_rule
from careloom.compliance.types.retention import (
    DataClass,
    Hold,
    HoldScope,
    Purge,
    RegionDefault,
    Rule,
    RuleSource,
)
from careloom.customers.queries.disposal import family
from careloom.organizations.queries import get_client
from careloom.organizations.types import ClientId
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.scope import within
from careloom.platform.database.transactions import Tx, widened
from careloom.platform.disposal import Spared
from careloom.platform.errors import NotFoundError
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.wire import reader

_READ = Permission.COMPLIANCE_READ
MOST_HOLDS = 1_000
read_hold = reader(Hold)
read_purge = reader(Purge)


def require_seen(actor: Actor, client_id: UUID, permission: Permission = _READ) -> None:
    """Raises NotFoundError for a client that the actor may not look at, ForbiddenError without `permission`."""
    if not actor.may(_READ, client_id=client_id):
        raise NotFoundError
    actor.require(permission, client_id=client_id)


async def list_rules(tx: Tx, actor: Actor, client_id: ClientId) -> list[Rule]:
    """For each class of data how long it is kept: the client's rule, else its region's, else for good."""
    require_seen(actor, client_id)
    region = (await get_client(tx, actor, client_id)).region
    defaults = {one.data_class: one.days for one in await region_defaults(tx, region)}
    own = {row.data_class: row for row in await tx.execute(_own(client_id))}
    return [_rule(each, own.get(each.value), defaults) for each in DataClass]


async def region_defaults(tx: Tx, region: str | None = None) -> list[RegionDefault]:
    """The rules of one region, or of all, for clients that have none of their own."""
    c = retention_default.c
    statement = select(c.region, c.data_class, c.days).order_by(c.region, c.data_class).limit(1_000)
    if region is not None:
        statement = statement.where(c.region == region)
    # How long a region's data is kept is the installation's word, which every client may know.
    async with widened(tx):
        rows = (await tx.execute(statement)).all()
    return [RegionDefault(row.region, DataClass(row.data_class), row.days) for row in rows]


async def list_defaults(tx: Tx, actor: Actor) -> list[RegionDefault]:
    """The rules of every region."""
    actor.require(_READ)
    return await region_defaults(tx)


async def list_holds(
    tx: Tx, actor: Actor, client_id: ClientId | None, *, active: bool, limit: int = 50, after: str | None = None
) -> Page[Hold]:
    """Holds, newest first; `active` leaves out those that are lifted or over."""
    actor.require(_READ, client_id=client_id)
    c = legal_hold.c
    statement = select(legal_hold).where(within(actor, _READ, c.client_id))
    if client_id is not None:
        statement = statement.where(c.client_id == client_id)
    if active:
        statement = statement.where(_stands())
    rows = await tx.execute(keyset(statement, [c.id], after, limit, descending=True))
    return cut([read_hold(row) for row in rows], limit, lambda one: [one.id])


async def spared_by_holds(tx: Tx, client_id: UUID) -> Spared:
    """What the client's standing holds keep; one on a customer keeps whoever was merged with them."""
    c = legal_hold.c
    statement = select(c.scope, c.subject_id).where(c.client_id == client_id, _stands()).limit(MOST_HOLDS)
    found: dict[str, set[UUID]] = {scope.value: set() for scope in HoldScope}
    everything = False
    for row in (await tx.execute(statement)).all():
        if row.scope == HoldScope.CLIENT:
            everything = True
        elif row.scope == HoldScope.CUSTOMER:
            found[row.scope] |= {row.subject_id, *await family(tx, client_id, row.subject_id)}
        else:
            found[row.scope].add(row.subject_id)
    return Spared(
        everything,
        frozenset(found[HoldScope.CUSTOMER]),
        frozenset(found[HoldScope.CASE]),
        frozenset(found[HoldScope.CONVERSATION]),
    )


async def list_purges(
    tx: Tx, actor: Actor, client_id: ClientId | None, limit: int = 50, after: str | None = None
) -> Page[Purge]:
    """Records of purges, newest first."""
    actor.require(_READ, client_id=client_id)
    c = purge_record.c
    statement = select(purge_record).where(within(actor, _READ, c.client_id))
    if client_id is not None:
        statement = statement.where(c.client_id == client_id)
    rows = await tx.execute(keyset(statement, [c.id], after, limit, descending=True))
    return cut([read_purge(row) for row in rows], limit, lambda one: [one.id])


def _stands() -> ColumnElement[bool]:
    c = legal_hold.c
    return c.lifted_at.is_(None) & or_(c.until.is_(None), c.until > now())


def _own(client_id: UUID) -> Select[Any]:
    return select(retention_rule).where(retention_rule.c.client_id == client_id)


def _rule(data_class: DataClass, row: Any, defaults: dict[DataClass, int | None]) -> Rule:
    if row is not None:
        own = (row.days, RuleSource.CLIENT, row.version, row.reason, row.changed_by, row.changed_at)
        return Rule(data_class, *own)
    days = defaults.get(data_class)
    source = RuleSource.NONE if days is None else RuleSource.REGION
    return Rule(data_class, days, source, 0, "", None, None)
