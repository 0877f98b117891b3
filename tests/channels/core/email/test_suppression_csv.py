"""Suppressed addresses as CSV."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from careloom.channels.core.email.suppression_csv import read_rows, write_rows
from careloom.channels.types.suppression import SuppressedAddress, SuppressedAddressId, SuppressionReason
from careloom.organizations.types import ClientId
from careloom.platform.redaction.types import Policy
from careloom.platform.texts.text import say

_NOTES = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60)


def _listed(address: str, note: str) -> SuppressedAddress:
    at = datetime(2030, 1, 1, tzinfo=UTC)
    ids = SuppressedAddressId(uuid4()), ClientId(uuid4())
    return SuppressedAddress(*ids, address, SuppressionReason.COMPLAINT, note, None, "test", at, at)


@given(notes=st.lists(_NOTES, max_size=5))
def test_what_is_written_is_read_again(notes: list[str]) -> None:
    rows = [_listed(f"{number}@example.org", note) for number, note in enumerate(notes)]
    taken, refused = read_rows(write_rows(rows, Policy(), head=True), 100)
    assert refused == []
    assert [(row.address, row.reason, row.expires_at) for row in taken] == [
        (row.address, row.reason, row.expires_at) for row in rows
    ]


@given(st.sampled_from("=+-@"), _NOTES)
def test_no_cell_is_a_formula(first: str, note: str) -> None:
    text = write_rows([_listed(f"{first}cmd@example.org", first + note)], Policy(), head=False)
    assert not text.startswith((first, f'"{first}'))
    assert f",{first}" not in text.replace(note, "")


@given(st.text())
def test_any_text_is_read_without_failing(text: str) -> None:
    taken, refused = read_rows(text, 10)
    assert len(taken) <= 10
    assert all(row.line >= 0 and str(row.problem) for row in refused)


def test_a_file_without_the_column_says_so() -> None:
    assert "`address`" in str(read_rows("mail\na@b.example", 10)[1][0].problem)


def test_a_line_that_is_no_csv_is_told_in_our_own_words() -> None:
    taken, refused = read_rows(f"address,note\na@b.example,x\nc@d.example,{'y' * 200_000}\n", 10)
    assert [one.address for one in taken] == ["a@b.example"]
    assert [(one.line, one.problem) for one in refused] == [
        (3, say("This line is no CSV; it and what follows is not taken."))
    ]
