"""Filters of SCIM (RFC 7644, 3.4.2.2): parsed into a tree, and held against plain values."""

import re
from collections.abc import Mapping
from typing import Any, cast

import msgspec
from msgspec import Struct

MOST_CHARACTERS = 2_000
MOST_DEPTH = 20
_COMPARISONS = frozenset({"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"})
_TOKEN = re.compile(r'\s*(?:(?P<string>"(?:[^"\\]|\\.)*")|(?P<mark>[()\[\]])|(?P<word>[^\s()\[\]"]+))')
_PATH = re.compile(r"(?:urn:[A-Za-z0-9:._-]+:)?[A-Za-z$][A-Za-z0-9_$-]*(?:\.[A-Za-z$][A-Za-z0-9_$-]*)?")

Value = str | int | float | bool | None


class Compared(Struct, frozen=True):
    """`path op value`; of the operator `pr` the value is None. Paths are in small letters, without their schema."""

    path: str
    op: str
    value: Value = None


class Negated(Struct, frozen=True):
    """`not (...)`."""

    inner: "Filter"


class Joined(Struct, frozen=True):
    """Some filters, all of which (`and`) or one of which (`or`) must hold."""

    op: str
    parts: tuple["Filter", ...]


class Among(Struct, frozen=True):
    """`path[...]`: some element of a list for which the inner filter holds."""

    path: str
    inner: "Filter"


Filter = Compared | Negated | Joined | Among


class BadFilterError(ValueError):
    """The text is no filter; the message says what is wrong with it."""


def parse_filter(text: str) -> Filter:
    """The tree of a filter; raises BadFilterError."""
    if len(text) > MOST_CHARACTERS:
        raise BadFilterError(f"A filter has at most {MOST_CHARACTERS} characters.")
    parser = _Parser(_tokens(text))
    found = parser.either(0)
    parser.end()
    return found


def matches(node: Filter, element: Any) -> bool:
    """Whether a plain value (of a list: an element) fulfils a filter; letters count as the same in both cases."""
    if isinstance(node, Joined):
        return (all if node.op == "and" else any)(matches(one, element) for one in node.parts)
    if isinstance(node, Negated):
        return not matches(node.inner, element)
    found = _at(element, node.path)
    if isinstance(node, Among):
        some = cast("list[Any]", found) if isinstance(found, list) else [found]
        return any(matches(node.inner, one) for one in some)
    if node.op == "pr":
        return found not in (None, "", [], {})
    return _compare(found, node.op, node.value)


def plain_path(path: str) -> str:
    """A path in small letters without its schema: `urn:...:User:userName` is `username`."""
    lowered = path.lower()
    return lowered.rsplit(":", 1)[-1] if lowered.startswith("urn:") else lowered


def _at(element: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(element, Mapping):
            return element if name == "value" else None
        held = cast("Mapping[str, Any]", element)
        element = next((one for key, one in held.items() if key.lower() == name), None)
    return element


def _compare(found: Any, op: str, value: Value) -> bool:
    if op in ("eq", "ne"):
        return (_folded(found) == _folded(value)) == (op == "eq")
    if not isinstance(found, str) or not isinstance(value, str):
        return False
    one, other = found.lower(), value.lower()
    if op in ("co", "sw", "ew"):
        return {"co": other in one, "sw": one.startswith(other), "ew": one.endswith(other)}[op]
    return {"gt": one > other, "ge": one >= other, "lt": one < other, "le": one <= other}[op]


def _folded(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return value.lower() if isinstance(value, str) else value


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise BadFilterError(f"There is something that cannot be read at character {at + 1}.")
        found.append(match.group().strip())
        at = match.end()
    return found


class _Parser:
    """Reads tokens from left to right: `or` binds least, then `and`, then `not`."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def either(self, depth: int) -> Filter:
        return self._joined("or", depth)

    def end(self) -> None:
        if self._at < len(self._tokens):
            raise BadFilterError(f"{self._tokens[self._at]!r} is not expected there.")

    def _joined(self, op: str, depth: int) -> Filter:
        if depth > MOST_DEPTH:
            raise BadFilterError("The filter is nested too deeply.")
        parts = [self._part(op, depth)]
        while self._peek() == op:
            self._take()
            parts.append(self._part(op, depth))
        return parts[0] if len(parts) == 1 else Joined(op, tuple(parts))

    def _part(self, op: str, depth: int) -> Filter:
        return self._joined("and", depth) if op == "or" else self._single(depth)

    def _single(self, depth: int) -> Filter:
        word = self._peek()
        if word == "not":
            self._take()
            return Negated(self._bracketed("(", ")", depth))
        if word == "(":
            return self._bracketed("(", ")", depth)
        path = self._take()
        if _PATH.fullmatch(path) is None:
            raise BadFilterError(f"{path!r} is not the name of an attribute.")
        if self._peek() == "[":
            return Among(plain_path(path), self._bracketed("[", "]", depth))
        op = self._take().lower()
        if op == "pr":
            return Compared(plain_path(path), "pr")
        if op not in _COMPARISONS:
            raise BadFilterError(f"{op!r} is not an operator.")
        return Compared(plain_path(path), op, self._value())

    def _bracketed(self, opening: str, closing: str, depth: int) -> Filter:
        self._expect(opening)
        inner = self.either(depth + 1)
        self._expect(closing)
        return inner

    def _value(self) -> Value:
        word = self._take()
        try:
            return msgspec.json.decode(word.lower() if word[0] in "TtFfNn" else word, type=Value)
        except msgspec.DecodeError:
            raise BadFilterError(f"{word!r} is not a value; texts stand in double quotes.") from None

    def _expect(self, wanted: str) -> None:
        if self._take() != wanted:
            raise BadFilterError(f"{wanted!r} is missing.")

    def _peek(self) -> str | None:
        if self._at == len(self._tokens):
            return None
        word = self._tokens[self._at]
        return word if word.startswith('"') else word.lower()

    def _take(self) -> str:
        if self._at == len(self._tokens):
            raise BadFilterError("The filter ends too early.")
        self._at += 1
        return self._tokens[self._at - 1]
