"""How the database is, for those who watch: whether it is reached, and whether a replica confirms commits."""

import psycopg
from prometheus_client import Counter, Gauge
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import text

from careloom.platform.database.links import conninfo
from careloom.platform.database.transactions import Tx

REACHABLE = Gauge("careloom_database_reachable", "1 while a server takes writes.")
SYNCHRONOUS = Gauge("careloom_database_synchronous", "1 while a commit waits for a replica.")
LOSSES = Counter("careloom_database_losses_total", "How often the connection that listens for events was lost.")

IS_SYNCHRONOUS = (
    "SELECT current_setting('synchronous_standby_names') <> '' "
    "AND current_setting('synchronous_commit') NOT IN ('off', 'local')"
)


async def measure_health(tx: Tx) -> None:
    """Sets the gauges by what an open transaction shows."""
    SYNCHRONOUS.set(bool((await tx.execute(text(IS_SYNCHRONOUS))).scalar_one()))
    REACHABLE.set(1)


def each_server(url: str) -> dict[str, str]:
    """The connection string of each server that `url` names, by its host and port; of any role."""
    given = conninfo_to_dict(conninfo(url))
    hosts = str(given.get("host") or "").split(",")
    ports = str(given.get("port") or "").split(",")
    ports = ports if len(ports) == len(hosts) else ports[:1] * len(hosts)
    return {
        f"{host}:{port or 5432}": make_conninfo(
            "", **{**given, "host": host, "port": port, "target_session_attrs": "any"}
        )
        for host, port in zip(hosts, ports, strict=True)
    }


def answers(server: str) -> bool:
    """Whether the server with this connection string lets the program in."""
    try:
        psycopg.connect(server).close()
    except psycopg.OperationalError:
        return False
    return True
