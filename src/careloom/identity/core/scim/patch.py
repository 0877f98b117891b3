"""Patches of SCIM (RFC 7644, 3.5.2), as identity providers really send them, applied to a resource in plain values.

Operations in any case (`Replace`), truth as text (`"False"`), values without a path whose names are paths
(`{"name.givenName": "Ada"}`), members removed by value, elements that a replacement names before there are any.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from careloom.identity.core.scim.filter import (
    BadFilterError,
    Compared,
    Filter,
    Joined,
    matches,
    parse_filter,
    plain_path,
)

MOST_OPERATIONS = 1_000
Resource = dict[str, Any]
_STEPS = re.compile(r"(?P<name>[^\[\].]+)(?:\[(?P<filter>.*)\])?(?:\.(?P<sub>[^\[\].]+))?", re.DOTALL)
_LISTS = frozenset(
    {"emails", "members", "phonenumbers", "addresses", "roles", "groups", "entitlements", "photos", "ims"}
)
_CORE = "urn:ietf:params:scim:schemas:core:2.0:"
_KNOWN_NAMES = """
    schemas id externalid meta username name displayname nickname profileurl title usertype preferredlanguage locale
    timezone active password emails phonenumbers ims photos addresses groups entitlements roles x509certificates members
    employeenumber costcenter organization division department manager
