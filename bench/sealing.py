"""What sealing with a client's key costs: a short value, a file, looking for an exact value; the bare cipher beside."""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

sys.path.insert(0, str(Path(__file__).parent.parent))
from bench.installation import report
from careloom.platform.keys import cipher
from careloom.platform.keys.cipher import Place

_PEER = "AES-256-GCM of cryptography, one call, nothing else"
_TEXT = "DE89 3704 0044 0532 0130 00"
_ROUNDS = 5
_TARGET_VALUES, _TARGET_MB = 5_000.0, 200.0
Work = Callable[[], object]


def main() -> None:
    """Prints one line of JSON for each measure: values a second, megabytes a second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="how long each measure runs, five times")
    seconds = parser.parse_args().seconds
    key = cipher.new_key()
    _values(key, seconds)
    for size, target in ((100_000, None), (10_000_000, _TARGET_MB)):
        _files(key, size, target, seconds)


def _values(key: bytes, seconds: float) -> None:
    client_id, place, bare, nonce = uuid4(), Place("customer_secret.value", (uuid4(), "policy")), AESGCM(key), bytes(12)
    sealed, raw = cipher.seal_value(key, 1, client_id, place, _TEXT), bare.encrypt(nonce, _TEXT.encode(), None)
    work: dict[str, tuple[Work, Work | None]] = {
        "values sealed": (
            lambda: cipher.seal_value(key, 1, client_id, place, _TEXT),
            lambda: bare.encrypt(os.urandom(12), _TEXT.encode(), None),
        ),
        "values opened": (
            lambda: cipher.open_value(key, client_id, place, sealed),
            lambda: bare.decrypt(nonce, raw, None),
        ),
        "exact values indexed": (lambda: cipher.blind_index(key, client_id, "policy", _TEXT), None),
    }
    for measure, (ours, theirs) in work.items():
        other = None if theirs is None else _rate(theirs, seconds)
        name = None if theirs is None else _PEER
        report(measure, "1/s", _rate(ours, seconds), other, name, _TARGET_VALUES, topic="sealing")


def _files(key: bytes, size: int, target: float | None, seconds: float) -> None:
    client_id, bare, nonce, content = uuid4(), AESGCM(key), bytes(12), os.urandom(size)
    name = f"{client_id}/{uuid4()}"
    sealed, raw = cipher.seal_file(key, 1, client_id, name, content), bare.encrypt(nonce, content, None)
    work: dict[str, tuple[Work, Work]] = {
        "sealed": (
            lambda: cipher.seal_file(key, 1, client_id, name, content),
            lambda: bare.encrypt(os.urandom(12), content, None),
        ),
        "opened": (
            lambda: cipher.open_file(key, client_id, name, sealed),
            lambda: bare.decrypt(nonce, raw, None),
        ),
    }
    for deed, both in work.items():
        ours, theirs = (_rate(one, seconds) * size / 1e6 for one in both)
        report(f"files of {size // 1000:,} kB {deed}", "MB/s", ours, theirs, _PEER, target, topic="sealing")


def _rate(work: Work, seconds: float) -> float:
    """How often a second, the median of five rounds."""
    rates: list[float] = []
    for _ in range(_ROUNDS):
        done, spent, began = 0, 0.0, time.perf_counter()
        while spent < seconds:
            work()
            done, spent = done + 1, time.perf_counter() - began
        rates.append(done / spent)
    return statistics.median(rates)


if __name__ == "__main__":
    main()
