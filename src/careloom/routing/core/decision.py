"""Decisions: who takes what and why, what is left and why, and when to look again."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from careloom.conversations.types import ConversationId
from careloom.identity.types import PersonId
from careloom.routing.types import AcceptMode


class Reason(StrEnum):
    """What decided for an agent over the next best one."""

    PREFERRED = "preferred"
    ONLY_ONE = "only_one"
    NEARER_RING = "nearer_ring"
    CLOSER_FIT = "closer_fit"
    LESS_LOADED = "less_loaded"
    LONGER_IDLE = "longer_idle"
    EQUAL = "equal"


class LeftReason(StrEnum):
    """Why a contact goes on waiting.

    nobody_eligible: no agent at work meets its rules; nobody_free: those who do are full or have passed it
    on; held_for_preferred: its preferred agent is about to be free and has first go.
    """

    NOBODY_ELIGIBLE = "nobody_eligible"
    NOBODY_FREE = "nobody_free"
    HELD_FOR_PREFERRED = "held_for_preferred"


class Candidate(Struct, frozen=True):
    """An agent who could take a contact.

    `ring` counts from 0, the queue's own agents; `surplus` is the sum of the agent's skill levels beyond what
    is asked; `load_share` is how much of the agent is taken.
    """

    agent_id: PersonId
    ring: int
    surplus: int
    load_share: float
    idle_seconds: float


class Decision(Struct, frozen=True):
    """A contact goes to an agent: offered for `offer_seconds`, or given at once, as `accept_mode` says."""

    work_id: ConversationId
    agent_id: PersonId
    accept_mode: AcceptMode
    offer_seconds: int
    reason: Reason
    chosen: Candidate
    next_best: Candidate | None
    waited_seconds: float
    target_used: float


class Left(Struct, frozen=True):
    """A contact that goes on waiting."""

    work_id: ConversationId
    reason: LeftReason


class Decisions(Struct, frozen=True):
    """The outcome of a round, most urgent first.

    `next_wake` is the earliest time at which something changes by itself for what is left: a ring opens, a
    preferred agent's grace ends, an agent may be tried again. Offers made in this round time out on their own
    account.
    """

    made: tuple[Decision, ...]
    left: tuple[Left, ...]
    next_wake: datetime | None
