"""Agent: a person who can take contacts, as the engine sees them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from msgspec import Struct

from careloom.identity.types import PersonId
from careloom.organizations.types import Channel, ClientId, ProgramId, ProviderId
from careloom.routing.types import Capacity, Presence, SkillLevel

AT_WORK: Final = frozenset({Presence.AVAILABLE, Presence.BUSY, Presence.AFTER_CALL_WORK})
"""States in which an agent is, or soon will be, free for a contact."""


class AgentView(Struct, frozen=True):
    """An agent now.

    `load` counts by channel the contacts that the agent holds or is offered; `has_offer` says that one is
    offered. `client_ids` and `program_ids` are what the agent may work for; `idle_since` is when the last
    contact ended.
    """

    id: PersonId
    provider_id: ProviderId
    state: Presence
    skills: tuple[SkillLevel, ...]
    languages: tuple[str, ...]
    capacity: Capacity
    load: dict[Channel, int]
    has_offer: bool
    idle_since: datetime
    client_ids: frozenset[ClientId]
    program_ids: frozenset[ProgramId]
