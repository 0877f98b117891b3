"""What identity needs from capabilities above; the composition root supplies it."""

from collections.abc import Awaitable, Callable, Sequence

from careloom.platform.access import Actor
from careloom.platform.database.transactions import Tx

Peek = Callable[[Tx, Actor, int], Awaitable[Sequence[str]]]
"""The first few names of a list as an actor sees it, at most so many; raises ForbiddenError where they may not."""
