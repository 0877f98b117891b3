"""Background work of compliance: purges at night, requests, warnings before deadlines, alerts by mail."""

from datetime import datetime
from uuid import UUID

from careloom.compliance.commands.alert_mail import (
    MAIL_DEADLINE,
    MAIL_GLASS,
    mail_deadline,
    mail_glass,
    tell_of_deadline,
    tell_of_glass,
)
from careloom.compliance.commands.alerts import alert
from careloom.compliance.commands.disclose import build_export
from careloom.compliance.commands.erasure import erase
from careloom.compliance.commands.keys.rotation import ROTATE, resume_rotations, run_rotation
from careloom.compliance.commands.purge import (
    FORGET_ORIGINALS,
    PURGE,
    defer_forgetting,
    defer_purge,
    forget_originals,
    run_purge,
)
from careloom.compliance.commands.requests import BUILD_EXPORT, ERASE, defer_work, drop_export, export_key, write
from careloom.compliance.events import IncidentChanged, IncidentDeadlineNear
from careloom.compliance.queries.requests import expired_exports, get_request, waiting_requests
from careloom.compliance.queries.retention import list_rules
from careloom.compliance.types.requests import RequestStatus
from careloom.compliance.types.retention import DataClass
from careloom.conversations.queries.disposal import clients_with_due_originals
from careloom.identity.events import BreakGlassBegun
from careloom.identity.types import PersonId
from careloom.organizations.queries import badges
from careloom.organizations.types import ClientId
from careloom.platform.access import system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.consumer import Consumer, Handler
from careloom.platform.eventlog.event import Event
from careloom.platform.jobs import Periodic, Task
from careloom.platform.runtime import Runtime

_SYSTEM = system_actor("compliance")
_MOST_CLIENTS = 10_000


def consumers(runtime: Runtime) -> list[Consumer]:
    """Who answers for a client is told by mail of an emergency access to it and of deadlines of incidents, where mail
    has a sender. An incident that is registered late, or whose clock turns out to run longer, is spoken of at once.
    """

    async def on_glass(tx: Tx, event: BreakGlassBegun) -> None:
        if runtime.settings.alert_sender is not None:
            await tell_of_glass(tx, event)

    async def on_deadline(tx: Tx, event: IncidentDeadlineNear) -> None:
        if runtime.settings.alert_sender is not None:
            await tell_of_deadline(tx, event)

    async def on_incident(tx: Tx, event: IncidentChanged) -> bool:
        return await alert(tx, now(), event.incident_id) > 0

    handlers: dict[type[Event], Handler] = {
        BreakGlassBegun: on_glass,
        IncidentDeadlineNear: on_deadline,
        IncidentChanged: on_incident,
    }
    return [Consumer("compliance.alerts", handlers)]


def tasks(runtime: Runtime) -> list[Task]:
    """Purges, exports, erasures, rotations of keys, alerts; each can be run again at any point."""

    async def purge(client_id: str, data_class: str, by_hand: bool) -> None:
        await run_purge(runtime, ClientId(UUID(client_id)), DataClass(data_class), by_hand=by_hand)

    async def forget(client_id: str) -> None:
        await forget_originals(runtime, ClientId(UUID(client_id)))

    async def build(client_id: str, request_id: str) -> None:
        await build_export(runtime, UUID(client_id), UUID(request_id))

    async def run_erasure(client_id: str, request_id: str) -> None:
        await erase(runtime, UUID(client_id), UUID(request_id))

    async def rotate(client_id: str) -> None:
        await run_rotation(runtime, ClientId(UUID(client_id)))

    async def tell_glass(glass_id: str, person_id: str) -> None:
        await mail_glass(runtime, UUID(glass_id), PersonId(UUID(person_id)))

    async def tell_deadline(incident_id: str, duty_id: str, due_at: str, hours: int, person_id: str) -> None:
        person, due = PersonId(UUID(person_id)), datetime.fromisoformat(due_at)
        await mail_deadline(runtime, UUID(incident_id), UUID(duty_id), due, hours, person)

    return [
        Task(PURGE, purge),
        Task(FORGET_ORIGINALS, forget),
        Task(BUILD_EXPORT, build),
        Task(ERASE, run_erasure),
        Task(ROTATE, rotate),
        Task(MAIL_GLASS, tell_glass),
        Task(MAIL_DEADLINE, tell_deadline),
    ]


def periodic(runtime: Runtime) -> list[Periodic]:
    """Purges and waiting erasures at night, exports' end every hour, warnings every five minutes."""

    async def nightly() -> None:
        await defer_purges(runtime)

    async def resume() -> None:
        await resume_requests(runtime)

    async def expire() -> None:
        await expire_exports(runtime)

    async def warn() -> None:
        async with runtime.database.transaction(_SYSTEM) as tx:
            await alert(tx, now())

    return [
        Periodic(Task("compliance.defer_purges", nightly), "20 1 * * *"),
        Periodic(Task("compliance.resume_requests", resume), "50 1 * * *"),
        Periodic(Task("compliance.expire_exports", expire), "40 * * * *"),
        Periodic(Task("compliance.warn_of_deadlines", warn), "*/5 * * * *"),
    ]


async def defer_purges(runtime: Runtime) -> None:
    """A purge for each client's classes that have a time, and one of what was masked where its time is over."""
    async with runtime.database.transaction(_SYSTEM) as tx:
        clients = await badges(tx, None, _MOST_CLIENTS)
        for client_id in await clients_with_due_originals(tx, now()):
            await defer_forgetting(tx, client_id)
    for client in clients:
        async with runtime.database.transaction(_SYSTEM) as tx:
            for rule in await list_rules(tx, _SYSTEM, client.id):
                if rule.days is not None:
                    await defer_purge(tx, client.id, rule.data_class)


async def resume_requests(runtime: Runtime) -> None:
    """Takes up erasures that something held up, and rotations that something stopped."""
    async with runtime.database.transaction(_SYSTEM) as tx:
        for _, request_id in await waiting_requests(tx):
            one = await get_request(tx, _SYSTEM, request_id, lock=True)
            await defer_work(tx, await write(tx, one, status=RequestStatus.RUNNING))
        await resume_rotations(tx)


async def expire_exports(runtime: Runtime) -> None:
    """Removes exports whose week is over."""
    async with runtime.database.transaction(_SYSTEM) as tx:
        over = await expired_exports(tx, now())
    for client_id, request_id in over:
        await runtime.files.delete(export_key(client_id, request_id))
        async with runtime.database.transaction(_SYSTEM) as tx:
            await drop_export(tx, client_id, request_id)
