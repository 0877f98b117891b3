"""Builds the demo world in an empty installation, through the public API as an administrator's program would."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from msgspec import Struct

from careloom.demo.caller import Caller
from careloom.demo.core.customers import record_of
from careloom.demo.library import load_catalogue
from careloom.demo.world.specs import GrantSpec, PersonSpec, QueueSpec, World
from careloom.platform.wire import to_plain

_CLINIC = "clinic"
_PATIENTS = 60


class Seeded(Struct, frozen=True):
    """The key of each program's widget by spec key; the id of each thing by its noun and spec key, as `client:bank`."""

    widgets: dict[str, str]
    ids: dict[str, str]


class Seeder:
    """Makes everything of a World; `told` is called with a line for each step done."""

    def __init__(self, world: World, api: Caller, told: Callable[[str], None]) -> None:
        self._world = world
        self._call = api.call
        self._told = told
        self._ids: dict[str, str] = {}

    async def run(self) -> Seeded:
        """Makes the world; raises httpx.HTTPStatusError where the installation refuses a part of it."""
        await self._organizations()
        await self._people()
        await self._queues()
        widgets = await self._channels()
        await self._knowledge()
        await self._patients()
        return Seeded(widgets, self._ids)

    async def _organizations(self) -> None:
        world = self._world
        provider = await self._make("providers", "provider", world.provider.key, {"name": world.provider.name})
        await self._all(
            self._make("sites", "site", one.key, {**_without(one, "key"), "provider_id": provider})
            for one in world.sites
        )
        await self._all(
            self._make("clients", "client", one.key, _without(one, "key", "domain", "attributes"))
            for one in world.clients
        )
        await self._all(
            self._put(f"clients/{self._ids[f'client:{one.key}']}/attribute-schema", {"items": to_plain(one.attributes)})
            for one in world.clients
            if one.attributes
        )
        await self._all(
            self._make(
                "teams",
                "team",
                one.key,
                {"name": one.name, "provider_id": provider, "site_id": self._ids[f"site:{one.site}"]},
            )
            for one in world.teams
        )
        await self._all(
            self._make(
                "programs",
                "program",
                one.key,
                {
                    **_without(one, "key", "client", "mail", "widget"),
                    "client_id": self._ids[f"client:{one.client}"],
                    "provider_ids": [provider],
                },
            )
            for one in world.programs
        )
        self._told(f"{len(world.clients)} clients with {len(world.programs)} programs")

    async def _people(self) -> None:
        provider = self._ids[f"provider:{self._world.provider.key}"]
        await self._all(
            self._make("skills", "skill", one.key, {"name": one.name, "provider_id": provider})
            for one in self._world.skills
        )
        await self._all(
            self._make("roles", "role", one.key, {**_without(one, "key"), "provider_id": provider})
            for one in self._world.roles
        )
        await self._all(self._person(one, provider) for one in self._world.people)
        self._told(f"{len(self._world.people)} people at {len(self._world.sites)} sites")

    async def _person(self, one: PersonSpec, provider: str) -> None:
        employer = {"provider_id": provider} if one.client is None else {"client_id": self._ids[f"client:{one.client}"]}
        team = {"team_id": self._ids[f"team:{one.team}"]} if one.team else {}
        new = {
            "name": one.name,
            "email": one.email,
            "locale": one.locale,
            "grants": [self._grant(grant) for grant in one.grants],
            **employer,
            **team,
        }
        person = await self._make("people", "person", one.key, new)
        if one.capacity is not None:
            skills = [{"skill_id": self._ids[f"skill:{need.skill}"], "level": need.level} for need in one.skills]
            profile = {"skills": skills, "languages": list(one.languages), "capacity": to_plain(one.capacity)}
            await self._put(f"people/{person}/routing", profile)

    def _grant(self, grant: GrantSpec) -> dict[str, Any]:
        scope_id = None if grant.key is None else self._ids[f"{grant.scope.value}:{grant.key}"]
        role = self._ids.get(f"role:{grant.role}", grant.role)
        return {"role": role, "scope": grant.scope, "scope_id": scope_id}

    async def _queues(self) -> None:
        await self._all(self._queue(one) for one in self._world.queues)
        overflowing = [one for one in self._world.queues if one.overflow_queue]
        await self._all(
            self._call(
                "PATCH",
                f"queues/{self._ids[f'queue:{one.key}']}",
                {
                    "overflow_after_seconds": one.overflow_after_seconds,
                    "overflow_queue_id": self._ids[f"queue:{one.overflow_queue}"],
                },
            )
            for one in overflowing
        )
        self._told(f"{len(self._world.queues)} queues")

    async def _queue(self, one: QueueSpec) -> None:
        new = {
            **_without(one, "key", "client", "program", "skills", "overflow_queue", "overflow_after_seconds"),
            "client_id": self._ids[f"client:{one.client}"],
            "program_id": self._ids[f"program:{one.program}"],
            "provider_id": self._ids[f"provider:{self._world.provider.key}"],
            "skills": [{"skill_id": self._ids[f"skill:{need.skill}"], "level": need.level} for need in one.skills],
        }
        await self._make("queues", "queue", one.key, new)

    async def _channels(self) -> dict[str, str]:
        widgets: dict[str, str] = {}
        colors = {one.key: one.color for one in self._world.clients}
        for one in self._world.programs:
            owner = {"client_id": self._ids[f"client:{one.client}"], "program_id": self._ids[f"program:{one.key}"]}
            address = {"program_id": owner["program_id"], **to_plain(one.mail)}
            await self._make("mail-addresses", "mail", one.key, address)
            theme = {"color": colors[one.client], **_without(one.widget, "name")}
            new = {**owner, "name": one.widget.name, "language": one.languages[0], "theme": theme}
            widgets[one.key] = (await self._call("POST", "chat-widgets", new))["key"]
        self._told(f"{len(widgets)} mail addresses and chat widgets")
        return widgets

    async def _knowledge(self) -> None:
        await self._all(
            self._call(
                "POST",
                "dispositions",
                {"client_id": self._ids[f"client:{one.client}"], "name": one.name, "resolved": one.resolved},
            )
            for one in self._world.dispositions
        )
        await self._all(
            self._call(
                "POST",
                "macros",
                {
                    "client_id": self._ids[f"client:{one.client}"],
                    "program_id": self._ids[f"program:{one.program}"] if one.program else None,
                    "name": one.name,
                    "shortcut": one.shortcut,
                    "body": one.body,
                    "language": "en",
                },
            )
            for one in self._world.macros
        )
        self._told(f"{len(self._world.macros)} macros")

    async def _patients(self) -> None:
        """People whom the clinic knows before they write, each with an insurance number that is kept encrypted."""
        clinic = next(one for one in self._world.clients if one.key == _CLINIC)
        doctors = next(one.choices for one in clinic.attributes if one.key == "doctor")
        known = [one for one in load_catalogue().customers.values() if one.client == _CLINIC][:_PATIENTS]
        await self._all(
            self._call(
                "POST",
                "customers",
                {
                    "client_id": self._ids[f"client:{_CLINIC}"],
                    "name": one.name,
                    "identities": [{"kind": "email", "value": one.email}],
                    "attributes": record_of(one, doctors),
                },
            )
            for one in known
        )
        self._told(f"{len(known)} patients of {clinic.name}")

    async def _make(self, path: str, noun: str, key: str, new: dict[str, Any]) -> str:
        made = await self._call("POST", path, new)
        self._ids[f"{noun}:{key}"] = made["id"]
        return str(made["id"])

    async def _put(self, path: str, value: Any) -> None:
        await self._call("PUT", path, value)

    @staticmethod
    async def _all(calls: Any) -> None:
        running: list[Coroutine[Any, Any, Any]] = list(calls)
        await asyncio.gather(*running)


def _without(value: Struct, *names: str) -> dict[str, Any]:
    plain: dict[str, Any] = to_plain(value)
    return {name: one for name, one in plain.items() if name not in names}
