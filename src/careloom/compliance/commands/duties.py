"""Keeps an incident's duties those of its protocol."""

from typing import Any, NamedTuple

from sqlalchemy import case, delete, select, update

from careloom.compliance.core.notices import Known, draft
from careloom.compliance.core.protocols import Clock, Task, protocol
from careloom.compliance.tables import incident_duty
from careloom.compliance.types.incidents import Incident
from careloom.organizations.queries import get_client
from careloom.platform.access import Actor
from careloom.platform.database.transactions import Tx
from careloom.platform.ids import new_id

_C = incident_duty.c


class Followed(NamedTuple):
    """Keys of the duties that are new, and of those that are gone."""

    came: list[str]
    gone: list[str]


async def follow(tx: Tx, actor: Actor, one: Incident) -> Followed:
    """Makes the incident's duties those of its protocol; what is settled stays."""
    clock = Clock(one.aware_at, one.time_zone, one.customers_estimate, one.contract_hours)
    tasks = protocol(one.regimes, clock)
    gone = await _drop(tx, one, [task.key for task in tasks])
    there = set((await tx.execute(select(_C.key).where(_of(one)))).scalars())
    known = await what_is_known(tx, actor, one)
    for place, task in enumerate(tasks, 1):
        if task.key in there:
            await _move(tx, one, task, place)
        else:
            await _add(tx, one, task, place, draft(task.key, known, one.language))
    return Followed([task.key for task in tasks if task.key not in there], gone)


async def what_is_known(tx: Tx, actor: Actor, one: Incident) -> Known:
    """What a notice can say of the incident."""
    client = await get_client(tx, actor, one.client_id)
    return Known(
        client.name,
        one.title,
        one.description,
        one.data_kinds,
        one.customers_estimate,
        one.aware_at,
        one.occurred_at,
        one.time_zone,
    )


async def _drop(tx: Tx, one: Incident, wanted: list[str]) -> list[str]:
    """Removes what is not asked for any more and not settled; answers the keys."""
    unwanted = delete(incident_duty).where(_of(one), _C.done_at.is_(None), _C.key.not_in(wanted))
    gone = await tx.execute(unwanted.returning(_C.key, _C.place))
    return [row.key for row in sorted(gone, key=lambda row: row.place)]


async def _move(tx: Tx, one: Incident, task: Task, place: int) -> None:
    """Another deadline is announced from the beginning."""
    alerts = case((_C.due_at.is_distinct_from(task.due_at), 0), else_=_C.alerts)
    mine = update(incident_duty).where(_of(one), _C.key == task.key, _C.done_at.is_(None))
    await tx.execute(mine.values(place=place, due_at=task.due_at, alerts=alerts))


async def _add(tx: Tx, one: Incident, task: Task, place: int, notice: str | None) -> None:
    values: dict[str, Any] = {"required": task.required, "recipient": task.recipient, "due_at": task.due_at}
    values |= {"client_id": one.client_id, "id": new_id(), "incident_id": one.id, "key": task.key, "place": place}
    await tx.execute(incident_duty.insert().values(**values, draft=notice))


def _of(one: Incident) -> Any:
    return (_C.client_id == one.client_id) & (_C.incident_id == one.id)
