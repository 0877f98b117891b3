"""The endpoints by which any channel hands in customers' messages."""

import asyncio
from typing import Annotated, Any

from litestar import Request, Response, post
from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody
from litestar.types import ASGIApp, Receive, Scope, Send
from msgspec import Meta, Struct
from msgspec.json import Decoder, encode

from careloom.channels.commands.ingest import ingest
from careloom.channels.http.intake import MessageIntake
from careloom.channels.types import Accepted, InboundMessage
from careloom.platform.access import Actor
from careloom.platform.counters import ACCEPTED
from careloom.platform.errors import CareloomError, InvalidInputError
from careloom.platform.web.problem import Problem, problem_of
from careloom.platform.web.request import header
from careloom.platform.web.unit import Unit
from careloom.platform.wire import NO_JSON

_read = Decoder(InboundMessage).decode


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


class Shortcut(ASGIMiddleware):
    """Takes a message in before all is made ready that a handler may ask for, which costs as much as to store it.

    What needs more than that goes the long way: an idempotency key, a body that is no message, emergency access.
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Answers as `post_inbound` does."""
        accepted = await self._accept(Request(scope, receive, send))
        if accepted is None:
            await next_app(scope, receive, send)
            return
        body, status = encode(accepted), 200 if accepted.duplicate else 201
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    async def _accept(self, request: Request[Any, Any, State]) -> Accepted | None:
        if header(request, b"idempotency-key") is not None:
            return None
        state = request.app.state
        actor: Actor = await state.authenticate(state.runtime, request)
        try:
            data = _read(await request.body())
        except NO_JSON:
            return None
        return None if actor.glass else await _accept(request, actor, data)


@post(
    "/inbound",
    summary="Hand in a customer's message",
    middleware=[Shortcut()],
    responses={200: ResponseSpec(Accepted, description="Stored before; where it went.", generate_examples=False)},
)
async def post_inbound(
    request: Request[Any, Any, State], unit: Unit, data: JSONBody[InboundMessage]
) -> Response[Accepted]:
    """Stores it durably before answering 201; the same `external_id` again answers 200 and where it went."""
    if not unit.is_keyed:
        accepted = await _accept(request, unit.actor, data)
        return Response(accepted, status_code=200 if accepted.duplicate else 201)
    accepted = await unit.write(lambda tx: ingest(tx, unit.actor, data))
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


async def _accept(request: Request[Any, Any, State], actor: Actor, data: InboundMessage) -> Accepted:
    accepted = await _intake(request).accept(actor, data)
    if not accepted.duplicate:
        ACCEPTED.labels(data.channel).inc()
    return accepted


def duplicate_of(accepted: Accepted | dict[str, object]) -> bool:
    """Whether the message was stored before; a repeat by idempotency key answers the plain form of the first."""
    return accepted.duplicate if isinstance(accepted, Accepted) else bool(accepted["duplicate"])


def _intake(request: Request[Any, Any, State]) -> MessageIntake:
    return request.app.state.intake


handlers = [post_inbound, post_many]
