"""What conversations need from capabilities above; the composition root supplies it."""

from collections.abc import Sequence
from typing import Protocol

from careloom.conversations.types import QueueId
from careloom.platform.access import Actor
from careloom.platform.database.transactions import Tx


class ServedQueues(Protocol):
    """Which queues a person works in."""

    async def __call__(self, tx: Tx, actor: Actor) -> Sequence[QueueId]:
        """The queues that the actor takes contacts from."""
        ...
