"""Timing: whether an id of B takes longer to be refused than an id that nobody has."""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Generator
from typing import Final

from careloom.evidence.isolation.attempts import attempts
from careloom.evidence.isolation.operations import Operation
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
    for operation in stage.operations:
        if operation.path.startswith("/api/") and next(attempts(operation, stage.a, stage.b, None)).theirs:
            tally.probe(await _tells(stage, operation))
    return tally.outcome(
        "timing",
        "Time to refuse",
        f"Every endpoint that reads or writes by an id: {_SERIES[0]} times B's id and an id that nobody has, in turn, "
        "read as an agent of A and written as who may do everything in A; what looks slower, again "
        f"{_SERIES[1]} times and {_SERIES[2]} times. A finding is a median that differs by more than "
        f"{_LEAST_SECONDS * 1000:.0f} ms with one of the two slower in more than {_LIKELY:.0%} of pairs, each time.",
    )


async def _tells(stage: Stage, operation: Operation) -> str | None:
    told = None
    for rounds in _SERIES:
        told = await _difference(stage, operation, rounds)
        if told is None:
            break
    return told


async def _difference(stage: Stage, operation: Operation, rounds: int) -> str | None:
    theirs, nobodys = [0.0] * rounds, [0.0] * rounds
    with _nothing_collected():
        for number in range(-_WARM, rounds):
            # Which of the two comes first changes, so that neither profits from what the other warmed.
            for first in (number % 2 == 0, number % 2 != 0):
                seconds = await _once(stage, operation, of_b=first)
                if number >= 0:
                    (theirs if first else nobodys)[number] = seconds
    difference = _median(theirs) - _median(nobodys)
    slower = sum(one > other for one in theirs for other in nobodys) / rounds**2
    if abs(difference) < _LEAST_SECONDS or 1 - _LIKELY <= slower <= _LIKELY:
        return None
    return f"{operation.name}: an id of B is refused {difference * 1000:+.1f} ms later, slower in {slower:.0%} of pairs"


@contextlib.contextmanager
def _nothing_collected() -> Generator[None]:
    """The garbage collector waits: what it does in the middle of a request is no time of that request."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def _once(stage: Stage, operation: Operation, *, of_b: bool) -> float:
    attempt = next(attempts(operation, stage.a, stage.b, None))
    request = attempt.request if of_b else attempt.twin
    bearer = stage.a.secrets["agent" if operation.method == "GET" else "owner"]
    began = time.perf_counter()
    await send(stage.api, bearer, request)
    return time.perf_counter() - began


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
