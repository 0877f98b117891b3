"""The public API as a program of an administrator or of one of the demo's people calls it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

import httpx

_AT_ONCE = 4
_SECONDS = 60
_LOOK_SECONDS, _LOOKS = 0.05, 2_400


class Caller:
    """Calls in the name of one token; all that `acting` makes of it share the connection and its limit."""

    def __init__(self, http: httpx.AsyncClient, limit: asyncio.Semaphore, token: str) -> None:
        self._http = http
        self._limit = limit
        self._headers = {"Authorization": f"Bearer {token}"}

    @classmethod
    @asynccontextmanager
    async def at(cls, base_url: str, token: str) -> AsyncGenerator[Self]:
        """A caller of the installation at `base_url`."""
        async with httpx.AsyncClient(base_url=base_url, timeout=_SECONDS, trust_env=False) as http:
            yield cls(http, asyncio.Semaphore(_AT_ONCE), token)

    def acting(self, token: str) -> "Caller":
        """The same in another name."""
        return Caller(self._http, self._limit, token)

    async def call(self, method: str, path: str, value: Any = None) -> Any:
        """The answer's value, of /api/ unless `path` begins with a slash; raises httpx.HTTPStatusError."""
        return await self._answer(method, path, json=value)

    async def hand_in(self, path: str, content: bytes) -> Any:
        """Puts a file; raises httpx.HTTPStatusError."""
        return await self._answer("PUT", path, content=content)

    async def fetch(self, path: str) -> bytes:
        """The content of a file; raises httpx.HTTPStatusError."""
        return (await self._sent("GET", path)).content

    async def until(self, path: str, true: Callable[[Any], bool]) -> Any:
        """What stands there once it is `true`; raises TimeoutError after two minutes."""
        for _ in range(_LOOKS):
            if true(found := await self.call("GET", path)):
                return found
            await asyncio.sleep(_LOOK_SECONDS)
        raise TimeoutError(path)

    async def _answer(self, method: str, path: str, **more: Any) -> Any:
        answer = await self._sent(method, path, **more)
        return answer.json() if answer.content else None

    async def _sent(self, method: str, path: str, **more: Any) -> httpx.Response:
        where = path if path.startswith("/") else f"/api/{path}"
        async with self._limit:
            answer = await self._http.request(method, where, headers=self._headers, **more)
        if answer.is_error:
            raise httpx.HTTPStatusError(f"{path}: {answer.text}", request=answer.request, response=answer)
        return answer