"""
_KNOWN = frozenset(_KNOWN_NAMES.split())
"""Attributes of RFC 7643, also those that are not kept; a directory may speak of others in a schema of its own."""

_NAMES = {one.lower(): one for one in ("userName", "displayName", "externalId", "givenName", "familyName")}
_TRUTHS = {"true": True, "false": False}


class BadPatchError(ValueError):
    """The patch cannot be applied; `kind` is the scimType of the answer."""

    def __init__(self, kind: str, message: str) -> None:
        self.kind = kind
        super().__init__(message)


def apply_patch(resource: Mapping[str, Any], operations: Sequence[Mapping[str, Any]]) -> Resource:
    """The resource after all operations, in order; `resource` itself stays as it is. Raises BadPatchError."""
    if len(operations) > MOST_OPERATIONS:
        raise BadPatchError("tooMany", f"A patch has at most {MOST_OPERATIONS} operations.")
    after = _copied(dict(resource))
    for one in operations:
        op, path = str(one.get("op", "")).lower(), one.get("path")
        if op not in ("add", "replace", "remove"):
            raise BadPatchError("invalidSyntax", "An operation's op is add, replace or remove.")
        if path:
            _require_known(str(path))
            _apply(after, op, str(path), one.get("value"))
        elif op == "remove":
            raise BadPatchError("noTarget", "What is removed needs a path.")
        else:
            _apply_all(after, op, one.get("value"))
    return after


def truth(value: Any) -> Any:
    """A truth value that was sent as text, as what it means; anything else as it is."""
    return _TRUTHS.get(value.lower(), value) if isinstance(value, str) else value


def _apply_all(resource: Resource, op: str, value: Any) -> None:
    if not isinstance(value, Mapping):
        raise BadPatchError("invalidValue", "An operation without a path has an object as its value.")
    for name, one in cast("Mapping[str, Any]", value).items():
        if name.lower().startswith("urn:") and isinstance(one, Mapping):
            _apply_all(resource, op, one)
        elif name != "schemas":
            _apply(resource, op, name, one)


def _require_known(path: str) -> None:
    if path.lower().startswith("urn:") and not path.lower().startswith(_CORE):
        return
    name = re.split(r"[.\[]", plain_path(path.partition("[")[0]))[0]
    if name not in _KNOWN:
        raise BadPatchError("invalidPath", f"There is no attribute {path[:100]!r}.")


def _apply(resource: Resource, op: str, path: str, value: Any) -> None:
    head, bracket, rest = path.partition("[")
    steps = _STEPS.fullmatch(plain_path(head) + bracket + rest)
    if steps is None:
        raise BadPatchError("invalidPath", f"The path {path[:100]!r} cannot be read.")
    name, sub = _key(resource, steps["name"]), steps["sub"]
    if name.lower() == "id" and (op == "remove" or value != resource.get(name)):
        raise BadPatchError("mutability", "The id of a resource never changes.")
    if steps["filter"] is not None:
        _apply_among(resource, op, name, _wanted(steps["filter"]), sub, value)
    elif sub is not None:
        _apply_to_part(resource, op, name, sub, value)
    elif name.lower() in _LISTS:
        resource[name] = _list_after(_elements(resource, name), op, value)
    elif op == "remove":
        resource.pop(name, None)
    elif op == "add" and isinstance(value, Mapping) and isinstance(resource.get(name), dict):
        resource[name] = {**resource[name], **value}
    else:
        resource[name] = truth(value) if name.lower() == "active" else value


def _apply_to_part(resource: Resource, op: str, name: str, sub: str, value: Any) -> None:
    held: Any = resource.setdefault(name, [] if name.lower() in _LISTS else {})
    parts: list[Any] = cast("list[Any]", held) if isinstance(held, list) else [held]
    if not all(isinstance(one, dict) for one in parts):
        raise BadPatchError("invalidPath", f"{name} has no parts.")
    for one in parts:
        _set(one, op, sub, value)


def _apply_among(resource: Resource, op: str, name: str, wanted: Filter, sub: str | None, value: Any) -> None:
    elements = _elements(resource, name)
    chosen = [one for one in elements if matches(wanted, one)]
    if op == "remove" and sub is None:
        resource[name] = [one for one in elements if one not in chosen]
        return
    if not chosen and op != "remove":
        # Identity providers replace the work address of who has none yet: the filter says what it is like.
        chosen = [_described(wanted)]
        elements.extend(chosen)
    for one in chosen:
        if sub is not None:
            _set(one, op, sub, value)
        elif isinstance(value, Mapping):
            one.update(cast("Mapping[str, Any]", value))
        else:
            raise BadPatchError("invalidValue", f"An element of {name} is an object.")
    resource[name] = elements


def _set(part: Resource, op: str, sub: str, value: Any) -> None:
    name = _key(part, sub)
    if op == "remove":
        part.pop(name, None)
    else:
        part[name] = truth(value) if name.lower() == "primary" else value


def _list_after(before: list[Any], op: str, value: Any) -> list[Any]:
    given: list[Any] = [] if value is None else cast("list[Any]", value) if isinstance(value, list) else [value]
    elements = [_element(one) for one in given]
    if op == "replace":
        return elements
    named = {one.get("value") for one in elements}
    if op == "remove":
        return [one for one in before if one.get("value") not in named] if given else []
    return [one for one in before if one.get("value") not in named] + elements


def _element(given: Any) -> Resource:
    return dict(cast("Mapping[str, Any]", given)) if isinstance(given, Mapping) else {"value": given}


def _elements(resource: Resource, name: str) -> list[Any]:
    held: Any = resource.get(name) or []
    if not isinstance(held, list):
        raise BadPatchError("invalidPath", f"{name} is no list.")
    return [one for one in cast("list[Any]", held) if isinstance(one, dict)]


def _wanted(text: str) -> Filter:
    try:
        return parse_filter(text)
    except BadFilterError as error:
        raise BadPatchError("invalidPath", str(error)) from None


def _described(wanted: Filter) -> Resource:
    """An element for which the filter holds, as far as it says what is equal to what."""
    parts = wanted.parts if isinstance(wanted, Joined) and wanted.op == "and" else (wanted,)
    found = {one.path: one.value for one in parts if isinstance(one, Compared) and one.op == "eq"}
    if len(found) < len(parts):
        raise BadPatchError("noTarget", "Nothing is like that.")
    return dict(found)


def _key(held: Mapping[str, Any], name: str) -> str:
    """The key as it is there already, or as its attribute is written."""
    lowered = name.lower()
    return next((key for key in held if key.lower() == lowered), _NAMES.get(lowered, name))


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(one) for key, one in cast("dict[str, Any]", value).items()}
    return [_copied(one) for one in cast("list[Any]", value)] if isinstance(value, list) else value
