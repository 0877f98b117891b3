"""Everything that a live socket can tell of happens at B, while desks and a visitor of A listen."""

from __future__ import annotations

import contextlib
import json

from careloom.evidence.isolation.happening import LISTENERS, NOT_CAUSED, everything_happens
from careloom.evidence.isolation.live import Ear, call, chat, desk, heard, listening, told, topics
from careloom.evidence.isolation.outcome import Tally
from careloom.evidence.isolation.people import bearer_of
from careloom.evidence.isolation.probes.shared import shared_person
from careloom.evidence.isolation.rows import ids_of
from careloom.evidence.isolation.stage import Stage
from careloom.identity.types import Role
from careloom.organizations.types import ClientId

DESKS = ("owner", "agent", "team_lead", "account_manager", "compliance_officer", "client_viewer")
_HOUSEKEEPING = frozenset({"hello", "ping", "reset"})
"""What a desk's socket says of itself."""
_MARK = "customer_changed"


async def hearing(stage: Stage, place: str, tally: Tally) -> int:
    """A probe for each topic: it happened at B, and no ear of A heard of it. Answers how many happened."""
    async with contextlib.AsyncExitStack() as stack:
        ours = await _ears_of_a(stage, place, stack)
        theirs = {
            who: await stack.enter_async_context(listening(desk(place, stage.b.secrets[who]))) for who in LISTENERS
        }
        guest = await stack.enter_async_context(listening(chat(place, stage.b), "chat "))
        for one in (*ours.values(), *theirs.values()):
            await heard([one], {"hello"} if not one.prefix else {"chat upto"})
        await everything_happens(stage.b, place, theirs, guest)
        known = topics()
        there = await heard([*theirs.values(), guest], set(known) - NOT_CAUSED.keys())
        await _mark(stage, place, ours)
    leaks = _leaks(stage, ours, [*theirs.values(), guest])
    for topic in sorted({*known, *NOT_CAUSED, *there} - _HOUSEKEEPING):
        tally.probe(_unlike(topic, known, there) or leaks.get(topic))
    return len(there & {*known})


async def _ears_of_a(stage: Stage, place: str, stack: contextlib.AsyncExitStack) -> dict[str, Ear]:
    """Desks of A's people, of a key held to A of someone who serves both, and A's visitor."""
    person = await shared_person(stage, Role.ADMIN)
    held = await bearer_of(stage.world, person, ClientId(stage.a.ids["client_id"]))
    bearers = {who: stage.a.secrets[who] for who in DESKS} | {"a shared person with a key held to A": held}
    ears = {who: await stack.enter_async_context(listening(desk(place, bearer))) for who, bearer in bearers.items()}
    visitor = await stack.enter_async_context(listening(chat(place, stage.a), "chat "))
    await visitor.say("hello", visitor_secret=stage.a.words["visitor_secret"])
    return {**ears, "A's visitor": visitor}


async def _mark(stage: Stage, place: str, ours: dict[str, Ear]) -> None:
    """Something of A's own, after which an ear of A has heard all that came before it."""
    note = {"text": stage.a.text("Mark")}
    await call(place, stage.a, "POST", f"/api/customers/{stage.a.ids['customer_id']}/notes", note)
    for one in ours.values():
        if one.prefix:
            await one.say("message", client_id="mark", text="still here")
        await heard([one], {"chat ack"} if one.prefix else {_MARK})


def _leaks(stage: Stage, ours: dict[str, Ear], theirs: list[Ear]) -> dict[str, str]:
    """Which topic told whom of B: a frame that B heard too, or one that names something of B."""
    ids = ids_of(stage.superuser_url, stage.b)
    same = {json.dumps(one) for ear in theirs for one in ear.frames if "id" in one and one["type"] != "hello"}
    found: dict[str, str] = {}
    for who, ear in ours.items():
        for one in ear.frames:
            if json.dumps(one) in same or told([one], stage.b, ids):
                found[ear.prefix + one["type"]] = f"{who} hears of B's {ear.prefix}{one['type']}"
    return found


def _unlike(topic: str, known: list[str], there: set[str]) -> str | None:
    """What is not as `topics` and NOT_CAUSED have it; no ear of A was tried on what did not happen."""
    if topic not in known:
        return f"{topic} is no topic that is known"
    return (
        None
        if topic in NOT_CAUSED or topic in there
        else f"{topic} is not covered: nothing in isolation/happening.py causes it at B"
    )
