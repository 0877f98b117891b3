"""Endpoints of presence, and of what people can do."""

from datetime import datetime
from typing import Annotated

from litestar import get, put
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Struct

from careloom.identity.types import PersonId
from careloom.platform.web.unit import Unit
from careloom.routing.commands import presence as commands
from careloom.routing.commands import profiles as profile_commands
from careloom.routing.queries import presence as queries
from careloom.routing.queries import profiles as profile_queries
from careloom.routing.types import (
    AgentPresence,
    AgentProfile,
    AgentState,
    NewAgentProfile,
    PresenceChoice,
    PresenceOrder,
)

From = Annotated[datetime | None, QueryParameter(name="from", description="Default: 24 hours before `to`.")]
To = Annotated[datetime | None, QueryParameter(name="to", description="Default: now.")]


class States(Struct, frozen=True):
    """A person's states."""

    items: tuple[AgentState, ...]


@get("/presence", summary="My state")
async def get_presence(unit: Unit) -> AgentPresence:
    """Whoever never was at work is offline."""
    return await unit.read(lambda tx: queries.my_presence(tx, unit.actor))


@put("/presence", summary="Set my state")
async def set_presence(unit: Unit, data: JSONBody[PresenceChoice]) -> AgentPresence:
    """Going offline returns live chats to the front of their queues; mail stays yours."""
    return await unit.write(lambda tx: commands.set_presence(tx, unit.actor, data.state))


@put("/people/{person_id:uuid}/presence", summary="Set someone's state")
async def set_presence_of(unit: Unit, person_id: FromPath[PersonId], data: JSONBody[PresenceOrder]) -> AgentPresence:
    """For leads; the person sees the reason."""
    return await unit.write(lambda tx: commands.set_presence_of(tx, unit.actor, person_id, data))


@get("/people/{person_id:uuid}/states", summary="Someone's states")
async def list_states(unit: Unit, person_id: FromPath[PersonId], since: From = None, until: To = None) -> States:
    """Contiguous states of at most 31 days, oldest first."""
    found = await unit.read(lambda tx: queries.list_states(tx, unit.actor, person_id, since, until))
    return States(tuple(found))


@get("/people/{person_id:uuid}/routing", summary="What someone can do")
async def get_profile(unit: Unit, person_id: FromPath[PersonId]) -> AgentProfile:
    """Skills, languages and capacity."""
    return await unit.read(lambda tx: profile_queries.get_profile(tx, unit.actor, person_id))


@put("/people/{person_id:uuid}/routing", summary="Say what someone can do")
async def set_profile(unit: Unit, person_id: FromPath[PersonId], data: JSONBody[NewAgentProfile]) -> AgentProfile:
    """Replaces skills, languages and capacity."""
    return await unit.write(lambda tx: profile_commands.set_profile(tx, unit.actor, person_id, data))


handlers = [get_presence, set_presence, set_presence_of, list_states, get_profile, set_profile]
