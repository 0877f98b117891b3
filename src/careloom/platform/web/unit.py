"""One request's unit of work: who asks, one transaction, and at most one effect for each idempotency key."""

import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast
from uuid import UUID

from litestar.di import NamedDependency
from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from careloom.platform.access import Actor, system_actor
from careloom.platform.database.transactions import Tx, set_scope
from careloom.platform.errors import ConflictError, InvalidInputError
from careloom.platform.runtime import Runtime
from careloom.platform.tables import idempotency_key
from careloom.platform.wire import to_plain

T = TypeVar("T")
_NOBODY = UUID(int=0)
_MAX_KEY = 200


class UnitOfWork:
    """What a handler is given: `actor`, `runtime`, and `read` and `write` to run a use case in a transaction."""

    def __init__(self, runtime: Runtime, actor: Actor, key: str | None, request_hash: str) -> None:
        self.runtime = runtime
        self.actor = actor
        self._key = key
        self._request_hash = request_hash

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Tx]:
        """A transaction as the actor."""
        async with self.runtime.database.transaction(self.actor) as tx:
            yield tx

    async def read(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Runs `work` in a transaction that cannot write."""
        async with self.transaction() as tx:
            await tx.execute(text("SET TRANSACTION READ ONLY"))
            return await work(tx)

    async def write(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Runs `work` in a transaction. With an `Idempotency-Key`, a repeat answers what the first answered."""
        async with self.transaction() as tx:
            if self._key is None:
                return await work(tx)
            stored = await self._reserve(tx, self._key)
            if stored is not None:
                return cast(T, stored["value"])
            result = await work(tx)
            await self._keep(tx, self._key, result)
            return result

    @property
    def _actor_id(self) -> UUID:
        return self.actor.api_key_id or self.actor.person_id or _NOBODY

    async def _reserve(self, tx: Tx, key: str) -> dict[str, Any] | None:
        if len(key) > _MAX_KEY:
            raise InvalidInputError(f"Idempotency-Key may have at most {_MAX_KEY} characters.")
        await set_scope(tx, system_actor("idempotency"))
        values = {"actor_id": self._actor_id, "key": key, "request_hash": self._request_hash}
        made = await tx.execute(
            insert(idempotency_key).values(**values).on_conflict_do_nothing().returning(idempotency_key.c.key)
        )
        stored: dict[str, Any] | None = None
        if made.one_or_none() is None:
            columns = select(idempotency_key.c.request_hash, idempotency_key.c.response)
            row = (await tx.execute(columns.where(self._mine(key)))).one()
            if row.request_hash != self._request_hash:
                raise ConflictError("This Idempotency-Key was used for a different request; use a new one.")
            stored = row.response
        await set_scope(tx, self.actor)
        return stored

    async def _keep(self, tx: Tx, key: str, result: object) -> None:
        await set_scope(tx, system_actor("idempotency"))
        response = {"value": to_plain(result)}
        await tx.execute(update(idempotency_key).where(self._mine(key)).values(response=response))

    def _mine(self, key: str) -> Any:
        return (idempotency_key.c.actor_id == self._actor_id) & (idempotency_key.c.key == key)


def hash_request(method: str, path: str, body: bytes) -> str:
    """What makes two requests the same request."""
    return hashlib.sha256(f"{method} {path}\n".encode() + body).hexdigest()


Unit = NamedDependency[UnitOfWork]
"""The request's unit of work, as handlers ask for it: `unit: Unit`."""

Process = NamedDependency[Runtime]
"""The process's runtime, for handlers that strangers reach: `runtime: Process`."""
