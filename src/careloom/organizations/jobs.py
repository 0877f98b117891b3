"""Keeps out of a process's logs what clients' own rules take out."""

import asyncio
from collections.abc import Collection
from typing import Final
from uuid import UUID

import structlog

from careloom.organizations.events import OWN_RULES_CHANGED
from careloom.organizations.queries import own_rules
from careloom.platform.database.transactions import Database
from careloom.platform.hub import CONNECTED, Hub, Signal
from careloom.platform.redaction.logs import change_rules, hold_rules

log = structlog.get_logger()

_AGAIN_SECONDS: Final = 5.0
"""How long after rules could not be read they are asked for once more."""


async def know_own_rules(database: Database, client_ids: Collection[UUID] | None = None) -> bool:
    """Keeps out of this process's logs what all clients' own rules take out by now; with `client_ids`, those of these
    clients are read anew and the others' stay. Answers whether they could be read: where not, it is logged, and those
    known before stay in force. Rules of one client that mean nothing are told once, and stop nothing.
    """
    try:
        found = await database.glance(lambda tx: own_rules(tx, client_ids))
    except Exception as error:
        log.error("own_rules_not_read", error=type(error).__name__, exc_info=error)
        return False
    hold = hold_rules
    if client_ids is not None:
        hold, found = change_rules, {**dict.fromkeys(client_ids, ()), **found}
    # Compiling thousands would hold requests up.
    for client_id in await asyncio.to_thread(hold, found):
        log.error("own_rules_unread", client_id=str(client_id))
    return True


async def follow_own_rules(database: Database, hub: Hub) -> None:
    """Reads a client's rules when they change, and all clients' whenever the hub begins to listen, as it may have
    missed changes; until cancelled. What cannot be read is asked for again, until it can.
    """
    changed: set[UUID] = set()
    missed = hub.ready.is_set()
    wake = asyncio.Event()

    def hear(signal: Signal) -> None:
        nonlocal missed
        if signal.get("kind") == CONNECTED:
            missed = True
        elif signal.get("kind") == OWN_RULES_CHANGED:
            changed.add(UUID(signal["client_id"]))
        else:
            return
        wake.set()

    with hub.listen(hear):
        if missed:
            wake.set()
        while True:
            await wake.wait()
            wake.clear()
            asked = None if missed else frozenset(changed)
            missed = False
            changed.clear()
            if not await know_own_rules(database, asked):
                missed = True
                await asyncio.sleep(_AGAIN_SECONDS)
                wake.set()
