"""How long after it was accepted a message is on its agents' screens, with 500 desktops connected.

50 clients with ten agents each, who are all signed in and hold the socket of their desk open; messages come to the
clients in turn at a steady rate, three in four from customers who wrote before. A screen counts when the desk's socket
has the message, on each of the ten desks of the client. One more desk is Chromium's, on the same two cores, with a
contact open that gets two messages a second: it counts when they are painted. Peer in the same run: PostgreSQL's NOTIFY
to one listener.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import time
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parent.parent))
from bench.bare import notify_latencies
from bench.ingest import HttpClient
from bench.installation import Installation, report, running_installation
from bench.painted import PaintedDesk, painted_desk, words
from bench.reader import Reader, world
from bench.steady import share, sms, telephone
from bench.stock import Brand
from careloom.identity.commands.sessions import Origin, start_session
from careloom.platform.access import system_actor
from careloom.platform.database.transactions import Database

_CLIENTS, _AGENTS = 50, 10
_POSTERS = 16
_KNOWN = 0.75
_PAINTED_PER_SECOND = 2
_TARGET_MS = 250
_Message = tuple[str, int]
"""A conversation and the number of a message in it."""


class Screen(asyncio.Protocol):
    """One desk's socket, read with as little work as a load generator can: notes when a message came."""

    def __init__(self, head: bytes, seen: "Seen") -> None:
        self._head = head
        self._seen = seen
        self._left = b""
        self.ready = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asks for the socket."""
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._head)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Fails the measurement where a desk was thrown out."""
        if not self.ready.done():
            self.ready.set_exception(RuntimeError(self._left.decode(errors="replace") or "the desk was refused"))
        self._seen.lost += 1

    def data_received(self, data: bytes) -> None:
        """Reads whole frames; texts without a mask, as servers send them."""
        data = self._left + data
        if not self.ready.done():
            head, found, data = data.partition(b"\r\n\r\n")
            if not found or not head.startswith(b"HTTP/1.1 101"):
                self._left = head
                return
            self.ready.set_result(None)
        while len(data) >= 2:
            size, begin = data[1], 2
            if size == 126:
                size, begin = int.from_bytes(data[2:4], "big"), 4
            elif size == 127:
                size, begin = int.from_bytes(data[2:10], "big"), 10
            if len(data) < begin + size:
                break
            self._seen.note(data[begin : begin + size])
            data = data[begin + size :]
        self._left = data


class Seen:
    """When the messages were accepted, and when each of their desks had them."""

    def __init__(self) -> None:
        self.accepted: dict[_Message, float] = {}
        self.shown: dict[_Message, list[float]] = {}
        self.lost = 0

    def note(self, frame: bytes) -> None:
        """A frame of a desk."""
        if b'"type":"message_added"' in frame:
            data = json.loads(frame)["data"]
            self.shown.setdefault((data["conversation_id"], data["seq"]), []).append(time.perf_counter())

    def milliseconds(self) -> list[float]:
        """The sorted times between accepted and shown, one for each message and desk; 0 where the desk was first."""
        return sorted(max(0.0, shown - self.accepted[key]) * 1000 for key in self.accepted for shown in self.shown[key])


async def secrets_of(installation: Installation, brands: list[Brand]) -> list[str]:
    """The secret of a session of every agent."""
    database = Database(f"postgresql://careloom_app@/careloom?host={installation.sockets}")
    system = system_actor("bench")
    async with database.transaction(system) as tx:
        people = [person for brand in brands for person in brand.agents]
        started = [await start_session(tx, person, Origin("127.0.0.1", "bench"), hours=1) for person in people]
    await database.close()
    return [one.secret for one in started]


async def connect_all(installation: Installation, secrets: list[str], cookie: str) -> Seen:
    """Opens a desk for each of these sessions."""
    seen = Seen()
    loop = asyncio.get_running_loop()
    for secret in secrets:
        head = (
            f"GET /api/live/socket HTTP/1.1\r\nHost: 127.0.0.1:{installation.port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nOrigin: {installation.url}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nCookie: {cookie}={secret}\r\n\r\n"
        ).encode()
        _, screen = await loop.create_connection(lambda head=head: Screen(head, seen), "127.0.0.1", installation.port)
        async with asyncio.timeout(30):
            await screen.ready
    return seen


