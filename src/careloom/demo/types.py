"""Dialogues, customers, arrivals and an agent's moves as values."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from careloom.organizations.types import Channel


class Side(StrEnum):
    """Who speaks in a dialogue."""

    CUSTOMER = "c"
    AGENT = "a"


class Line(Struct, frozen=True, array_like=True):
    """What one side sent, `at` seconds after the first line.

    `label` names the canned reply that the agent picked.
    """

    side: Side
    at: int
    text: str
    label: str = ""

    @property
    def customer(self) -> bool:
        """Whether the customer said it."""
        return self.side is Side.CUSTOMER


class Dialogue(Struct, frozen=True, omit_defaults=True):
    """One real dialogue from first to last line; the customer speaks first.

    `customer` stands for the person who played the customer, `name` is what they called themselves (may be
    empty). `helpful` and `solved` are the customer's answers afterwards; None where they were not asked.
    """

    id: int
    client: str
    task: str
    customer: str
    name: str
    lines: tuple[Line, ...]
    goal: str = ""
    helpful: bool | None = None
    solved: bool | None = None


class Turn(Struct, frozen=True):
    """What the customer sends at once and the answer to it.

    `after_seconds` lie between the answer before and the customer's text; `answer_seconds` between it and
    `reply`. `reply` is empty where the customer had the last word. `label` names the reply.
    """

    text: str
    reply: str
    label: str
    after_seconds: float
    answer_seconds: float


class DemoCustomer(Struct, frozen=True):
    """A synthetic customer of a client; `anonymous` means that the chat is not told who it is."""

    key: str
    client: str
    name: str
    email: str
    phone: str
    anonymous: bool


class Arrival(Struct, frozen=True):
    """One contact to come: `number` counts from 0, `at` is in seconds after the start, at the pace.

    `patience` is how many seconds (at pace 1) the customer waits for the first answer on a live channel.
    """

    number: int
    at: float
    dialogue_id: int
    client: str
    program: str
    channel: Channel
    customer: DemoCustomer
    patience: float


class Letter(Struct, frozen=True):
    """A mail as its writer's program composes it, before it is put on the wire."""

    subject: str
    body: str


class Said(Struct, frozen=True):
    """A message that a simulated agent sees: who spoke and what; notes and events are left out."""

    side: Side
    text: str

    @property
    def customer(self) -> bool:
        """Whether the customer said it."""
        return self.side is Side.CUSTOMER


class MoveKind(StrEnum):
    """What a simulated agent does next."""

    REPLY = "reply"
    WRAP_UP = "wrap_up"
    WAIT = "wait"


class Move(Struct, frozen=True):
    """The next step after a human-like delay of `seconds` (at pace 1).

    `text` is the reply; `disposition` the outcome's name for `wrap_up`; `dialogue_id` tells which dialogue
    was recognised (None: the agent improvises with macros).
    """

    kind: MoveKind
    seconds: float = 0.0
    text: str = ""
    disposition: str = ""
    dialogue_id: int | None = None


class MacroSpec(Struct, frozen=True):
    """A canned reply of a client; no `program`: of all its programs.

    `label` is the reply's name in the dialogues.
    """

    client: str
    program: str | None
    name: str
    shortcut: str
    body: str
    label: str
