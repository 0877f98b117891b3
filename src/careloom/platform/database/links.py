"""Connections that find the server that takes writes, and notice within seconds that it is gone."""

import contextlib
import os
import re
import socket
from typing import Any, Final, TypeVar
from weakref import WeakSet

import psycopg
from psycopg.abc import PQGen
from psycopg.adapt import AdaptersMap
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.types.json import set_json_loads
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from careloom.platform.wire import from_json_text

LOST: Final = (psycopg.Error, DBAPIError, PoolTimeoutError, OSError)
"""What work on the database raises while it is away: to be tried again a moment later."""

_DEFAULTS: Final[dict[str, str]] = {
    "application_name": "careloom",
    "target_session_attrs": "read-write",
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}

Connection = psycopg.AsyncConnection[tuple[Any, ...]]

_TYPES: Final = AdaptersMap(psycopg.adapters)
set_json_loads(from_json_text, _TYPES)


_QUOTED: Final = re.compile(r'".*"', re.DOTALL)

T = TypeVar("T")


class _Discreet(psycopg.AsyncConnection[tuple[Any, ...]]):
    """A connection whose errors say what is wrong and show nothing of the rows: the server's details quote whole ones,
    and errors are kept, shown and logged where their clients' data must not be.
    """

    async def wait(self, gen: PQGen[T], *args: Any, **options: Any) -> T:
        try:
            return await super().wait(gen, *args, **options)
        except psycopg.Error as error:
            said = error.diag.message_primary
            if said is not None:
                error.args = (_QUOTED.sub('"…"', said) if isinstance(error, psycopg.DataError) else said,)
            raise


def conninfo(url: str) -> str:
    """The libpq connection string of `url`, with our defaults where it says nothing.

    Of several hosts the one that takes writes is used. Connecting gives up after 5 s a host; a machine that does not
    answer any more is noticed after 10 s.
    """
    given = conninfo_to_dict(url)
    return make_conninfo(url, **{name: value for name, value in _DEFAULTS.items() if name not in given})


class Links:
    """All connections of one process to the database at `url`."""

    def __init__(self, url: str) -> None:
        self.conninfo = conninfo(url)
        self._open: WeakSet[psycopg.AsyncConnection[Any]] = WeakSet()
        self._away = False
        self._attempts = 0

    async def connect(self, **options: Any) -> Connection:
        """A new connection; raises psycopg.OperationalError where no server takes writes now.

        Then one at a time tries on, and whoever comes meanwhile is refused at once: a server that comes back is not met
        by all who waited.
        """
        if self._away and self._attempts:
            raise psycopg.OperationalError("no server took writes a moment ago")
        self._attempts += 1
        try:
            connection = await _Discreet.connect(self.conninfo, context=_TYPES, **options)
        except psycopg.OperationalError:
            self._away = True
            raise
        finally:
            self._attempts -= 1
        self._away = False
        await self.adopt(connection)
        return connection

    async def adopt(self, connection: "psycopg.AsyncConnection[Any]") -> None:
        """Counts in a connection that was made elsewhere from `conninfo`."""
        self._open.add(connection)

    def cut(self) -> None:
        """Breaks every connection at once: whoever waits for an answer of a silent server is told that it is lost."""
        for connection in list(self._open):
            with contextlib.suppress(psycopg.Error, OSError):
                if not connection.closed:
                    with socket.socket(fileno=os.dup(connection.fileno())) as end:
                        end.shutdown(socket.SHUT_RDWR)
