"""The API's own description: its version, its problems, and a limit on everything that can be sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar.handlers import HTTPRouteHandler

from careloom.main import create_app
from careloom.platform.runtime import open_runtime
from careloom.platform.settings import Settings
from careloom.platform.wire import from_json_text, json_text

_FORMATS = {"uuid", "date", "date-time", "binary"}
_PROBLEMS = {"400", "401", "403", "404", "409", "413", "429"}


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return from_json_text(described(tmp_path_factory.mktemp("home")))


def described(home: Path) -> str:
    app = create_app(open_runtime(Settings(home=home), "postgresql://nowhere"))
    return json_text(app.openapi_schema.to_schema())


def test_the_description_is_openapi_3_1(description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.1.")


def test_the_description_is_the_same_in_whatever_order_the_framework_keeps_handlers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forwards(some: Sequence[HTTPRouteHandler]) -> list[HTTPRouteHandler]:
        return sorted(dict.fromkeys(some), key=lambda one: sorted(one.http_methods))

    def backwards(some: Sequence[HTTPRouteHandler]) -> list[HTTPRouteHandler]:
        return forwards(some)[::-1]

    found: set[str] = set()
    for order in (forwards, backwards):
        monkeypatch.setattr("litestar.router.unique", order)
        found.add(described(tmp_path))
    assert len(found) == 1


async def test_the_description_is_a_document_that_loads_nothing_from_elsewhere(api: httpx.AsyncClient) -> None:
    for path in ("/schema", "/schema/openapi.json"):
        answer = await api.get(path)
        assert answer.headers["content-type"].startswith("application/vnd.oai.openapi+json")
        assert answer.json()["openapi"].startswith("3.1.")


def test_a_message_that_was_stored_before_is_described_as_one_that_is_new(description: dict[str, Any]) -> None:
    told = description["paths"]["/api/inbound"]["post"]["responses"]
    assert told["200"]["content"] == told["201"]["content"]


def test_every_operation_describes_its_problems(description: dict[str, Any]) -> None:
    bare = [name for name, one in _operations(description) if not one["responses"].keys() >= _PROBLEMS]
    assert bare == []
    for name, one in _operations(description):
        for status in _PROBLEMS:
            content = one["responses"][status]["content"]
            assert list(content) == ["application/problem+json"], name


def test_every_operation_has_a_summary_and_a_name_of_its_own(description: dict[str, Any]) -> None:
    assert [name for name, one in _operations(description) if not one.get("summary")] == []
    names = [one["operationId"] for _, one in _operations(description)]
    assert len(names) == len(set(names))


def test_every_text_and_list_in_a_body_has_a_limit(description: dict[str, Any]) -> None:
    endless: set[str] = set()
    for name, one in _operations(description):
        for content in one.get("requestBody", {}).get("content", {}).values():
            endless |= {f"{name} {place}" for place in _endless(description, content["schema"], "", {})}
    assert not endless, "\n".join(sorted(endless))


def test_every_text_in_a_query_has_a_limit(description: dict[str, Any]) -> None:
    endless = {
        f"{name} {place}"
        for name, one in _operations(description)
        for parameter in one.get("parameters", [])
        if parameter["in"] == "query"
        for place in _endless(description, parameter["schema"], parameter["name"], {})
    }
    assert not endless, "\n".join(sorted(endless))


def test_no_list_in_the_description_may_hold_anything(description: dict[str, Any]) -> None:
    loose = [
        f"{name}/{key}"
        for name, schema in description["components"]["schemas"].items()
        for key, one in schema.get("properties", {}).items()
        if one.get("type") == "array" and not one["items"]
    ]
    assert loose == []


def _operations(description: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in description["paths"].items():
        for method, one in methods.items():
            yield f"{method.upper()} {path}", one


def _endless(description: dict[str, Any], schema: dict[str, Any], place: str, outer: dict[str, Any]) -> Iterator[str]:
    """Places that take a text or a list of any length; `outer` are the limits around the schema."""
    if "$ref" in schema:
        schema = description["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    limits = {**outer, **schema}
    for key in ("oneOf", "anyOf", "allOf"):
        for one in schema.get(key, []):
            yield from _endless(description, one, place, {name: limits[name] for name in limits if name != key})
    yield from _without_limit(schema, limits, place)
    for name, one in _inside(schema):
        yield from _endless(description, one, f"{place}{name}", {})


def _without_limit(schema: dict[str, Any], limits: dict[str, Any], place: str) -> Iterator[str]:
    text_is_held = {"maxLength", "enum", "const"} & limits.keys() or limits.get("format") in _FORMATS
    if schema.get("type") == "string" and not text_is_held:
        yield place
    if schema.get("type") == "array" and "maxItems" not in limits:
        yield f"{place}[]"
    if isinstance(schema.get("additionalProperties"), dict) and "maxProperties" not in limits:
        yield f"{place}{{}}"


def _inside(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if schema.get("type") == "array":
        yield "[]", schema["items"]
    yield from ((f"/{name}", one) for name, one in schema.get("properties", {}).items())
    if isinstance(schema.get("additionalProperties"), dict):
        yield "{}", schema["additionalProperties"]
