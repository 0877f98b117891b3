"""Why a mail did not arrive, in the words of real servers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.channels.core.email.cause import DeliveryCause, cause_of, is_gone, rests

WORDS = [
    (None, "550 5.1.1 <ada@example.org>: Recipient address rejected: User unknown", "no_address"),
    (None, "550 No such user here", "no_address"),
    ("5.1.2", "", "no_domain"),
    (None, "550 5.4.4 Host not found", "no_domain"),
    (None, "550 5.2.1 The account is disabled", "disabled"),
    (None, "452 4.2.2 The email account is over quota", "full"),
    (None, "552 mailbox is full", "full"),
    (None, "552 5.3.4 Message size exceeds fixed limit", "too_large"),
    (None, "550-5.7.26 This mail is unauthenticated", "unauthenticated"),
    (None, "554 5.7.1 Service unavailable; client host blocked", "blocked"),
    (None, "The relay does not answer: timed out", "unreachable"),
    (None, "451 4.4.1 no answer from host", "unreachable"),
    ("5.0.0", "user unknown", "no_address"),
    (None, "599 whatever", "other"),
]


@pytest.mark.parametrize(("status", "words", "cause"), WORDS)
def test_servers_words_have_a_cause(status: str | None, words: str, cause: str) -> None:
    assert cause_of(status, words) == cause


def test_only_what_no_mail_reaches_is_gone() -> None:
    gone = {one.value for one in DeliveryCause if is_gone(one)}
    assert gone == {"no_address", "no_domain", "disabled"}
    assert {one.value for one in DeliveryCause if rests(one)} == {"full"}


@given(st.text())
def test_any_words_have_a_cause(words: str) -> None:
    assert cause_of(None, words) in DeliveryCause
