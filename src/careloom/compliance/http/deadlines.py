"""The endpoint of everything that is due."""

from typing import Any

from litestar import get
from litestar.params import FromQuery

from careloom.compliance.queries import deadlines
from careloom.compliance.types.deadlines import Deadline, DeadlineKind, Overdue
from careloom.organizations.types import ClientId
from careloom.platform.paging import Page
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit


@get("/compliance/deadlines", summary="What is due, the most urgent first")
async def list_deadlines(
    unit: Unit,
    client_id: FromQuery[ClientId | None] = None,
    kind: FromQuery[DeadlineKind | None] = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[Deadline]:
    """Requests, duties of incidents, reviews of emergency accesses, holds that end, purges that left something, keys
    whose end waits for a second person.
    """
    return await unit.read(
        lambda tx: deadlines.list_deadlines(tx, unit.actor, client_id=client_id, kind=kind, limit=limit, after=after)
    )


@get("/compliance/deadlines/overdue", summary="How much is overdue")
async def count_overdue(unit: Unit) -> Overdue:
    """Counted up to 99."""
    return await unit.read(lambda tx: deadlines.count_overdue(tx, unit.actor))


handlers: list[Any] = [list_deadlines, count_overdue]
