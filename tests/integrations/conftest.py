"""Fixtures of imports and exports."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest

from careloom.identity.types import Person, Role, ScopeKind
from careloom.platform.runtime import Runtime
from tests.integrations.importing import Importer
from tests.world import World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]


@pytest.fixture
async def importer(api: httpx.AsyncClient, runtime: Runtime, world: World, sign_in: SignIn) -> Importer:
    """Someone who may import into the one program of a client."""
    client = await world.client("Lumen")
    program = await world.program(client, await world.provider())
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    return Importer(api, runtime, client, program)
