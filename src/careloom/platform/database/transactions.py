"""Transactions that show an Actor only what is theirs."""

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
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

_EVERYTHING: Final = {"clients": "*", "providers": "*"}

_CANNOT_WRITE: Final = "SET default_transaction_read_only = on"

_SHOWN = text(
    "SELECT current_setting('careloom.clients', true) AS clients, "
    "current_setting('careloom.providers', true) AS providers"
)

_LINKS: Final = "links"

_AWAY: Final = ("08", "57P")
"""How the SQLSTATE begins of a lost connection and of a server that stops or starts."""

_NARROWED, _WIDENED = "narrowed to", "widened"
"""What a connection for reading was narrowed to, and whether it shows everything for the moment."""

T = TypeVar("T")


class CommitUnknownError(OperationalError):
    """The connection was lost during the commit: what the transaction did may be stored, and may not."""


def is_away(error: BaseException) -> bool:
    """Whether an error means that the database could not be asked, so that it tells nothing of what it was asked."""
    if isinstance(error, (PoolTimeoutError, InterfaceError)):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state: str | None = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or (isinstance(error, OperationalError) and (state or "08").startswith(_AWAY))


class Database:
    """The pool of connections as the role that owns no table; `options` go with each transaction."""

    def __init__(self, url: str, pool_size: int = 10, options: Mapping[str, Any] | None = None) -> None:
        self.url = url
        self.links = Links(url)
        kept = {**(options or {}), _LINKS: self.links}
        self.engine: AsyncEngine = _pool(partial(self.links.connect, autocommit=True), pool_size, kept)
        self._glances: AsyncEngine = _pool(self._seeing_all, max(1, pool_size // 2), kept)
        self._readings: AsyncEngine = _pool(self._writing_nothing, max(1, pool_size // 2), kept)

    async def glance(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """What `work` finds on a connection that sees everything, on which each statement is a transaction of its own:
        for looking up who asks and noting who reads. `work` may run twice.

        Raises OperationalError where the database is away.
        """
        return await _found(self._glances, work)

    async def read(self, actor: Actor, work: Callable[[Tx], Awaitable[T]]) -> T:
        """What `work` finds where row-level security shows the actor's clients and providers and nothing can be
        written. Each statement is a transaction of its own, so that one costs one message to the server and no more;
        `work` may run twice.

        Raises OperationalError where the database is away.
        """

        async def narrowed(tx: Tx) -> T:
            await _narrow(tx, actor)
            return await work(tx)

        return await _found(self._readings, narrowed)

    @asynccontextmanager
    async def transaction(self, actor: Actor) -> AsyncGenerator[Tx]:
        """One transaction in which row-level security shows the actor's clients and providers; commits at the end.

        Raises OperationalError where the database is away, CommitUnknownError where it went away during the commit.
        """
        async with AsyncExitStack() as stack:
            try:
                tx = await self._begun(stack, actor)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                # The pool's connection was to a server that is gone, and so are all that are as old. Nothing was done.
                tx = await self._begun(stack, actor)
            transaction = tx.get_transaction()
            yield tx
            if transaction is not None:
                await _commit(transaction)

    async def _begun(self, stack: AsyncExitStack, actor: Actor) -> Tx:
        tx = await stack.enter_async_context(self.engine.connect())
        await tx.begin()
        await tx.exec_driver_sql(f"BEGIN; {_showing(_scope_of(actor), 'true')}")
        return tx

    async def _seeing_all(self) -> Connection:
        link = await self.links.connect(autocommit=True)
        await link.execute(_showing(_EVERYTHING, "false").encode())
        return link

    async def _writing_nothing(self) -> Connection:
        link = await self.links.connect(autocommit=True)
        await link.execute(_CANNOT_WRITE)
        return link

    async def close(self) -> None:
        """Closes every connection."""
        for pool in (self.engine, self._glances, self._readings):
            await pool.dispose()


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
    if _NARROWED in tx.info:
        async with _widened_reading(tx):
            yield
        return
    before = (await tx.execute(_SHOWN)).one()
    shown = {"clients": before.clients, "providers": before.providers}
    await tx.execute(_SCOPE, _EVERYTHING)
    try:
        yield
    except BaseException:
        # Whoever catches the error goes on with what was shown before; a broken transaction shows nothing anyway.
        with contextlib.suppress(DBAPIError):
            await tx.execute(_SCOPE, shown)
        raise
    await tx.execute(_SCOPE, shown)


@asynccontextmanager
async def _widened_reading(tx: Tx) -> AsyncGenerator[None]:
    """A transaction within which everything shows; what the connection was narrowed to holds again when it is over."""
    known = tx.info
    if _WIDENED in known:
        yield
        return
    known[_WIDENED] = True
    try:
        await tx.exec_driver_sql(f"BEGIN; {_showing(_EVERYTHING, 'true')}")
        yield
    finally:
        known.pop(_WIDENED, None)
        if not tx.invalidated:
            await tx.exec_driver_sql("ROLLBACK")


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


async def _found(pool: AsyncEngine, work: Callable[[Tx], Awaitable[T]]) -> T:
    """What `work` finds, on a new connection if that of the pool was to a server that is gone."""
    try:
        async with pool.connect() as tx:
            return await work(tx)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
    async with pool.connect() as tx:
        return await work(tx)


async def _narrow(tx: Tx, actor: Actor) -> None:
    """Shows what is the actor's on a connection that may have shown another's; it remembers what it shows."""
    shown = _showing(_scope_of(actor), "false")
    if tx.info.get(_NARROWED) != shown:
        tx.info[_NARROWED] = None
        await tx.exec_driver_sql(shown)
        tx.info[_NARROWED] = shown


def _showing(scope: Mapping[str, str], local: str) -> str:
    """Shows what is in `scope`, in the transaction alone where it is `local`; in the text are ids alone."""
    return "SELECT " + ", ".join(f"set_config('careloom.{name}', '{ids}', {local})" for name, ids in scope.items())


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
