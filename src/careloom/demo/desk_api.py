"""The public API as an agent's program uses it: typed calls that are tried again when the server is away."""

import asyncio
from collections.abc import Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

import httpx
import msgspec
from msgspec import Struct

from careloom.conversations.types import Conversation, Disposition, Message, ReplyOutcome
from careloom.identity.types import Me
from careloom.routing.types import Offer

T = TypeVar("T")
_RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)


class Page(Struct, Generic[T], frozen=True):
    """An answer with a list; `next` is the cursor of the next page."""

    items: tuple[T, ...]
    next: str | None = None


class RefusedError(Exception):
    """The API refused a call; `status` is its HTTP status."""

    def __init__(self, status: int, path: str) -> None:
        super().__init__(f"{status} for {path}")
        self.status = status


class DeskApi:
    """Calls in the name of one agent; `token` is an API key, `waits` the seconds before each further try of a call."""

    def __init__(
        self, http: httpx.AsyncClient, base_url: str, token: str, waits: Sequence[float] = _RETRY_SECONDS
    ) -> None:
        self._http = http
        self._waits = waits
        self.base_url = base_url.rstrip("/")
        self.headers = {"Authorization": f"Bearer {token}"}

    async def me(self) -> Me:
        """Who the key speaks for."""
        return msgspec.json.decode(await self._call("GET", "/api/session"), type=Me)

    async def set_presence(self, state: str) -> None:
        """Set the agent's own state."""
        await self._call("PUT", "/api/presence", {"state": state})

    async def offers(self) -> Sequence[Offer]:
        """The contacts offered to the agent now."""
        return msgspec.json.decode(await self._call("GET", "/api/offers"), type=Page[Offer]).items

    async def accept(self, offer_id: UUID) -> None:
        """Accept an offer; RefusedError where it is gone."""
        await self._call("POST", f"/api/offers/{offer_id}/accept", {})

    async def mine(self) -> Sequence[Conversation]:
        """The agent's open conversations."""
        content = await self._call("GET", "/api/conversations?view=mine&limit=100")
        return msgspec.json.decode(content, type=Page[Conversation]).items

    async def conversation(self, conversation_id: UUID) -> Conversation:
        """One conversation as it is now."""
        return msgspec.json.decode(await self._call("GET", f"/api/conversations/{conversation_id}"), type=Conversation)

    async def messages(self, conversation_id: UUID) -> list[Message]:
        """All messages of a conversation in order."""
        found: list[Message] = []
        after = 0
        while True:
            path = f"/api/conversations/{conversation_id}/messages?after_seq={after}&limit=100"
            page = msgspec.json.decode(await self._call("GET", path), type=Page[Message])
            found.extend(page.items)
            if len(page.items) < 100:
                return found
            after = page.items[-1].seq

    async def typing(self, conversation_id: UUID) -> None:
        """Show the customer that an answer is being written."""
        await self._call("POST", f"/api/conversations/{conversation_id}/typing", {"typing": True})

    async def reply(self, conversation_id: UUID, text: str) -> ReplyOutcome:
        """Answer the customer."""
        body: dict[str, Any] = {"text": text, "file_ids": []}
        content = await self._call("POST", f"/api/conversations/{conversation_id}/replies", body)
        return msgspec.json.decode(content, type=ReplyOutcome)

    async def end(self, conversation_id: UUID) -> None:
        """Say that the contact is over; what follows is after-call work."""
        await self._call("POST", f"/api/conversations/{conversation_id}/end", {})

    async def wrap_up(self, conversation_id: UUID, disposition_id: UUID) -> None:
        """Resolve a conversation with an outcome."""
        body = {"disposition_id": str(disposition_id)}
        await self._call("POST", f"/api/conversations/{conversation_id}/wrap-up", body)

    async def dispositions(self, client_id: UUID) -> Sequence[Disposition]:
        """The outcomes that a client's contacts can have."""
        content = await self._call("GET", f"/api/dispositions?client_id={client_id}&limit=100")
        return msgspec.json.decode(content, type=Page[Disposition]).items

    async def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> bytes:
        headers = dict(self.headers)
        if method == "POST":
            headers["Idempotency-Key"] = str(uuid4())
        for wait in (*self._waits, None):
            status = 503
            try:
                response = await self._http.request(method, self.base_url + path, json=body, headers=headers)
                status = response.status_code
                if status < 400:
                    return response.content
            except httpx.TransportError:
                pass
            if wait is None or (status < 500 and status != 429):
                raise RefusedError(status, path.partition("?")[0])
            await asyncio.sleep(wait)
        raise AssertionError
