"""The parts of a process, and how they end."""

import asyncio

import pytest

from careloom.platform import loops
from careloom.platform.loops import end_all


async def test_a_part_that_loses_its_cancellation_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "_ASK_AGAIN_SECONDS", 0.01)
    lost: list[int] = []

    async def forgetful() -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                lost.append(1)
                if len(lost) == 3:
                    raise

    part = asyncio.create_task(forgetful())
    await asyncio.sleep(0)
    await end_all([part])
    assert part.cancelled()
    assert len(lost) == 3


async def test_a_part_that_fails_while_it_ends_has_ended() -> None:
    async def failing() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            raise OSError("its connection is gone")

    part = asyncio.create_task(failing())
    await asyncio.sleep(0)
    await end_all([part])
    assert isinstance(part.exception(), OSError)


async def test_nothing_to_end_has_ended() -> None:
    await end_all([])
