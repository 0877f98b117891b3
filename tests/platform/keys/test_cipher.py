"""What a data key seals opens in its own place alone, unchanged."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.platform.keys import cipher
from careloom.platform.keys.cipher import CHUNK, Place, new_key, open_file, open_value, seal_file, seal_value
from careloom.platform.keys.errors import CipherBrokenError

KEY, CLIENT, ROW = new_key(), uuid4(), uuid4()
PLACE = Place("masked_value.value", (ROW,))
NAME = f"{CLIENT}/{ROW}"
texts = st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace").decode())
sizes = st.sampled_from([0, 1, 15, 16, 17, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7])


def broken(work: Callable[[], object]) -> None:
    with pytest.raises(CipherBrokenError):
        work()


@given(texts)
def test_a_value_opens_in_its_place(text: str) -> None:
    assert open_value(KEY, CLIENT, PLACE, seal_value(KEY, 3, CLIENT, PLACE, text)) == text


@given(texts, st.data())
def test_no_character_of_a_sealed_value_can_be_changed(text: str, data: st.DataObject) -> None:
    sealed = seal_value(KEY, 3, CLIENT, PLACE, text)
    at = data.draw(st.integers(0, len(sealed) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda one: one != sealed[at]))
    broken(lambda: open_value(KEY, CLIENT, PLACE, sealed[:at] + other + sealed[at + 1 :]))


@given(texts)
def test_a_value_opens_nowhere_else(text: str) -> None:
    sealed = seal_value(KEY, 3, CLIENT, PLACE, text)
    for key, client_id, place in (
        (new_key(), CLIENT, PLACE),
        (KEY, uuid4(), PLACE),
        (KEY, CLIENT, Place(PLACE.column, (uuid4(),))),
        (KEY, CLIENT, Place("mailbox.secret", PLACE.row)),
        (KEY, CLIENT, Place(PLACE.column, (ROW, "tier"))),
    ):
        broken(lambda key=key, client_id=client_id, place=place: open_value(key, client_id, place, sealed))
    broken(lambda: open_value(KEY, CLIENT, PLACE, sealed.replace("k1.3.", "k1.4.")))


@given(st.text(max_size=100))
def test_what_was_not_sealed_opens_nothing(text: str) -> None:
    broken(lambda: open_value(KEY, CLIENT, PLACE, text))


def test_a_value_shows_neither_its_text_nor_which_of_several_short_ones_it_is() -> None:
    sealed = {
        seal_value(KEY, 1, CLIENT, PLACE, text) for text in ("true", "false", "", "a choice of 31 characters, all")
    }
    assert len(sealed) == 4
    assert len({len(one) for one in sealed}) == 1


@given(texts, texts)
def test_an_index_is_the_same_for_equal_texts_of_one_client_and_column(one: str, other: str) -> None:
    def index(text: str, client_id: UUID = CLIENT, column: str = "c", key: bytes = KEY) -> str:
        return cipher.blind_index(key, client_id, column, text)

    assert (index(one) == index(other)) == (one == other)
    assert len({index(one), index(one, uuid4()), index(one, column="d"), index(one, key=new_key())}) == 4


@given(sizes, st.integers(0, 255))
def test_a_file_opens_under_its_name(size: int, byte: int) -> None:
    content = bytes([byte]) * size
    sealed = seal_file(KEY, 2, CLIENT, NAME, content)
    assert cipher.is_sealed(sealed)
    assert cipher.file_version(sealed) == 2
    assert open_file(KEY, CLIENT, NAME, sealed) == content


@given(sizes, st.data())
def test_no_byte_of_a_sealed_file_can_be_changed(size: int, data: st.DataObject) -> None:
    sealed = seal_file(KEY, 2, CLIENT, NAME, bytes(size))
    at = data.draw(st.integers(0, len(sealed) - 1))
    changed = bytearray(sealed)
    changed[at] ^= data.draw(st.integers(1, 255))
    broken(lambda: open_file(KEY, CLIENT, NAME, bytes(changed)))


@given(sizes, st.data())
def test_a_file_cannot_be_cut_or_lengthened(size: int, data: st.DataObject) -> None:
    sealed = seal_file(KEY, 2, CLIENT, NAME, bytes(size))
    kept = data.draw(st.integers(0, len(sealed) - 1))
    broken(lambda: open_file(KEY, CLIENT, NAME, sealed[:kept]))
    broken(lambda: open_file(KEY, CLIENT, NAME, sealed + b"\0"))


def test_chunks_of_a_file_keep_their_order_and_end() -> None:
    content = bytes(CHUNK) + b"\1" * CHUNK + b"\2" * CHUNK
    sealed = seal_file(KEY, 2, CLIENT, NAME, content)
    step, head = CHUNK + 16, len(sealed) - 3 * (CHUNK + 16)
    pieces = [sealed[head + number * step : head + (number + 1) * step] for number in range(3)]
    for order in ((1, 0, 2), (0, 1), (0, 2), (0, 1, 2, 2), (2,)):
        broken(lambda order=order: open_file(KEY, CLIENT, NAME, sealed[:head] + b"".join(pieces[one] for one in order)))


def test_a_file_opens_for_no_other_client_name_or_key() -> None:
    sealed = seal_file(KEY, 2, CLIENT, NAME, b"a letter")
    for key, client_id, name in ((new_key(), CLIENT, NAME), (KEY, uuid4(), NAME), (KEY, CLIENT, f"{CLIENT}/{uuid4()}")):
        broken(lambda key=key, client_id=client_id, name=name: open_file(key, client_id, name, sealed))
