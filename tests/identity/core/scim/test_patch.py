"""Patches, as RFC 7644 has them and as Entra ID and Okta send them."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.identity.core.scim.patch import BadPatchError, apply_patch

_ids = st.sampled_from(["a", "b", "c", "d"])
_members = st.lists(_ids, unique=True, max_size=4).map(lambda ids: [{"value": one} for one in ids])
_words = st.one_of(st.none(), st.booleans(), st.text(max_size=9), st.lists(st.text(max_size=5), max_size=3))
_operations = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "Replace", "REMOVE", "copy"])},
    optional={
        "path": st.one_of(st.text(max_size=20), st.sampled_from(["members", "name.givenName", 'emails[type eq "a"]'])),
        "value": st.one_of(_words, _members, st.dictionaries(st.text(max_size=9), _words, max_size=3)),
    },
)


def patched(resource: dict[str, Any], op: str, path: str | None = None, value: Any = None) -> dict[str, Any]:
    return apply_patch(resource, [{"op": op, "path": path, "value": value}])


@given(_members, _members)
def test_members_are_added_once_and_removed_wholly(before: list[Any], given_members: list[Any]) -> None:
    added = patched({"members": before}, "Add", "members", given_members)["members"]
    ids = [one["value"] for one in added]
    assert len(set(ids)) == len(ids)
    assert set(ids) == {one["value"] for one in [*before, *given_members]}
    for one in given_members:
        added = patched({"members": added}, "remove", f'members[value eq "{one["value"]}"]')["members"]
    assert {one["value"] for one in added} == {one["value"] for one in before if one not in given_members}


@given(_members, _members)
def test_members_named_in_a_value_are_removed(before: list[Any], named: list[Any]) -> None:
    after = patched({"members": before}, "Remove", "members", named)["members"]
    assert after == ([one for one in before if one not in named] if named else [])


@given(st.dictionaries(st.sampled_from(["userName", "name", "emails", "members"]), _words), st.lists(_operations))
def test_a_patch_is_applied_or_refused_and_changes_nothing_else(
    resource: dict[str, Any], operations: list[dict[str, Any]]
) -> None:
    before = repr(resource)
    with contextlib.suppress(BadPatchError):
        apply_patch(resource, operations)
    assert repr(resource) == before


SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"
USER: dict[str, Any] = {"userName": "ada", "name": {"givenName": "Ada"}, "active": True}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"op": "Replace", "path": "active", "value": "False"}, {"active": False}),
        ({"op": "replace", "value": {"active": "false"}}, {"active": False}),
        ({"op": "Replace", "value": {"name.givenName": "Bo"}}, {"name": {"givenName": "Bo"}}),
        ({"op": "add", "path": "NAME.FamilyName", "value": "X"}, {"name": {"givenName": "Ada", "familyName": "X"}}),
        (
            {"op": "add", "path": "name", "value": {"familyName": "X"}},
            {"name": {"givenName": "Ada", "familyName": "X"}},
        ),
        ({"op": "remove", "path": "name.givenName"}, {"name": {}}),
        ({"op": "replace", "path": "displayname", "value": "Ada A"}, {"displayName": "Ada A"}),
        (
            {"op": "Add", "path": 'emails[type eq "work"].value', "value": "a@b.example"},
            {"emails": [{"type": "work", "value": "a@b.example"}]},
        ),
        (
            {"op": "replace", "value": {SCHEMA: {"userName": "bo"}}},
            {"userName": "bo"},
        ),
        (
            {"op": "add", "path": "urn:ietf:params:scim:schemas:core:2.0:User:userName", "value": "bo"},
            {"userName": "bo"},
        ),
    ],
)
def test_operations_as_identity_providers_send_them(operation: dict[str, Any], expected: dict[str, Any]) -> None:
    assert apply_patch(USER, [operation]) == {**USER, **expected}


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ({"op": "move", "path": "active"}, "invalidSyntax"),
        ({"op": "remove"}, "noTarget"),
        ({"op": "replace", "value": "text"}, "invalidValue"),
        ({"op": "replace", "path": "name.a.b.c", "value": 1}, "invalidPath"),
        ({"op": "replace", "path": "nonsense.x", "value": 1}, "invalidPath"),
        ({"op": "remove", "path": "nonsense"}, "invalidPath"),
        ({"op": "replace", "path": "id", "value": "another"}, "mutability"),
        ({"op": "add", "value": {"ID": "another"}}, "mutability"),
        ({"op": "remove", "path": "id"}, "mutability"),
        ({"op": "add", "path": "urn:ietf:params:scim:schemas:core:2.0:User:shoeSize", "value": 9}, "invalidPath"),
        ({"op": "replace", "path": "emails[type is]", "value": {}}, "invalidPath"),
        ({"op": "replace", "path": 'emails[type co "w"].value', "value": "x"}, "noTarget"),
    ],
)
def test_what_cannot_be_applied_is_refused(operation: dict[str, Any], kind: str) -> None:
    with pytest.raises(BadPatchError) as refused:
        apply_patch(USER, [operation])
    assert refused.value.kind == kind


@pytest.mark.parametrize(
    "path",
    [
        "title",
        'phoneNumbers[type eq "work"].value',
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        "urn:example:schemas:shoes:1.0:User:shoeSize",
    ],
)
def test_what_directories_know_besides_is_taken(path: str) -> None:
    after = apply_patch(USER, [{"op": "add", "path": path, "value": "x"}])
    assert {name: after[name] for name in USER} == USER


def test_a_patch_has_a_limit() -> None:
    with pytest.raises(BadPatchError):
        apply_patch(USER, [{"op": "add", "path": "active", "value": True}] * 1_001)
