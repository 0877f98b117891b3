"""Who looks at a conversation now, and who types; forgotten when not heard of for a while."""

import time
from uuid import UUID

from msgspec import Struct

_SECONDS = 45.0


class Viewer(Struct, frozen=True):
    """Someone who looks at a conversation."""

    person_id: UUID
    name: str
    typing: bool


class Viewers:
    """The viewers of every conversation, as far as signals told."""

    def __init__(self) -> None:
        self._of: dict[UUID, dict[UUID, tuple[float, Viewer]]] = {}

    def see(self, conversation_id: UUID, viewer: Viewer) -> bool:
        """Notes a viewer; answers whether the picture changed."""
        there = self._of.setdefault(conversation_id, {})
        before = there.get(viewer.person_id)
        there[viewer.person_id] = (time.monotonic(), viewer)
        return before is None or before[1] != viewer

    def leave(self, conversation_id: UUID, person_id: UUID) -> bool:
        """Notes that someone looks away; answers whether the picture changed."""
        there = self._of.get(conversation_id, {})
        gone = there.pop(person_id, None) is not None
        if not there:
            self._of.pop(conversation_id, None)
        return gone

    def of(self, conversation_id: UUID) -> list[Viewer]:
        """Who looks at it now."""
        return [viewer for _, viewer in self._of.get(conversation_id, {}).values()]

    def forget_silent(self) -> set[UUID]:
        """Drops viewers who were not heard of; answers the conversations whose picture changed."""
        oldest = time.monotonic() - _SECONDS
        silent = [
            (conversation_id, person_id)
            for conversation_id, there in self._of.items()
            for person_id, (heard, _) in there.items()
            if heard < oldest
        ]
        for conversation_id, person_id in silent:
            self.leave(conversation_id, person_id)
        return {conversation_id for conversation_id, _ in silent}
