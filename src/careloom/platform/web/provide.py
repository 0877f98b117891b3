"""What handlers may ask for by name: `unit`, `runtime`."""

from typing import Any, Protocol

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import Provide
from msgspec.structs import replace

from careloom.platform.access import Actor
from careloom.platform.reads import request_of
from careloom.platform.runtime import Runtime
from careloom.platform.texts.languages import Language, language_for
from careloom.platform.web.idempotency import IdempotencyKey, hash_request
from careloom.platform.web.unit import UnitOfWork

Connection = ASGIConnection[Any, Any, Any, Any]


class Authenticate(Protocol):
    """Finds out who asks; the identity capability implements it, the composition root supplies it."""

    async def __call__(self, runtime: Runtime, connection: Connection) -> Actor:
        """The actor; raises NotSignedInError, or ForbiddenError for a forged request."""
        ...


async def provide_unit(request: Request[Any, Any, State]) -> UnitOfWork:
    """The request's unit of work, as the authenticated actor."""
    state = request.app.state
    runtime: Runtime = state.runtime
    authenticate: Authenticate = state.authenticate
    actor = await authenticate(runtime, request)
    language = asked_language(request)
    if language is not actor.language:
        actor = replace(actor, language=language)
    route = str(request.scope.get("path_template") or request.scope["path"])
    await runtime.reads.note(runtime.database, runtime.secret, actor, request_of(actor, request.method, route))
    word = request.headers.get("idempotency-key")
    key = None if word is None else IdempotencyKey(actor, word, await _hash(runtime, request))
    return UnitOfWork(runtime, actor, key)


async def _hash(runtime: Runtime, request: Request[Any, Any, State]) -> str:
    # A form with files can be read only once, and its boundary is another one each time it is sent.
    of_form = request.headers.get("content-type", "").startswith("multipart/form-data")
    content = b"" if of_form else await request.body()
    return hash_request(runtime.secret, request.method, request.scope["path"], content)


async def provide_runtime(request: ASGIConnection[Any, Any, Any, Any]) -> Runtime:
    """The process's runtime, for handlers that strangers reach."""
    return request.app.state.runtime


def asked_language(connection: Connection) -> Language:
    """The language in which the request wants to be answered: English where it does not say."""
    return language_for(connection.headers.get("accept-language", ""))


def client_ip(runtime: Runtime, connection: Connection) -> str:
    """The address that the request comes from; X-Forwarded-For is believed from trusted proxies alone."""
    peer = connection.client.host if connection.client else ""
    if peer not in runtime.settings.trusted_proxies:
        return peer
    forwarded = [one.strip() for one in connection.headers.get("x-forwarded-for", "").split(",") if one.strip()]
    untrusted = [one for one in forwarded if one not in runtime.settings.trusted_proxies]
    return untrusted[-1] if untrusted else peer


DEPENDENCIES = {"unit": Provide(provide_unit), "runtime": Provide(provide_runtime)}
