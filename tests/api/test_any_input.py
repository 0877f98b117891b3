"""Whatever anyone sends to any operation: it answers as described and soon, without a failure or a word of its insides.

Each generated request is sent by everyone in turn, from nobody to the administrator of everything, and by one of those
between; one that breaks the description by those whom most lets in.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi import checks as openapi_checks

from careloom.evidence.isolation.builders import World
from careloom.evidence.isolation.kept import SYSTEM, Brand
from careloom.evidence.isolation.operations import SLOT_OF
from careloom.evidence.isolation.people import bearer_of
from careloom.evidence.isolation.stage import Built, open_database, runtime_of
from careloom.identity.commands.authentication import csrf_token
from careloom.identity.commands.sessions import start_session
from careloom.identity.types import Person, Role, ScopeKind
from careloom.identity.types.sign_in import Origin
from careloom.organizations.types import ClientId
from careloom.platform.wire import from_json_text, json_text
from tests.application import http_client
from tests.effort import EFFORT, SEED
from tests.postgres import FreshDatabase

_OPENAPI: Any = openapi_checks
_CHECKS: list[Any] = [
    checks.not_a_server_error,
    _OPENAPI.status_code_conformance,
    _OPENAPI.content_type_conformance,
    _OPENAPI.response_schema_conformance,
]
_EXAMPLES = 4 * EFFORT
_WRONG = 2 * EFFORT
_SHARDS = 4
_SECONDS = 20
ROLES = ("nobody", "client_viewer", "agent", "narrow key", "session", "admin")
IN_TURN = ("team_lead", "compliance_officer", "account_manager")
"""Of whom one sends each request, the next one the next: each operation is tried by each who gets to it."""
INSIDES = re.compile(
    r'Traceback \(most recent|File "/|, line \d+, in |site-packages|psycopg|sqlalchemy|asyncio\.|msgspec\.'
    r"|careloom_(app|owner)|pg_catalog|\bSELECT\b.+\bFROM\b|\bINSERT INTO\b|(?<![\w.])/(home|root|tmp|dev|usr|opt)/"
)


class Sender:
    """Sends generated requests to the application in one event loop, as one of `ROLES` or `IN_TURN`."""

    def __init__(self, built: Built, database: FreshDatabase) -> None:
        self._runner = asyncio.Runner()
        self._stack = contextlib.AsyncExitStack()
        self._built = built
        self._database = database
        self.statuses: Counter[tuple[str, int]] = Counter()

    client: httpx.AsyncClient
    brand: Brand
    schema: dict[str, Any]
    signed: dict[str, dict[str, str]]
    admin: Person

    async def open(self) -> None:
        self._opened = open_database(self._database.url)
        self._runtime = runtime_of(self._opened, self._built.home, 1)
        self.schema = from_json_text(json_text(self._built.schema))
        self.client = await self._stack.enter_async_context(http_client(self._runtime))
        world = World(self._opened)
        self.brand = dataclasses.replace(self._built.a, runtime=self._runtime, world=world, api=self.client)
        self.admin = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None)
        held_to = ClientId(self.brand.ids["client_id"])
        bearers = {
            "client_viewer": self.brand.secrets["client_viewer"],
            "agent": self.brand.secrets["agent"],
            **{who: self.brand.secrets[who] for who in IN_TURN},
            "narrow key": await bearer_of(world, self.admin, held_to),
            "admin": await bearer_of(world, self.admin),
        }
        self.signed = {who: {"Authorization": f"Bearer {secret}"} for who, secret in bearers.items()}
        self.signed["nobody"] = {}

    async def sign_in(self) -> None:
        """A new session of the administrator: what is done by session may end the one before."""
        async with self._opened.transaction(SYSTEM) as tx:
            started = await start_session(tx, self.admin.id, Origin("127.0.0.1", "test"), 1)
        token = csrf_token(self._runtime.secret, started.secret)
        self.signed["session"] = {"Cookie": f"careloom_session={started.secret}", "X-CSRF-Token": token}

    async def close(self) -> None:
        await self._stack.aclose()
        await self._opened.close()

    def end(self) -> None:
        self._runner.close()

    def run(self, work: Any) -> Any:
        return self._runner.run(work)

    def send(self, case: Any, who: str) -> httpx.Response:
        headers = {**self.signed[who], "Origin": "https://shop.example"}
        parts: dict[str, Any] = case.as_transport_kwargs(base_url="http://careloom.test", headers=headers)
        parts.pop("cookies", None)
        if "files" in parts:
            parts["files"] = [(name, _as_bytes(value)) for name, value in _pairs(parts["files"])]
        if isinstance(parts.get("data"), bytes | str):
            parts["content"] = parts.pop("data")
        answer = self.run(self._send(parts))
        self.statuses[who, answer.status_code] += 1
        return answer

    async def _send(self, parts: dict[str, Any]) -> httpx.Response:
        async with asyncio.timeout(_SECONDS):
            answer = await self.client.request(**parts)
            await answer.request.aread()
        self.client.cookies.clear()
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


@pytest.mark.parametrize("shard", range(_SHARDS))
def test_any_input_gets_a_documented_answer(sender: Sender, shard: int) -> None:
    loaded: Any = schemathesis.openapi.from_dict(sender.schema)
    failures: list[str] = []
    for place, operation in enumerate([one.ok() for one in loaded.get_all_operations()][shard::_SHARDS]):
        try:
            _examine(sender, operation, itertools.islice(itertools.cycle(IN_TURN), place % len(IN_TURN), None))
            _misuse(sender, operation)
        except (Exception, BaseExceptionGroup) as error:
            failures.append(f"{operation.label}: {error}")
    assert not failures, f"seed {SEED}\n" + "\n\n".join(failures)
    _everyone_was_heard(sender.statuses)


def _everyone_was_heard(statuses: Counter[tuple[str, int]]) -> None:
    """The run tried what it is for: each role was let in somewhere, nobody hardly anywhere."""
    for who in (*ROLES, *IN_TURN):
        good = sum(number for (one, status), number in statuses.items() if one == who and status < 300)
        assert good > 0 or who in ("nobody", "session"), statuses
    assert statuses["nobody", 401] > statuses["admin", 401]


def _examine(sender: Sender, operation: Any, in_turn: Iterator[str]) -> None:
    by_session = operation.path.startswith(("/api/session", "/api/sign-in", "/api/api-keys", "/api/people"))

    @seed(SEED)
    @settings(
        max_examples=_EXAMPLES,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    @given(case=operation.as_strategy(), real=st.booleans())
    def examine(case: Any, real: bool) -> None:
        if real:
            _name_what_exists(case, sender.brand)
        for who in (*ROLES, next(in_turn)):
            if who == "session" and not by_session:
                continue
            if who == "session":
                sender.run(sender.sign_in())
            _answered(case, sender.send(case, who), who)

    examine()


def _answered(case: Any, answer: httpx.Response, who: str) -> None:
    case.validate_response(answer, checks=_CHECKS)
    found = INSIDES.search(answer.text)
    assert found is None, f"{who} is told of the insides: {found and found[0]} in {answer.text[:300]}"


def _misuse(sender: Sender, operation: Any) -> None:
    """The same with what the description forbids: other types, lacking fields, texts that are no ids."""

    @seed(SEED)
    @settings(
        max_examples=_WRONG,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    @given(case=operation.as_strategy(GenerationMode.NEGATIVE), real=st.booleans())
    def misuse(case: Any, real: bool) -> None:
        if real:
            _name_what_exists(case, sender.brand)
        for who in ("agent", "admin"):
            _answered(case, sender.send(case, who), who)

    try:
        misuse()
    except Unsatisfiable:
        bodies = [one for one in operation.body if one.media_type == "application/json"]
        assert not [*bodies, *operation.query], "nothing of what it takes was ever made wrong"


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
