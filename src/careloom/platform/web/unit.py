"""One request's unit of work: who asks, one transaction, and at most one effect for each idempotency key."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar, cast

from litestar.di import NamedDependency

from careloom.platform.access import Actor
from careloom.platform.database.transactions import Tx
from careloom.platform.reads import Read
from careloom.platform.runtime import Runtime
from careloom.platform.web.idempotency import IdempotencyKey

T = TypeVar("T")


class UnitOfWork:
    """What a handler is given: `actor`, `runtime`, and `read` and `write` to run a use case in a transaction."""

    def __init__(self, runtime: Runtime, actor: Actor, key: IdempotencyKey | None) -> None:
        self.runtime = runtime
        self.actor = actor
        self._key = key

    @property
    def is_keyed(self) -> bool:
        """Whether the request carries an `Idempotency-Key`."""
        return self._key is not None

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Tx]:
        """A transaction as the actor."""
        async with self.runtime.database.transaction(self.actor) as tx:
            yield tx

    async def read(self, work: Callable[[Tx], Awaitable[T]], noting: Callable[[T], Sequence[Read]] | None = None) -> T:
        """Runs `work` where nothing can be written; twice where the database went away meanwhile. What it found that is
        sensitive, `noting` tells: it is noted in the audit trail before it is shown.
        """
        found = await self.runtime.database.read(self.actor, work)
        if noting is not None:
            await self.note(noting(found))
        return found

    async def note(self, reads: Sequence[Read]) -> None:
        """Notes in the audit trail what is about to be shown."""
        await self.runtime.reads.note(self.runtime.database, self.runtime.secret, self.actor, reads)

    async def write(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Runs `work` in a transaction. With an `Idempotency-Key`, a repeat answers what the first answered."""
        async with self.transaction() as tx:
            if self._key is None:
                return await work(tx)
            stored = await self._key.reserve(tx)
            if stored is not None:
                return cast(T, stored["value"])
            result = await work(tx)
            await self._key.keep(tx, result)
            return result


Unit = NamedDependency[UnitOfWork]
"""The request's unit of work, as handlers ask for it: `unit: Unit`."""

Process = NamedDependency[Runtime]
"""The process's runtime, for handlers that strangers reach: `runtime: Process`."""
