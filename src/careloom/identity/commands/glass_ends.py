"""How emergency access ends: by hand, with its session, or when its time is up."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, update

from careloom.identity.core.glass import over_since
from careloom.identity.events import BreakGlassChanged
from careloom.identity.tables import break_glass
from careloom.identity.types.glass import GlassEnd
from careloom.platform import audit
from careloom.platform.access import Actor, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.event import publish
from careloom.platform.hub import ACCESS_CHANGED, send_signal

_SYSTEM = system_actor("break-glass")
_BATCH = 500
_C = break_glass.c


async def end_with_sessions(tx: Tx, actor: Actor, session_ids: Sequence[UUID]) -> None:
    """Ends what these sessions have broken, with them; needs a system transaction."""
    if session_ids:
        await _end(tx, actor, _C.session_id.in_(list(session_ids)), GlassEnd.SESSION)


async def end_by_hand(tx: Tx, actor: Actor, session_id: UUID) -> bool:
    """Ends what this session has broken; whether there was any. Needs a system transaction."""
    return await _end(tx, actor, _C.session_id == session_id, GlassEnd.HAND) > 0


async def end_overdue(tx: Tx, session_id: UUID | None = None) -> int:
    """Notes the end of what is over by the clock, of one session or of all; it opened nothing any more since then.
    Needs a system transaction.
    """
    over = _C.until <= now()
    return await _end(tx, _SYSTEM, over if session_id is None else over & (_C.session_id == session_id), GlassEnd.TIME)


async def _end(tx: Tx, actor: Actor, which: ColumnElement[bool], how: GlassEnd) -> int:
    at = now()
    open_ones = select(break_glass).where(which, _C.ended_at.is_(None))
    held = open_ones.order_by(_C.until).limit(_BATCH).with_for_update()
    rows = (await tx.execute(held)).all()
    for row in rows:
        ended_how = GlassEnd.TIME if row.until <= at else how
        values = {"ended_at": over_since(row.until, at), "ended_how": ended_how}
        mine = update(break_glass).where(_C.client_id == row.client_id, _C.id == row.id)
        await tx.execute(mine.values(**values))
        await _tell(tx, actor, row, values)
    return len(rows)


async def _tell(tx: Tx, actor: Actor, row: Any, ended: dict[str, Any]) -> None:
    await audit.record(tx, actor, "break_glass.end", row.id, client_id=row.client_id, after=ended)
    await publish(tx, BreakGlassChanged(client_id=row.client_id, glass_id=row.id))
    await send_signal(tx, {"kind": ACCESS_CHANGED, "person_id": str(row.person_id)})
