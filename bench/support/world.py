"""A small world to measure in: a client, a program with a queue, a mail address and a widget."""

from uuid import UUID

import httpx
from msgspec import Struct

from careloom.identity.commands.keys import create_api_key
from careloom.identity.commands.people import create_person
from careloom.identity.types import NewApiKey, NewPerson, Role, RoleGrant, ScopeKind
from careloom.platform.access import Actor, Permission, Reach, system_actor
from careloom.platform.database.transactions import Database

ADDRESS = "care@brand.example"


class SmallWorld(Struct, frozen=True):
    """Where messages go, and the key of someone who may do everything."""

    token: str
    program_id: UUID
    widget_key: str


async def small_world(database: Database, base_url: str) -> SmallWorld:
    """Makes it through the API, as an administrator would."""
    token = await _administrator(database)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=f"{base_url}/api/", headers=headers, trust_env=False, timeout=30) as http:

        async def make(path: str, **new: object) -> dict[str, str]:
            answer = await http.post(path, json=new)
            if answer.is_error:
                raise RuntimeError(answer.text)
            return answer.json()

        provider = await make("providers", name="Harbor")
        client = await make("clients", name="Brand", industry="retail", color="#336699")
        program = await make(
            "programs",
            client_id=client["id"],
            name="Care",
            time_zone="Europe/Lisbon",
            channels=["email", "chat", "social"],
            provider_ids=[provider["id"]],
        )
        owner = {"client_id": client["id"], "program_id": program["id"]}
        for channel in ("email", "chat", "social"):
            await make("queues", **owner, provider_id=provider["id"], name=f"Care by {channel}", channels=[channel])
        await make("mail-addresses", program_id=program["id"], address=ADDRESS, display_name="Brand Care")
        widget = await make("chat-widgets", program_id=program["id"], name="Widget")
    return SmallWorld(token, UUID(program["id"]), widget["key"])


async def _administrator(database: Database) -> str:
    system = system_actor("bench")
    new = NewPerson(name="Bench", email="bench@careloom.example", grants=(RoleGrant(Role.ADMIN, ScopeKind.EVERYTHING),))
    async with database.transaction(system) as tx:
        person = await create_person(tx, system, new)
    actor = Actor("bench", (Reach(frozenset(Permission), None, None),), person_id=person.id)
    async with database.transaction(actor) as tx:
        return (await create_api_key(tx, actor, NewApiKey("bench"))).secret
