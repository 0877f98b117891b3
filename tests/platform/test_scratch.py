"""What lies in the folder for temporary files: read at any place here, and nothing but noise to anyone else."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from careloom.platform.scratch import Scratch


@given(st.lists(st.binary(max_size=50), max_size=8), st.integers(0, 400), st.integers(0, 60))
def test_what_was_appended_is_read_from_any_place(pieces: list[bytes], place: int, size: int) -> None:
    whole = b"".join(pieces)
    with Scratch() as scratch:
        for piece in pieces:
            scratch.append(piece)
        assert scratch.read() == whole
        scratch.seek(place)
        assert scratch.read(size) == whole[place : place + size]
        assert scratch.seek(0, io.SEEK_END) == len(whole)


def test_on_the_disk_it_says_nothing_and_has_no_name() -> None:
    with Scratch() as scratch:
        scratch.append(b"Ana Reis lives by the sea. " * 100)
        lying = scratch._file  # pyright: ignore[reportPrivateUsage]
        lying.seek(0)
        assert b"Ana" not in lying.read()
        assert isinstance(lying.name, int)
