"""An issuer is an address that people write: what lies inside is not called for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest

from careloom.identity.types import Person, Role, ScopeKind
from careloom.platform.runtime import Runtime
from tests.application import http_client, replace_settings
from tests.identity.oidc_server import APPLICATION
from tests.platform.answering import answering
from tests.world import World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]


def _body(issuer: str) -> dict[str, object]:
    return {"name": "Login", "issuer": issuer, "application_id": APPLICATION}


@pytest.mark.parametrize(
    "issuer",
    [
        "http://127.0.0.1:9/internal",
        "http://localhost:9",
        "https://169.254.169.254/latest",
        "https://10.1.2.3",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
    ],
)
async def test_an_issuer_inside_is_refused_when_it_is_written(
    runtime: Runtime, world: World, sign_in: SignIn, issuer: str
) -> None:
    async with http_client(replace_settings(runtime, sso_networks=())) as api:
        await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
        made = await api.post("/api/identity-providers", json=_body(issuer))
        assert (made.status_code, made.json()["errors"][0]["path"]) == (400, "/issuer")


async def test_a_name_that_is_looked_up_as_inside_is_not_called(
    runtime: Runtime, world: World, sign_in: SignIn, api: httpx.AsyncClient
) -> None:
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    with answering(b"{}") as server:
        made = await api.post("/api/identity-providers", json=_body(server.url))
        assert made.status_code == 201, made.text
        way = f"/api/sign-in/sso/{made.json()['id']}"
        async with http_client(replace_settings(runtime, sso_networks=())) as stranger:
            assert (await stranger.get(way)).headers["location"] == "/sign-in?refused=failed"
        assert server.seen == []
        assert (await api.get(way)).headers["location"] == "/sign-in?refused=failed"
        assert server.seen == ["/.well-known/openid-configuration"]
