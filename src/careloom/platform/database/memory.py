"""How much of its tables the embedded PostgreSQL keeps in memory."""

import contextlib
from pathlib import Path
from typing import Final

import psutil

_LEAST, _MOST = 128, 2048
_OF_CONTAINER: Final = Path("/sys/fs/cgroup/memory.max")


def memory_given() -> int:
    """Bytes of memory that the machine has, or the container may take."""
    machine = int(psutil.virtual_memory().total)
    with contextlib.suppress(OSError, ValueError):
        return min(machine, int(_OF_CONTAINER.read_text()))
    return machine


def kept_in_memory(given: int) -> str:
    """PostgreSQL's `shared_buffers` for so many bytes: a quarter of them, 128 MB to 2 GB. It takes what it uses."""
    return f"{min(_MOST, max(_LEAST, given // 4 // 2**20))}MB"
