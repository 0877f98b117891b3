"""Steady load and what is made of its times."""

import asyncio
import random
import statistics
import time
from collections.abc import Awaitable, Callable
from uuid import uuid4

TEXT = "My order has not arrived and nobody could tell me where it is. Can you please look into this for me?"
"""The text of every message."""

WINDOWS = 3
"""Windows of which the median is taken."""


async def rate(workers: list[Callable[[], Awaitable[None]]], seconds: float) -> float:
    """Steps a second that `workers` make together: each repeats its step; the median of several windows."""
    done = 0
    stop = False

    async def repeat(step: Callable[[], Awaitable[None]]) -> None:
        nonlocal done
        while not stop:
            await step()
            done += 1

    running = [asyncio.create_task(repeat(one)) for one in workers]
    await asyncio.sleep(1)
    windows: list[float] = []
    for _ in range(WINDOWS):
        before, began = done, time.perf_counter()
        await asyncio.sleep(seconds)
        windows.append((done - before) / (time.perf_counter() - began))
    stop = True
    await asyncio.gather(*running)
    return statistics.median(windows)


def since(seen: dict[str, float], **moments: dict[str, float]) -> dict[str, list[float]]:
    """For each kind of moment the sorted milliseconds until the key of that moment was seen."""
    return {
        name: sorted(max(seen[key] - moment, 0.0) * 1000 for key, moment in of.items()) for name, of in moments.items()
    }


def share(values: list[float], part: float) -> float:
    """The value below which `part` of the sorted `values` lie."""
    return values[min(len(values) - 1, int(len(values) * part))]


def telephone() -> str:
    """The number of somebody who most likely has not written before."""
    return f"+1555{random.randrange(10**9):09d}"


def sms(program_id: str, number: str) -> dict[str, str]:
    """A message from a telephone, as POST /api/inbound takes it."""
    return {
        "program_id": program_id,
        "channel": "sms",
        "external_id": uuid4().hex,
        "identity_kind": "phone",
        "identity": number,
        "text": TEXT,
        "language": "en",
    }
