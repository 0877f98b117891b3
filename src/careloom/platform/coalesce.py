"""Concurrent calls that share their work: what waits while one round runs goes together in the next."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from enum import Enum
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
R = TypeVar("R")


class Again(Enum):
    """What `run` answers for a call that is to come once more, first in the next list."""

    AGAIN = "again"


AGAIN: Final = Again.AGAIN
_PAUSE: Final = 0.01
"""Seconds before a list of which nothing could be done comes once more."""


class Coalescer(Generic[T, R]):
    """Hands concurrent calls to `run` as lists of at most `limit`, one list at a time, in the order of arrival.

    `run` answers one value for each, an exception where the call is to raise it, AGAIN where it is to wait. What `run`
    itself raises goes to everyone in its list. A caller who gives up stops waiting; the work goes on.
    """

    def __init__(self, run: Callable[[list[T]], Awaitable[Sequence[R | Again | BaseException]]], limit: int) -> None:
        self._run = run
        self._limit = limit
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._runner: asyncio.Task[None] | None = None

    async def __call__(self, one: T) -> R:
        """What `run` answered for `one`."""
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, answer))
        if self._runner is None:
            self._runner = asyncio.create_task(self._serve(), name="coalescer")
        return await answer

    async def _serve(self) -> None:
        try:
            while self._waiting:
                together, self._waiting = self._waiting[: self._limit], self._waiting[self._limit :]
                again = await self._answer(together)
                self._waiting[:0] = again
                if len(again) == len(together):
                    await asyncio.sleep(_PAUSE)
        except asyncio.CancelledError:
            for _, answer in self._waiting:
                answer.cancel()
            raise
        finally:
            self._runner = None

    async def _answer(self, together: list[tuple[T, asyncio.Future[R]]]) -> list[tuple[T, asyncio.Future[R]]]:
        """Runs a list; answers those that come again."""
        again: list[tuple[T, asyncio.Future[R]]] = []
        try:
            outcomes = await self._run([one for one, _ in together])
        except asyncio.CancelledError:
            for _, answer in together:
                answer.cancel()
            raise
        except BaseException as error:
            outcomes = [error] * len(together)
        for (one, answer), outcome in zip(together, outcomes, strict=True):
            if isinstance(outcome, Again):
                again.append((one, answer))
            elif answer.done():
                continue
            elif isinstance(outcome, BaseException):
                answer.set_exception(outcome)
            else:
                answer.set_result(outcome)
        return again


class Shared(Generic[K, T]):
    """Lets everyone who asks for the same key share one read, as fresh as a read of their own.

    A read is shared only by those who asked before it began; who asks while it runs shares the next.
    """

    def __init__(self, read: Callable[[K], Awaitable[T]]) -> None:
        self._read = read
        self._running: dict[K, asyncio.Task[T]] = {}
        self._next: dict[K, asyncio.Task[T]] = {}

    async def __call__(self, key: K) -> T:
        """What the read of `key` answered; raises what it raised."""
        following = self._next.get(key)
        if following is None:
            following = asyncio.create_task(self._follow(key, self._running.get(key)), name="shared read")
            self._next[key] = following
        return await asyncio.shield(following)

    async def _follow(self, key: K, before: asyncio.Task[T] | None) -> T:
        if before is not None:
            await asyncio.wait([before])
        mine = self._next.pop(key)
        self._running[key] = mine
        try:
            return await self._read(key)
        finally:
            if self._running.get(key) is mine:
                del self._running[key]
