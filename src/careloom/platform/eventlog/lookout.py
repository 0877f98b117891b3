"""Looks how far a numbered table may be read now: asks the database what the horizon needs to know."""

from sqlalchemy import text

from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.horizon import Horizon

_TRANSACTIONS = text("""
    SELECT greatest(xmax, xmax - 2147483647 + (
               SELECT max(mod(transactionid::text::bigint - mod(xmax, 4294967296) + 6442450944, 4294967296))
               FROM pg_locks
               WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND pid <> pg_backend_pid()
           )),
           xmin, concat(pg_postmaster_start_time(), ' ', (SELECT checkpoint_lsn FROM pg_control_checkpoint()))
    FROM (
        SELECT pg_snapshot_xmax(one)::text::bigint AS xmax, pg_snapshot_xmin(one)::text::bigint AS xmin
        FROM pg_current_snapshot() one
    ) AS now
""")
"""A snapshot's xmax is only next after the transactions that have ended: those that run beyond it are known by the lock
that each holds on its own id, whose 32 bits are taken as near xmax. The one that looks sees what it wrote and need not
wait for itself.

The server is known by when it started and, as it may recover from a crash without a new start, by its checkpoint."""


class Lookout:
    """One reader's horizon over a table whose rows are numbered by `sequence`."""

    def __init__(self, sequence: str) -> None:
        self._last_value = text(f"SELECT last_value FROM {sequence}")  # noqa: S608
        self._horizon = Horizon()
        self.last = 0

    @property
    def server(self) -> str:
        """Which run of which server was looked at last."""
        return self._horizon.server

    async def safe(self, tx: Tx) -> int:
        """The highest number that may be read now; `last` is then the highest that was handed out."""
        self.last = int((await tx.execute(self._last_value)).scalar_one())
        following, oldest_open, server = (await tx.execute(_TRANSACTIONS)).one()
        self._horizon.observe(self.last, following, server)
        return self._horizon.safe(oldest_open)
