"""Looks how far a numbered table may be read now: asks the database what the horizon needs to know."""

from typing import Final

from sqlalchemy import text

from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.horizon import Horizon

NUMBERING: Final = 7236
"""The first key of the advisory lock that a transaction holds from its first row in a numbered table to its end, shared
with all others; the second is the table. A trigger of the table takes it, before any row is numbered."""

_WRITERS = text(f"""
    SELECT ARRAY(
               SELECT virtualtransaction FROM pg_locks
               WHERE locktype = 'advisory' AND objsubid = 2
                   AND classid = {NUMBERING} AND objid = CAST(:table AS regclass)
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                   AND pid <> pg_backend_pid()
           ),
           concat(pg_postmaster_start_time(), ' ', (SELECT checkpoint_lsn FROM pg_control_checkpoint()))
""")  # noqa: S608
"""Who writes, and which run of which server this is: as it may recover from a crash without a new start, by its
checkpoint, too. The one that looks sees what it wrote and need not wait for itself.
"""


class Lookout:
    """One reader's horizon over `table`, whose rows are numbered by `column`."""

    def __init__(self, table: str, column: str) -> None:
        self._table = table
        self._last_value = text(f"SELECT last_value FROM {table}_{column}_seq")  # noqa: S608
        self._horizon = Horizon()
        self.last = 0

    @property
    def server(self) -> str:
        """Which run of which server was looked at last."""
        return self._horizon.server

    async def safe(self, tx: Tx) -> int:
        """The highest number that may be read now; `last` is then the highest that was handed out."""
        self.last = int((await tx.execute(self._last_value)).scalar_one())
        writers, server = (await tx.execute(_WRITERS, {"table": self._table})).one()
        return self._horizon.observe(self.last, writers, server)
