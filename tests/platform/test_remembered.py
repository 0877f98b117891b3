"""What is remembered is not looked up again for a while."""

import pytest

from careloom.platform import remembered
from careloom.platform.remembered import Remembered


async def test_a_value_is_found_once_until_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[str] = []
    moment = [100.0]
    monkeypatch.setattr(remembered.time, "monotonic", lambda: moment[0])
    kept: Remembered[str, int] = Remembered(5.0, 10)

    async def find() -> int:
        found.append("looked")
        return len(found)

    assert [await kept("a", find), await kept("a", find), await kept("b", find)] == [1, 1, 2]
    moment[0] += 5.0
    assert [await kept("a", find), await kept("a", find)] == [3, 3]


async def test_of_too_many_all_are_forgotten() -> None:
    kept: Remembered[int, int] = Remembered(60.0, 2)

    async def find() -> int:
        found.append(1)
        return len(found)

    found: list[int] = []
    for key in (1, 2, 3):
        await kept(key, find)
    assert await kept(1, find) == 4


async def test_what_could_not_be_found_is_not_remembered() -> None:
    kept: Remembered[str, int] = Remembered(60.0, 2)

    async def fail() -> int:
        raise LookupError

    async def find() -> int:
        return 7

    with pytest.raises(LookupError):
        await kept("a", fail)
    assert await kept("a", find) == 7
