"""How probes listen to live sockets, and what there is to hear."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import pkgutil
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, get_args

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

import careloom
from careloom.channels.core.chat.answers import Answer
from careloom.evidence.isolation.kept import Brand
from careloom.platform.eventlog.event import Event

PAGE: Final = "https://shop.example"
SECONDS: Final = 20
"""How long a probe waits for what must come."""
_SIGNALS: Final = ("viewers", "typing")


def event_types() -> list[str]:
    """Every type of event that the log can hold."""
    for module in pkgutil.walk_packages(careloom.__path__, "careloom."):
        if module.name.endswith(".events"):
            importlib.import_module(module.name)
    return sorted(_leaves(Event))


def _leaves(base: type[Event]) -> Iterator[str]:
    for kind in base.__subclasses__():
        if kind.__module__.startswith("careloom.") and not kind.__subclasses__():
            yield kind.type_name()
        yield from _leaves(kind)


def topics() -> list[str]:
    """Everything that a socket can be told of a client: desks by events and signals, visitors by `chat` frames."""
    return [*event_types(), *_SIGNALS, *(f"chat {kind.__struct_config__.tag}" for kind in get_args(Answer))]


@dataclass(frozen=True)
class Ear:
    """An open socket and the frames that it has got."""

    socket: ClientConnection
    prefix: str
    frames: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def say(self, kind: str, **fields: Any) -> None:
        """Sends a frame."""
        await self.socket.send(json.dumps({"type": kind, **fields}))

    def topics(self) -> set[str]:
        """What it has heard of, as `topics` calls it."""
        return {self.prefix + one["type"] for one in self.frames}

    def has(self, kind: str, **fields: Any) -> bool:
        """Whether a frame of this kind with these fields has come."""
        return any({"type": kind, **fields}.items() <= one.items() for one in self.frames)

    async def listen(self) -> None:
        """Keeps what comes, until the socket is closed."""
        with contextlib.suppress(ConnectionClosed):
            async for text in self.socket:
                self.frames.append(json.loads(text))


@contextlib.asynccontextmanager
async def listening(to: connect, prefix: str = "") -> AsyncGenerator[Ear]:
    """An ear at a socket, for as long as the context lasts."""
    async with to as socket:
        ear = Ear(socket, prefix)
        listens = asyncio.create_task(ear.listen())
        try:
            yield ear
        finally:
            listens.cancel()
            await asyncio.gather(listens, return_exceptions=True)


async def heard(ears: Iterable[Ear], wanted: set[str]) -> set[str]:
    """What the ears have heard of together, once it is all that is wanted, or after a while."""
    some = list(ears)

    def together() -> set[str]:
        return set[str]().union(*(one.topics() for one in some))

    await patiently(lambda: wanted <= together())
    return together()


async def patiently(there: Callable[[], bool]) -> None:
    """Waits until something is so, or has not become so for a while."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SECONDS):
            while not there():  # noqa: ASYNC110 - it becomes so in other tasks, frame by frame
                await asyncio.sleep(0.01)


async def happen(place: str, brand: Brand, tag: str) -> None:
    """Something that every desk of the brand hears of."""
    path = f"/api/conversations/{brand.ids['conversation_id']}"
    await call(place, brand, "PATCH", path, {"tags": [f"{tag} {brand.canary}"]})


async def call(place: str, brand: Brand, method: str, path: str, body: Any) -> None:
    """Calls the API as the brand's owner."""
    headers = {"Authorization": f"Bearer {brand.secrets['owner']}"}
    async with httpx.AsyncClient(base_url=f"http://{place}", headers=headers, timeout=SECONDS) as http:
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
    async with asyncio.timeout(SECONDS):
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
