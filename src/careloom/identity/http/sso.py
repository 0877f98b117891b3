"""Endpoints of single sign-on: setting identity providers up, and the way there and back."""

import re
from typing import Annotated
from urllib.parse import urlencode

from litestar import delete, get, patch, post
from litestar.datastructures import Cookie
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.response import Redirect

from careloom.identity.commands import identity_providers, sso
from careloom.identity.commands.identity_providers import House
from careloom.identity.commands.sso import Here, Refusal, Returned, SsoRefusedError
from careloom.identity.http.authentication import Asking, origin_of, session_cookie
from careloom.identity.queries.identity_providers import (
    get_identity_provider,
    list_identity_providers,
    methods_for,
)
from careloom.identity.types.sso import (
    IdentityProvider,
    IdentityProviderChanges,
    IdentityProviderId,
    NewIdentityProvider,
    SignInMethods,
)
from careloom.platform.access import system_actor
from careloom.platform.errors import CareloomError, TooManyRequestsError
from careloom.platform.paging import Page
from careloom.platform.runtime import Runtime
from careloom.platform.web.http import After, Limit
from careloom.platform.web.provide import client_ip
from careloom.platform.web.throttle import Throttle
from careloom.platform.web.unit import Process, Unit

_SYSTEM = system_actor("single sign-on")
_COOKIE = "careloom_sso"
_COOKIE_PATH = "/api/sign-in/sso"
_SECONDS = 600
_strangers = Throttle(per_minute=60, burst=60)

Text = Annotated[str | None, QueryParameter(max_length=2000)]


@get("/identity-providers", summary="Identity providers")
async def get_identity_providers(unit: Unit, limit: Limit = 50, after: After = None) -> Page[IdentityProvider]:
    """Of your providers and clients, by name. Their secrets are never shown."""
    return await unit.read(lambda tx: list_identity_providers(tx, unit.actor, limit, after))


@get("/identity-providers/{identity_provider_id:uuid}", summary="An identity provider")
async def get_one(unit: Unit, identity_provider_id: FromPath[IdentityProviderId]) -> IdentityProvider:
    """One of them."""
    return await unit.read(lambda tx: get_identity_provider(tx, unit.actor, identity_provider_id))


@post("/identity-providers", summary="Set up an identity provider")
async def create_one(unit: Unit, data: JSONBody[NewIdentityProvider]) -> IdentityProvider:
    """Its rules can grant only what you hold."""
    house = _house(unit.runtime)
    return await unit.write(lambda tx: identity_providers.create_identity_provider(tx, unit.actor, house, data))


@patch("/identity-providers/{identity_provider_id:uuid}", summary="Change an identity provider")
async def change_one(
    unit: Unit, identity_provider_id: FromPath[IdentityProviderId], data: JSONBody[IdentityProviderChanges]
) -> IdentityProvider:
    """Changes the fields that are given."""
    house = _house(unit.runtime)
    return await unit.write(
        lambda tx: identity_providers.change_identity_provider(tx, unit.actor, house, identity_provider_id, data)
    )


@post(
    "/identity-providers/{identity_provider_id:uuid}/confirmation",
    status_code=200,
    summary="Answer for an identity provider",
)
async def confirm_one(unit: Unit, identity_provider_id: FromPath[IdentityProviderId]) -> IdentityProvider:
    """As it is. From now on it lets in people over whom you could decide, and no others."""
    return await unit.write(
        lambda tx: identity_providers.confirm_identity_provider(tx, unit.actor, identity_provider_id)
    )


@delete("/identity-providers/{identity_provider_id:uuid}", summary="Remove an identity provider")
async def delete_one(unit: Unit, identity_provider_id: FromPath[IdentityProviderId]) -> None:
    """People whom it made stay."""
    await unit.write(lambda tx: identity_providers.delete_identity_provider(tx, unit.actor, identity_provider_id))


@get("/sign-in/methods", summary="How addresses of a domain sign in")
async def get_methods(
    request: Asking, runtime: Process, domain: Annotated[str, QueryParameter(min_length=1, max_length=253)]
) -> SignInMethods:
    """Says nothing about whether there is anyone with such an address."""
    _strangers.take(client_ip(runtime, request))
    async with runtime.database.transaction(_SYSTEM) as tx:
        return await methods_for(tx, domain.lower())


@get("/sign-in/sso/{identity_provider_id:uuid}", summary="Sign in at an identity provider", status_code=302)
async def begin(
    request: Asking, runtime: Process, identity_provider_id: FromPath[IdentityProviderId], to: Text = None
) -> Redirect:
    """Sends the browser there; `to` is where it goes in the desktop once it is back."""
    _strangers.take(client_ip(runtime, request))
    try:
        begun = await sso.begin_sso(_here(runtime), identity_provider_id, _inside(to))
    except TooManyRequestsError:
        raise
    except CareloomError:
        return _refused(Refusal.FAILED)
    return Redirect(begun.address, cookies=[_keep(runtime, begun.state, _SECONDS)])


@get("/sign-in/sso/callback", summary="Come back from an identity provider", status_code=302)
async def end(
    request: Asking,
    runtime: Process,
    begun: Annotated[str | None, QueryParameter(name="state", max_length=2000)] = None,
    code: Text = None,
    iss: Text = None,
) -> Redirect:
    """Sets the session cookie and leads into the desktop, or back to the sign-in page with the reason."""
    _strangers.take(client_ip(runtime, request))
    returned = Returned(begun or "", request.cookies.get(_name(runtime), "?"), code, iss)
    origin, settings = origin_of(runtime, request), runtime.settings
    try:
        started, to = await sso.end_sso(_here(runtime), returned, origin, settings.session_hours)
    except SsoRefusedError as error:
        return _refused(error.reason)
    except CareloomError:
        return _refused(Refusal.FAILED)
    return Redirect(to, cookies=[session_cookie(runtime, started.secret), _keep(runtime, "", 0)])


def _house(runtime: Runtime) -> House:
    return House(runtime.secret, runtime.settings.sso_networks)


def _here(runtime: Runtime) -> Here:
    settings = runtime.settings
    return Here(runtime.database, runtime.secret, settings.base_url, settings.sso_networks)


def _inside(to: str | None) -> str:
    """An address of the desktop itself; whatever could lead elsewhere becomes its start."""
    return to if to is not None and re.fullmatch(r"/(?![/\\])[\w\-./?=&%~]*", to) else "/"


def _refused(reason: Refusal) -> Redirect:
    return Redirect(f"/sign-in?{urlencode({'refused': reason})}")


def _keep(runtime: Runtime, state: str, seconds: int) -> Cookie:
    secure, name = runtime.settings.by_https, _name(runtime)
    return Cookie(
        key=name, value=state, httponly=True, samesite="lax", secure=secure, path=_COOKIE_PATH, max_age=seconds
    )


def _name(runtime: Runtime) -> str:
    return f"__Secure-{_COOKIE}" if runtime.settings.by_https else _COOKIE


handlers = [get_identity_providers, get_one, create_one, change_one, confirm_one, delete_one, get_methods, begin, end]
