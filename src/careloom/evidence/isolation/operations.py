"""Every operation of the API's own description, and requests to it that name things of this or that brand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

Json = Any
Schema = dict[str, Any]
Pick = Callable[[str], str]
"""Answers the value for a slot: a place in a request that names something, by its name."""

SLOT_OF = {
    "ids": "conversation_id",
    "conversation_ids": "conversation_id",
    "file_ids": "file_id",
    "client_ids": "client_id",
    "provider_ids": "provider_id",
    "mentions": "person_id",
    "domain": "domain",
    "client_name": "client_name",
    "assignee_id": "person_id",
    "other_id": "other_customer_id",
    "into_id": "other_case_id",
    "scope_id": "client_id",
    "subject_id": "customer_id",
    "case_id": "case_id",
    "key": "key",
    "visitor_secret": "visitor_secret",
    "token": "visitor_token",
    "s": "file_signature",
    "q": "canary",
    "search": "canary",
}
"""Slots that are called differently from what they name."""

PLACES = {"/chat/{key}/files/{file_id}": {"file_id": "visitor_file_id"}}
"""Slots that name something else at one path."""

TEXT_SLOTS = frozenset({"domain", "client_name", "key", "visitor_secret", "token", "s", "q", "search", "ids"})

_NAMED_TEXTS = ("visitor_secret", "token", "domain", "client_name")

TEXTS = {
    "value": "someone.else@example.org",
    "identity": "someone@example.org",
    "to": "someone@example.org",
    "color": "#336699",
    "source": "import",
    "delimiter": ",",
    "encoding": "utf-8",
    "region": "eu",
    "country": "PT",
    "countries": "PT",
    "time_zone": "Europe/Lisbon",
    "locale": "en",
    "language": "en",
    "languages": "en",
    "origins": "https://shop.example",
    "password": "correct horse battery",
    "new": "correct horse battery",
    "current": "correct horse battery",
    "permissions": "customers.read",
    "second_factor_roles": "agent",
    "role": "agent",
    "domain": "shop.example",
    "networks": "0.0.0.0/0",
    "domains": "shop.example",
    "issuer": "https://login.example",
    "key": "level",
    "attribute": "policy",
    "holidays": "2030-01-01",
    "shortcut": "word",
    "host": "imap.example.org",
    "authorize_url": "https://login.example.org/authorize",
    "token_url": "https://login.example.org/token",
    "revoke_url": "https://login.example.org/revoke",
    "aware_at": "2025-01-01T00:00:00Z",
    "occurred_at": "2025-01-01T00:00:00Z",
    "received_at": (datetime.now(UTC) - timedelta(days=1)).isoformat(),
}
"""Texts that must look a certain way, by their name."""

_UNASKED: Final = frozenset({"active", "version"})
"""What a body that needs nothing leaves out: who is switched off reaches nothing, nor who names a version at random."""

_AHEAD: Final = (datetime.now(UTC) + timedelta(days=365)).isoformat()
"""A moment of which nothing else is known: until then something lasts."""

OFTEN_NEEDED = frozenset({"password", "contract_hours"})
"""What is sent although the description does not require it: by other fields, it may be."""

CHOICES = {
    "scope": "client",
    "role": "agent",
    "kind": "email",
    "channel": "email",
    "status": "pending",
    "regimes": "contract",
}
"""Which of several values to send, where the first would not do."""


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    path_slots: tuple[str, ...]
    query: tuple[Schema, ...]
    body: Schema | None
    multipart: bool
    schemas: dict[str, Schema] = field(hash=False, compare=False)

    @property
    def name(self) -> str:
        """As tests report it."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Request:
    """What is sent: `sent` are the values that name something."""

    operation: Operation
    path: str
    params: dict[str, Json]
    json: Json
    multipart: dict[str, str] | None
    sent: tuple[str, ...]


def operations(schema: Schema) -> list[Operation]:
    """Every operation that the description holds, readers first, those that remove things last."""
    found: list[Operation] = []
    for path, methods in schema["paths"].items():
        for method, one in methods.items():
            parameters = one.get("parameters", [])
            content: dict[str, Any] = one.get("requestBody", {}).get("content", {})
            found.append(
                Operation(
                    method=method.upper(),
                    path=path,
                    path_slots=tuple(each["name"] for each in parameters if each["in"] == "path"),
                    query=tuple(each for each in parameters if each["in"] == "query"),
                    body=next((each["schema"] for each in content.values()), None),
                    multipart="multipart/form-data" in content,
                    schemas=schema["components"]["schemas"],
                )
            )
    order = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    return sorted(found, key=lambda each: (each.path.startswith("/api/session"), order.index(each.method), each.path))


def slots(operation: Operation) -> list[str]:
    """The places of a request where something is named: `path:…`, `query:…`, `body:…`, in order."""
    found = [f"path:{name}" for name in operation.path_slots]
    found += [f"query:{one['name']}" for one in operation.query if is_slot(one["name"], one["schema"])]
    if operation.body is not None:
        found += [f"body:{place}" for place in _body_slots(operation, operation.body, "")]
    return found


