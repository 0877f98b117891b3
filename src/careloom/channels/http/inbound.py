"""The endpoint by which any channel hands in a customer's message."""

from typing import Any

from litestar import Request, Response, post
from litestar.datastructures import State
from litestar.params import JSONBody

from careloom.channels.commands.ingest import ingest
from careloom.channels.http.intake import MessageIntake
from careloom.channels.types import Accepted, InboundMessage
from careloom.platform.counters import ACCEPTED
from careloom.platform.web.unit import Unit


@post("/inbound", summary="Hand in a customer's message")
async def post_inbound(
    request: Request[Any, Any, State], unit: Unit, data: JSONBody[InboundMessage]
) -> Response[Accepted]:
    """Stores it durably before answering 201; the same `external_id` again answers 200 and where it went."""
    if unit.is_keyed:
        accepted = await unit.write(lambda tx: ingest(tx, unit.actor, data))
    else:
        intake: MessageIntake = request.app.state.intake
        accepted = await intake.accept(unit.actor, data)
    duplicate = duplicate_of(accepted)
    if not duplicate:
        ACCEPTED.labels(data.channel).inc()
    return Response(accepted, status_code=200 if duplicate else 201)


def duplicate_of(accepted: Accepted | dict[str, object]) -> bool:
    """Whether the message was stored before; a repeat by idempotency key answers the plain form of the first."""
    return accepted.duplicate if isinstance(accepted, Accepted) else bool(accepted["duplicate"])


handlers = [post_inbound]
