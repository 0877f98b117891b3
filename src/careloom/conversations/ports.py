"""What conversations need from capabilities above; the composition root supplies it."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from careloom.conversations.types import QueueId
from careloom.platform.access import Actor
from careloom.platform.database.transactions import Tx


class Reachable(Protocol):
    """Whether an answer would reach the customer."""

    async def __call__(self, tx: Tx, actor: Actor, conversation_id: UUID) -> None:
        """Raises ConflictError where the conversation's channel would not send to its customer."""
        ...


class ServedQueues(Protocol):
    """Which queues a person works in."""

    async def __call__(self, tx: Tx, actor: Actor) -> Sequence[QueueId]:
        """The queues that the actor takes contacts from."""
        ...
