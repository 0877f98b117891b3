"""Messages by API from many connections at once: the least that a load generator can cost."""

import asyncio
import json
import random
import statistics
import time
from collections.abc import Callable

from bench.installation import Installation
from bench.steady import WINDOWS, sms, telephone
from careloom.cli.process import allow_connections

CONNECTIONS = 1_600

LISTS = 12, 100
"""Connections that hand in lists, and the messages of a list."""
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
        if not head.startswith(b"HTTP/1.1 20") or b'"problem":{' in body:
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


async def flood_rate(
    installation: Installation, seconds: float, connections: int = CONNECTIONS, together: int = 1
) -> float:
    """Messages a second, each stored, from `connections` at once; the median of several windows.

    Each request hands in one message, or a list of as many as `together` says.
    """
    path = "/api/inbound" if together == 1 else "/api/inbound/many"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {installation.token}\r\n"
        "Content-Type: application/json\r\nContent-Length: "
    ).encode()
    people = [telephone() for _ in range(_KNOWN)]
    over = False

    def message() -> dict[str, str]:
        if random.random() < _NEW:
            people[random.randrange(_KNOWN)] = telephone()
        return sms(installation.program_id, random.choice(people))

    def body() -> bytes | None:
        if over:
            return None
        return json.dumps(message() if together == 1 else {"messages": [message() for _ in range(together)]}).encode()

    allow_connections()
    loop = asyncio.get_running_loop()
    callers: list[Caller] = []
    for _ in range(connections):
        _, caller = await loop.create_connection(lambda: Caller(head, body), "127.0.0.1", installation.port)
        callers.append(caller)
    await asyncio.sleep(2)
    windows: list[float] = []
    for _ in range(WINDOWS):
        before, began = sum(one.answered for one in callers), time.perf_counter()
        await asyncio.sleep(seconds)
        answered = sum(one.answered for one in callers) - before
        windows.append(answered * together / (time.perf_counter() - began))
    over = True
    await asyncio.sleep(1)
    return statistics.median(windows)
