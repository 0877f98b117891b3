"""Which attributes are sealed, and which values count as equal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from careloom.customers.core.attributes import compared, parted, schema_errors
from careloom.customers.types import AttributeField, AttributeKind

FIELDS = tuple(
    AttributeField(key, key.title(), AttributeKind.TEXT, sensitive=number % 2 == 0)
    for number, key in enumerate("abcdef")
)
VALUES = st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text("aAß Ｐ-7", max_size=8)


@given(st.dictionaries(st.sampled_from("abcdefgh"), VALUES))
def test_every_value_is_either_plain_or_to_be_sealed(values: dict[str, str | float | bool | None]) -> None:
    plain, secret = parted(FIELDS, values)
    assert all(field.sensitive for field in secret)
    assert plain.keys().isdisjoint(field.key for field in FIELDS if field.sensitive)
    assert {**plain, **{field.key: value for field, value in secret.items()}} == values


@given(st.text())
def test_case_and_spaces_do_not_count(word: str) -> None:
    assert compared(f"  {word}\n") == compared(word) == compared(compared_text(word))


def compared_text(word: str) -> str:
    return "\u2003".join(word.split())


@given(VALUES, VALUES)
def test_other_kinds_of_values_are_told_apart(one: str | float | bool | None, two: str | float | bool | None) -> None:
    if type(one) is not type(two):
        assert compared(one) != compared(two)


def test_numbers_are_equal_however_they_are_written() -> None:
    assert compared(77) == compared(77.0) != compared("77")
    assert compared("Straße 1") == compared("STRASSE  1")
    assert compared("Ｐ-77") == compared("p-77")


def test_only_what_is_sensitive_is_found_by_its_exact_value() -> None:
    plain = AttributeField("a", "A", AttributeKind.TEXT, exact=True)
    assert [one.path for one in schema_errors([plain])] == ["/items/0/exact"]
    assert schema_errors([AttributeField("a", "A", AttributeKind.TEXT, sensitive=True, exact=True)]) == []
