"""Everything of compliance that is due, in the order in which it is."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, exists, or_, select

from careloom.compliance.tables import incident, incident_duty, legal_hold, privacy_request, purge_record, shredding
from careloom.compliance.types.deadlines import Deadline, DeadlineKind, Overdue
from careloom.identity.queries.glass import glasses_to_review
from careloom.organizations.types import ClientId
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.scope import within
from careloom.platform.database.transactions import Tx
from careloom.platform.paging import Page, cut, keyset

_READ = Permission.COMPLIANCE_READ
_LONG_RUN: Final = timedelta(hours=1)
"""A purge that has run for less is at work; one that has run for longer was stopped."""
_MOST: Final = 99


class _Asked(Struct, frozen=True):
    """Which of them: of all clients that the actor looks after, or one; `limit` of them behind `after`."""

    actor: Actor
    client_id: ClientId | None
    limit: int
    after: str | None

    def of(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """The rows of the clients that are asked for."""
        seen = within(self.actor, _READ, column)
        return seen if self.client_id is None else seen & (column == self.client_id)


async def list_deadlines(
    tx: Tx,
    actor: Actor,
    *,
    client_id: ClientId | None = None,
    kind: DeadlineKind | None = None,
    limit: int = 50,
    after: str | None = None,
) -> Page[Deadline]:
    """What is due and not done, the most urgent first: each kind by an index of its own, merged."""
    actor.require(_READ, client_id=client_id)
    asked = _Asked(actor, client_id, limit, after)
    found: list[Deadline] = []
    for one in DeadlineKind if kind is None else (kind,):
        found += await _SOURCES[one](tx, asked)
    found.sort(key=lambda each: (each.due_at, each.id))
    return cut(found[: limit + 1], limit, lambda each: [each.due_at, each.id])


async def count_overdue(tx: Tx, actor: Actor) -> Overdue:
    """How much of what the actor looks after is over its time, counted up to 99: the beginning of the list."""
    first = await list_deadlines(tx, actor, limit=_MOST + 1)
    late = sum(one.due_at < now() for one in first.items)
    return Overdue(min(late, _MOST), late > _MOST)


async def _requests(tx: Tx, asked: _Asked) -> list[Deadline]:
    c = privacy_request.c
    statement = select(c.id, c.client_id, c.due_at, c.kind.label("what")).where(
        asked.of(c.client_id), c.closed_at.is_(None)
    )
    return await _found(tx, DeadlineKind.REQUEST, statement, asked, [c.due_at, c.id])


async def _duties(tx: Tx, asked: _Asked) -> list[Deadline]:
    c, whole = incident_duty.c, incident.c
    statement = (
        select(c.id, c.client_id, c.due_at, c.key.label("what"), whole.title.label("words"), c.incident_id)
        .join(incident, (whole.client_id == c.client_id) & (whole.id == c.incident_id))
        .where(asked.of(c.client_id), c.done_at.is_(None), c.due_at.is_not(None))
    )
    return await _found(tx, DeadlineKind.DUTY, statement, asked, [c.due_at, c.id])


async def _reviews(tx: Tx, asked: _Asked) -> list[Deadline]:
    due = await glasses_to_review(tx, asked.actor, client_id=asked.client_id, limit=asked.limit, after=asked.after)
    return [Deadline(DeadlineKind.REVIEW, one.id, one.client_id, one.review_by, words=one.person_name) for one in due]


async def _holds(tx: Tx, asked: _Asked) -> list[Deadline]:
    c = legal_hold.c
    statement = select(
        c.id, c.client_id, c.until.label("due_at"), c.scope.label("what"), c.reason.label("words")
    ).where(asked.of(c.client_id), c.lifted_at.is_(None), c.until > now())
    return await _found(tx, DeadlineKind.HOLD, statement, asked, [c.until, c.id])


async def _purges(tx: Tx, asked: _Asked) -> list[Deadline]:
    c, later = purge_record.c, purge_record.alias().c
    followed = exists().where(later.client_id == c.client_id, later.data_class == c.data_class, later.id > c.id)
    statement = select(c.id, c.client_id, c.started_at.label("due_at"), c.data_class.label("what")).where(
        asked.of(c.client_id),
        or_(c.left_over.is_(None), c.left_over > 0),
        or_(c.finished_at.is_not(None), c.started_at < now() - _LONG_RUN),
        ~followed,
    )
    return await _found(tx, DeadlineKind.PURGE, statement, asked, [c.started_at, c.id])


async def _shreddings(tx: Tx, asked: _Asked) -> list[Deadline]:
    c = shredding.c
    statement = select(c.id, c.client_id, c.until.label("due_at"), c.reason.label("words")).where(
        asked.of(c.client_id), c.confirmed_at.is_(None), c.withdrawn_at.is_(None), c.until > now()
    )
    return await _found(tx, DeadlineKind.SHREDDING, statement, asked, [c.until, c.id])


async def _found(
    tx: Tx, kind: DeadlineKind, statement: Select[*tuple[Any, ...]], asked: _Asked, columns: list[ColumnElement[Any]]
) -> list[Deadline]:
    rows = await tx.execute(keyset(statement, columns, asked.after, asked.limit))
    return [Deadline(kind, **row) for row in rows.mappings()]


_SOURCES: Final[dict[DeadlineKind, Callable[[Tx, _Asked], Awaitable[list[Deadline]]]]] = {
    DeadlineKind.REQUEST: _requests,
    DeadlineKind.DUTY: _duties,
    DeadlineKind.REVIEW: _reviews,
    DeadlineKind.HOLD: _holds,
    DeadlineKind.PURGE: _purges,
    DeadlineKind.SHREDDING: _shreddings,
}
