"""Threading keys are ours only when we signed them."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.channels.core.email.parse import parse_mail
from careloom.channels.core.email.thread import (
    KeyKind,
    message_id_for,
    plus_address,
    read_message_id,
    read_plus_token,
    thread_keys,
)

KEY = b"k" * 32
RANDOM = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=32)


@given(st.uuids(), st.integers(0, 999_999_999), RANDOM, st.binary(min_size=1))
def test_a_message_id_round_trips_and_holds_for_one_key_only(
    conversation: UUID, seq: int, random: str, key: bytes
) -> None:
    made = message_id_for(conversation, seq, random, "Mail.Lumora.example", key)
    assert read_message_id(made, key) == (conversation, seq)
    assert read_message_id(made.upper(), key) == (conversation, seq)
    assert read_message_id(made, key + b"x") is None


@given(st.uuids(), st.binary(min_size=1))
def test_a_plus_address_round_trips_and_survives_a_change_of_case(conversation: UUID, key: bytes) -> None:
    address = plus_address("care@lumora.example", conversation, key)
    token = address.partition("+")[2].partition("@")[0]
    assert len(address.partition("@")[0]) <= 64
    assert read_plus_token(token, key) == conversation
    assert read_plus_token(token.upper(), key) == conversation
    assert read_plus_token(token, key + b"x") is None


@given(st.text(max_size=60))
def test_no_foreign_token_is_accepted(token: str) -> None:
    assert read_plus_token(token, KEY) is None
    assert read_message_id(f"<{token}@x>", KEY) is None


@given(st.uuids(), st.integers(0, 38), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_changed_token_never_leads_to_another_conversation(conversation: UUID, position: int, letter: str) -> None:
    token = plus_address("a@b.example", conversation, KEY).partition("+")[2].partition("@")[0]
    changed = token[:position] + letter + token[position + 1 :]
    assert read_plus_token(changed, KEY) in (None, conversation)


def test_a_long_local_part_gets_no_token() -> None:
    address = "a-very-long-department-name-indeed@lumora.example"
    assert plus_address(address, UUID(int=1), KEY) == address


def test_a_message_id_is_made_of_safe_parts_only() -> None:
    for random, domain in (("UPPER", "x.example"), ("", "x.example"), ("a", "x>\r\n"), ("a", "")):
        with pytest.raises(ValueError, match="Message-ID"):
            message_id_for(UUID(int=1), 1, random, domain, KEY)


def test_keys_come_strongest_first_and_once() -> None:
    one, two = UUID(int=1), UUID(int=2)
    ours = message_id_for(two, 7, "abc", "mail.example", KEY)
    address = plus_address("care@lumora.example", one, KEY)
    data = (
        f"From: a@b.example\r\nTo: {address}\r\nCc: care+cforged@lumora.example\r\nIn-Reply-To: {ours}\r\n"
        f"References: <old@x.example> <new@x.example> {ours}\r\n\r\nhi"
    ).encode()
    keys = thread_keys(parse_mail(data), KEY)
    assert [(key.kind, key.conversation_id, key.seq, key.message_id) for key in keys] == [
        (KeyKind.PLUS_ADDRESS, one, None, None),
        (KeyKind.IN_REPLY_TO, two, 7, ours),
        (KeyKind.REFERENCES, None, None, "<new@x.example>"),
        (KeyKind.REFERENCES, None, None, "<old@x.example>"),
    ]


def test_mail_servers_that_rewrite_the_envelope_still_lead_home() -> None:
    address = plus_address("care@lumora.example", UUID(int=3), KEY)
    mail = parse_mail(f"To: someone@else.example\r\nDelivered-To: {address}\r\n\r\nhi".encode())
    assert thread_keys(mail, KEY)[0].conversation_id == UUID(int=3)
