"""Idempotency keys: a request that is sent again answers what the first answered."""

import hmac
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, null, select, update
from sqlalchemy.dialects.postgresql import insert

from careloom.platform.access import Actor, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx, set_scope
from careloom.platform.errors import ConflictError, InvalidInputError
from careloom.platform.jobs import Periodic, Task
from careloom.platform.runtime import Runtime
from careloom.platform.tables import idempotency_key
from careloom.platform.wire import to_plain

KEPT = timedelta(hours=48)
"""How long a key is remembered; longer than any client keeps trying."""

_SYSTEM = system_actor("idempotency")
_NOBODY = UUID(int=0)
_MAX_KEY = 200


class KeyReusedError(ConflictError):
    """This Idempotency-Key was used for a different request; use a new one."""


class AnswerErasedError(ConflictError):
    """This was done before; its answer was erased. Load what you need anew."""


class IdempotencyKey:
    """The key of one request of one actor; `request_hash` tells the same request from another."""

    def __init__(self, actor: Actor, key: str, request_hash: str) -> None:
        self._actor = actor
        # What was answered under an emergency access is not answered again after it.
        self._actor_id = actor.glass_id or actor.api_key_id or actor.person_id or _NOBODY
        self._key = key
        self._request_hash = request_hash

    async def reserve(self, tx: Tx) -> dict[str, Any] | None:
        """Takes the key in the request's transaction; answers what `keep` stored where it was taken before.

        Waits for a transaction that has just taken it. Raises InvalidInputError for a key that is too long,
        KeyReusedError for one that was used for another request, AnswerErasedError where it is not known any more.
        """
        if len(self._key) > _MAX_KEY:
            raise InvalidInputError("Idempotency-Key may have at most {count} characters.", count=_MAX_KEY)
        await set_scope(tx, _SYSTEM)
        values = {"actor_id": self._actor_id, "key": self._key, "request_hash": self._request_hash}
        made = await tx.execute(
            insert(idempotency_key).values(**values).on_conflict_do_nothing().returning(idempotency_key.c.key)
        )
        stored = None if made.one_or_none() else await self._stored(tx)
        await set_scope(tx, self._actor)
        return stored

    async def keep(self, tx: Tx, result: object) -> None:
        """Stores the answer beside the key; the transaction sees nothing else afterwards."""
        await set_scope(tx, _SYSTEM)
        response = {"value": to_plain(result)}
        await tx.execute(update(idempotency_key).where(self._mine).values(response=response))

    async def _stored(self, tx: Tx) -> dict[str, Any]:
        columns = select(idempotency_key.c.request_hash, idempotency_key.c.response)
        row = (await tx.execute(columns.where(self._mine))).one()
        if row.response is None:
            raise AnswerErasedError
        if row.request_hash != self._request_hash:
            raise KeyReusedError
        return row.response

    @property
    def _mine(self) -> ColumnElement[bool]:
        return (idempotency_key.c.actor_id == self._actor_id) & (idempotency_key.c.key == self._key)


async def forget_answers(tx: Tx) -> int:
    """Erases every stored answer, whoever's: one may repeat what a customer said, and none says whose it is.

    The keys stay, so that a repeat still changes nothing. Needs a system transaction.
    """
    statement = update(idempotency_key).where(idempotency_key.c.response.is_not(None)).values(response=null())
    return len((await tx.execute(statement.returning(idempotency_key.c.key))).all())


def hash_request(secret: bytes, method: str, path: str, body: bytes) -> str:
    """What makes two requests the same request; keyed, so that nobody finds what a stored one said by trying."""
    return hmac.digest(secret, f"{method} {path}\n".encode() + body, "sha256").hex()


def periodic(runtime: Runtime) -> list[Periodic]:
    """Forgets keys older than KEPT, every hour."""

    async def run() -> None:
        async with runtime.database.transaction(_SYSTEM) as tx:
            await tx.execute(delete(idempotency_key).where(idempotency_key.c.made_at < now() - KEPT))

    return [Periodic(Task("platform.forget_old_idempotency_keys", run), "17 * * * *")]
