"""Lists of conversations and how much each holds; every one starts from an index and stops after a page."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, func, literal_column, select, tuple_

from careloom.conversations.queries.conversation import conversations, read_conversation, visible
from careloom.conversations.tables.contact import conversation
from careloom.conversations.tables.desk import mention
from careloom.conversations.types import Conversation, QueueId, Sort, Status, View, ViewCounts, ViewFilter
from careloom.customers.queries.customer import clients_of_customers
from careloom.customers.types import CustomerId
from careloom.organizations.queries import clients_of_programs, list_client_ids
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.paging import Page, cut, encode_cursor, keyset, keyset_each, reach_of_each

MOST_COUNTED: Final = 999
_MOST_LOOKED_AT: Final = 10_000
_C = conversation.c
# Written out, not bound: only so does the planner see that a partial index holds all the rows.
_UNRESOLVED: Final = _C.status != literal_column("'resolved'")
_EQUALS: Final = ("client_id", "program_id", "queue_id", "assignee_id", "channel", "status", "priority")


class Asked(Struct, frozen=True, kw_only=True):
    """Which list, of which conversations, in which order. `queue_ids` are those that the actor serves."""

    view: View = View.ALL
    filter: ViewFilter = ViewFilter()
    customer_id: CustomerId | None = None
    sort: Sort = Sort.NEWEST
    queue_ids: Sequence[QueueId] = ()

    @property
    def waiting(self) -> bool:
        """Whether the list holds unresolved ones alone, those waiting longest first."""
        return self.sort is Sort.WAITING and self.filter.status is not Status.RESOLVED


class _Scan(Struct, frozen=True):
    """How a list is read: from the indexes that begin with `lead`, for each of `leads`. `held` is what these indexes
    answer by themselves, `looked_at` what has to be asked of each row. A customer's own are few.
    """

    lead: Any
    leads: Sequence[UUID]
    held: list[ColumnElement[bool]]
    looked_at: list[ColumnElement[bool]]


async def list_conversations(
    tx: Tx, actor: Actor, asked: Asked, limit: int = 50, after: str | None = None
) -> Page[Conversation]:
    """A page of a list. `mine`, `my_queues`, `unassigned` and `mentioned` hold unresolved ones unless a status is
    asked for; `mentioned` those where a mention has not been seen.

    Where a filter has no index of its own, at most 10,000 conversations are looked at: the page may then hold fewer
    than `limit`, even none, and `next` goes on from there.
    """
    columns: list[Any] = [_C.urgent_at if asked.waiting else _C.updated_at, _C.id]
    if asked.view is View.MENTIONED:
        return await _mentioned(tx, actor, asked, columns, limit, after)
    scan = await _scan(tx, actor, asked)
    reach = await _reach(tx, scan, columns, after, limit, descending=not asked.waiting)
    clauses = [*scan.held, *scan.looked_at]
    if reach is not None:
        here = tuple_(*columns)
        clauses.append(here <= tuple_(*reach) if asked.waiting else here >= tuple_(*reach))
    page = keyset_each(
        scan.lead, scan.leads, clauses, columns, after, limit, descending=not asked.waiting, carry=[_C.client_id]
    )
    statement = (
        conversations()
        .add_columns(page.c.k0.label("position"))
        .join(page, (page.c.client_id == _C.client_id) & (page.c.k1 == _C.id))
        .order_by(*(each.asc() if asked.waiting else each.desc() for each in (page.c.k0, page.c.k1)))
    )
    found = cut((await tx.execute(statement)).all(), limit, lambda row: [row.position, row.id])
    further = encode_cursor(reach) if found.next is None and reach is not None else found.next
    return Page(tuple(read_conversation(row) for row in found.items), further)


async def count_views(tx: Tx, actor: Actor, queue_ids: Sequence[QueueId]) -> ViewCounts:
    """How many unresolved conversations each list holds, counted up to 999."""
    counts: list[Any] = []
    for view in View:
        if view is View.ALL:
            continue
        asked = Asked(view=view, queue_ids=queue_ids, sort=Sort.WAITING)
        if view is View.MENTIONED:
            clauses = [visible(actor), _UNRESOLVED, _C.id.in_(_mentions(actor))]
        else:
            scan = await _scan(tx, actor, asked)
            clauses = [scan.lead.in_(scan.leads), *scan.held, *scan.looked_at]
        some = select(_C.id).select_from(conversation).where(*clauses).limit(MOST_COUNTED)
        counts.append(select(func.count()).select_from(some.subquery()).scalar_subquery().label(view))
    row = (await tx.execute(select(*counts))).one()
    return ViewCounts(row.mine, row.my_queues, row.unassigned, row.mentioned)


async def _mentioned(
    tx: Tx, actor: Actor, asked: Asked, columns: list[Any], limit: int, after: str | None
) -> Page[Conversation]:
    clauses = [visible(actor), _C.id.in_(_mentions(actor)), *_chosen(asked)]
    if asked.filter.status is None:
        clauses.append(_UNRESOLVED)
    statement = conversations().add_columns(columns[0].label("position")).where(*clauses)
    rows = (await tx.execute(keyset(statement, columns, after, limit, descending=not asked.waiting))).all()
    page = cut(rows, limit, lambda row: [row.position, row.id])
    return Page(tuple(read_conversation(row) for row in page.items), page.next)


def _mentions(actor: Actor) -> Any:
    unseen = (mention.c.person_id == actor.person_id) & mention.c.seen_at.is_(None)
    return select(mention.c.conversation_id).where(unseen).order_by(mention.c.at.desc()).limit(MOST_COUNTED)


async def _scan(tx: Tx, actor: Actor, asked: Asked) -> _Scan:
    lead, leads = await _lead(tx, actor, asked)
    by_client = lead is _C.client_id
    held: list[ColumnElement[bool]] = [_UNRESOLVED] if asked.waiting else []
    if asked.filter.status is not None and by_client and not asked.waiting:
        held.append(_C.status == asked.filter.status)
    looked_at = _chosen(asked, apart_from={lead.name} | ({"status"} if by_client and not asked.waiting else set()))
    unassigned = _C.assignee_id.is_(None)
    if asked.view is View.UNASSIGNED:
        (held if asked.waiting and by_client else looked_at).append(unassigned)
    if asked.view is View.MY_QUEUES and lead is not _C.queue_id:
        looked_at.append(_C.queue_id.in_(asked.queue_ids))
    if asked.view is not View.ALL and asked.filter.status is None and not asked.waiting:
        looked_at.append(_UNRESOLVED)
    reaches = actor.reaches_for(Permission.CONVERSATIONS_READ)
    (looked_at if any(one.program_ids is not None for one in reaches) else held).append(visible(actor))
    if asked.customer_id is not None:
        return _Scan(lead, leads, [*held, *looked_at], [])
    return _Scan(lead, leads, held, looked_at)


def _chosen(asked: Asked, apart_from: Collection[str] = ()) -> list[ColumnElement[bool]]:
    chosen = asked.filter
    names = [name for name in _EQUALS if name not in apart_from and getattr(chosen, name) is not None]
    clauses: list[ColumnElement[bool]] = [_C[name] == getattr(chosen, name) for name in names]
    if chosen.unassigned is not None:
        clauses.append(_C.assignee_id.is_(None) if chosen.unassigned else _C.assignee_id.is_not(None))
    if chosen.tag is not None:
        clauses.append(_C.tags.contains([chosen.tag]))
    if asked.customer_id is not None:
        clauses.append(_C.customer_id == asked.customer_id)
    return clauses


async def _lead(tx: Tx, actor: Actor, asked: Asked) -> tuple[Any, Sequence[UUID]]:
    """The column that leads the index to use, and the values to look for under it."""
    chosen = asked.filter
    if asked.view is View.MINE:
        return _C.assignee_id, [actor.person_id] if actor.person_id else []
    if chosen.assignee_id is not None:
        return _C.assignee_id, [chosen.assignee_id]
    if asked.waiting and chosen.queue_id is not None:
        return _C.queue_id, [chosen.queue_id]
    if asked.waiting and asked.view is View.MY_QUEUES:
        return _C.queue_id, list(asked.queue_ids)
    if chosen.client_id is not None:
        return _C.client_id, [chosen.client_id]
    if chosen.program_id is not None:
        return _C.client_id, list((await clients_of_programs(tx, [chosen.program_id])).values())
    if asked.customer_id is not None:
        return _C.client_id, await clients_of_customers(tx, [asked.customer_id])
    clients = actor.clients_for(Permission.CONVERSATIONS_READ)
    return _C.client_id, await list_client_ids(tx) if clients is None else sorted(clients)


async def _reach(
    tx: Tx, scan: _Scan, columns: list[Any], after: str | None, limit: int, *, descending: bool
) -> list[Any] | None:
    """Where looking at rows one by one has to stop; None where it can go to the end."""
    if not scan.looked_at or not scan.leads:
        return None
    depth = max(limit + 1, _MOST_LOOKED_AT // len(scan.leads))
    statement = reach_of_each(scan.lead, scan.leads, scan.held, columns, after, depth, descending=descending)
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else [row.k0, row.k1]
