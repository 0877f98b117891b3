"""Endpoints of second factors: authenticator app, recovery codes, passkeys; sign-in with them."""

from typing import Annotated, Any

from litestar import Response, delete, get, patch, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from careloom.identity.commands import passkeys, second_factor
from careloom.identity.commands.passkeys import place_of
from careloom.identity.http.authentication import Asking, holder, origin_of, signed_in, whole_holder
from careloom.identity.queries.factors import factors_of
from careloom.identity.types import Me, PersonId
from careloom.identity.types.sign_in import (
    Factors,
    GivenCode,
    NewTotp,
    Passkey,
    PasskeyChanges,
    PasskeyId,
    PasskeyName,
    RecoveryCodes,
    StartedSession,
)
from careloom.platform.access import system_actor
from careloom.platform.web.provide import client_ip
from careloom.platform.web.throttle import Throttle
from careloom.platform.web.unit import Process, Unit

_SYSTEM = system_actor("second factor")
_strangers = Throttle(per_minute=60, burst=60)

Words = Annotated[dict[str, Any], Meta(max_length=20, description="As the browser's WebAuthn interface gives it.")]


class NewPasskey(Struct, frozen=True, forbid_unknown_fields=True):
    """A passkey that the browser has made."""

    name: PasskeyName
    credential: Words


class UsedPasskey(Struct, frozen=True, forbid_unknown_fields=True):
    """A passkey that the browser has used."""

    credential: Words


@get("/session/factors", summary="My second factors")
async def get_factors(request: Asking, runtime: Process) -> Factors:
    """What I can sign in with beside the password."""
    mine = await holder(runtime, request)
    async with runtime.database.transaction(_SYSTEM) as tx:
        return await factors_of(tx, mine.person.id, place_of(runtime.settings).host)


@post("/session/second-factor", status_code=200, summary="Finish signing in with a code")
async def give_second_factor(request: Asking, runtime: Process, data: JSONBody[GivenCode]) -> Response[Me]:
    """A code of the authenticator app, or a recovery code; each works once. The session gets a new cookie."""
    mine = await holder(runtime, request)
    hours = runtime.settings.session_hours
    secret = await second_factor.give_second_factor(runtime.database, mine, runtime.secret, data.code, hours)
    return await signed_in(runtime, request, StartedSession(secret, mine.person))


@post("/session/enrolment", status_code=200, summary="Finish signing in after setting up a second factor")
async def end_enrolment(request: Asking, runtime: Process) -> Response[Me]:
    """For a sign-in that lacked a second factor, once there is one."""
    mine = await holder(runtime, request)
    async with runtime.database.transaction(_SYSTEM) as tx:
        secret = await second_factor.end_enrolment(tx, mine, runtime.settings.session_hours)
    return await signed_in(runtime, request, StartedSession(secret, mine.person))


@post("/session/totp", status_code=200, summary="Set up an authenticator app")
async def begin_totp(request: Asking, runtime: Process) -> NewTotp:
    """The secret for the app, as text and as a QR code; it counts once a code has confirmed it."""
    mine = await holder(runtime, request)
    async with runtime.database.transaction(_SYSTEM) as tx:
        return await second_factor.begin_totp(tx, mine, runtime.secret)


@post("/session/totp/confirmation", status_code=200, summary="Confirm an authenticator app")
async def confirm_totp(request: Asking, runtime: Process, data: JSONBody[GivenCode]) -> RecoveryCodes:
    """Answers recovery codes, which are not shown again."""
    mine = await holder(runtime, request)
    return await second_factor.confirm_totp(runtime.database, mine, runtime.secret, data.code)


@delete("/session/totp", summary="Remove my authenticator app")
async def remove_totp(request: Asking, runtime: Process) -> None:
    """With its recovery codes."""
    mine = await holder(runtime, request)
    async with runtime.database.transaction(_SYSTEM) as tx:
        await second_factor.remove_totp(tx, mine)


