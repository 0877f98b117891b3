"""Who asks: a directory with its token; and the transactions in which it sees its own provider alone."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Request
from litestar.di import NamedDependency
from msgspec import Struct

from careloom.identity.commands.scim_tokens import PREFIX, directory_of
from careloom.identity.types.scim import Directory
from careloom.platform.access import Actor, Reach
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotSignedInError
from careloom.platform.runtime import Runtime
from careloom.platform.web.provide import client_ip
from careloom.platform.web.throttle import Throttle

_directories = Throttle(per_minute=1_500, burst=300)
_strangers = Throttle(per_minute=30, burst=30)
Asking = Request[Any, Any, Any]


class Asker(Struct, frozen=True):
    """A directory that asks, and the process that answers."""

    runtime: Runtime
    directory: Directory

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Tx]:
        """A transaction in which row-level security shows the directory's provider."""
        reach = Reach(frozenset(), frozenset(), frozenset({self.directory.provider_id}))
        async with self.runtime.database.transaction(Actor(self.directory.name, (reach,))) as tx:
            yield tx

    def address(self, path: str) -> str:
        """The full address of something of ours."""
        return f"{self.runtime.settings.base_url}/scim/v2/{path}"


async def provide_directory(request: Asking) -> Asker:
    """Whose token it is; raises NotSignedInError, TooManyRequestsError."""
    runtime: Runtime = request.app.state.runtime
    ip = client_ip(runtime, request)
    words = request.headers.get("authorization", "")
    request_id = request.scope.get("state", {}).get("request_id")
    try:
        if not words.lower().startswith(f"bearer {PREFIX}"):
            raise NotSignedInError("Send a SCIM token as a bearer token.")
        found = await directory_of(runtime.database, words[7:].strip(), ip, request_id)
    except NotSignedInError:
        _strangers.take(ip)
        raise
    _directories.take(str(found.provider_id))
    return Asker(runtime, found)


Directed = NamedDependency[Asker]
"""The directory that asks, as handlers ask for it: `directory: Directed`."""
