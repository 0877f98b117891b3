"""Transactions that show an Actor only what is theirs."""

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, NullPool

from careloom.platform.access import Actor
from careloom.platform.database.links import Connection, Links
from careloom.platform.wire import from_json_text, json_text

Tx = AsyncConnection
"""One open transaction; commands and queries take it and never commit it."""

_SCOPE = text(
    "SELECT set_config('careloom.clients', :clients, true), set_config('careloom.providers', :providers, true)"
)

_EVERYTHING: Final = "SELECT set_config('careloom.clients', '*', false), set_config('careloom.providers', '*', false)"

_SHOWN = text(
    "SELECT current_setting('careloom.clients', true) AS clients, "
    "current_setting('careloom.providers', true) AS providers"
)

_LINKS: Final = "links"

T = TypeVar("T")


class CommitUnknownError(OperationalError):
    """The connection was lost during the commit: what the transaction did may be stored, and may not."""


class Database:
    """The pool of connections as the role that owns no table; `options` go with each transaction."""

    def __init__(self, url: str, pool_size: int = 10, options: Mapping[str, Any] | None = None) -> None:
        self.url = url
        self.links = Links(url)
        kept = {**(options or {}), _LINKS: self.links}
        self.engine: AsyncEngine = _pool(partial(self.links.connect, autocommit=True), pool_size, kept)
        self._glances: AsyncEngine = _pool(self._seeing_all, max(1, pool_size // 2), kept)

    async def glance(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """What `work` finds on a connection that sees everything, on which each statement is a transaction of its own:
        for looking up who asks. `work` may run twice.

        Raises OperationalError where the database is away.
        """
        try:
            async with self._glances.connect() as tx:
                return await work(tx)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        async with self._glances.connect() as tx:
            return await work(tx)

    @asynccontextmanager
    async def transaction(self, actor: Actor, *, reading: bool = False) -> AsyncGenerator[Tx]:
        """One transaction in which row-level security shows the actor's clients and providers; commits at the end.

        `reading`: it cannot write.

        Raises OperationalError where the database is away, CommitUnknownError where it went away during the commit.
        """
        async with AsyncExitStack() as stack:
            try:
                tx = await self._begun(stack, actor, reading)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                # The pool's connection was to a server that is gone, and so are all that are as old. Nothing was done.
                tx = await self._begun(stack, actor, reading)
            transaction = tx.get_transaction()
            yield tx
            if transaction is not None:
                await _commit(transaction)

    async def _begun(self, stack: AsyncExitStack, actor: Actor, reading: bool) -> Tx:
        tx = await stack.enter_async_context(self.engine.connect())
        await tx.begin()
        await tx.exec_driver_sql(_beginning(actor, reading))
        return tx

    async def _seeing_all(self) -> Connection:
        link = await self.links.connect(autocommit=True)
        await link.execute(_EVERYTHING)
        return link

    async def close(self) -> None:
        """Closes every connection."""
        await self.engine.dispose()
        await self._glances.dispose()


def _pool(connect: Callable[[], Awaitable[Connection]], size: int, options: Mapping[str, Any]) -> AsyncEngine:
    """Connections of which those used last are used next: they know their statements."""
    return create_async_engine(
        "postgresql+psycopg://",
        async_creator=connect,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=size,
        max_overflow=size,
        pool_use_lifo=True,
        pool_pre_ping=False,
        pool_timeout=30,
        hide_parameters=True,
        json_serializer=json_text,
        json_deserializer=from_json_text,
        execution_options=options,
    )


async def set_scope(tx: Tx, actor: Actor) -> None:
    """Narrows or widens what the open transaction sees to what `actor` may see."""
    await tx.execute(_SCOPE, _scope_of(actor))


@asynccontextmanager
async def widened(tx: Tx) -> AsyncGenerator[None]:
    """Shows everything to the open transaction for as long as the context lasts, then what it showed before."""
    before = (await tx.execute(_SHOWN)).one()
    shown = {"clients": before.clients, "providers": before.providers}
    await tx.execute(_SCOPE, {"clients": "*", "providers": "*"})
    try:
        yield
    except BaseException:
        # Whoever catches the error goes on with what was shown before; a broken transaction shows nothing anyway.
        with contextlib.suppress(DBAPIError):
            await tx.execute(_SCOPE, shown)
        raise
    await tx.execute(_SCOPE, shown)


@asynccontextmanager
async def beside(tx: Tx, actor: Actor) -> AsyncGenerator[Tx]:
    """A transaction of its own beside `tx`, which commits whatever becomes of `tx`. It takes no connection of the pool,
    of which everyone who waits has one already, but opens one: for what is rare.
    """
    links: Links = tx.engine.get_execution_options()[_LINKS]
    engine = create_async_engine(
        "postgresql+psycopg://", async_creator=links.connect, poolclass=NullPool, hide_parameters=True
    )
    try:
        async with engine.begin() as own:
            await set_scope(own, actor)
            yield own
    finally:
        await engine.dispose()


def _beginning(actor: Actor, reading: bool) -> str:
    """Begins and shows what is the actor's in one message to the server; in the text are ids alone."""
    scope = _scope_of(actor)
    shown = ", ".join(f"set_config('careloom.{name}', '{ids}', true)" for name, ids in scope.items())
    return f"BEGIN{' READ ONLY' if reading else ''}; SELECT {shown}"


def _scope_of(actor: Actor) -> dict[str, str]:
    return {"clients": _listed(actor.client_ids), "providers": _listed(actor.provider_ids)}


def _listed(ids: frozenset[UUID] | None) -> str:
    return "*" if ids is None else ",".join(str(one) for one in sorted(ids))


async def _commit(transaction: AsyncTransaction) -> None:
    try:
        await transaction.commit()
    except DBAPIError as error:
        if not error.connection_invalidated or error.orig is None:
            raise
        raise CommitUnknownError("COMMIT", None, error.orig, connection_invalidated=True) from error
