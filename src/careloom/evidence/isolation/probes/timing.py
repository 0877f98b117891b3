"""Timing: whether what one may not see takes longer to be refused than what nobody has."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from typing import Final
from uuid import uuid4

from careloom.evidence.isolation.attempts import PUBLIC, Attempt, attempts, known
from careloom.evidence.isolation.operations import Operation, Request, build, slot_name, slots
from careloom.evidence.isolation.outcome import Outcome, Tally
from careloom.evidence.isolation.probes.endpoints import own, send
from careloom.evidence.isolation.probes.program import beside, hidden_ids
from careloom.evidence.isolation.probes.scim import Ask, asked, instead
from careloom.evidence.isolation.stage import Stage
from careloom.identity.types import Role

_WARM: Final = 2
_SERIES: Final = 8, 40, 40
"""Rounds of each series. A busy machine can make any one look odd; what is really slower is slower again."""
_LEAST_SECONDS = 0.002
_LIKELY = 0.80
_GLANCE: Final = 4
_EQUAL_SECONDS = 0.001
"""After so many rounds of the first series, whose medians are closer is let be: what is slower by as much as a finding
needs is let be so hardly more often than the whole series would.
"""
_PATIENCE: Final = 3
"""How often one is waited for that was asked for too often."""


class _ThrottledError(Exception):
    """Too often is said of one of the two alone, or again and again."""


@dataclass(frozen=True)
class _Race:
    """Two requests as one bearer, or as a visitor of a page, made anew for each round: with the others' ids, and with
    what nobody has.
    """

    name: str
    bearer: str
    pair: Callable[[], tuple[Request, Request]]


async def timing(stage: Stage) -> Outcome:
    """Every endpoint with an id in its path: the others' id and nobody's, in turn, many times."""
    tally = Tally()
    between = [*_between_clients(stage), *_of_visitors(stage)]
    for race in [*between, *await _within_a_client(stage), *_of_directories(stage)]:
        tally.probe(await _tells(stage, race))
    return tally.outcome(
        "timing",
        "Time to refuse",
        "Every endpoint that reads or writes by an id in its path, and of each name of an id in queries and bodies "
        f"endpoints that read and that write by it: {_SERIES[0]} times B's id and an id that nobody has, in turn, "
        "read as an agent of A and written as who may do everything in A; of each name of an id in paths, the same "
        "with what A's first program holds, as an agent and an administrator of a provider that serves the second; of "
        "what a visitor of A's page names (secrets, tokens, files and their signatures), and of B's user and group by "
        f"SCIM, the same. Whose medians lie less than {_EQUAL_SECONDS * 1000:.0f} ms apart after {_GLANCE} times is "
        "let be. "
        f"What looks slower, again {_SERIES[1]} times and {_SERIES[2]} times. A finding is a median that differs by "
        f"more than {_LEAST_SECONDS * 1000:.0f} ms with one of the two slower in more than {_LIKELY:.0%} of pairs, "
        "each time; or that one of the two alone is refused as asked too often.",
    )


def _between_clients(stage: Stage) -> Iterator[_Race]:
    """Each operation's ids in its path, and of the ids in queries and bodies each name once for reading and once for
    writing, where first an operation takes it.
    """
    seen: set[tuple[bool, str, str]] = set()
    for operation in (one for one in stage.operations if one.path.startswith("/api/")):
        if _attempt(stage, operation, "").theirs:
            yield _race(stage, operation, "")
        for place in slots(operation):
            where, name = place.partition(":")[0], slot_name(operation, place)
            timed = (operation.method == "GET", where, name)
            if where != "path" and name in stage.a.ids and timed not in seen:
                seen.add(timed)
                yield _race(stage, operation, place)


def _of_visitors(stage: Stage) -> Iterator[_Race]:
    """Whatever a stranger's browser can name of B at A's widget."""
    for operation in (one for one in stage.operations if one.path.startswith("/chat/")):
        for number, one in enumerate(attempts(operation, stage.a, stage.b, None)):
            if one.theirs:
                yield _Race(f"{operation.name} ({', '.join(one.theirs)})", "", _nth(stage, operation, number))


def _nth(stage: Stage, operation: Operation, number: int) -> Callable[[], tuple[Request, Request]]:
    def pair() -> tuple[Request, Request]:
        attempt = next(islice(attempts(operation, stage.a, stage.b, None), number, None))
        return attempt.request, attempt.twin

    return pair


def _of_directories(stage: Stage) -> Iterator[_Race]:
    """What A's directory asks of B's user and group, by ids and by a name."""
    theirs = {stage.b.ids["scim_user_id"], stage.b.ids["scim_group_id"]}
    for one, ask in asked(stage):
        if one in theirs:
            yield _directed(stage, one, ask)
    name = f"provisioned@{stage.b.canary}.example"
    yield _directed(stage, name, ("GET", "/Users", None), name)


def _directed(stage: Stage, theirs: object, ask: Ask, name: str | None = None) -> _Race:
    def pair() -> tuple[Request, Request]:
        nobody = uuid4()
        names = (None, None) if name is None else (name, f"{nobody}@nobody.example")
        return _by_scim(ask, names[0]), _by_scim(instead(ask, theirs, nobody), names[1])

    return _Race(f"{ask[0]} /scim/v2{ask[1]}", stage.a.words["scim_secret"], pair)


def _by_scim(ask: Ask, name: str | None) -> Request:
    method, path, body = ask
    operation = Operation(method, path, (), (), None, multipart=False, schemas={})
    params = {} if name is None else {"filter": f'userName eq "{name}"'}
    return Request(operation, f"/scim/v2{path}", params, body, None, ())


def _race(stage: Stage, operation: Operation, place: str) -> _Race:
    def pair() -> tuple[Request, Request]:
        attempt = _attempt(stage, operation, place)
        return attempt.request, attempt.twin

    name = f"{operation.name} ({place})" if place else operation.name
    return _Race(name, stage.a.secrets["agent" if operation.method == "GET" else "owner"], pair)


def _attempt(stage: Stage, operation: Operation, place: str) -> Attempt:
    """With B's ids in the path, or in another place alone."""
    found = attempts(operation, stage.a, stage.b, None)
    return next(one for one in found if not place or one.theirs == (place,))