@post("/session/recovery-codes", status_code=200, summary="Make new recovery codes")
async def renew_recovery_codes(request: Asking, runtime: Process) -> RecoveryCodes:
    """The old ones work no more."""
    mine = await holder(runtime, request)
    async with runtime.database.transaction(_SYSTEM) as tx:
        return await second_factor.renew_recovery_codes(tx, mine)


@post("/session/passkeys/options", status_code=200, summary="Begin to make a passkey")
async def begin_passkey(request: Asking, runtime: Process) -> dict[str, Any]:
    """What the browser needs (WebAuthn creation options)."""
    mine = await holder(runtime, request)
    async with runtime.database.transaction(_SYSTEM) as tx:
        return await passkeys.begin_passkey(tx, mine, place_of(runtime.settings))


@post("/session/passkeys", summary="Keep a passkey")
async def add_passkey(request: Asking, runtime: Process, data: JSONBody[NewPasskey]) -> Passkey:
    """The passkey that the browser made with the options."""
    mine = await holder(runtime, request)
    async with runtime.database.transaction(_SYSTEM) as tx:
        return await passkeys.add_passkey(tx, mine, place_of(runtime.settings), data.name, data.credential)


@patch("/session/passkeys/{passkey_id:uuid}", summary="Rename a passkey")
async def rename_passkey(
    request: Asking, runtime: Process, passkey_id: FromPath[PasskeyId], data: JSONBody[PasskeyChanges]
) -> Passkey:
    """One of mine."""
    mine = await whole_holder(runtime, request)
    async with runtime.database.transaction(_SYSTEM) as tx:
        return await passkeys.rename_passkey(tx, mine, passkey_id, data.name)


@delete("/session/passkeys/{passkey_id:uuid}", summary="Remove a passkey")
async def remove_passkey(request: Asking, runtime: Process, passkey_id: FromPath[PasskeyId]) -> None:
    """One of mine; it signs in no more."""
    mine = await whole_holder(runtime, request)
    async with runtime.database.transaction(_SYSTEM) as tx:
        await passkeys.remove_passkey(tx, mine, passkey_id)


@post("/sign-in/passkey/options", status_code=200, summary="Begin to sign in by passkey")
async def begin_passkey_sign_in(request: Asking, runtime: Process) -> dict[str, Any]:
    """What the browser needs (WebAuthn request options)."""
    _strangers.take(client_ip(runtime, request))
    async with runtime.database.transaction(_SYSTEM) as tx:
        return await passkeys.begin_passkey_sign_in(tx, place_of(runtime.settings))


@post("/sign-in/passkey", status_code=200, summary="Sign in by passkey")
async def sign_in_by_passkey(request: Asking, runtime: Process, data: JSONBody[UsedPasskey]) -> Response[Me]:
    """Sets the session cookie; a passkey needs no second factor."""
    _strangers.take(client_ip(runtime, request))
    origin, hours = origin_of(runtime, request), runtime.settings.session_hours
    async with runtime.database.transaction(_SYSTEM) as tx:
        place = place_of(runtime.settings)
        started = await passkeys.sign_in_by_passkey(tx, place, data.credential, origin, hours)
    return await signed_in(runtime, request, started)


@delete("/people/{person_id:uuid}/factors", summary="Remove a person's second factors")
async def reset_factors(unit: Unit, person_id: FromPath[PersonId]) -> None:
    """For who has lost them: authenticator app, recovery codes and passkeys."""
    await unit.write(lambda tx: second_factor.reset_factors(tx, unit.actor, person_id))


handlers = [
    get_factors,
    give_second_factor,
    end_enrolment,
    begin_totp,
    confirm_totp,
    remove_totp,
    renew_recovery_codes,
    begin_passkey,
    add_passkey,
    rename_passkey,
    remove_passkey,
    begin_passkey_sign_in,
    sign_in_by_passkey,
    reset_factors,
]
