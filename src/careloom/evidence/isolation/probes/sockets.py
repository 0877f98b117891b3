"""Live: a desk of A hears nothing of B, a visitor of A reads nothing of B, whatever they ask for."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from careloom.evidence.isolation.kept import Brand
from careloom.evidence.isolation.outcome import Outcome, Tally
from careloom.evidence.isolation.people import bearer_of
from careloom.evidence.isolation.probes.shared import shared_person
from careloom.evidence.isolation.rows import fingerprints, ids_of, rows_of
from careloom.evidence.isolation.server import serving
from careloom.evidence.isolation.stage import Stage
from careloom.identity.types import Role
from careloom.organizations.types import ClientId

PAGE = "https://shop.example"
ACTORS = ("owner", "agent", "team_lead", "account_manager", "compliance_officer", "client_viewer")
_SECONDS = 20


async def sockets(stage: Stage) -> Outcome:
    """Every topic that desks and visitors of A can hear, while things happen at B."""
    tally = Tally()
    ids = ids_of(stage.superuser_url, stage.b)
    async with serving(stage) as place:
        for check in (_hearing, _replaying, _looking, _held_key, _visiting, _opening):
            await check(stage, place, ids, tally)
    return tally.outcome(
        "sockets",
        "Every live topic",
        "Desks of A's people listen, replay the log from its beginning, and say that they look at or type in a "
        "conversation of B; a key held to A of a person who serves both; a visitor of A's widget with B's secret, "
        "conversation, files and tokens. Any frame that tells of B, and any row of B that changes, is a finding.",
    )


async def _hearing(stage: Stage, place: str, ids: set[str], tally: Tally) -> None:
    async with contextlib.AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(desk(place, stage.a.secrets[who])) for who in ACTORS]
        for one in desks:
            await until(one, "hello")
        await happen(place, stage.b, "theirs")
        await happen(place, stage.a, "mine")
        for who, one in zip(ACTORS, desks, strict=True):
            frames, last = await until(one, "conversation_changed")
            own = last["data"]["conversation_id"] == str(stage.a.ids["conversation_id"])
            tally.probe(None if own and not told(frames, stage.b, ids) else f"the desk of {who} hears of B")


async def _replaying(stage: Stage, place: str, ids: set[str], tally: Tally) -> None:
    for who in ACTORS:
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
    note = {"text": "Look here", "mentions": [str(person.id)]}
    async with desk(place, held) as one:
        await until(one, "hello")
        for brand in (stage.b, stage.a):
            await call(place, brand, "POST", f"/api/conversations/{brand.ids['conversation_id']}/notes", note)
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
    async with httpx.AsyncClient(headers=headers, timeout=_SECONDS) as http:
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


async def happen(place: str, brand: Brand, tag: str) -> None:
    """Something that every desk of the brand hears of."""
    path = f"/api/conversations/{brand.ids['conversation_id']}"
    await call(place, brand, "PATCH", path, {"tags": [f"{tag} {brand.canary}"]})


async def call(place: str, brand: Brand, method: str, path: str, body: Any) -> None:
    """Calls the API as the brand's owner."""
    headers = {"Authorization": f"Bearer {brand.secrets['owner']}"}
    async with httpx.AsyncClient(base_url=f"http://{place}", headers=headers, timeout=_SECONDS) as http:
        (await http.request(method, path, json=body)).raise_for_status()


def desk(place: str, bearer: str, after: int | None = None) -> connect:
    """A desk's socket."""
    url = f"ws://{place}/api/live/socket" + ("" if after is None else f"?after={after}")
    return connect(url, additional_headers={"Authorization": f"Bearer {bearer}"}, proxy=None)


def chat(place: str, brand: Brand) -> connect:
    """A visitor's socket on the brand's widget."""
    return connect(f"ws://{place}/chat/{brand.words['key']}/socket", origin=PAGE, proxy=None)  # pyright: ignore[reportArgumentType]


async def frame(socket: ClientConnection) -> dict[str, Any]:
    """The next frame."""
    async with asyncio.timeout(_SECONDS):
        return json.loads(await socket.recv())


async def until(socket: ClientConnection, kind: str, **fields: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """All frames up to the first of this kind, and that one."""
    frames: list[dict[str, Any]] = []
    while True:
        frames.append(await frame(socket))
        if frames[-1]["type"] == kind and all(frames[-1].get(name) == value for name, value in fields.items()):
            return frames, frames[-1]


def told(frames: list[dict[str, Any]], theirs: Brand, ids: set[str]) -> list[dict[str, Any]]:
    """Frames that tell something of a brand."""
    return [one for one in frames if theirs.canary in json.dumps(one) or any(each in json.dumps(one) for each in ids)]
