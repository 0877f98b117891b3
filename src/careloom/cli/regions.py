"""Which clients here are of a region that this installation does not serve."""

from typing import Final

import psycopg

from careloom.platform.database.links import conninfo
from careloom.platform.errors import TerminalError
from careloom.platform.residency import RegionRefusedError, residency_here
from careloom.platform.settings import Settings

_EVERY_CLIENT: Final = "SELECT set_config('careloom.clients', '*', true)"
_LIVING: Final = """
    SELECT region, min(name), count(*)
    FROM client
    WHERE NOT EXISTS (SELECT FROM client_key k WHERE k.client_id = client.id)
       OR EXISTS (SELECT FROM client_key k WHERE k.client_id = client.id AND k.wrapped IS NOT NULL)
       OR EXISTS (SELECT FROM conversation c WHERE c.client_id = client.id)
       OR EXISTS (SELECT FROM customer c WHERE c.client_id = client.id)
    GROUP BY region
    ORDER BY region
"""
WAY_OUT: Final = (
    "Correct CARELOOM_REGIONS, CARELOOM_FILES_REGION and CARELOOM_RELAY_REGION; or, before they exclude the region, "
    "export its clients, restore them in an installation that serves it, shred them here, and let retention remove "
    "what is left of them."
)


class RegionNotServedError(TerminalError):
    """Clients of a region that is not served are here."""


def require_served_regions(settings: Settings, url: str) -> None:
    """Raises RegionNotServedError where data of a client is here that may not be worked on."""
    problem = unserved(settings, url)
    if problem is not None:
        raise RegionNotServedError(f"{problem} {WAY_OUT}")


def unserved(settings: Settings, url: str, *, stores: bool = False) -> str | None:
    """The first region of clients here that the settings exclude, in words; with `stores`, also from the store of
    files and the relay. Who was shredded and has nothing left does not count.
    """
    served = residency_here(settings)
    if not served.declared:
        return None
    with psycopg.connect(conninfo(url)) as connection:
        connection.execute(_EVERY_CLIENT)
        for region, name, count in connection.execute(_LIVING):
            try:
                served.require(region, files=stores, relay=stores)
            except RegionRefusedError as error:
                return f"{error.detail} Clients of it that are here: {count}, among them {name}."
    return None
