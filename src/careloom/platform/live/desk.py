"""One desk's connection: what may be sent to it, and the queue of frames on their way."""

import asyncio
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from careloom.platform.access import Actor, Permission
from careloom.platform.eventlog.event import LoggedEvent
from careloom.platform.wire import json_text

_MAX_WAITING = 2_000


class Desk:
    """A connected person. `overrun` is set when frames pile up; the connection is then closed and comes back."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.frames: asyncio.Queue[str] = asyncio.Queue(_MAX_WAITING)
        self.overrun = asyncio.Event()
        self.viewing: UUID | None = None

    def sees(self, event: LoggedEvent) -> bool:
        """Whether the person may know of `event`."""
        if event.audience_id is not None:
            return event.audience_id == self.actor.person_id
        if event.client_id is not None:
            program = event.data.get("program_id")
            program_id = UUID(program) if program else None
            return self.actor.may(Permission.CONVERSATIONS_READ, client_id=event.client_id, program_id=program_id)
        if event.provider_id is not None:
            return self.actor.may(Permission.PEOPLE_READ, provider_id=event.provider_id)
        return False

    def send(self, frame: str) -> None:
        """Queues a frame; never waits."""
        try:
            self.frames.put_nowait(frame)
        except asyncio.QueueFull:
            self.overrun.set()

    def send_value(self, value: dict[str, Any]) -> None:
        """Queues a frame of plain values."""
        self.send(json_text(value))


def event_frame(event: LoggedEvent) -> str:
    """An event as desks read it."""
    value = {"id": event.id, "type": event.type, "at": event.at, "client_id": event.client_id, "data": event.data}
    return json_text(value)


def visible(desk: Desk, events: Iterable[LoggedEvent]) -> list[str]:
    """The frames of those `events` that the desk may see."""
    return [event_frame(event) for event in events if desk.sees(event)]
