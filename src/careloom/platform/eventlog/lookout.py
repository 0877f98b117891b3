"""Looks how far a numbered table may be read now: asks the database what the horizon needs to know."""

from sqlalchemy import text

from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.horizon import Horizon

_TRANSACTIONS = text("""
    SELECT pg_snapshot_xmax(one)::text::bigint, pg_snapshot_xmin(one)::text::bigint,
           concat(pg_postmaster_start_time(), ' ', (SELECT checkpoint_lsn FROM pg_control_checkpoint()))
    FROM pg_current_snapshot() one
""")
"""The server is known by when it started and, as it may recover from a crash without a new start, by its checkpoint."""


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
