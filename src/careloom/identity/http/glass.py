"""Endpoints of emergency access: break the glass, end it, review what others did."""

from typing import Any

from litestar import delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from careloom.identity.commands import glass
from careloom.identity.commands.authentication import actor_by_session
from careloom.identity.commands.glass import House
from careloom.identity.commands.glass_ends import end_by_hand
from careloom.identity.commands.passkeys import begin_passkey_proof, place_of
from careloom.identity.commands.proof import proofs_of
from careloom.identity.http.authentication import Asking, asked_of, describe, proven_secret, whole_holder
from careloom.identity.queries.glass import breakable_clients, list_glasses
from careloom.identity.types import ClientBadge, GlassId, Me
from careloom.identity.types.glass import BreakGlass, GlassChoice, NewGlass, Review
from careloom.identity.types.sign_in import Holder
from careloom.organizations.types import ClientId
from careloom.platform.access import Actor, Permission, system_actor
from careloom.platform.errors import NotFoundError
from careloom.platform.paging import Page
from careloom.platform.runtime import Runtime
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Process, Unit

_SYSTEM = system_actor("break-glass")


@get("/session/glass", summary="What breaking the glass asks of me")
async def get_glass_choice(request: Asking, runtime: Process) -> GlassChoice:
    """By which of my factors I show who I am, and for how long I may have access."""
    mine, _ = await _asking(runtime, request)
    async with runtime.database.transaction(_SYSTEM) as tx:
        return GlassChoice(await proofs_of(tx, mine.person.id), runtime.settings.break_glass_minutes)


@get("/session/glass/clients", summary="Clients over which I may break the glass")
async def get_glass_clients(
    request: Asking, runtime: Process, limit: Limit = 50, after: After = None
) -> Page[ClientBadge]:
    """By name, without those that one sees already; nothing else of them is shown before."""
    _, actor = await _asking(runtime, request)
    return await breakable_clients(runtime.database, actor, limit, after)


@post("/session/glass/passkey", status_code=200, summary="Begin to show who I am by passkey")
async def begin_glass_proof(request: Asking, runtime: Process) -> dict[str, Any]:
    """What the browser needs (WebAuthn request options); what it signs is the `credential` of the proof."""
    mine, _ = await _asking(runtime, request)
    async with runtime.database.transaction(_SYSTEM) as tx:
        return await begin_passkey_proof(tx, mine, place_of(runtime.settings))


@post("/session/glass", status_code=200, summary="Break the glass")
async def break_glass(request: Asking, runtime: Process, data: JSONBody[NewGlass]) -> Me:
    """Gives this session emergency access to a client. Those who guard the client are told at once, and everything done
    meanwhile stands in the audit trail under the access's id.
    """
    mine, actor = await _asking(runtime, request)
    settings = runtime.settings
    house = House(runtime.database, runtime.secret, place_of(settings), settings.break_glass_minutes)
    await glass.begin_glass(house, actor, mine, data)
    return await _described(runtime, request, mine)


@delete("/session/glass", status_code=200, summary="End my emergency access")
async def end_glass(request: Asking, runtime: Process) -> Me:
    """Before its time is up."""
    mine = await whole_holder(runtime, request)
    async with runtime.database.transaction(_SYSTEM) as tx:
        if not await end_by_hand(tx, mine.actor, mine.session_id):
            raise NotFoundError
    return await _described(runtime, request, mine)


@get("/break-glass", summary="Emergency accesses")
async def get_glasses(
    unit: Unit,
    client_id: FromQuery[ClientId | None] = None,
    reviewed: FromQuery[bool | None] = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[BreakGlass]:
    """Who had access to which client, when and why, newest first; `reviewed` chooses one of the two."""
    return await unit.read(
        lambda tx: list_glasses(tx, unit.actor, client_id=client_id, reviewed=reviewed, limit=limit, after=after)
    )


@post("/break-glass/{glass_id:uuid}/review", status_code=200, summary="Review an emergency access")
async def review_glass(unit: Unit, glass_id: FromPath[GlassId], data: JSONBody[Review]) -> BreakGlass:
    """Once, when it is over, and never one's own."""
    return await unit.write(lambda tx: glass.review_glass(tx, unit.actor, glass_id, data))


async def _asking(runtime: Runtime, request: Asking) -> tuple[Holder, Actor]:
    """The session and its person, who may break the glass over something; raises ForbiddenError."""
    mine = await whole_holder(runtime, request)
    actor = await actor_by_session(runtime, proven_secret(runtime, request), asked_of(runtime, request))
    actor.require(Permission.GLASS_BREAK)
    return mine, actor


async def _described(runtime: Runtime, request: Asking, mine: Holder) -> Me:
    secret = proven_secret(runtime, request)
    actor = await actor_by_session(runtime, secret, asked_of(runtime, request))
    return await describe(runtime, actor, mine.person, secret)


handlers: list[Any] = [
    get_glass_choice,
    get_glass_clients,
    begin_glass_proof,
    break_glass,
    end_glass,
    get_glasses,
    review_glass,
]
