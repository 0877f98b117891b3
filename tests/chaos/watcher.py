"""A desk that stays connected as the real one does, and remembers every event that it was shown."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

_LOST = (OSError, ConnectionClosed, InvalidHandshake, TimeoutError)


class Watcher:
    """A lost connection is made again from the last event; `cookie` is the header of a session."""

    def __init__(self, base_url: str, cookie: str) -> None:
        self._base_url = base_url
        self._cookie = cookie
        self._last: int | None = None
        self.shown = Counter[int]()
        self.messages: set[tuple[str, int]] = set()
        self.connections = 0
        self.resets = 0
        self.ready = asyncio.Event()

    async def watch(self) -> None:
        """Until cancelled."""
        while True:
            after = "" if self._last is None else f"?after={self._last}"
            url = f"{self._base_url.replace('http', 'ws', 1)}/api/live/socket{after}"
            try:
                headers = {"Cookie": self._cookie}
                async with connect(url, additional_headers=headers, proxy=None, max_size=None) as socket:
                    self.connections += 1
                    async for raw in socket:
                        await self._take(socket, msgspec.json.decode(raw))
            except _LOST:
                pass
            await asyncio.sleep(0.3)

    async def _take(self, socket: Any, frame: dict[str, Any]) -> None:
        if frame["type"] == "ping":
            await socket.send('{"type":"pong"}')
        elif frame["type"] == "reset":
            self.resets += 1
        elif frame["type"] == "hello":
            self._last = frame["id"] if self._last is None else self._last
            self.ready.set()
        elif "id" in frame:
            self._last = max(self._last or 0, frame["id"])
            self.shown[frame["id"]] += 1
            if frame["type"] == "message_added":
                self.messages.add((frame["data"]["conversation_id"], frame["data"]["seq"]))


async def persona_cookie(base_url: str, persona: str) -> str:
    """Signs in by one click, as on the demo's sign-in page."""
    async with httpx.AsyncClient(base_url=base_url, trust_env=False) as http:
        answer = await http.post("/api/demo/session", json={"key": persona})
        answer.raise_for_status()
        return f"careloom_session={answer.cookies['careloom_session']}"
