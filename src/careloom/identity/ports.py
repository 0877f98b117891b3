"""What identity needs from capabilities above; the composition root supplies it."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from msgspec import Struct

from careloom.platform.access import Actor
from careloom.platform.database.transactions import Tx


class Peeked(Struct, frozen=True):
    """A line of a list. `noted` is what the audit trail says of showing it, None where it is not sensitive."""

    words: str
    client_id: UUID | None = None
    noted: str | None = None


Peek = Callable[[Tx, Actor, int], Awaitable[Sequence[Peeked]]]
"""The first few lines of a list as an actor sees it, at most so many; raises ForbiddenError where they may not."""
