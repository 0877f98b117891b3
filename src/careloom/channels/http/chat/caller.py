"""One widget's open socket: what it is shown, and the frames on their way to it."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import msgspec

from careloom.channels.core.chat.answers import Agent, Answer, Read, Said, Standing, Upto, Welcome
from careloom.channels.queries.chat_widgets import ChatEntry
from careloom.channels.types import VisitorId
from careloom.conversations.queries.customer_view import CustomerView

_MOST_WAITING = 600
_encode = msgspec.json.Encoder().encode


class Caller:
    """A connected visitor. `overrun` is set when frames pile up: the socket is closed, and the widget comes back.

    `cursor` is the last visible number sent; nothing is passed on before `ready`.
    """

    def __init__(self, entry: ChatEntry, address: str) -> None:
        self.entry = entry
        self.address = address
        self.visitor_id: VisitorId | None = None
        self.conversation_id: UUID | None = None
        self.ready = False
        self.cursor = 0
        self.frames: asyncio.Queue[str] = asyncio.Queue(_MOST_WAITING)
        self.overrun = asyncio.Event()
        self._standing: Standing | None = None
        self._read_seq = 0

    def send(self, answer: Answer) -> None:
        """Queues a frame; never waits."""
        self.send_text(encoded(answer))

    def send_text(self, frame: str) -> None:
        """Queues an encoded frame; never waits."""
        try:
            self.frames.put_nowait(frame)
        except asyncio.QueueFull:
            self.overrun.set()

    def show(self, conversation_id: UUID | None) -> None:
        """Another conversation is shown from now on, from its beginning."""
        self.conversation_id = conversation_id
        self.cursor = self._read_seq = 0
        self._standing = None

    def greet(self, welcome: Welcome, said: Sequence[Said], view: CustomerView | None) -> None:
        """Sends where the conversation stands and what the widget lacks; from now on it is told of what comes."""
        self.send(welcome)
        for one in said:
            self.send(one)
        self.cursor = welcome.last_seq
        if view is not None:
            self._standing, self._read_seq = standing_of(view), view.read_seq
            self.send(Upto(view.conversation_id, welcome.last_seq))
        self.ready = True

    def take(self, view: CustomerView, said: Sequence[tuple[int, str]]) -> None:
        """Passes on what is new in `view`; `said` are its entries by number, encoded."""
        for seq, frame in said:
            if seq > self.cursor:
                self.send_text(frame)
                self.cursor = seq
        standing = standing_of(view)
        if standing != self._standing:
            self._standing = standing
            self.send(standing)
        if view.read_seq > self._read_seq:
            self._read_seq = view.read_seq
            self.send(Read(view.conversation_id, view.read_seq))


def standing_of(view: CustomerView) -> Standing:
    """Whose turn it is and who has the conversation."""
    return Standing(view.conversation_id, view.status, view.ended, agent_of(view))


def agent_of(view: CustomerView) -> Agent | None:
    """Who has the conversation."""
    return None if view.agent_name is None else Agent(view.agent_name)


def encoded(answer: Answer) -> str:
    """A frame as text."""
    return _encode(answer).decode()
