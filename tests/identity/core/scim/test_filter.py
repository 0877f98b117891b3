"""Filters: whatever is written down and read again means the same, and nothing else is a filter."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.identity.core.scim.filter import (
    Among,
    BadFilterError,
    Compared,
    Filter,
    Joined,
    Negated,
    matches,
    parse_filter,
)

_paths = st.sampled_from(["username", "name.familyname", "emails.value", "active", "id"])
_values = st.one_of(st.text(max_size=12), st.integers(-9, 9), st.booleans(), st.none())
_compared = st.one_of(
    st.builds(Compared, _paths, st.sampled_from(["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"]), _values),
    st.builds(Compared, _paths, st.just("pr")),
)


def _more(inner: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    joined = st.builds(Joined, st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3).map(tuple))
    return st.one_of(joined, st.builds(Negated, inner), st.builds(Among, st.just("emails"), inner))


_filters = st.recursive(_compared, _more, max_leaves=8)


def _written(node: Filter) -> str:
    if isinstance(node, Compared):
        return f"{node.path} {node.op}" + ("" if node.op == "pr" else f" {json.dumps(node.value)}")
    if isinstance(node, Negated):
        return f"not ({_written(node.inner)})"
    if isinstance(node, Among):
        return f"{node.path}[{_written(node.inner)}]"
    return f" {node.op} ".join(f"({_written(one)})" for one in node.parts)


@given(_filters)
def test_what_is_written_down_is_read_as_it_was(node: Filter) -> None:
    assert parse_filter(_written(node)) == node


@given(st.text(max_size=80))
def test_any_text_is_a_filter_or_is_refused(text: str) -> None:
    with contextlib.suppress(BadFilterError):
        parse_filter(text)


@given(_filters, st.dictionaries(st.sampled_from(["userName", "active", "id"]), _values))
def test_a_filter_or_its_contrary_holds(node: Filter, element: dict[str, Any]) -> None:
    assert matches(node, element) != matches(Negated(node), element)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ('userName eq "ADA@example.org"', True),
        ('urn:ietf:params:scim:schemas:core:2.0:User:userName sw "ada"', True),
        ('userName eq "bo" or userName co "example" and active eq false', False),
        ('(userName eq "bo" or userName co "example") and active eq True', True),
        ('emails[type eq "work" and value ew ".org"]', True),
        ('emails[type eq "home"]', False),
        ('emails.type eq "home"', False),
        ("name.familyName pr", True),
        ("not (title pr)", True),
        ('active eq "True"', True),
    ],
)
def test_filters_as_they_are_sent(text: str, holds: bool) -> None:
    user = {
        "userName": "ada@example.org",
        "name": {"familyName": "Adeyemi"},
        "active": True,
        "emails": [{"type": "work", "value": "ada@example.org"}],
    }
    assert matches(parse_filter(text), user) == holds


@pytest.mark.parametrize(
    "text",
    ["", "userName", "userName eq", "userName is 1", 'eq "a"', "(active eq true", 'userName eq "a" "b"', "a eq 'b'"],
)
def test_what_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(BadFilterError):
        parse_filter(text)


def test_depth_and_length_have_limits() -> None:
    with pytest.raises(BadFilterError, match="deep"):
        parse_filter("(" * 30 + "active pr" + ")" * 30)
    with pytest.raises(BadFilterError, match="characters"):
        parse_filter('userName eq "' + "a" * 3_000 + '"')
