"""Ports for programs that are told theirs before they open them."""

from __future__ import annotations

import fcntl
import os
import random
import socket
import tempfile
from functools import cache
from pathlib import Path
from typing import IO, Final

_FIRST, _LAST = 15_000, 30_000
"""Below those that systems give to whoever asks for any, so that nobody is given one before it is opened."""

_mine: Final[set[int]] = set()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on. Of the processes that ask here, nobody else is given it while this
    one lives.
    """
    for port in random.SystemRandom().sample(range(_FIRST, _LAST), _LAST - _FIRST):
        if port in _mine:
            continue
        try:
            fcntl.lockf(_register(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
            with socket.create_server(("127.0.0.1", port)):
                _mine.add(port)
                return port
        except OSError:
            continue
    raise AssertionError("no port is free")


@cache
def _register() -> IO[bytes]:
    """A file of which each process locks a byte for each of its ports."""
    return (Path(tempfile.gettempdir()) / f"careloom-test-ports-{os.getuid()}").open("ab")
