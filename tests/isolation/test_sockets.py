"""Live: a desk of A hears nothing of B, a visitor of A reads nothing of B, whatever they ask for."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from careloom.identity.commands.people import create_person, set_grants
from careloom.identity.types import NewPerson, Person, Role, RoleGrant, ScopeKind
from careloom.organizations.types import ClientId, ProviderId
from tests.isolation.brand import SYSTEM, Brand
from tests.isolation.conftest import Brands
from tests.isolation.people import bearer_of
from tests.isolation.rows import fingerprints, ids_of, rows_of
from tests.postgres import FreshDatabase
from tests.server import Server, running_server

PAGE = "https://shop.example"
ACTORS = ["owner", "agent", "team_lead", "account_manager", "compliance_officer", "client_viewer"]


@pytest.fixture
async def server(brands: Brands) -> AsyncIterator[Server]:
    async with running_server(brands.runtime) as running:
        yield running


async def test_desks_of_a_hear_what_happens_at_a_and_nothing_of_b(
    server: Server, brands: Brands, copied_database: FreshDatabase
) -> None:
    ids = ids_of(copied_database.superuser_url, brands.b)
    async with contextlib.AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(_desk(server, brands.a.secrets[who])) for who in ACTORS]
        for desk in desks:
            await _until(desk, "hello")
        await _happen(server, brands.b)
        await _happen(server, brands.a)
        heard = [await _until(desk, "conversation_changed") for desk in desks]
    for who, (frames, last) in zip(ACTORS, heard, strict=True):
        assert last["data"]["conversation_id"] == str(brands.a.ids["conversation_id"]), who
        assert not _told(frames, brands.b, ids), who


async def test_a_replay_brings_only_what_is_ones_own(
    server: Server, brands: Brands, copied_database: FreshDatabase
) -> None:
    ids = ids_of(copied_database.superuser_url, brands.b)
    for who in ACTORS:
        async with _desk(server, brands.a.secrets[who], after=0) as desk:
            _, hello = await _until(desk, "hello")
            await _happen(server, brands.a, who)
            frames: list[dict[str, Any]] = []
            while not frames or frames[-1].get("id", 0) <= hello["id"]:
                frames.append(await _frame(desk))
        assert len(frames) > 10, who
        assert not _told(frames, brands.b, ids), who


async def test_looking_at_a_conversation_of_b_is_refused_and_nobody_there_learns_of_it(
    server: Server, brands: Brands
) -> None:
    theirs = str(brands.b.ids["conversation_id"])
    async with (
        _desk(server, brands.a.secrets["agent"]) as mine,
        _desk(server, brands.b.secrets["agent"]) as other,
    ):
        await _until(mine, "hello")
        await _until(other, "hello")
        await other.send(json.dumps({"type": "viewing", "conversation_id": theirs}))
        await _until(other, "viewers")
        await mine.send(json.dumps({"type": "viewing", "conversation_id": theirs}))
        await mine.send(json.dumps({"type": "typing", "conversation_id": theirs, "typing": True}))
        await other.send(json.dumps({"type": "typing", "conversation_id": theirs, "typing": True}))
        await _happen(server, brands.a)
        await _happen(server, brands.b)
        frames, _ = await _until(mine, "conversation_changed")
        seen, _ = await _until(other, "conversation_changed")
    assert not [one for one in frames if one["type"] in ("viewers", "typing")]
    assert brands.a.people["agent"].name not in json.dumps(seen)


async def test_a_key_held_to_a_hears_nothing_of_b_although_its_person_serves_both(
    server: Server, brands: Brands, copied_database: FreshDatabase
) -> None:
    person = await _shared_agent(brands)
    held = await bearer_of(brands.world, person, ClientId(brands.a.ids["client_id"]))
    note = {"text": "Look here", "mentions": [str(person.id)]}
    async with _desk(server, held) as desk:
        await _until(desk, "hello")
        await _call(server, brands.b, "POST", f"/api/conversations/{brands.b.ids['conversation_id']}/notes", note)
        await _call(server, brands.a, "POST", f"/api/conversations/{brands.a.ids['conversation_id']}/notes", note)
        frames, _ = await _until(desk, "person_mentioned")
    assert not _told(frames, brands.b, ids_of(copied_database.superuser_url, brands.b))


async def test_a_desk_whose_person_loses_a_client_is_closed_at_the_next_beat(
    server: Server, brands: Brands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("careloom.platform.web.live._PING_SECONDS", 0.2)
    person = await _shared_agent(brands)
    async with _desk(server, await bearer_of(brands.world, person)) as desk:
        await _until(desk, "hello")
        await _until(desk, "ping")
        only_a = (RoleGrant(Role.AGENT, ScopeKind.CLIENT, brands.a.ids["client_id"]),)
        async with brands.runtime.database.transaction(SYSTEM) as tx:
            await set_grants(tx, SYSTEM, person.id, only_a)
        with pytest.raises(ConnectionClosed):
            await _until(desk, "nothing of this kind")


async def test_a_visitor_of_a_reads_nothing_of_b(
    server: Server, brands: Brands, copied_database: FreshDatabase
) -> None:
    a, b = brands.a, brands.b
    ids = ids_of(copied_database.superuser_url, b)
    before = rows_of(copied_database.superuser_url, b)
    async with _chat(server, a) as socket:
        await socket.send(json.dumps({"type": "hello", "visitor_secret": b.words["visitor_secret"]}))
        with pytest.raises(ConnectionClosed) as closed:
            await _frame(socket)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401
    async with _chat(server, a) as socket:
        hello = {"type": "hello", "visitor_secret": a.words["visitor_secret"]}
        await socket.send(json.dumps({**hello, "conversation_id": str(b.ids["chat_id"]), "after_seq": 0}))
        frames = [await _frame(socket) for _ in range(3)]
        for frame in _chat_attempts(b):
            await socket.send(json.dumps(frame))
        await socket.send(json.dumps({"type": "message", "client_id": "last", "text": "still here"}))
        frames += (await _until(socket, "ack", client_id="last"))[0]
    assert not _told(frames, b, ids)
    refused = [one for one in frames if one["type"] == "error"]
    assert [one["client_id"] for one in refused] == ["file"]
    assert fingerprints(rows_of(copied_database.superuser_url, b)) == fingerprints(before)


def _chat_attempts(b: Brand) -> list[dict[str, Any]]:
    return [
        {"type": "message", "client_id": "file", "text": "x", "file_ids": [str(b.ids["visitor_file_id"])]},
        {"type": "read", "seq": 1},
        {"type": "end", "client_id": "end", "conversation_id": str(b.ids["chat_id"])},
        {"type": "profile", "client_id": "profile", "email": b.words["email"]},
    ]


async def test_a_visitors_secret_and_files_open_nothing_at_another_brand(server: Server, brands: Brands) -> None:
    a, b = brands.a, brands.b
    headers = {"Origin": PAGE, "X-Visitor-Secret": b.words["visitor_secret"]}
    async with httpx.AsyncClient(base_url=server.http, headers=headers) as http:
        upload = {"file": ("a.txt", b"words", "text/plain")}
        assert (await http.post(f"/chat/{a.words['key']}/files", files=upload)).status_code == 401
        signed = {"s": b.words["file_signature"]}
        path = f"/chat/{a.words['key']}/files/{b.ids['visitor_file_id']}"
        assert (await http.get(path, params=signed)).status_code == 404
        own = f"/chat/{b.words['key']}/files/{b.ids['visitor_file_id']}"
        assert (await http.get(own, params=signed)).status_code == 200
        known = await http.post(f"/chat/{a.words['key']}/visitors", json={"token": b.words["visitor_token"]})
        assert known.status_code == 401
        new = await http.post(f"/chat/{a.words['key']}/visitors", json={"visitor_secret": b.words["visitor_secret"]})
        assert new.json()["conversation"] is None
        assert new.json()["visitor_id"] != str(b.ids["visitor_id"])


async def _happen(server: Server, brand: Brand, tag: str = "seen") -> None:
    """Something that every desk of the brand hears of."""
    path = f"/api/conversations/{brand.ids['conversation_id']}"
    await _call(server, brand, "PATCH", path, {"tags": [f"{tag} {brand.canary}"]})


async def _call(server: Server, brand: Brand, method: str, path: str, body: Any) -> None:
    headers = {"Authorization": f"Bearer {brand.secrets['owner']}"}
    async with httpx.AsyncClient(base_url=server.http, headers=headers) as http:
        answer = await http.request(method, path, json=body)
    assert answer.is_success, answer.text


def _desk(server: Server, bearer: str, after: int | None = None) -> connect:
    url = f"{server.ws}/api/live/socket" + ("" if after is None else f"?after={after}")
    return connect(url, additional_headers={"Authorization": f"Bearer {bearer}"}, proxy=None)


def _chat(server: Server, brand: Brand) -> connect:
    return connect(f"{server.ws}/chat/{brand.words['key']}/socket", origin=PAGE, proxy=None)  # pyright: ignore[reportArgumentType]


async def _frame(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(10):
        return json.loads(await socket.recv())


async def _until(socket: ClientConnection, kind: str, **fields: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """All frames up to the first of this kind, and that one."""
    frames: list[dict[str, Any]] = []
    while True:
        frames.append(await _frame(socket))
        if frames[-1]["type"] == kind and all(frames[-1].get(name) == value for name, value in fields.items()):
            return frames, frames[-1]


def _told(frames: list[dict[str, Any]], theirs: Brand, ids: set[str]) -> list[dict[str, Any]]:
    """Frames that tell something of a brand."""
    return [one for one in frames if theirs.canary in json.dumps(one) or any(each in json.dumps(one) for each in ids)]


async def _shared_agent(brands: Brands) -> Person:
    grants = tuple(RoleGrant(Role.AGENT, ScopeKind.CLIENT, one.ids["client_id"]) for one in (brands.a, brands.b))
    provider_id = ProviderId(brands.a.ids["provider_id"])
    new = NewPerson(name="Shared Agent", email="shared@example.org", provider_id=provider_id, grants=grants)
    async with brands.runtime.database.transaction(SYSTEM) as tx:
        return await create_person(tx, SYSTEM, new)
