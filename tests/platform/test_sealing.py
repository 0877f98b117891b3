"""Sealed secrets open for their client and purpose alone."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.platform.sealing import SealBrokenError, seal, unseal

KEY = b"a secret of this test"


@given(st.text())
def test_what_is_sealed_opens_again(value: str) -> None:
    client_id = uuid4()
    value = value.encode("utf-8", "replace").decode()
    assert unseal(KEY, client_id, "mailbox", seal(KEY, client_id, "mailbox", value)) == value


def test_equal_values_look_unlike_and_hide_their_text() -> None:
    client_id = uuid4()
    first, second = (seal(KEY, client_id, "mailbox", "password") for _ in range(2))
    assert first != second
    assert "password" not in first


def test_another_client_key_or_purpose_opens_nothing() -> None:
    client_id = uuid4()
    sealed = seal(KEY, client_id, "mailbox", "password")
    for key, owner, purpose in ((b"other", client_id, "mailbox"), (KEY, uuid4(), "mailbox"), (KEY, client_id, "dkim")):
        with pytest.raises(SealBrokenError):
            unseal(key, owner, purpose, sealed)


@given(st.text(max_size=200))
def test_a_text_that_was_not_sealed_opens_nothing(text: str) -> None:
    with pytest.raises(SealBrokenError):
        unseal(KEY, uuid4(), "mailbox", text)
