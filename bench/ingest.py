"""Durable inbound messages a second by API, chat and SMTP, and the time until an agent's desk is told.

Peers in the same run: one row and one commit a message in plain PostgreSQL, the least that any durable design does;
the same with a NOTIFY that a listener waits for, the least that tells a desk; and an SMTP listener that only writes
each mail to a file and flushes it to disk. Load, server and database share the machine.
"""

import argparse
import asyncio
import json
import os
import smtplib
import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from uuid import uuid4

from websockets.asyncio.client import connect

sys.path.insert(0, str(Path(__file__).parent.parent))
from bench.bare import commit_rate, file_sink, notify_latencies
from bench.flood import CONNECTIONS, LISTS, flood_rate
from bench.installation import Installation, report, running_installation
from bench.steady import TEXT, WINDOWS, rate, share, since, sms, telephone

_API_CLIENTS = 32
_VISITORS = 160
_MESSAGES_A_VISITOR = 28
_MAILERS = 12


class HttpClient:
    """One kept-alive HTTP/1.1 connection that posts JSON; the least a load generator can cost."""

    def __init__(self, installation: Installation) -> None:
        self._port = installation.port
        self._head = (
            f"POST /api/inbound HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {installation.token}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        )

    async def open(self) -> None:
        """Connects."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def post(self, body: bytes) -> tuple[int, bytes]:
        """Posts and answers status and body."""
        self._writer.write(f"{self._head}{len(body)}\r\n\r\n".encode() + body)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        return int(head.split(" ")[1]), await self._reader.readexactly(length)

    def close(self) -> None:
        """Disconnects."""
        self._writer.close()


def inbound(installation: Installation) -> bytes:
    """A new customer's message for POST /api/inbound."""
    return json.dumps(sms(installation.program_id, telephone())).encode()


async def api_rate(installation: Installation, seconds: float) -> float:
    """Messages a second by POST /api/inbound, each answered 201."""
    clients = [HttpClient(installation) for _ in range(_API_CLIENTS)]
    await asyncio.gather(*[one.open() for one in clients])

    async def step(client: HttpClient) -> None:
        status, body = await client.post(inbound(installation))
        if status != 201:
            raise RuntimeError(f"{status}: {body.decode()}")

    found = await rate([partial(step, one) for one in clients], seconds)
    for one in clients:
        one.close()
    return found


async def chat_rate(installation: Installation) -> float:
    """Messages a second from visitors who each wait for the acknowledgement of one before the next."""
    url = f"ws://127.0.0.1:{installation.port}/chat/{installation.widget_key}/socket"
    began = 0.0
    ready = asyncio.Barrier(_VISITORS)

    async def visit() -> None:
        nonlocal began
        async with connect(url, open_timeout=60) as socket:
            await socket.send(json.dumps({"type": "hello", "visitor_secret": await _visitor(installation)}))
            await _frame(socket, "welcome")
            await ready.wait()
            began = began or time.perf_counter()
            for _ in range(_MESSAGES_A_VISITOR):
                await socket.send(json.dumps({"type": "message", "client_id": str(uuid4()), "text": TEXT}))
                await _frame(socket, "ack")

    await asyncio.gather(*[visit() for _ in range(_VISITORS)])
    return _VISITORS * _MESSAGES_A_VISITOR / (time.perf_counter() - began)


async def _visitor(installation: Installation) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", installation.port)
    body = json.dumps({"page_url": "http://127.0.0.1/"}).encode()
    head = f"POST /chat/{installation.widget_key}/visitors HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    writer.write(f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    answer = (await reader.read()).split(b"\r\n\r\n", 1)[1]
    writer.close()
    return str(json.loads(answer)["visitor_secret"])


async def _frame(socket: object, kind: str) -> dict[str, object]:
    while True:
        frame = json.loads(await socket.recv())  # pyright: ignore[reportAttributeAccessIssue, reportUnknownArgumentType]
        if frame["type"] == kind:
            return frame
        if frame["type"] == "error":
            raise RuntimeError(str(frame))


def smtp_rate(port: int, address: str, seconds: float) -> float:
    """Mails a second that a listener answers with 250, over kept-open connections; the median of several windows."""
    done = [0] * _MAILERS
    stop = threading.Event()

    def send(number: int) -> None:
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            while not stop.is_set():
                smtp.send_message(_mail(address))
                done[number] += 1

    with ThreadPoolExecutor(_MAILERS) as pool:
        running = [pool.submit(send, number) for number in range(_MAILERS)]
        time.sleep(1)
        windows: list[float] = []
        for _ in range(WINDOWS):
            before, began = sum(done), time.perf_counter()
            time.sleep(seconds)
            windows.append((sum(done) - before) / (time.perf_counter() - began))
        stop.set()
        for one in running:
            one.result()
    return statistics.median(windows)


def _mail(address: str) -> EmailMessage:
    key = uuid4().hex
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"c{key[:6]}@customer.example", address, "Where is my order?"
    mail["Message-ID"] = f"<{key}@customer.example>"
    mail.set_content(TEXT)
    return mail


async def latencies(installation: Installation, per_second: float, seconds: float) -> dict[str, list[float]]:
    """Milliseconds until a message's event is on an agent's WebSocket, at a steady rate: since it was `sent`, and
    since it was `accepted`, which is its 201 (0 where the desk was told first)."""
    url = f"ws://127.0.0.1:{installation.port}/api/live/socket"
    client = HttpClient(installation)
    sent: dict[str, float] = {}
    accepted: dict[str, float] = {}
    seen: dict[str, float] = {}
    async with connect(
        url, additional_headers={"Authorization": f"Bearer {installation.token}"}, max_size=None
    ) as desk:

        async def watch() -> None:
            while True:
                frame = json.loads(await desk.recv())
                if frame["type"] == "message_added":
                    seen.setdefault(frame["data"]["conversation_id"], time.perf_counter())

        async def post(other: HttpClient) -> None:
            began = time.perf_counter()
            _, body = await other.post(inbound(installation))
            key = json.loads(body)["conversation_id"]
            sent[key], accepted[key] = began, time.perf_counter()

        watching = asyncio.create_task(watch())
        clients = [client, *[HttpClient(installation) for _ in range(7)]]
        await asyncio.gather(*[one.open() for one in clients])
        busy: list[asyncio.Task[None]] = []
        began = time.perf_counter()
        for number in range(int(per_second * seconds)):
            await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))
            index = number % len(clients)
            if len(busy) > index:
                await busy[index]
                busy[index] = asyncio.create_task(post(clients[index]))
            else:
                busy.append(asyncio.create_task(post(clients[index])))
        await asyncio.gather(*busy)
        async with asyncio.timeout(30):
            while sent.keys() - seen.keys():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        watching.cancel()
    for one in clients:
        one.close()
    return since(seen, sent=sent, accepted=accepted)


