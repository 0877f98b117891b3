"""The embedded PostgreSQL keeps as much in memory as the machine can spare."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from careloom.platform.database import memory
from careloom.platform.database.memory import kept_in_memory, memory_given


@pytest.mark.parametrize(("gigabytes", "kept"), [(0.25, "128MB"), (2, "512MB"), (8, "2048MB"), (512, "2048MB")])
def test_a_quarter_of_the_memory_is_kept_within_bounds(gigabytes: float, kept: str) -> None:
    assert kept_in_memory(int(gigabytes * 2**30)) == kept


@pytest.mark.parametrize(("limit", "given"), [("1073741824\n", 2**30), ("max\n", None), (None, None), ("9" * 20, None)])
def test_a_containers_limit_counts_where_it_has_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str | None, given: int | None
) -> None:
    if limit is not None:
        (tmp_path / "limit").write_text(limit)
    monkeypatch.setattr(memory, "_OF_CONTAINER", tmp_path / "limit")
    assert memory_given() == (given or psutil.virtual_memory().total)
