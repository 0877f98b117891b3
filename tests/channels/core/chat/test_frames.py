"""Any bytes become a frame or a clear refusal."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.channels.core.chat import frames
from careloom.channels.core.chat.frames import End, Hello, Introduce, Ping, Pong, ReadUpto, Refusal, Say, Type, parse

KINDS = ["hello", "message", "typing", "read", "profile", "end", "ping", "pong"]
FIELDS = [
    "visitor_secret",
    "after_seq",
    "conversation_id",
    "client_id",
    "text",
    "file_ids",
    "sent_at",
    "typing",
    "seq",
    "name",
    "email",
]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
objects = st.fixed_dictionaries({"type": st.sampled_from(KINDS) | values}, optional=dict.fromkeys(FIELDS, values))


@given(st.binary(max_size=300) | st.text(max_size=300))
def test_arbitrary_bytes_never_raise(raw: bytes | str) -> None:
    assert isinstance(parse(raw), (frames.Frame, Refusal))


@given(objects)
def test_arbitrary_objects_never_raise_and_refusals_are_clear(value: dict[str, object]) -> None:
    parsed = parse(msgspec.json.encode(value))
    assert isinstance(parsed, (frames.Frame, Refusal))
    if isinstance(parsed, Refusal):
        assert parsed.code in ("invalid", "too_large")
        assert parsed.message
    elif isinstance(parsed, Say):
        assert parsed.text.strip() or parsed.file_ids
        assert len(parsed.text) <= frames.MAX_TEXT


@given(st.text(min_size=1, max_size=200).filter(lambda text: text.strip()))
def test_a_text_arrives_as_it_was_written(text: str) -> None:
    raw = msgspec.json.encode({"type": "message", "client_id": "m-1", "text": text})
    assert parse(raw) == Say(client_id="m-1", text=text)


@pytest.mark.parametrize(
    ("raw", "frame"),
    [
        ('{"type":"hello","visitor_secret":"s","after_seq":3}', Hello("s", 3)),
        ('{"type":"typing","typing":true,"later":"field"}', Type(typing=True)),
        ('{"type":"read","seq":4}', ReadUpto(4)),
        ('{"type":"profile","name":"Ada","email":""}', Introduce("Ada", "")),
        ('{"type":"end"}', End()),
        ('{"type":"ping"}', Ping()),
        (b'{"type":"pong"}', Pong()),
    ],
)
def test_each_frame_is_read(raw: str | bytes, frame: frames.Frame) -> None:
    assert parse(raw) == frame


@pytest.mark.parametrize(
    ("raw", "code", "client_id"),
    [
        ("", "invalid", None),
        ("[]", "invalid", None),
        ("null", "invalid", None),
        ("[" * 60_000, "invalid", None),
        ('{"type":"rule"}', "invalid", None),
        ('{"type":["message"]}', "invalid", None),
        ('{"type":"read","seq":-1}', "invalid", None),
        ('{"type":"read","seq":1e99}', "invalid", None),
        ('{"type":"message","text":"x"}', "invalid", None),
        ('{"type":"message","client_id":"m","text":" \\n"}', "invalid", "m"),
        ('{"type":"message","client_id":"m","text":1}', "invalid", "m"),
        ('{"type":"message","client_id":"a b","text":"x"}', "invalid", None),
        ('{"type":"message","client_id":"m","text":"' + "x" * 8_001 + '"}', "too_large", "m"),
        ("x" * 70_000, "too_large", None),
    ],
)
def test_what_is_no_frame_is_refused_with_its_entry(raw: str, code: str, client_id: str | None) -> None:
    refusal = parse(raw)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.client_id) == (code, client_id)
    assert not re.search(r"Expected|Object|`\$", refusal.message), "the decoder's words"
