"""What the decoder finds wrong is told as what to do."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from careloom.platform.texts.languages import Language
from careloom.platform.texts.text import render
from careloom.platform.texts.validation import in_words


class Color(StrEnum):
    RED = "red"


class Form(Struct, forbid_unknown_fields=True, kw_only=True):
    """One field for each kind of rule that inputs have."""

    name: Annotated[str, Meta(min_length=2, max_length=4)] = "Ada"
    some: Annotated[tuple[str, ...], Meta(min_length=1, max_length=2)] = ("a",)
    pair: tuple[int, int] = (1, 2)
    table: Annotated[dict[str, int], Meta(max_length=1)] = {}
    code: Annotated[str, Meta(pattern="^a+$")] = "a"
    count: Annotated[int, Meta(ge=1, le=5)] = 1
    share: Annotated[float, Meta(gt=0, lt=1)] = 0.5
    step: Annotated[int, Meta(multiple_of=5)] = 5
    flag: bool = False
    id: UUID | None = None
    at: datetime | None = None
    zoned: Annotated[datetime, Meta(tz=True)] | None = None
    day: date | None = None
    color: Color = Color.RED
    side: Literal["left", "right"] = "left"
    content: bytes = b""
    either: int | str = 1
    inner: Any = None


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": "A"}, "Write at least 2 characters."),
        ({"name": "Adaline"}, "Write at most 4 characters."),
        ({"name": 3}, "Write a text here."),
        ({"name": None}, "This must not be empty."),
        ({"some": []}, "Name at least 1."),
        ({"some": ["a", "b", "c"]}, "Name at most 2."),
        ({"some": "a"}, "Give a list."),
        ({"pair": [1]}, "Name exactly 2."),
        ({"table": {"a": 1, "b": 2}}, "Give at most 1 field."),
        ({"table": []}, "Give an object with its fields."),
        ({"code": "b"}, "This is not written as it must be; it has to fit '^a+$'."),
        ({"count": 0}, "Write a number of 1 or more."),
        ({"count": 6}, "Write a number of 5 or less."),
        ({"count": "x"}, "Write a whole number."),
        ({"share": 0}, "Write a number greater than 0."),
        ({"share": 1}, "Write a number smaller than 1."),
        ({"share": "x"}, "Write a number."),
        ({"step": 3}, "Write a multiple of 5."),
        ({"flag": "x"}, "Say true or false."),
        ({"id": "x"}, "Give an id, which is a UUID."),
        ({"id": 3}, "Give an id, which is a UUID."),
        ({"at": "x"}, "Write a moment such as 2026-01-31T14:30:00Z."),
        ({"zoned": "2026-01-31T14:30:00"}, "Write the moment with its time zone, such as 2026-01-31T14:30:00Z."),
        ({"day": "x"}, "Write a date such as 2026-01-31."),
        ({"color": "blue"}, "'blue' is not one of the choices."),
        ({"side": "up"}, "'up' is not one of the choices."),
        ({"content": "*"}, "Give the content in base64."),
        ({"either": []}, "Give one of: int, str."),
        ({"nmae": 1}, "There is no field of this name here; correct it or leave it out."),
    ],
)
def test_each_rule_that_an_input_breaks_is_told_in_words(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.json.decode(msgspec.json.encode(wrong), type=Form)
    found = in_words(str(refused.value).partition(" - at ")[0])
    assert str(found.text) == told
    assert render(found.text, Language.DE) != told
    assert found.field == ("nmae" if "nmae" in wrong else None)


def test_a_missing_field_is_named() -> None:
    found = in_words("Object missing required field `name`")
    assert (str(found.text), found.field) == ("This is missing.", "name")


def test_a_missing_parameter_is_named() -> None:
    found = in_words("Missing required query parameter 'q' for path http://x/?q")
    assert (str(found.text), found.field) == ("This is missing.", "q")


def test_a_missing_body_is_told_in_words() -> None:
    assert str(in_words(str(KeyError("data"))).text) == "The body is missing; send what is asked for, as JSON."


@pytest.mark.parametrize("body", [b"{", b"nope", b'{"a":}', b'{"a":1}}'])
def test_a_broken_body_is_told_in_words(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError) as refused:
        msgspec.json.decode(body)
    assert str(in_words(str(refused.value)).text).startswith("The body is no valid JSON")


@given(st.text(max_size=200), st.sampled_from(Language))
def test_what_is_not_known_is_told_as_it_is(message: str, language: Language) -> None:
    assert f"? {message}" in render(in_words(f"? {message}").text, language)
