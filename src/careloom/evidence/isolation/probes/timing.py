"""Timing: whether an id of B takes longer to be refused than an id that nobody has."""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Generator, Iterator
from typing import Final

from careloom.evidence.isolation.attempts import Attempt, attempts
from careloom.evidence.isolation.operations import Operation, slot_name, slots
from careloom.evidence.isolation.outcome import Outcome, Tally
from careloom.evidence.isolation.probes.endpoints import send
from careloom.evidence.isolation.stage import Stage

_WARM: Final = 3
_SERIES: Final = 12, 40, 40
"""Rounds of each series. A busy machine can make any one look odd; what is really slower is slower again."""
_LEAST_SECONDS = 0.002
_LIKELY = 0.80


async def timing(stage: Stage) -> Outcome:
    """Every endpoint with an id in its path: B's id and nobody's, in turn, many times."""
    tally = Tally()
    for operation, place in _places(stage):
        tally.probe(await _tells(stage, operation, place))
    return tally.outcome(
        "timing",
        "Time to refuse",
        "Every endpoint that reads or writes by an id in its path, and of each name of an id in queries and bodies "
        f"endpoints that read and that write by it: {_SERIES[0]} times B's id and an id that nobody has, in turn, "
        "read as an agent of A and written as who may do everything in A; what looks slower, again "
        f"{_SERIES[1]} times and {_SERIES[2]} times. A finding is a median that differs by more than "
        f"{_LEAST_SECONDS * 1000:.0f} ms with one of the two slower in more than {_LIKELY:.0%} of pairs, each time.",
    )


def _places(stage: Stage) -> Iterator[tuple[Operation, str]]:
    """What is timed: each operation's ids in its path (""), and of the ids in queries and bodies each name once for
    reading and once for writing, where first an operation takes it.
    """
    seen: set[tuple[bool, str, str]] = set()
    for operation in (one for one in stage.operations if one.path.startswith("/api/")):
        if _attempt(stage, operation, "").theirs:
            yield operation, ""
        for place in slots(operation):
            where, name = place.partition(":")[0], slot_name(operation, place)
            timed = (operation.method == "GET", where, name)
            if where != "path" and name in stage.a.ids and timed not in seen:
                seen.add(timed)
                yield operation, place


def _attempt(stage: Stage, operation: Operation, place: str) -> Attempt:
    """With B's ids in the path, or in another place alone."""
    found = attempts(operation, stage.a, stage.b, None)
    return next(one for one in found if not place or one.theirs == (place,))


async def _tells(stage: Stage, operation: Operation, place: str) -> str | None:
    told = None
    for rounds in _SERIES:
        told = await _difference(stage, operation, place, rounds)
        if told is None:
            break
    return told


async def _difference(stage: Stage, operation: Operation, place: str, rounds: int) -> str | None:
    theirs, nobodys = [0.0] * rounds, [0.0] * rounds
    with _nothing_collected():
        for number in range(-_WARM, rounds):
            # Which of the two comes first changes, so that neither profits from what the other warmed.
            for first in (number % 2 == 0, number % 2 != 0):
                seconds = await _once(stage, operation, place, of_b=first)
                if number >= 0:
                    (theirs if first else nobodys)[number] = seconds
    difference = _median(theirs) - _median(nobodys)
    slower = sum(one > other for one in theirs for other in nobodys) / rounds**2
    if abs(difference) < _LEAST_SECONDS or 1 - _LIKELY <= slower <= _LIKELY:
        return None
    where = f" ({place})" if place else ""
    later = f"{difference * 1000:+.1f} ms later, slower in {slower:.0%} of pairs"
    return f"{operation.name}{where}: an id of B is refused {later}"


@contextlib.contextmanager
def _nothing_collected() -> Generator[None]:
    """The garbage collector waits: what it does in the middle of a request is no time of that request."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def _once(stage: Stage, operation: Operation, place: str, *, of_b: bool) -> float:
    attempt = _attempt(stage, operation, place)
    request = attempt.request if of_b else attempt.twin
    bearer = stage.a.secrets["agent" if operation.method == "GET" else "owner"]
    began = time.perf_counter()
    await send(stage.api, bearer, request)
    return time.perf_counter() - began


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
