"""Secrets and links hold for what they were made for, and for as long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.channels.core.chat.signatures import (
    TokenRefusedError,
    file_link,
    may_fetch,
    token_secret,
    verify_token,
    visitor_of,
    visitor_secret,
)
from careloom.channels.types import VisitorId, WidgetId
from careloom.conversations.types import FileId

KEY = b"a key of this installation"
WIDGET, OTHER = WidgetId(UUID(int=1)), WidgetId(UUID(int=2))
AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@given(st.uuids())
def test_a_secret_proves_its_visitor_at_its_widget_alone(visitor: UUID) -> None:
    secret = visitor_secret(KEY, WIDGET, VisitorId(visitor))
    assert visitor_of(KEY, WIDGET, secret) == visitor
    assert visitor_of(KEY, OTHER, secret) is None
    assert visitor_of(b"another key", WIDGET, secret) is None
    assert visitor_of(KEY, WIDGET, secret.upper()) is None


@given(st.text(max_size=80))
def test_no_other_text_is_a_secret(text: str) -> None:
    assert visitor_of(KEY, WIDGET, text) is None


def test_a_link_opens_its_file_for_at_least_a_day_and_then_closes() -> None:
    file_id = FileId(UUID(int=7))
    link = file_link(KEY, "wk_x", WIDGET, file_id, AT)
    signature = link.partition("?s=")[2]
    assert link.startswith(f"/chat/wk_x/files/{file_id}?s=")
    assert may_fetch(KEY, WIDGET, file_id, signature, AT + timedelta(hours=40))
    assert not may_fetch(KEY, WIDGET, file_id, signature, AT + timedelta(hours=49))
    assert not may_fetch(KEY, WIDGET, UUID(int=8), signature, AT)
    assert not may_fetch(KEY, OTHER, file_id, signature, AT)
    longer = f"{int((AT + timedelta(days=99)).timestamp())}.{signature.partition('.')[2]}"
    assert not may_fetch(KEY, WIDGET, file_id, longer, AT)


@given(st.text(max_size=60))
def test_no_other_text_opens_a_file(text: str) -> None:
    assert not may_fetch(KEY, WIDGET, UUID(int=7), text, AT)


def test_a_renewed_secret_is_another_one() -> None:
    assert token_secret(KEY, WIDGET, 1) != token_secret(KEY, WIDGET, 2)
    assert token_secret(KEY, WIDGET, 1) != token_secret(KEY, OTHER, 1)


def test_a_token_is_judged_by_the_time_it_is_shown() -> None:
    secret = token_secret(KEY, WIDGET, 1)
    made = jwt.encode({"sub": "u-1", "exp": AT.timestamp(), "email": 5, "name": " Ada "}, secret, algorithm="HS256")
    vouched = verify_token(secret, made, AT - timedelta(minutes=1))
    assert (vouched.subject, vouched.email, vouched.name) == ("u-1", None, "Ada")
    with pytest.raises(TokenRefusedError):
        verify_token(secret, made, AT + timedelta(minutes=1))


@given(st.text(max_size=200))
def test_no_other_text_is_a_token(text: str) -> None:
    with pytest.raises(TokenRefusedError):
        verify_token(token_secret(KEY, WIDGET, 1), text, AT)