async def post_steadily(
    installation: Installation, brands: list[Brand], per_second: float, seconds: float, seen: Seen
) -> None:
    """Messages at a steady rate from a few connections."""
    posters = [HttpClient(installation) for _ in range(_POSTERS)]
    await asyncio.gather(*(one.open() for one in posters))
    free: asyncio.Queue[HttpClient] = asyncio.Queue()
    for one in posters:
        free.put_nowait(one)
    people = {brand.program_id: [telephone() for _ in range(40)] for brand in brands}

    async def post(program_id: UUID) -> None:
        poster = await free.get()
        known = random.random() < _KNOWN
        body = sms(str(program_id), random.choice(people[program_id]) if known else telephone())
        status, answer = await poster.post(json.dumps(body).encode())
        free.put_nowait(poster)
        assert status == 201, answer
        stored = json.loads(answer)
        seen.accepted[stored["conversation_id"], stored["seq"]] = time.perf_counter()

    running: set[asyncio.Task[None]] = set()
    began = time.perf_counter()
    for number in range(int(per_second * seconds)):
        await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))
        task = asyncio.create_task(post(brands[number % len(brands)].program_id))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    for one in posters:
        one.close()


class Writer:
    """The customer whose contact is open in Chromium."""

    def __init__(self, installation: Installation, program_id: UUID) -> None:
        self._http = HttpClient(installation)
        self._program_id = str(program_id)
        self._number = telephone()

    async def begin(self) -> str:
        """Writes for the first time; gives the id of the conversation."""
        await self._http.open()
        conversation_id = await self._write("Good morning.")
        self._http.close()
        return conversation_id

    async def write_steadily(self, desk: PaintedDesk, seconds: float) -> list[float]:
        """The sorted milliseconds from when each message was accepted until `desk` had painted it."""
        await self._http.open()
        accepted: dict[int, float] = {}
        began = time.perf_counter()
        for number in range(int(_PAINTED_PER_SECOND * seconds)):
            await asyncio.sleep(max(0.0, began + number / _PAINTED_PER_SECOND - time.perf_counter()))
            await self._write(words(number))
            accepted[number] = time.time()
        painted = await desk.painted(len(accepted))
        self._http.close()
        return sorted(max(0.0, painted[number] - moment) * 1000 for number, moment in accepted.items())

    async def _write(self, text: str) -> str:
        status, answer = await self._http.post(
            json.dumps({**sms(self._program_id, self._number), "text": text}).encode()
        )
        assert status == 201, answer
        return json.loads(answer)["conversation_id"]


def report_shares(name: str, found: list[float], bare: list[float]) -> None:
    """The p50, p95 and p99 of the sorted milliseconds `found`, beside those of `bare`."""
    for part_name, part in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        target = _TARGET_MS if part_name == "p99" else None
        peer = share(bare, part)
        report(f"{name}, {part_name}", "ms", share(found, part), peer, "PostgreSQL NOTIFY alone", target, "desktops")


async def main(per_second: float, seconds: float) -> None:
    """Connects the desks, warms up for a few seconds, then measures."""
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load of others {load:.1f}, {seconds} s", file=sys.stderr, flush=True)
    bare = (await notify_latencies(per_second, seconds / 2))["accepted"]
    with running_installation(["web", "worker", "router"]) as installation:
        brands = await asyncio.to_thread(world, installation, _CLIENTS, _AGENTS)
        secrets = await secrets_of(installation, brands)
        cookie = next(iter(Reader(installation, "bench@example.org").http.cookies))
        seen = await connect_all(installation, secrets, cookie)
        writer = Writer(installation, brands[0].program_id)
        async with painted_desk(installation.url, "agent-0-0@example.org", await writer.begin()) as desk:
            await post_steadily(installation, brands, per_second, 5, seen)
            await asyncio.sleep(1)
            seen.accepted.clear()
            seen.shown.clear()
            _, painted = await asyncio.gather(
                post_steadily(installation, brands, per_second - _PAINTED_PER_SECOND, seconds, seen),
                writer.write_steadily(desk, seconds),
            )
        async with asyncio.timeout(60):
            while any(len(seen.shown.get(key, ())) < _AGENTS for key in seen.accepted):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert seen.lost == 0, f"{seen.lost} desks were thrown out"
        report_shares(f"accepted to shown on {_CLIENTS * _AGENTS} desks at {per_second:g}/s", seen.milliseconds(), bare)
        report_shares("accepted to painted in Chromium beside them", painted, bare)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-second", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=20)
    given = parser.parse_args()
    asyncio.run(main(given.per_second, given.seconds))
