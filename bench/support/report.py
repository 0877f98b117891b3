"""The form of a result: one JSON object for each measure and line, figures with the noise of their windows."""

import os
import platform
import statistics
import sys
from collections.abc import Sequence

import msgspec
from msgspec import Struct


class Measure(Struct, frozen=True):
    """`ratio` is above 1 where ours is the better: ours/peer for rates, peer/ours for times."""

    topic: str
    measure: str
    unit: str
    ours: float
    peer: float
    peer_name: str
    ratio: float
    target: float | None = None


def rate(topic: str, measure: str, ours: float, peer: float, peer_name: str) -> Measure:
    """A measure where more is better."""
    return Measure(topic, measure, "messages/s", round(ours, 1), round(peer, 1), peer_name, round(ours / peer, 3))


def duration(topic: str, measure: str, ours: float, peer: float, peer_name: str) -> Measure:
    """A measure in seconds, given in milliseconds, where less is better."""
    ratio = round(peer / ours, 3)
    return Measure(topic, measure, "ms", round(ours * 1000, 2), round(peer * 1000, 2), peer_name, ratio)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of `values` lie."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def median(values: Sequence[float]) -> float:
    """The middle of the windows."""
    return float(statistics.median(values))


def tell(line: str) -> None:
    """Progress, beside the results."""
    print(line, file=sys.stderr, flush=True)


def tell_machine() -> None:
    """What it is measured on, and how busy that is with other things."""
    tell(
        f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, load before {os.getloadavg()[0]:.1f}"
    )


def print_all(measures: Sequence[Measure]) -> None:
    """The results on standard output."""
    for one in measures:
        print(msgspec.json.encode(one).decode(), flush=True)