async def _within_a_client(stage: Stage) -> list[_Race]:
    """Of each ids in paths that the other program's people do not see, an operation that reads and one that writes."""
    other = await beside(stage)
    bearers = {True: await other.bearer(Role.AGENT), False: await other.bearer(Role.ADMIN)}
    hidden = hidden_ids(stage)
    found: dict[tuple[bool, tuple[str, ...]], _Race] = {}
    for operation in (one for one in stage.operations if one.path.startswith("/api/")):
        places = [f"path:{one}" for one in operation.path_slots if f"path:{one}" not in PUBLIC]
        names = tuple(slot_name(operation, one) for one in places)
        if names and all(known(stage.a, one) in hidden for one in names):
            reads = operation.method == "GET"
            found.setdefault((reads, names), _beside_nobody(stage, operation, bearers[reads]))
    return list(found.values())


def _beside_nobody(stage: Stage, operation: Operation, bearer: str) -> _Race:
    theirs = own(operation, stage.a)

    def nobodys(slot: str) -> str:
        return str(uuid4()) if slot.startswith("path:") and slot not in PUBLIC else theirs(slot)

    def pair() -> tuple[Request, Request]:
        return build(operation, theirs, frozenset()), build(operation, nobodys, frozenset())

    return _Race(f"{operation.name} of another program", bearer, pair)


async def _tells(stage: Stage, race: _Race) -> str | None:
    told = None
    for rounds in _SERIES:
        try:
            told = await _difference(stage, race, rounds)
        except _ThrottledError as error:
            told = f"{race.name}: {error}"
        if told is None:
            break
    return told


async def _difference(stage: Stage, race: _Race, rounds: int) -> str | None:
    theirs: list[float] = []
    nobodys: list[float] = []
    with _nothing_collected():
        for number in range(-_WARM, rounds):
            # Which of the two comes first changes, so that neither profits from what the other warmed.
            for first in (number % 2 == 0, number % 2 != 0):
                seconds = await _once(stage, race, theirs=first)
                if number >= 0:
                    (theirs if first else nobodys).append(seconds)
            if (number + 1, rounds) == (_GLANCE, _SERIES[0]) and abs(_later(theirs, nobodys)) < _EQUAL_SECONDS:
                return None
    difference = _later(theirs, nobodys)
    slower = sum(one > other for one in theirs for other in nobodys) / rounds**2
    if abs(difference) < _LEAST_SECONDS or 1 - _LIKELY <= slower <= _LIKELY:
        return None
    return f"{race.name}: their id is refused {difference * 1000:+.1f} ms later, slower in {slower:.0%} of pairs"


@contextlib.contextmanager
def _nothing_collected() -> Generator[None]:
    """The garbage collector waits: what it does in the middle of a request is no time of that request."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def _once(stage: Stage, race: _Race, *, theirs: bool) -> float:
    """How many seconds one refusal takes; raises _ThrottledError."""
    for _ in range(_PATIENCE):
        request = race.pair()[not theirs]
        began = time.perf_counter()
        answer = await send(stage.api, race.bearer, request)
        seconds = time.perf_counter() - began
        if answer.status_code != HTTPStatus.TOO_MANY_REQUESTS:
            return seconds
        await _require_both_wait(stage, race, theirs=theirs)
        await asyncio.sleep(int(answer.headers.get("Retry-After", "1")))
    raise _ThrottledError(f"not measured: too often still, after waiting {_PATIENCE} times")


async def _require_both_wait(stage: Stage, race: _Race, *, theirs: bool) -> None:
    """Asks for the other id, then again for this one, which was refused as asked for too often; raises _ThrottledError
    where the other never is. What is refused to everyone who asks too often says nothing of what there is. Each is
    asked for twice in a row: of a throttle for both that lets one in two through, either gets a share.
    """
    waits: list[bool] = []
    for one in (not theirs, not theirs, theirs, theirs):
        answer = await send(stage.api, race.bearer, race.pair()[not one])
        waits.append(answer.status_code == HTTPStatus.TOO_MANY_REQUESTS)
    if waits == [False, False, True, True]:
        raise _ThrottledError(f"too often is said of {'their id' if theirs else 'what nobody has'} alone")


def _later(some: list[float], others: list[float]) -> float:
    """By how many seconds the median of some is later than that of others."""
    return sorted(some)[len(some) // 2] - sorted(others)[len(others) // 2]
