"""Lists of conversations and how much each holds; every one starts from an index and stops after a page."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, Uuid, cast, func, literal_column, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from careloom.conversations.queries.conversation import conversations, read_conversation, visible
from careloom.conversations.tables.contact import conversation
from careloom.conversations.tables.desk import mention
from careloom.conversations.types import Conversation, QueueId, Sort, Status, View, ViewCounts, ViewFilter
from careloom.customers.types import CustomerId
from careloom.organizations.queries import badges
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.paging import Page, cut, keyset

MOST_COUNTED: Final = 999
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


async def list_conversations(
    tx: Tx, actor: Actor, asked: Asked, limit: int = 50, after: str | None = None
) -> Page[Conversation]:
    """A page of a list. `mine`, `my_queues`, `unassigned` and `mentioned` hold unresolved ones unless a status is
    asked for; `mentioned` those where a mention has not been seen.
    """
    waiting = asked.sort is Sort.WAITING and asked.filter.status is not Status.RESOLVED
    columns: list[Any] = [_C.urgent_at if waiting else _C.updated_at, _C.id]
    clauses = _clauses(actor, asked, waiting=waiting)
    column, ids = await _lead(tx, actor, asked)
    if column is None:
        statement = keyset(_base(waiting=waiting).where(*clauses), columns, after, limit, descending=not waiting)
    else:
        statement = _each(column, ids, clauses, columns, after, limit, waiting=waiting)
    rows = (await tx.execute(statement)).all()
    page = cut(rows, limit, lambda row: [row.position, row.id])
    return Page(tuple(read_conversation(row) for row in page.items), page.next)


async def count_views(tx: Tx, actor: Actor, queue_ids: Sequence[QueueId]) -> ViewCounts:
    """How many unresolved conversations each list holds, counted up to 999."""
    asked = {view: Asked(view=view, queue_ids=queue_ids) for view in View if view is not View.ALL}
    counts: list[Any] = []
    for view, one in asked.items():
        column, ids = await _lead(tx, actor, one)
        clauses = _clauses(actor, one, waiting=True)
        if column is not None:
            clauses.append(column.in_(ids))
        some = select(_C.id).select_from(conversation).where(*clauses).limit(MOST_COUNTED)
        counts.append(select(func.count()).select_from(some.subquery()).scalar_subquery().label(view))
    row = (await tx.execute(select(*counts))).one()
    return ViewCounts(row.mine, row.my_queues, row.unassigned, row.mentioned)


def _base(*, waiting: bool) -> Select[Any]:
    return conversations().add_columns((_C.urgent_at if waiting else _C.updated_at).label("position"))


def _clauses(actor: Actor, asked: Asked, *, waiting: bool) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = [visible(actor)]
    chosen = asked.filter
    clauses += [_C[name] == getattr(chosen, name) for name in _EQUALS if getattr(chosen, name) is not None]
    if chosen.unassigned is not None:
        clauses.append(_C.assignee_id.is_(None) if chosen.unassigned else _C.assignee_id.is_not(None))
    if chosen.tag is not None:
        clauses.append(_C.tags.contains([chosen.tag]))
    if asked.customer_id is not None:
        clauses.append(_C.customer_id == asked.customer_id)
    if waiting or (asked.view is not View.ALL and chosen.status is None):
        clauses.append(_UNRESOLVED)
    if asked.view is View.UNASSIGNED:
        clauses.append(_C.assignee_id.is_(None))
    if asked.view is View.MENTIONED:
        clauses.append(_C.id.in_(_mentions(actor)))
    return clauses


def _mentions(actor: Actor) -> Any:
    unseen = (mention.c.person_id == actor.person_id) & mention.c.seen_at.is_(None)
    return select(mention.c.conversation_id).where(unseen).order_by(mention.c.at.desc()).limit(MOST_COUNTED)


async def _lead(tx: Tx, actor: Actor, asked: Asked) -> tuple[Any, Sequence[UUID]]:
    """The column that leads the index to use, and the values to look for under it."""
    if asked.view is View.MINE:
        return _C.assignee_id, [actor.person_id] if actor.person_id else []
    if asked.view is View.MENTIONED:
        return None, []
    if asked.filter.assignee_id is not None:
        return _C.assignee_id, [asked.filter.assignee_id]
    if asked.filter.queue_id is not None and asked.sort is Sort.WAITING:
        return _C.queue_id, [asked.filter.queue_id]
    if asked.view is View.MY_QUEUES:
        return _C.queue_id, list(asked.queue_ids)
    if asked.filter.client_id is not None:
        return _C.client_id, [asked.filter.client_id]
    clients = actor.clients_for(Permission.CONVERSATIONS_READ)
    if clients is None:
        return _C.client_id, [one.id for one in await badges(tx, None)]
    return _C.client_id, sorted(clients)


def _each(
    column: Any,
    ids: Sequence[UUID],
    clauses: list[ColumnElement[bool]],
    columns: list[Any],
    after: str | None,
    limit: int,
    *,
    waiting: bool,
) -> Select[Any]:
    """One page from each of `ids` by its own index scan, merged: so no list is ever sorted whole."""
    lead = func.unnest(cast(list(ids), ARRAY(Uuid))).table_valued("id").render_derived(name="lead")
    one = _base(waiting=waiting).where(column == lead.c.id, *clauses)
    found = keyset(one, columns, after, limit, descending=not waiting).lateral("found")
    order = [found.c.position, found.c.id]
    ordered = [each.asc() if waiting else each.desc() for each in order]
    return select(*found.c).select_from(lead.join(found, true())).order_by(*ordered).limit(limit + 1)
