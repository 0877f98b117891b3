"""What may stand in the trail of a client: nothing that any recogniser knows, nor what the client's own rules take out.

Where policies are read is known above: whoever owns clients says it here once.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

from careloom.platform.database.transactions import Tx, widened
from careloom.platform.errors import NotFoundError
from careloom.platform.redaction.own import STRICT, strict_with
from careloom.platform.redaction.redact import Redactor, redactor
from careloom.platform.redaction.types import Policy

PolicyOf = Callable[[Tx, UUID], Awaitable[Policy]]
"""Reads a client's policy; raises NotFoundError where the transaction sees no such client."""
_readers: list[PolicyOf] = []


def policies_are_read_by(read: PolicyOf) -> None:
    """Says how clients' policies are read."""
    _readers[:] = [read]


async def strictest(tx: Tx, client_id: UUID | None) -> Redactor:
    """What takes out all that must not stand in the trail of this client, or in that of what belongs to none."""
    if client_id is None:
        return redactor(STRICT, agents=True)
    (read,) = _readers
    try:
        policy = await _seen(read, tx, client_id)
    except NotFoundError:
        return redactor(STRICT, agents=True)
    return redactor(strict_with(policy), agents=True)


async def _seen(read: PolicyOf, tx: Tx, client_id: UUID) -> Policy:
    try:
        return await read(tx, client_id)
    except NotFoundError:
        # Who leaves an entry with a client need not see it: a broken glass is noted before it shows anything.
        async with widened(tx):
            return await read(tx, client_id)
