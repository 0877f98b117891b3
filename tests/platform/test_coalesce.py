"""Concurrent calls share their work, and nobody gets another's answer or a stale one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from careloom.platform.coalesce import AGAIN, Again, Coalescer, Shared


class Doubling:
    """Doubles numbers, and remembers which came together."""

    def __init__(self) -> None:
        self.lists: list[list[int]] = []

    async def __call__(self, given: list[int]) -> Sequence[int | BaseException]:
        self.lists.append(given)
        await asyncio.sleep(0.01)
        if 113 in given:
            raise LookupError("a hundred and thirteen")
        return [ValueError(str(one)) if one < 0 else one * 2 for one in given]


async def test_what_waits_goes_together_in_order_and_each_gets_its_own_answer() -> None:
    work = Doubling()
    call = Coalescer[int, int](work, limit=10)
    assert await asyncio.gather(*(call(one) for one in range(25))) == [one * 2 for one in range(25)]
    assert [len(one) for one in work.lists] == [10, 10, 5]
    assert [one for some in work.lists for one in some] == list(range(25))


async def test_one_that_is_refused_leaves_the_others_alone() -> None:
    call = Coalescer[int, int](Doubling(), limit=10)
    found = await asyncio.gather(*(call(one) for one in (1, -2, 3)), return_exceptions=True)
    assert found[0] == 2
    assert isinstance(found[1], ValueError)
    assert found[2] == 6


async def test_a_list_that_fails_fails_for_all_in_it_and_the_next_goes_on() -> None:
    call = Coalescer[int, int](Doubling(), limit=2)
    found = await asyncio.gather(*(call(one) for one in (1, 113, 5)), return_exceptions=True)
    assert [type(one) for one in found] == [LookupError, LookupError, int]
    assert await call(4) == 8


async def test_a_caller_who_gives_up_does_not_stop_the_others() -> None:
    call = Coalescer[int, int](Doubling(), limit=10)
    leaving, staying = asyncio.create_task(call(1)), asyncio.create_task(call(2))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == 4
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_one_that_must_wait_comes_again_before_those_who_came_later() -> None:
    lists: list[list[int]] = []

    async def work(given: list[int]) -> Sequence[int | Again | BaseException]:
        lists.append(given)
        await asyncio.sleep(0)
        return [AGAIN if one % 2 and len(lists) < 4 else one * 2 for one in given]

    call = Coalescer[int, int](work, limit=3)
    assert await asyncio.gather(*(call(one) for one in range(1, 6))) == [2, 4, 6, 8, 10]
    assert lists == [[1, 2, 3], [1, 3, 4], [1, 3, 5], [1, 3, 5]]


async def test_callers_who_wait_are_told_when_the_work_is_stopped() -> None:
    async def work(given: list[int]) -> Sequence[int | Again | BaseException]:
        return [AGAIN for _ in given]

    call = Coalescer[int, int](work, limit=3)
    waiting = asyncio.create_task(call(1))
    await asyncio.sleep(0.02)
    [runner] = [one for one in asyncio.all_tasks() if one.get_name() == "coalescer"]
    runner.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_read_is_shared_by_those_who_asked_before_it_began() -> None:
    reads: list[str] = []
    value = "before"

    async def read(key: str) -> str:
        reads.append(key)
        found = value
        await asyncio.sleep(0.01)
        return f"{key} {found}"

    shared = Shared(read)
    first = asyncio.create_task(shared("a"))
    await asyncio.sleep(0.005)
    value = "after"
    later = await asyncio.gather(*(shared("a") for _ in range(5)), shared("b"))
    assert await first == "a before"
    assert later == ["a after"] * 5 + ["b after"]
    assert sorted(reads) == ["a", "a", "b"]


async def test_a_read_that_fails_fails_for_those_who_share_it_only() -> None:
    answers = iter([LookupError(), 2])

    async def read(key: str) -> int:
        await asyncio.sleep(0.005)
        found = next(answers)
        if isinstance(found, Exception):
            raise found
        return found

    shared = Shared(read)
    first = asyncio.create_task(shared("a"))
    await asyncio.sleep(0.001)
    second = asyncio.create_task(shared("a"))
    with pytest.raises(LookupError):
        await first
    assert await second == 2
