"""Timing: whether an id of B takes longer to be refused than an id that nobody has."""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Generator
from uuid import uuid4

from careloom.evidence.isolation.attempts import known
from careloom.evidence.isolation.operations import Operation, build, slot_name
from careloom.evidence.isolation.outcome import Outcome, Tally
from careloom.evidence.isolation.probes.endpoints import send
from careloom.evidence.isolation.stage import Stage

_WARM, _ROUNDS = 3, 40
_LEAST_SECONDS = 0.002
_LIKELY = 0.80


async def timing(stage: Stage) -> Outcome:
    """Every reading endpoint with one id in its path: B's id and nobody's, in turn, many times."""
    tally = Tally()
    for operation in stage.operations:
        if operation.method == "GET" and len(operation.path_slots) == 1 and operation.path.startswith("/api/"):
            told = await _tells(stage, operation)
            # A busy machine can make any one series look odd; what is really slower is slower again.
            tally.probe(await _tells(stage, operation) if told else None)
    return tally.outcome(
        "timing",
        "Time to refuse",
        f"Every endpoint that reads by an id: {_ROUNDS} times B's id and an id that nobody has, in turn, as an agent "
        f"of A. A finding is a median that differs by more than {_LEAST_SECONDS * 1000:.0f} ms with one of the two "
        f"slower in more than {_LIKELY:.0%} of all pairs, twice.",
    )


async def _tells(stage: Stage, operation: Operation) -> str | None:
    theirs, nobodys = [0.0] * _ROUNDS, [0.0] * _ROUNDS
    with _nothing_collected():
        for number in range(-_WARM, _ROUNDS):
            # Which of the two comes first changes, so that neither profits from what the other warmed.
            for first in (number % 2 == 0, number % 2 != 0):
                seconds = await _once(stage, operation, of_b=first)
                if number >= 0:
                    (theirs if first else nobodys)[number] = seconds
    difference = _median(theirs) - _median(nobodys)
    slower = sum(one > other for one in theirs for other in nobodys) / _ROUNDS**2
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
    def pick(slot: str) -> str:
        return str(known(stage.b, slot_name(operation, slot))) if of_b else str(uuid4())

    request = build(operation, pick, frozenset())
    began = time.perf_counter()
    await send(stage.api, stage.a.secrets["agent"], request)
    return time.perf_counter() - began


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
