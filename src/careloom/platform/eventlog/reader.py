"""Reads the log in order, past a position and below the horizon."""

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Integer, bindparam, func, select

from careloom.platform.database.prepared import Prepared
from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.event import LoggedEvent
from careloom.platform.eventlog.lookout import Lookout
from careloom.platform.tables import event_log

_COLUMNS: Final = [event_log.c[name] for name in LoggedEvent.__struct_fields__]
_AFTER: Final = Prepared(
    select(*_COLUMNS)
    .where(
        event_log.c.id > bindparam("position", type_=BigInteger), event_log.c.id <= bindparam("upto", type_=BigInteger)
    )
    .order_by(event_log.c.id)
    .limit(bindparam("most", type_=Integer)),
    LoggedEvent,
)


class LogReader:
    """One reader's view of the log; keeps its own horizon."""

    def __init__(self) -> None:
        self._lookout = Lookout("event_log", "id")

    @property
    def server(self) -> str:
        """Which run of which server was read last; an id means nothing beyond it unless its event was stored."""
        return self._lookout.server

    async def safe_position(self, tx: Tx) -> int:
        """The highest event id that may be read now."""
        return await self._lookout.safe(tx)

    def behind(self, position: int) -> bool:
        """Whether ids beyond `position` were handed out when last looked: worth looking again soon."""
        return self._lookout.last > position

    async def last_upto(self, tx: Tx, upto: int) -> int:
        """The highest id up to `upto` that an event has; 0 for none. An id alone may be handed out again by a crash."""
        statement = select(func.max(event_log.c.id)).where(event_log.c.id <= upto)
        return int((await tx.execute(statement)).scalar_one() or 0)

    async def has(self, tx: Tx, event_id: int, at: datetime) -> bool:
        """Whether the log holds the event with this id and time."""
        statement = select(event_log.c.id).where(event_log.c.id == event_id, event_log.c.at == at)
        return (await tx.execute(statement)).first() is not None

    async def after(self, tx: Tx, position: int, upto: int, limit: int = 500) -> list[LoggedEvent]:
        """Events with position < id <= upto, ascending, at most `limit`."""
        return await _AFTER.rows(tx, position=position, upto=upto, most=limit)