async def main(seconds: float) -> None:
    """Runs every measure on a fresh installation, and the flood on one whose web role runs alone."""
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load of others {load:.1f}, windows of {seconds} s", file=sys.stderr, flush=True)
    plain = await commit_rate(seconds)
    tell = partial(report, topic="ingest")
    peer = "PostgreSQL, one row and one commit a message"
    with running_installation(["web"]) as installation:
        ours = await flood_rate(installation, seconds)
        tell(f"durable messages by API, {CONNECTIONS} connections, web role", "messages/s", ours, plain, peer, 2500)
        ours = await flood_rate(installation, seconds, *LISTS)
        measure = f"durable messages by API, {LISTS[0]} connections, lists of {LISTS[1]}, web role"
        tell(measure, "messages/s", ours, plain, peer, 2500)
    with running_installation() as installation:
        tell("durable messages by API", "messages/s", await api_rate(installation, seconds), plain, peer, None)
        tell("durable messages by chat", "messages/s", await chat_rate(installation), plain, peer, None)
        ours = await asyncio.to_thread(smtp_rate, installation.smtp_port, installation.address, seconds)
        with file_sink() as sink:
            theirs = await asyncio.to_thread(smtp_rate, sink, installation.address, seconds)
        tell("durable mails by SMTP", "mails/s", ours, theirs, "aiosmtpd, a file and fsync a mail", None)
        for per_second in (20, 40):
            bare = await notify_latencies(per_second, seconds)
            found = await latencies(installation, per_second, seconds * 2)
            for moment, times in found.items():
                for name, part in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
                    measure = f"{moment} to shown on a desk at {per_second}/s, {name}"
                    least, target = share(bare[moment], part), 250 if name == "p99" else None
                    tell(measure, "ms", share(times, part), least, "PostgreSQL NOTIFY alone", target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6.0, help="length of a window")
    asyncio.run(main(parser.parse_args().seconds))
