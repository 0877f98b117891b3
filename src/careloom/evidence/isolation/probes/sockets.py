"""Live: a desk of A hears nothing of B, a visitor of A reads nothing of B, whatever they ask for."""

from __future__ import annotations

import json
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed

from careloom.evidence.isolation.happening import NOT_CAUSED
from careloom.evidence.isolation.kept import Brand
from careloom.evidence.isolation.live import PAGE, SECONDS, chat, desk, frame, happen, told, until
from careloom.evidence.isolation.outcome import Outcome, Tally
from careloom.evidence.isolation.people import bearer_of
from careloom.evidence.isolation.probes.hearing import DESKS, hearing
from careloom.evidence.isolation.probes.shared import shared_person
from careloom.evidence.isolation.rows import fingerprints, ids_of, rows_of
from careloom.evidence.isolation.server import serving
from careloom.evidence.isolation.stage import Stage
from careloom.identity.types import Role
from careloom.organizations.types import ClientId


async def sockets(stage: Stage) -> Outcome:
    """Every topic that desks and visitors of A can hear, while things happen at B."""
    tally = Tally()
    async with serving(stage) as place:
        caused = await hearing(stage, place, tally)
        ids = ids_of(stage.superuser_url, stage.b)
        for check in (_replaying, _looking, _held_key, _visiting, _opening):
            await check(stage, place, ids, tally)
    return tally.outcome(
        "sockets",
        "Every live topic",
        f"While desks of A's people, a key held to A of a person who serves both and a visitor of A's widget listen, "
        f"everything happens at B that a socket can tell of: {caused} kinds of news, each heard by B's own people; "
        f"not caused is {_not_caused()}. Then A's desks replay the log from its beginning, and say that they look at "
        "or type in a conversation of B; the visitor comes with B's secret, conversation, files and tokens. Any frame "
        "that tells of B, and any row of B that changes, is a finding; so is a kind of news that did not happen.",
    )


def _not_caused() -> str:
    return "; ".join(f"{topic} ({why})" for topic, why in NOT_CAUSED.items()) or "none"


async def _replaying(stage: Stage, place: str, ids: set[str], tally: Tally) -> None:
    for who in DESKS:
        async with desk(place, stage.a.secrets[who], after=0) as one:
            _, hello = await until(one, "hello")
            await happen(place, stage.a, who)
            frames: list[dict[str, Any]] = []
            while not frames or frames[-1].get("id", 0) <= hello["id"]:
                frames.append(await frame(one))
        shown = told(frames, stage.b, ids)
        tally.probe(f"a replay for {who} tells of B: {shown[:2]}" if shown or len(frames) < 10 else None)


async def _looking(stage: Stage, place: str, ids: set[str], tally: Tally) -> None:
    theirs = str(stage.b.ids["conversation_id"])
    async with desk(place, stage.a.secrets["agent"]) as mine, desk(place, stage.b.secrets["agent"]) as other:
        await until(mine, "hello")
        await until(other, "hello")
        for kind in ("viewing", "typing"):
            for one in (other, mine):
                await one.send(json.dumps({"type": kind, "conversation_id": theirs, "typing": True}))
        await happen(place, stage.a, "looking")
        await happen(place, stage.b, "looking")
        frames, _ = await until(mine, "conversation_changed")
        seen, _ = await until(other, "conversation_changed")
    signals = [one for one in frames if one["type"] in ("viewers", "typing")]
    tally.probe(
        f"A is told who looks at B's conversation: {signals}" if signals or told(frames, stage.b, ids) else None
    )
    named = stage.a.people["agent"].name in json.dumps(seen)
    tally.probe("B is told of someone of A who asked for its conversation" if named else None)


async def _held_key(stage: Stage, place: str, ids: set[str], tally: Tally) -> None:
    person = await shared_person(stage, Role.AGENT)
    held = await bearer_of(stage.world, person, ClientId(stage.a.ids["client_id"]))
    wide = {"Authorization": f"Bearer {await bearer_of(stage.world, person)}"}
    note = {"text": "Look here", "mentions": [str(person.id)]}
    async with desk(place, held) as one:
        await until(one, "hello")
        for brand in (stage.b, stage.a):
            path = f"/api/conversations/{brand.ids['conversation_id']}/notes"
            (await stage.api.post(path, json=note, headers=wide)).raise_for_status()
        frames, _ = await until(one, "person_mentioned")
    shown = told(frames, stage.b, ids)
    tally.probe(f"a key held to A hears of B: {shown}" if shown else None)


async def _visiting(stage: Stage, place: str, ids: set[str], tally: Tally) -> None:
    a, b = stage.a, stage.b
    before = fingerprints(rows_of(stage.superuser_url, b))
    async with chat(place, a) as socket:
        await socket.send(json.dumps({"type": "hello", "visitor_secret": b.words["visitor_secret"]}))
        try:
            tally.probe(f"B's visitor is let in at A: {await frame(socket)}")
        except ConnectionClosed:
            tally.probe(None)
    async with chat(place, a) as socket:
        hello = {"type": "hello", "visitor_secret": a.words["visitor_secret"]}
        await socket.send(json.dumps({**hello, "conversation_id": str(b.ids["chat_id"]), "after_seq": 0}))
        for one in visitor_attempts(b):
            await socket.send(json.dumps(one))
        await socket.send(json.dumps({"type": "message", "client_id": "last", "text": "still here"}))
        frames, _ = await until(socket, "ack", client_id="last")
    for one in visitor_attempts(b):
        tally.probe(f"{one['type']} tells of B: {told(frames, b, ids)}" if told(frames, b, ids) else None)
    changed = fingerprints(rows_of(stage.superuser_url, b)) != before
    tally.probe("a visitor of A changed rows of B" if changed else None)


async def _opening(stage: Stage, place: str, ids: set[str], tally: Tally) -> None:
    """B's visitor's secret, file, signature and token at A's door."""
    a, b = stage.a, stage.b
    door = f"http://{place}/chat/{a.words['key']}"
    headers = {"Origin": PAGE, "X-Visitor-Secret": b.words["visitor_secret"]}
    async with httpx.AsyncClient(headers=headers, timeout=SECONDS) as http:
        upload = {"file": ("a.txt", b"words", "text/plain")}
        signed = {"s": b.words["file_signature"]}
        answers = [
            await http.post(f"{door}/files", files=upload),
            await http.get(f"{door}/files/{b.ids['visitor_file_id']}", params=signed),
            await http.post(f"{door}/visitors", json={"token": b.words["visitor_token"]}),
            await http.post(f"{door}/visitors", json={"visitor_secret": b.words["visitor_secret"]}),
        ]
    for one in answers:
        shown = one.text.find(b.canary) >= 0 or any(each in one.text for each in ids)
        tally.probe(f"{one.request.url.path}: {one.status_code} tells of B" if shown else None)
    opened = [one.status_code for one in answers[:3] if one.is_success]
    tally.probe(f"what opens B's door opens A's: {opened}" if opened else None)


def visitor_attempts(b: Brand) -> list[dict[str, Any]]:
    """Frames by which a visitor names what is B's."""
    return [
        {"type": "message", "client_id": "file", "text": "x", "file_ids": [str(b.ids["visitor_file_id"])]},
        {"type": "read", "seq": 1},
        {"type": "end", "client_id": "end", "conversation_id": str(b.ids["chat_id"])},
        {"type": "profile", "client_id": "profile", "email": b.words["email"]},
    ]
