"""The endpoints by which any channel hands in customers' messages."""

import asyncio
from typing import Annotated, Any

from litestar import Request, Response, post
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody
from msgspec import Meta, Struct

from careloom.channels.commands.ingest import ingest
from careloom.channels.http.intake import MessageIntake
from careloom.channels.types import Accepted, InboundMessage
from careloom.platform.counters import ACCEPTED
from careloom.platform.errors import CareloomError, InvalidInputError
from careloom.platform.web.problem import Problem, problem_of
from careloom.platform.web.unit import Unit


class InboundMessages(Struct, frozen=True, forbid_unknown_fields=True):
    """Messages in the order in which their customers sent them."""

    messages: Annotated[tuple[InboundMessage, ...], Meta(min_length=1, max_length=200)]


class Outcome(Struct, frozen=True):
    """Where a message went, or what is wrong with it."""

    accepted: Accepted | None = None
    problem: Problem | None = None


class Outcomes(Struct, frozen=True):
    """What came of each message, in their order."""

    items: tuple[Outcome, ...]


@post(
    "/inbound",
    summary="Hand in a customer's message",
    responses={200: ResponseSpec(Accepted, description="Stored before; where it went.", generate_examples=False)},
)
async def post_inbound(
    request: Request[Any, Any, State], unit: Unit, data: JSONBody[InboundMessage]
) -> Response[Accepted]:
    """Stores it durably before answering 201; the same `external_id` again answers 200 and where it went."""
    if unit.is_keyed:
        accepted = await unit.write(lambda tx: ingest(tx, unit.actor, data))
    else:
        accepted = await _intake(request).accept(unit.actor, data)
    duplicate = duplicate_of(accepted)
    if not duplicate:
        ACCEPTED.labels(data.channel).inc()
    return Response(accepted, status_code=200 if duplicate else 201)


@post("/inbound/many", summary="Hand in many customers' messages", status_code=200)
async def post_many(request: Request[Any, Any, State], unit: Unit, data: JSONBody[InboundMessages]) -> Outcomes:
    """Stores each durably, or says what is wrong with it; one that is refused holds no other up.

    Send the list again after an error: what was stored is answered as a duplicate.
    """
    if unit.is_keyed:
        raise InvalidInputError("Each message has its `external_id`; leave the header Idempotency-Key out.")
    intake = _intake(request)
    taken = await asyncio.gather(*(intake.accept(unit.actor, one) for one in data.messages), return_exceptions=True)
    items: list[Outcome] = []
    for one, outcome in zip(data.messages, taken, strict=True):
        if isinstance(outcome, CareloomError):
            items.append(Outcome(problem=problem_of(outcome, unit.actor.language)))
        elif isinstance(outcome, BaseException):
            raise outcome
        else:
            items.append(Outcome(accepted=outcome))
            if not outcome.duplicate:
                ACCEPTED.labels(one.channel).inc()
    return Outcomes(tuple(items))


def duplicate_of(accepted: Accepted | dict[str, object]) -> bool:
    """Whether the message was stored before; a repeat by idempotency key answers the plain form of the first."""
    return accepted.duplicate if isinstance(accepted, Accepted) else bool(accepted["duplicate"])


def _intake(request: Request[Any, Any, State]) -> MessageIntake:
    return request.app.state.intake


handlers = [post_inbound, post_many]
