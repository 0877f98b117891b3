"""What an actor of A tries on B: each operation with B's names in each place, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from careloom.evidence.isolation.kept import Brand
from careloom.evidence.isolation.operations import Json, Operation, Request, build, slot_name, slots

PUBLIC: Final = {
    "path:key": "a widget's key stands in the source of the page that it is on",
    "path:seq": "each conversation has a message 1",
    "path:data_class": "classes of data stand in the documents",
    "path:region": "regions stand in the documents",
}
"""Slots whose value is for everyone, with the reason."""


@dataclass(frozen=True)
class Attempt:
    """A request that names things of B in the slots `theirs`, and its twin with names that nobody has."""

    request: Request
    twin: Request
    theirs: tuple[str, ...]

    @property
    def name(self) -> str:
        """As failures report it."""
        return f"{self.request.operation.name} with B's {', '.join(self.theirs) or 'nothing'} {self.request.params}"


def known(brand: Brand, name: str) -> str | None:
    """The brand's value for a slot of this name."""
    if name == "canary":
        return brand.canary
    found = brand.ids.get(name)
    return str(found) if found is not None else brand.words.get(name)


def unknown_slots(operation: Operation, brand: Brand) -> list[str]:
    """Slots for which the world has nothing to name."""
    return [one for one in slots(operation) if known(brand, slot_name(operation, one)) is None]


def attempts(operation: Operation, a: Brand, b: Brand, cursor: str | None) -> Iterator[Attempt]:
    """Everything to try on one operation."""
    places = [one for one in slots(operation) if one not in PUBLIC]
    paths = [one for one in places if one.startswith("path:")]
    others = [one for one in places if not one.startswith("path:")]
    chosen: list[tuple[frozenset[str], frozenset[str]]] = [(frozenset(paths), frozenset())]
    chosen += [(frozenset({one}), frozenset()) for one in paths if len(paths) > 1]
    chosen += [(frozenset({one}), frozenset({one})) for one in others]
    chosen += [(frozenset({*paths, one}), frozenset({one})) for one in others if paths]
    for theirs, wanted in chosen:
        yield _attempt(operation, a, b, theirs, wanted, {})
    for query in _plain_queries(operation, cursor):
        yield _attempt(operation, a, b, frozenset(), frozenset(), query)


def _plain_queries(operation: Operation, cursor: str | None) -> Iterator[dict[str, Json]]:
    """Queries that name nothing: every choice of every parameter, and a cursor that was made for B."""
    for one in operation.query:
        schema = one["schema"]
        while "$ref" in schema:
            schema = operation.schemas[schema["$ref"].rsplit("/", 1)[-1]]
        options = [each for each in [schema, *schema.get("oneOf", [])] if "enum" in each or "$ref" in each]
        for each in options:
            found = operation.schemas[each["$ref"].rsplit("/", 1)[-1]] if "$ref" in each else each
            for value in found.get("enum", []):
                yield {one["name"]: value}
        if one["name"] == "after" and cursor is not None:
            yield {"after": cursor}


def _attempt(
    operation: Operation, a: Brand, b: Brand, theirs: frozenset[str], wanted: frozenset[str], query: dict[str, Json]
) -> Attempt:
    def pick_theirs(slot: str) -> str:
        return str(known(b if slot in theirs else a, slot_name(operation, slot)))

    def pick_nobodys(slot: str) -> str:
        if slot not in theirs:
            return str(known(a, slot_name(operation, slot)))
        name = slot_name(operation, slot)
        nobody = f"nobody-{uuid4().hex[:10]}"
        return str(uuid4()) if name in a.ids else f"{nobody}.example" if name == "domain" else nobody

    return Attempt(
        build(operation, pick_theirs, wanted, query),
        build(operation, pick_nobodys, wanted, query),
        tuple(sorted(theirs)),
    )
