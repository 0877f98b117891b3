"""Reads the live board's counters."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import DateTime, Uuid, column, func, select, values

from careloom.conversations.types import QueueId
from careloom.measures.core.service_level import service_level
from careloom.measures.types import ServiceLevelCounts, ServiceLevelVariant
from careloom.platform.database.transactions import Tx
from careloom.routing.tables import queue_figure

QUARTER: Final = timedelta(minutes=15)
TREND: Final = 4
_T = queue_figure.c


class Figures(Struct, frozen=True):
    """What a queue has counted over some time."""

    entered: int = 0
    answered: int = 0
    answered_in_target: int = 0
    abandoned: int = 0

    @property
    def service_level(self) -> float | None:
        """Variant a, 0..1; None without contacts."""
        counts = ServiceLevelCounts(self.answered, self.answered_in_target, self.abandoned, 0, 0)
        return service_level(counts, ServiceLevelVariant.A)


def quarter_of(at: datetime) -> datetime:
    """The beginning of the quarter hour of `at`, in UTC; all time zones' days begin with one."""
    at = at.astimezone(UTC)
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)


def midnight(time_zone: str, at: datetime) -> datetime:
    """When the local day of `at` began, in UTC."""
    local = at.astimezone(ZoneInfo(time_zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


async def figures_since(tx: Tx, since: Mapping[QueueId, datetime]) -> dict[QueueId, Figures]:
    """The sums of each queue's counters since its moment."""
    if not since:
        return {}
    line = values(column("queue_id", Uuid), column("since", DateTime(timezone=True)), name="line").data(
        list(since.items())
    )
    sums = [func.sum(_T[name]).label(name) for name in Figures.__struct_fields__]
    statement = (
        select(line.c.queue_id, *sums)
        .join(queue_figure, (_T.queue_id == line.c.queue_id) & (_T.quarter >= line.c.since))
        .group_by(line.c.queue_id)
    )
    rows = await tx.execute(statement)
    return {row.queue_id: Figures(row.entered, row.answered, row.answered_in_target, row.abandoned) for row in rows}


async def trends(tx: Tx, queue_ids: list[QueueId], at: datetime) -> dict[QueueId, tuple[float | None, ...]]:
    """Each queue's service level in the last four quarter hours with the current one, oldest first."""
    quarters = [quarter_of(at) - QUARTER * back for back in range(TREND - 1, -1, -1)]
    statement = select(queue_figure).where(_T.queue_id.in_(queue_ids), _T.quarter >= quarters[0])
    found = {
        (row.queue_id, row.quarter): Figures(row.entered, row.answered, row.answered_in_target, row.abandoned)
        for row in await tx.execute(statement)
    }
    empty = Figures()
    return {one: tuple(found.get((one, quarter), empty).service_level for quarter in quarters) for one in queue_ids}
