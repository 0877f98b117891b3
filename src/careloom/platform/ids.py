"""Time-ordered identifiers."""

import os
import secrets
import time
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

_AT_ONCE: Final = 4096
_spare: Final[list[int]] = []
"""Random numbers of 64 bits for what comes next: the system is asked for many at once. A forked process has its own."""
os.register_at_fork(after_in_child=_spare.clear)


def new_id() -> UUID:
    """A UUID version 7 (RFC 9562): 48 bits of milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000 & 0xFFFF_FFFF_FFFF
    return UUID(int=milliseconds << 80 | 0x7 << 76 | _random() >> 52 << 64 | 0x2 << 62 | _random() >> 2)


def first_id_at(moment: datetime) -> UUID:
    """Where the ids made from `moment` on begin: smaller ones are older. A moment without a zone is one of UTC."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return UUID(int=max(0, int(aware.timestamp() * 1000)) << 80)


def _random() -> int:
    while True:
        try:
            return _spare.pop()
        except IndexError:
            _spare.extend(memoryview(os.urandom(_AT_ONCE)).cast("Q"))


def new_secret(size: int = 32) -> str:
    """A random URL-safe secret of `size` bytes of entropy."""
    return secrets.token_urlsafe(size)
