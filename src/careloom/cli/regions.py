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


class RegionUnsaidError(TerminalError):
    """Where regions are declared, every place of data has one."""


def require_served_regions(settings: Settings, url: str, *, files: bool = True, relay: bool = True) -> None:
    """Raises RegionNotServedError where data of a client is here that may not be worked on, or where the store of files
    or the relay stands in a region that is not served; RegionUnsaidError where regions are declared and nobody
    said in which one stands what the process uses (`files`, `relay`).
    """
    problem = _astray(settings) or unserved(settings, url)
    if problem is not None:
        raise RegionNotServedError(f"{problem} {WAY_OUT}")
    used = {"CARELOOM_FILES_REGION": files, "CARELOOM_RELAY_REGION": relay}
    for name, what in unsaid(settings).items():
        if used[name]:
            raise RegionUnsaidError(what)


def unsaid(settings: Settings) -> dict[str, str]:
    """The settings that must be set beside the declared regions and are not, each with what to do."""
    if not settings.regions:
        return {}
    places = {"CARELOOM_FILES_REGION": "attachments are stored", "CARELOOM_RELAY_REGION": "the mail relay stands"}
    return {
        name: f"CARELOOM_REGIONS is set and {name} is not: set it to the region in which {places[name]}."
        for name, where in _stores(settings).items()
        if where is None
    }


def _stores(settings: Settings) -> dict[str, str | None]:
    """The setting that says where each stands, and what it says."""
    return {"CARELOOM_FILES_REGION": settings.files_region, "CARELOOM_RELAY_REGION": settings.relay_region}


def _astray(settings: Settings) -> str | None:
    for name, where in _stores(settings).items():
        if settings.regions and where is not None and where not in settings.regions:
            return f"{name} is {where}, which CARELOOM_REGIONS leaves out: no client could use it."
    return None


def unserved(settings: Settings, url: str, *, stores: bool = False) -> str | None:
    """The first region of clients here that the settings exclude, in words; with `stores`, also from the store of
    files and the relay, which stand somewhere. Who was shredded and has nothing left does not count.
    """
    served = residency_here(settings)
    if stores and (astray := _astray(settings)) is not None:
        return astray
    if not served.declared:
        return None
    with psycopg.connect(conninfo(url)) as connection:
        connection.execute(_EVERY_CLIENT)
        for region, name, count in connection.execute(_LIVING):
            try:
                served.require(
                    region,
                    files=stores and served.files is not None,
                    relay=stores and served.relay is not None,
                )
            except RegionRefusedError as error:
                return f"{error.detail} Clients of it that are here: {count}, among them {name}."
    return None