def build(operation: Operation, pick: Pick, wanted: frozenset[str], query: dict[str, Json] | None = None) -> Request:
    """A request with the required slots and those `wanted`, filled by `pick` with a slot as `slots` calls it."""
    sent: list[str] = []

    def fill(slot: str) -> str:
        value = pick(slot)
        sent.append(value)
        return value

    path = operation.path
    for name in operation.path_slots:
        path = path.replace("{" + name + "}", fill(f"path:{name}"))
    params: dict[str, Json] = dict(query or {})
    for one in operation.query:
        slot = f"query:{one['name']}"
        if slot in wanted or (one.get("required") and is_slot(one["name"], one["schema"])):
            params[one["name"]] = fill(slot)
        elif one.get("required"):
            params[one["name"]] = _plain(one["schema"], _kind(one["schema"]), one["name"])
    body: Json = None
    if operation.body is not None:
        body = _value(operation, operation.body, "", "", wanted, fill)
    multipart = {name: str(value) for name, value in body.items() if name != "file"} if operation.multipart else None
    return Request(operation, path, params, None if operation.multipart else body, multipart, tuple(sent))


def is_slot(name: str, schema: Schema) -> bool:
    """Whether a value of this name and kind names something that exists."""
    return name in TEXT_SLOTS or any(one.get("format") == "uuid" for one in _alternatives(schema))


def slot_name(operation: Operation, slot: str) -> str:
    """What the value in a slot is called among a brand's ids and words."""
    name = slot.partition(":")[2].rsplit("/", 1)[-1]
    return PLACES.get(operation.path, SLOT_OF).get(name) or SLOT_OF.get(name, name)


def _alternatives(schema: Schema) -> Iterator[Schema]:
    yield schema
    for key in ("oneOf", "anyOf"):
        for one in schema.get(key, []):
            yield from _alternatives(one)
    if "items" in schema:
        yield from _alternatives(schema["items"])


def resolved(operation: Operation, schema: Schema) -> Schema:
    """What a schema says once references are followed; of alternatives the first that is a value."""
    while "$ref" in schema:
        schema = operation.schemas[schema["$ref"].rsplit("/", 1)[-1]]
    for key in ("oneOf", "anyOf"):
        if key in schema:
            real = [one for one in schema[key] if one.get("type") != "null"]
            return {**resolved(operation, real[0]), **{name: schema[name] for name in schema if name != key}}
    return schema


def _body_slots(operation: Operation, schema: Schema, place: str) -> Iterator[str]:
    schema = resolved(operation, schema)
    if schema.get("type") == "array":
        yield from _body_slots(operation, schema["items"], place)
    for name, one in schema.get("properties", {}).items():
        here = f"{place}/{name}"
        if _named_once(operation, name, one):
            yield here
        else:
            yield from _body_slots(operation, one, here)


def _named_once(operation: Operation, name: str, schema: Schema) -> bool:
    if name in TEXT_SLOTS:
        return name in _NAMED_TEXTS
    schema = resolved(operation, schema)
    if schema.get("type") == "array":
        schema = resolved(operation, schema["items"])
    return schema.get("format") == "uuid"


def _value(operation: Operation, schema: Schema, name: str, place: str, wanted: frozenset[str], fill: Pick) -> Json:
    schema = resolved(operation, schema)
    kind = _kind(schema)
    if kind == "object":
        return _object(operation, schema, place, wanted, fill)
    if kind == "array":
        return [_value(operation, schema["items"], name, place, wanted, fill)]
    if schema.get("format") == "uuid" or (name in _NAMED_TEXTS and place):
        return fill(f"body:{place}")
    return _plain(schema, kind, name)


def _kind(schema: Schema) -> str | None:
    kinds: list[str] | str | None = schema.get("type")
    return next(one for one in kinds if one != "null") if isinstance(kinds, list) else kinds


def _object(operation: Operation, schema: Schema, place: str, wanted: frozenset[str], fill: Pick) -> Json:
    result: dict[str, Json] = {}
    required = set(schema.get("required", []))
    for name, one in schema.get("properties", {}).items():
        here = f"{place}/{name}"
        inner = set(_body_slots(operation, one, here))
        if _named_once(operation, name, one):
            inner.add(here)
        asked = any(f"body:{each}" in wanted for each in inner)
        if name in required | OFTEN_NEEDED or asked or (not inner and not required and name not in _UNASKED):
            result[name] = _value(operation, one, name, here, wanted, fill)
    return result


def _plain(schema: Schema, kind: str | None, name: str) -> Json:
    if "enum" in schema:
        return CHOICES[name] if CHOICES.get(name) in schema["enum"] else schema["enum"][0]
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    if kind == "boolean":
        return True
    if name in ("email", "address"):
        return f"{uuid4().hex}@example.org"
    if name in TEXTS:
        return TEXTS[name]
    if schema.get("format") == "date-time":
        return _AHEAD
    return ("some words" * 4)[: schema.get("maxLength", 40)]
