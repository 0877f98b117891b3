"""Identifiers: of the standard's form, in the order of time, and never the same twice."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

from careloom.platform.clock import now
from careloom.platform.ids import first_id_at, new_id

MANY = 5_000
FORKING = """
import os
from careloom.platform.ids import new_id
new_id()
child = os.fork()
if child:
    os.waitpid(child, 0)
print("\\n".join(str(new_id()) for _ in range(200)), flush=True)
"""


def test_ids_of_a_time_lie_between_those_of_its_ends() -> None:
    began = now() - timedelta(milliseconds=2)
    one = new_id()
    assert first_id_at(began) < one < first_id_at(now() + timedelta(milliseconds=2))
    assert first_id_at(began.replace(tzinfo=None)) == first_id_at(began)
    assert first_id_at(datetime(1, 1, 1, tzinfo=UTC)).int == 0


def test_an_id_is_of_version_7_and_says_when_it_was_made() -> None:
    before = time.time_ns() // 1_000_000
    one = new_id()
    assert (one.version, one.variant) == (7, "specified in RFC 4122")
    assert before <= one.int >> 80 <= time.time_ns() // 1_000_000


def _made(_place: int) -> UUID:
    return new_id()


def test_ids_differ_whichever_thread_makes_them_and_use_every_random_bit() -> None:
    with ThreadPoolExecutor(4) as threads:
        made = [one.int for one in threads.map(_made, range(MANY))]
    assert len(set(made)) == MANY
    seen = unseen = 0
    for one in made:
        seen, unseen = seen | one, unseen | ~one
    random_bits = (1 << 76) - 1 ^ 0x3 << 62
    assert seen & random_bits == unseen & random_bits == random_bits


def test_a_forked_process_makes_ids_of_its_own() -> None:
    said = subprocess.run([sys.executable, "-c", FORKING], capture_output=True, text=True, check=True).stdout.split()
    assert len(said) == 2 * 200
    assert len({one[-16:] for one in said}) == len(said)
