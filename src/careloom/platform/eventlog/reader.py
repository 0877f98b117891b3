"""Reads the log in order, past a position and below the horizon."""

from sqlalchemy import func, select, text

from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.event import LoggedEvent
from careloom.platform.eventlog.horizon import Horizon
from careloom.platform.tables import event_log
from careloom.platform.wire import reader

_LAST = text("SELECT last_value FROM event_log_id_seq")
_TRANSACTIONS = text(
    "SELECT pg_snapshot_xmax(one)::text::bigint, pg_snapshot_xmin(one)::text::bigint FROM pg_current_snapshot() one"
)
_read = reader(LoggedEvent)


class LogReader:
    """One reader's view of the log; keeps its own horizon."""

    def __init__(self) -> None:
        self._horizon = Horizon()
        self._last = 0

    async def safe_position(self, tx: Tx) -> int:
        """The highest event id that may be read now."""
        self._last = int((await tx.execute(_LAST)).scalar_one())
        following, oldest_open = (await tx.execute(_TRANSACTIONS)).one()
        self._horizon.observe(self._last, following)
        return self._horizon.safe(oldest_open)

    def behind(self, position: int) -> bool:
        """Whether ids beyond `position` were handed out when last looked: worth looking again soon."""
        return self._last > position

    async def last_upto(self, tx: Tx, upto: int) -> int:
        """The highest id up to `upto` that an event has; 0 for none. An id alone may be handed out again by a crash."""
        statement = select(func.max(event_log.c.id)).where(event_log.c.id <= upto)
        return int((await tx.execute(statement)).scalar_one() or 0)

    async def after(self, tx: Tx, position: int, upto: int, limit: int = 500) -> list[LoggedEvent]:
        """Events with position < id <= upto, ascending, at most `limit`."""
        statement = (
            select(event_log)
            .where(event_log.c.id > position, event_log.c.id <= upto)
            .order_by(event_log.c.id)
            .limit(limit)
        )
        return [_read(row) for row in await tx.execute(statement)]
