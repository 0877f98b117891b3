"""A folder in memory, for data that tests write much of and throw away."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import psutil

_MEMORY, _PREFIX = Path("/dev/shm"), "careloom-tests-"
_ENOUGH_BYTES = 1_000_000_000


@contextlib.contextmanager
def memory_folder(otherwise: Path) -> Generator[Path]:
    """A folder in memory, gone afterwards; `otherwise` on systems without one or without room in it."""
    if not os.access(_MEMORY, os.W_OK) or shutil.disk_usage(_MEMORY).free < _ENOUGH_BYTES:
        yield otherwise
        return
    _remove_left_behind()
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-", dir=_MEMORY) as name:
        Path(name).chmod(0o755)
        yield Path(name)


def _remove_left_behind() -> None:
    """Removes the folders of test processes that were killed; a server that is still there then ends itself."""
    for folder in _MEMORY.glob(f"{_PREFIX}*"):
        if not psutil.pid_exists(int(folder.name.removeprefix(_PREFIX).split("-")[0])):
            shutil.rmtree(folder, ignore_errors=True)
