"""The platform's own endpoints: health, readiness, metrics, parked events."""

import contextlib
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.params import FromPath, QueryParameter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from careloom.platform.access import system_actor
from careloom.platform.database.health import REACHABLE, measure_health
from careloom.platform.database.links import LOST
from careloom.platform.errors import StoppingError
from careloom.platform.eventlog import parked
from careloom.platform.eventlog.parked import ParkedEvent, Retry
from careloom.platform.paging import MAX_LIMIT, Page
from careloom.platform.trail.states import SYSTEM, measure
from careloom.platform.web.unit import Process, Unit

Limit = Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT, description="How many items at most.")]
After = Annotated[str | None, QueryParameter(max_length=500, description="`next` of the page before.")]


@get("/health", sync_to_thread=False, summary="The process is alive")
def health() -> dict[str, str]:
    """Answers as long as the process runs."""
    return {"status": "ok"}


@get("/ready", summary="The process can serve")
async def ready(runtime: Process) -> dict[str, str]:
    """Answers 200 once the database answers; 503 from the moment that the process was told to stop."""
    if runtime.stopping.is_set():
        raise StoppingError
    async with runtime.database.transaction(system_actor("ready")) as tx:
        await tx.execute(text("SELECT 1"))
    return {"status": "ready"}


@get("/metrics", summary="Prometheus metrics", include_in_schema=False)
async def metrics(runtime: Process) -> Response[bytes]:
    """Counters and histograms of this process, and what of the database and the audit trail calls for a look."""
    REACHABLE.set(0)
    with contextlib.suppress(*LOST):
        async with runtime.database.transaction(SYSTEM) as tx:
            await measure(tx)
            await measure_health(tx)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


@get("/parked-events", summary="Events that a consumer could not handle")
async def get_parked_events(unit: Unit, limit: Limit = 50, after: After = None) -> Page[ParkedEvent]:
    """Each with its consumer and error, newest first."""
    return await unit.read(lambda tx: parked.list_parked(tx, unit.actor, limit, after))


@post("/parked-events/{parked_id:uuid}/retry", status_code=200, summary="Run a parked event again")
async def retry_parked_event(unit: Unit, parked_id: FromPath[UUID], request: Request[Any, Any, State]) -> Retry:
    """Runs the event in its consumer; it is settled when that succeeds."""
    consumers: dict[str, Any] = request.app.state.consumers
    return await unit.write(lambda tx: parked.retry_parked(tx, unit.actor, parked_id, consumers))


root_handlers = [health, ready, metrics]
router = Router("/", route_handlers=[get_parked_events, retry_parked_event], tags=["platform"])
