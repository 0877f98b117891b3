"""The demo's life: sets the world up once, then lets customers and agents come, at an adjustable pace."""

import asyncio
import contextlib
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import msgspec
from msgspec import Struct

from careloom.demo.caller import Caller
from careloom.demo.core.policy import AgentPolicy
from careloom.demo.emergency import leave_emergencies
from careloom.demo.generator import Generator, Targets
from careloom.demo.library import load_catalogue, load_macros
from careloom.demo.mailbox import Mailbox
from careloom.demo.past.hands import ADMIN, HANDS, Past
from careloom.demo.past.run import live_past
from careloom.demo.seed import Seeded, Seeder
from careloom.demo.smtp_customer import MailRoute
from careloom.demo.world.build import demo_world
from careloom.identity.commands.keys import create_api_key
from careloom.identity.commands.people import create_person
from careloom.identity.types import MadeApiKey, NewApiKey, NewPerson, PersonId, Role, RoleGrant, ScopeKind
from careloom.platform.access import Actor, Permission, Reach, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database
from careloom.platform.ids import new_id
from careloom.platform.settings import Settings

_SYSTEM = system_actor("demo")
_KEY = NewApiKey("Demo")
_WARM_UP_PACE, _WARM_UP_CONTACTS, _WARM_UP_PER_MINUTE, _WARM_UP_SECONDS = 12.0, 24, 5.0, 60.0


class DemoState(Struct, frozen=True):
    """What the demo remembers between starts, in its home: widget keys by program, API keys by simulated person."""

    widgets: dict[str, str]
    tokens: dict[str, str]


def state_file(home: Path) -> Path:
    """Where the demo's state lies."""
    return home / "demo.json"


def load_state(home: Path) -> DemoState | None:
    """The state of a demo that was set up before."""
    path = state_file(home)
    return msgspec.json.decode(path.read_bytes(), type=DemoState) if path.exists() else None


async def set_up(
    settings: Settings, database: Database, told: Callable[[str], None], *, past: bool = True
) -> DemoState:
    """Builds the demo world in an empty installation that is running; `past`: with what happened before today."""
    await _wait_for(settings.base_url)
    async with Caller.at(settings.base_url, await _administrator(database)) as api:
        seeded = await Seeder(demo_world(), api, told).run()
        clients = {one.key: seeded.ids[f"client:{one.key}"] for one in demo_world().clients}
        await leave_emergencies(settings.base_url, clients)
        if past:
            await _live_past(api, database, seeded)
            told("a past: imports, an export, requests, incidents")
    simulated = [one.key for one in demo_world().people if one.simulated]
    tokens = {key: (await _key_for(database, seeded, key)).secret for key in simulated}
    end = now() + timedelta(days=9)
    export = NewApiKey("Nightly export", (Permission.CONVERSATIONS_READ,), expires_at=end)
    await _key_for(database, seeded, ADMIN, export)
    state = DemoState(seeded.widgets, tokens)
    path = state_file(settings.home)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(msgspec.json.encode(state))
    return state


async def _live_past(api: Caller, database: Database, seeded: Seeded) -> None:
    keys = {key: await _key_for(database, seeded, key) for key in HANDS}
    hands = {key: api.acting(one.secret) for key, one in keys.items()}
    await live_past(Past(hands, seeded.ids, now()))
    await asyncio.gather(*(api.call("DELETE", f"api-keys/{one.key.id}") for one in keys.values()))


async def play(settings: Settings, state: DemoState, pace: float) -> None:
    """Plays customers and agents until cancelled; begins with a short lively phase, to have something to see."""
    await _wait_for(settings.base_url)
    targets = targets_of(settings, state)
    catalogue = load_catalogue()
    policy = AgentPolicy(catalogue, load_macros())
    async with Mailbox(settings.relay_host, settings.relay_port) as mailbox:
        run = new_id().hex[-8:]
        if pace < _WARM_UP_PACE:
            warm_up = Generator(
                targets, catalogue, policy, mailbox, run=f"{run}w", pace=_WARM_UP_PACE, per_minute=_WARM_UP_PER_MINUTE
            )
            # Some of its contacts may not end for hours, such as a mail to a brand that is closed.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_WARM_UP_SECONDS):
                    await warm_up.run(_WARM_UP_CONTACTS)
        await Generator(targets, catalogue, policy, mailbox, run=run, pace=pace, seed=int(run, 16)).run()


def targets_of(settings: Settings, state: DemoState) -> Targets:
    """Where the traffic of a demo that was set up goes."""
    world = demo_world()
    brands = {one.key: one.name for one in world.clients}
    return Targets(
        base_url=settings.base_url,
        routes={
            one.key: MailRoute(settings.smtp_host, settings.smtp_port, one.mail.address, brands[one.client])
            for one in world.programs
        },
        widgets=state.widgets,
        tokens=state.tokens,
        client_keys={one.name: one.key for one in world.clients},
    )


async def _administrator(database: Database) -> str:
    grant = RoleGrant(Role.ADMIN, ScopeKind.EVERYTHING)
    new = NewPerson(name="Demo set-up", email="set-up@careloom.example", grants=(grant,))
    async with database.transaction(_SYSTEM) as tx:
        person = await create_person(tx, _SYSTEM, new)
    return (await _make_key(database, person.id)).secret


async def _key_for(database: Database, seeded: Seeded, key: str, new: NewApiKey = _KEY) -> MadeApiKey:
    return await _make_key(database, PersonId(UUID(seeded.ids[f"person:{key}"])), new)


async def _make_key(database: Database, person_id: PersonId, new: NewApiKey = _KEY) -> MadeApiKey:
    actor = Actor("demo", (Reach(frozenset(Permission), None, None),), person_id=person_id)
    async with database.transaction(actor) as tx:
        return await create_api_key(tx, actor, new)


async def _wait_for(base_url: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        while True:
            try:
                if (await http.get(f"{base_url}/ready")).is_success:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.1)
