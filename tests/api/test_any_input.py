"""Whatever is sent to any operation, it answers as described: no failure inside, no undocumented answer."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterator
from typing import Any, cast

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks

from careloom.evidence.isolation.builders import World
from careloom.evidence.isolation.kept import Brand
from careloom.evidence.isolation.operations import SLOT_OF
from careloom.evidence.isolation.people import bearer_of
from careloom.evidence.isolation.stage import Built, runtime_of
from careloom.identity.types import Role, ScopeKind
from careloom.main import create_app
from careloom.platform.database.transactions import Database
from careloom.platform.wire import from_json_text, json_text
from tests.postgres import FreshDatabase

_OPENAPI: Any = openapi_checks
_CHECKS: list[Any] = [
    checks.not_a_server_error,
    _OPENAPI.status_code_conformance,
    _OPENAPI.content_type_conformance,
    _OPENAPI.response_schema_conformance,
]
_EXAMPLES = 6


class Sender:
    """Sends generated requests to the application in one event loop."""

    def __init__(self, built: Built, database: FreshDatabase) -> None:
        self._runner = asyncio.Runner()
        self._built = built
        self._database = database

    client: httpx.AsyncClient
    brand: Brand
    schema: dict[str, Any]
    bearers: dict[str, str]

    async def open(self) -> None:
        self._opened = Database(self._database.url)
        runtime = runtime_of(self._opened, self._built.home, 1)
        app = create_app(runtime)
        self.schema = from_json_text(json_text(app.openapi_schema.to_schema()))
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # pyright: ignore[reportArgumentType]
        self.client = httpx.AsyncClient(transport=transport, base_url="http://careloom.test")
        world = World(self._opened)
        self.brand = dataclasses.replace(self._built.a, runtime=runtime, world=world, api=self.client)
        admin = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None)
        self.bearers = {"admin": await bearer_of(world, admin), "agent": self.brand.secrets["agent"]}

    async def close(self) -> None:
        await self.client.aclose()
        await self._opened.close()

    def end(self) -> None:
        self._runner.close()

    def run(self, work: Any) -> Any:
        return self._runner.run(work)

    def send(self, case: Any, who: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.bearers[who]}", "Origin": "https://shop.example"}
        parts: dict[str, Any] = case.as_transport_kwargs(base_url="http://careloom.test", headers=headers)
        parts.pop("cookies", None)
        if "files" in parts:
            parts["files"] = [(name, _as_bytes(value)) for name, value in _pairs(parts["files"])]
        return self.run(self._send(parts))

    async def _send(self, parts: dict[str, Any]) -> httpx.Response:
        answer = await self.client.request(**parts)
        await answer.request.aread()
        return answer


def _pairs(files: Any) -> list[tuple[str, Any]]:
    return list(cast("dict[str, Any]", files).items()) if isinstance(files, dict) else list(files)


def _as_bytes(value: Any) -> Any:
    if isinstance(value, tuple):
        name, content, *more = cast("tuple[Any, ...]", value)
        return (name, _as_bytes(content), *more)
    return value if isinstance(value, bytes | str) else str(value).encode()


@pytest.fixture
def sender(built: Built, copied_database: FreshDatabase) -> Iterator[Sender]:
    opened = Sender(built, copied_database)
    opened.run(opened.open())
    yield opened
    opened.run(opened.close())
    opened.end()


@pytest.mark.parametrize("who", ["admin", "agent"])
def test_any_input_gets_a_documented_answer(sender: Sender, who: str) -> None:
    loaded: Any = schemathesis.openapi.from_dict(sender.schema)
    failures: list[str] = []
    for operation in [one.ok() for one in loaded.get_all_operations()]:
        try:
            _examine(sender, who, operation)
        except (Exception, BaseExceptionGroup) as error:
            failures.append(f"{operation.label}: {error}")
    assert not failures, "\n\n".join(failures)


def _examine(sender: Sender, who: str, operation: Any) -> None:
    @seed(20240423)
    @settings(
        max_examples=_EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    @given(case=operation.as_strategy(), real=st.booleans())
    def examine(case: Any, real: bool) -> None:
        if real:
            _name_what_exists(case, sender.brand)
        answer = sender.send(case, who)
        case.validate_response(answer, checks=_CHECKS)

    examine()


def _name_what_exists(case: Any, brand: Brand) -> None:
    """Puts ids and keys that exist in place of made-up ones."""
    for part in (case.path_parameters, case.query, case.body):
        if not isinstance(part, dict):
            continue
        values = cast("dict[str, Any]", part)
        for name in values:
            found = brand.ids.get(SLOT_OF.get(name, name)) or brand.words.get(name)
            if found is not None and isinstance(values[name], str):
                values[name] = str(found)
