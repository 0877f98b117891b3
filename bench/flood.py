"""Messages by API from many connections at once: the least that a load generator can cost."""

import asyncio
import json
import random
import statistics
import time
from collections.abc import Callable
from uuid import uuid4

from bench.installation import Installation
from bench.steady import TEXT, WINDOWS

CONNECTIONS = 256
_KNOWN = 3_000
_NEW = 0.2
"""One message in five is of someone who has never written before."""


class Caller(asyncio.Protocol):
    """One kept-alive connection that posts the next body as soon as the last was answered."""

    def __init__(self, head: bytes, body: Callable[[], bytes | None]) -> None:
        self._head = head
        self._body = body
        self._received = b""
        self.answered = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begins."""
        self._transport = transport
        self._post()

    def data_received(self, data: bytes) -> None:
        """Counts a whole answer and posts the next; raises RuntimeError for a refusal."""
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        if len(body) < length:
            return
        if not head.startswith(b"HTTP/1.1 20"):
            raise RuntimeError(self._received.decode())
        self._received = b""
        self.answered += 1
        self._post()

    def _post(self) -> None:
        body = self._body()
        if body is None:
            self._transport.close()
        else:
            assert isinstance(self._transport, asyncio.Transport)
            self._transport.write(self._head + str(len(body)).encode() + b"\r\n\r\n" + body)


async def flood_rate(installation: Installation, seconds: float) -> float:
    """Messages a second, each answered 201, from CONNECTIONS at once; the median of several windows."""
    head = (
        f"POST /api/inbound HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {installation.token}\r\n"
        "Content-Type: application/json\r\nContent-Length: "
    ).encode()
    people = [_telephone() for _ in range(_KNOWN)]
    over = False

    def body() -> bytes | None:
        if random.random() < _NEW:
            people[random.randrange(_KNOWN)] = _telephone()
        return None if over else _message(installation, random.choice(people))

    loop = asyncio.get_running_loop()
    callers: list[Caller] = []
    for _ in range(CONNECTIONS):
        _, caller = await loop.create_connection(lambda: Caller(head, body), "127.0.0.1", installation.port)
        callers.append(caller)
    await asyncio.sleep(2)
    windows: list[float] = []
    for _ in range(WINDOWS):
        before, began = sum(one.answered for one in callers), time.perf_counter()
        await asyncio.sleep(seconds)
        windows.append((sum(one.answered for one in callers) - before) / (time.perf_counter() - began))
    over = True
    await asyncio.sleep(1)
    return statistics.median(windows)


def _telephone() -> str:
    return f"+1555{random.randrange(10**9):09d}"


def _message(installation: Installation, telephone: str) -> bytes:
    value = {
        "program_id": installation.program_id,
        "channel": "sms",
        "external_id": uuid4().hex,
        "identity_kind": "phone",
        "identity": telephone,
        "text": TEXT,
        "language": "en",
    }
    return json.dumps(value).encode()
