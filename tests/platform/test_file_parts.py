"""Files in numbered parts: any range of them is read, over the borders of parts as well."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from careloom.platform import file_parts
from careloom.platform.file_parts import Ranges, put_parts
from careloom.platform.files import LocalFiles

WHOLE = bytes(range(95))


async def pieces() -> AsyncIterator[bytes]:
    for place in range(0, len(WHOLE), 7):
        yield WHOLE[place : place + 7]


async def test_every_range_of_a_file_is_read_as_it_was_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_parts, "PART_BYTES", 10)
    files = LocalFiles(tmp_path)
    stored = await put_parts(files, "brand/archive", pieces(), 1000)
    assert (stored.parts, stored.size) == (10, len(WHOLE))
    ranges = Ranges(files, "brand/archive", stored.parts)
    for start in range(len(WHOLE) + 20):
        for size in (0, 1, 10, 25, 200):
            assert await ranges.read(start, size) == WHOLE[start : start + size]
