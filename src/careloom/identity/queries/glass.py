"""Reads emergency accesses: one's own, and all for those who review them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, and_, select

from careloom.identity.core.glass import added, gives_more
from careloom.identity.tables import break_glass, session
from careloom.identity.types import ClientBadge, OpenGlass
from careloom.identity.types.glass import BreakGlass
from careloom.organizations.queries import badges, list_clients
from careloom.organizations.types import ClientId
from careloom.platform.access import Actor, BrokenGlass, Permission, Reach
from careloom.platform.database.scope import within
from careloom.platform.database.transactions import Database, Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.wire import reader

_READ = Permission.COMPLIANCE_READ
_C = break_glass.c
_read = reader(BreakGlass)

GLASS_COLUMNS = (_C.id.label("glass_id"), _C.client_id.label("glass_client_id"), _C.until.label("glass_until"))


def of_session(moment: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Joins a session with what it has broken and is under way at a moment."""
    return and_(_C.session_id == session.c.id, _C.ended_at.is_(None), _C.until > moment)


def broken_glass(row: Any) -> BrokenGlass | None:
    """What GLASS_COLUMNS say."""
    return None if row.glass_id is None else BrokenGlass(row.glass_id, row.glass_client_id, row.glass_until)


async def open_glass(tx: Tx, actor: Actor, glass: BrokenGlass) -> OpenGlass:
    """The actor's own access that is under way; needs a system transaction."""
    row = (await tx.execute(select(break_glass).where(_C.client_id == glass.client_id, _C.id == glass.id))).one()
    (client,) = await badges(tx, frozenset({glass.client_id}))
    may = sorted({one for reach in actor.reaches if reach.touches(glass.client_id) for one in reach.permissions})
    badge = ClientBadge(client.id, client.name, client.color)
    return OpenGlass(row.id, badge, row.reason, row.begun_at, row.until, tuple(may))


async def breakable_clients(database: Database, actor: Actor, limit: int, after: str | None) -> Page[ClientBadge]:
    """The clients to which breaking the glass would give the actor more, by name: no more of them than name and colour.
    A page can hold fewer than `limit` and still have a `next`.
    """
    ways = actor.reaches_for(Permission.GLASS_BREAK)
    named = tuple(Reach(frozenset({Permission.ORGANIZATIONS_READ}), way.client_ids) for way in ways)
    looker = Actor(actor.name, named, person_id=actor.person_id)
    if not named:
        return Page((), None)
    async with database.transaction(looker) as tx:
        page = await list_clients(tx, looker, limit, after)
    worth = [one for one in page.items if gives_more(actor.reaches, added(actor.reaches, one.id))]
    return Page(tuple(ClientBadge(one.id, one.name, one.color) for one in worth), page.next)


async def list_glasses(
    tx: Tx,
    actor: Actor,
    *,
    client_id: ClientId | None = None,
    reviewed: bool | None = None,
    limit: int = 50,
    after: str | None = None,
) -> Page[BreakGlass]:
    """Emergency accesses to the clients that the actor looks after, newest first."""
    actor.require(_READ, client_id=client_id)
    statement = select(break_glass).where(within(actor, _READ, _C.client_id))
    if client_id is not None:
        statement = statement.where(_C.client_id == client_id)
    if reviewed is not None:
        statement = statement.where(_C.verdict.is_not(None) == reviewed)
    rows = await tx.execute(keyset(statement, [_C.id], after, limit, descending=True))
    return cut([_read(row) for row in rows], limit, lambda one: [one.id])


async def glasses_to_review(
    tx: Tx, actor: Actor, *, client_id: ClientId | None = None, limit: int = 50, after: str | None = None
) -> list[BreakGlass]:
    """Accesses that nobody has reviewed, by when that is due; one more than `limit` where there is."""
    actor.require(_READ, client_id=client_id)
    statement = select(break_glass).where(within(actor, _READ, _C.client_id), _C.verdict.is_(None))
    if client_id is not None:
        statement = statement.where(_C.client_id == client_id)
    return [_read(row) for row in await tx.execute(keyset(statement, [_C.review_by, _C.id], after, limit))]


async def get_glass(tx: Tx, actor: Actor, glass_id: UUID, *, lock: bool = False) -> BreakGlass:
    """One emergency access; raises NotFoundError."""
    statement = select(break_glass).where(_C.id == glass_id)
    row = (await tx.execute(statement.with_for_update() if lock else statement)).one_or_none()
    if row is None or not actor.may(_READ, client_id=row.client_id):
        raise NotFoundError
    return _read(row)
