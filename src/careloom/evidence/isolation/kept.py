"""What is kept of a brand: its ids, words, people and keys by name, and how its people call the API."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, cast
from uuid import UUID

import httpx

from careloom.evidence.isolation.builders import World
from careloom.identity.types import Person
from careloom.platform.access import system_actor
from careloom.platform.errors import TerminalError
from careloom.platform.runtime import Runtime

SYSTEM = system_actor("isolation")


class NotBuiltError(TerminalError):
    """The two worlds of the isolation suite could not be made."""


def built(right: bool, otherwise: str) -> None:
    """Raises NotBuiltError where something of a world is not as it must be."""
    if not right:
        raise NotBuiltError(otherwise)


@dataclass(repr=False)
class Brand:
    """A client's world. `ids` are named as endpoints name them; `canary` is in every text of it."""

    canary: str
    runtime: Runtime
    world: World
    api: httpx.AsyncClient
    ids: dict[str, UUID] = field(default_factory=dict[str, UUID])
    words: dict[str, str] = field(default_factory=dict[str, str])
    people: dict[str, Person] = field(default_factory=dict[str, Person])
    secrets: dict[str, str] = field(default_factory=dict[str, str])

    def moved(self, runtime: Runtime, world: World, api: httpx.AsyncClient) -> Brand:
        """The same brand in a copy of its database: what it learns of itself there stays there."""
        names = {"ids": dict(self.ids), "words": dict(self.words), "secrets": dict(self.secrets)}
        return replace(self, runtime=runtime, world=world, api=api, **names)

    def text(self, what: str) -> str:
        """A text that betrays whose it is."""
        return f"{what} {self.canary}"

    async def call(self, method: str, path: str, *, who: str = "owner", **more: Any) -> Any:
        """Calls the API as one of the brand's people and answers the body; anything but 2xx fails."""
        headers = {"Authorization": f"Bearer {self.secrets[who]}", **more.pop("headers", {})}
        answer = await self.api.request(method, path, headers=headers, **more)
        built(answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    async def made(self, name: str, path: str, body: dict[str, Any], *, who: str = "owner") -> dict[str, Any]:
        """Makes something by POST and keeps its id under `name`."""
        found = await self.call("POST", path, who=who, json=body)
        self.ids[name] = UUID(found["id"])
        return cast("dict[str, Any]", found)
