"""The web server's door: heads without an end are refused, and nobody says by a header where they come from."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any, ClassVar

import httpx
import pytest
from litestar import Request, get

from careloom.identity.types import Role, ScopeKind
from careloom.platform.ids import new_id
from careloom.platform.runtime import Runtime
from careloom.platform.web import server as web_server
from careloom.platform.web.server import HEAD_BYTES, BoundedHttp
from tests.logs import Logs
from tests.server import Server, running_server
from tests.world import PASSWORD, World


@pytest.fixture
async def server(runtime: Runtime) -> AsyncIterator[Server]:
    async with running_server(runtime) as running:
        yield running


async def answered(server: Server, *pieces: bytes, then_wait: bool = False) -> bytes:
    """What the server says to raw bytes until it hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if not then_wait:
            writer.write_eof()
    except ConnectionError:
        pass
    async with asyncio.timeout(60):
        said = b""
        try:
            while piece := await reader.read(65_536):
                said += piece
        except ConnectionError:
            pass
    writer.close()
    return said


HEAD = b"GET /health HTTP/1.1\r\nHost: care.example\r\n"


async def test_headers_of_usual_size_are_taken(server: Server) -> None:
    head = HEAD + b"Cookie: " + b"a" * 16_000 + b"\r\nConnection: close\r\n\r\n"
    assert (await answered(server, head)).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "piece", [b"A: b\r\n" * 1000, b"a" * 8000, b"\r\n" * 4000], ids=["many headers", "a long header", "blank lines"]
)
async def test_a_head_without_an_end_is_refused(server: Server, piece: bytes) -> None:
    start = b"" if piece.startswith(b"\r") else HEAD + (b"A: " if piece.startswith(b"a") else b"")
    said = await answered(server, start, *[piece] * (4_000_000 // len(piece)), then_wait=True)
    assert said[:12] in (b"HTTP/1.1 431", b"")


async def test_headers_behind_a_body_have_an_end_as_well(server: Server) -> None:
    start = b"POST /health HTTP/1.1\r\nHost: care.example\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"
    said = await answered(server, start, *[b"A: b\r\n" * 1000] * (4 * HEAD_BYTES // 2000), then_wait=True)
    assert b"200 OK" not in said


async def test_who_takes_too_long_to_ask_is_let_go(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_server, "HEAD_SECONDS", 0.3)
    for start in (b"", HEAD):
        said = await answered(server, start, then_wait=True)
        assert said.startswith(b"HTTP/1.1 408")


async def test_a_request_that_takes_long_to_answer_is_not_hurried(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_server, "HEAD_SECONDS", 0.3)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"POST /api/csp-reports HTTP/1.1\r\nHost: care.example\r\nContent-Length: 20\r\n\r\n")
    await asyncio.sleep(0.8)
    writer.write(b"x" * 20)
    async with asyncio.timeout(60):
        assert (await reader.readline()).startswith(b"HTTP/1.1 400")
    writer.close()


async def test_a_body_that_hardly_comes_is_not_waited_for(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_server, "BODY_SECONDS", 0.3)
    head = b"POST /api/csp-reports HTTP/1.1\r\nHost: care.example\r\nContent-Length: 5000\r\n\r\n"
    said = await answered(server, head, b"x" * 100, then_wait=True)
    assert said.startswith(b"HTTP/1.1 408")


class Judged(BoundedHttp):
    """A connection whose body is judged when it is asked for that, not by the clock."""

    waiting: ClassVar[list[Judged]] = []

    def _await_body(self) -> None:
        super()._await_body()
        self.waiting.append(self)

    async def judge(self, after: int) -> None:
        """Judges what the body has brought, once that are `after` bytes."""
        async with asyncio.timeout(60):
            while self._body_bytes < after:  # noqa: ASYNC110 - the server reads on this loop
                await asyncio.sleep(0.005)
        self._judge_body()


async def test_a_body_that_comes_in_steady_pieces_is_taken(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_server, "BODY_SECONDS", 3600.0)
    monkeypatch.setattr(web_server, "BODY_BYTES", 20)
    monkeypatch.setattr(web_server, "BoundedHttp", Judged)
    monkeypatch.setattr(Judged, "waiting", [])
    async with running_server(runtime) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"POST /api/csp-reports HTTP/1.1\r\nHost: care.example\r\nContent-Length: 200\r\n\r\n")
        async with asyncio.timeout(60):
            while not Judged.waiting:  # noqa: ASYNC110 - the server reads on this loop
                await asyncio.sleep(0.005)
        for _ in range(9):
            writer.write(b"x" * 20)
            await Judged.waiting[-1].judge(after=20)
        writer.write(b"x" * 20)
        async with asyncio.timeout(60):
            assert (await reader.readline()).startswith(b"HTTP/1.1 400")
        writer.close()


def _begun(method: str, path: str, headers: Mapping[str, str]) -> bytes:
    said = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"{method} {path} HTTP/1.1\r\nHost: care.example\r\n{said}Content-Length: 500\r\n\r\n"
    return head.encode() + (b"--x\r\nContent-Disposition: form" if "multipart" in said else b'{"client')


async def _broken_off(server: Server, piece: bytes) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(piece)
    await writer.drain()
    await asyncio.sleep(0.05)
    writer.close()


async def test_a_body_that_is_broken_off_is_no_failure_wherever_it_went(
    server: Server, world: World, logs: Logs
) -> None:
    person = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, password=PASSWORD)
    async with httpx.AsyncClient(base_url=server.http, timeout=30) as api:
        signed = await api.post("/api/session", json={"email": person.email, "password": PASSWORD})
        cookie = f"careloom_session={signed.cookies['careloom_session']}"
        described = server.app.openapi_schema.to_schema()
    mine = {"Cookie": cookie, "X-CSRF-Token": signed.json()["csrf_token"]}
    wanted: list[bytes] = []
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            kinds = operation.get("requestBody", {}).get("content", {})
            for kind in kinds:
                typed = {"Content-Type": f"{kind}; boundary=x" if "multipart" in kind else kind}
                at = re.sub(r"\{[^}]*\}", str(person.id), path)
                wanted.append(_begun(method.upper(), at, typed))
                wanted.append(_begun(method.upper(), at, typed | mine))
                wanted.append(_begun(method.upper(), at, typed | mine | {"Idempotency-Key": f"{len(wanted)}"}))
    more = ("/api/csp-reports", "/scim/v2/Users", "/api/session")
    wanted += [_begun("POST", path, {"Content-Type": "application/json"}) for path in more]
    assert len(wanted) > 200
    for start in range(0, len(wanted), 20):
        await asyncio.gather(*(_broken_off(server, one) for one in wanted[start : start + 20]))
    told: list[Mapping[str, Any]] = []
    for _ in range(200):
        told = [one for one in logs() if one["event"] == "request" and one["method"] != "GET"]
        if len(told) > len(wanted):
            break
        await asyncio.sleep(0.1)
    assert len(told) == len(wanted) + 1
    assert [one for one in logs() if one["event"] == "unexpected_error" or one["level"] == "error"] == []
    assert [one for one in told if one["status"] >= 500] == []
    assert 499 in {one["status"] for one in told}


async def test_what_a_middleware_of_one_route_refuses_is_counted_and_named_as_any_other(
    server: Server, logs: Logs
) -> None:
    body = {"client_id": str(new_id()), "channel": "chat", "external_id": "1", "text": "hello"}
    async with httpx.AsyncClient(base_url=server.http, timeout=30) as api:
        answer = await api.post("/api/inbound", json=body)
    (told,) = [one for one in logs() if one["event"] == "request"]
    named = (told["status"], told["request_id"], told["route"])
    assert named == (401, answer.headers["X-Request-Id"], "/api/inbound")
    assert (answer.status_code, answer.json()["instance"]) == (401, answer.headers["X-Request-Id"])


async def test_a_header_does_not_say_where_a_request_comes_from(runtime: Runtime) -> None:
    seen: list[Any] = []

    @get("/whence")
    async def whence(request: Request[Any, Any, Any]) -> None:
        seen.append((request.client, request.scope["scheme"]))

    async with running_server(runtime) as running:
        running.app.register(whence)
        async with httpx.AsyncClient(base_url=running.http, trust_env=False, timeout=30) as client:
            headers = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
            await client.get("/whence", headers=headers)
    assert [(client.host, scheme) for client, scheme in seen] == [("127.0.0.1", "http")]
