"""Throttles: so many at once, so many in the long run, each key for itself, in bounded memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.platform.errors import TooManyRequestsError
from careloom.platform.web import throttle as throttle_module
from careloom.platform.web.throttle import Throttle


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(throttle_module, "time", made)
    return made


def test_a_burst_is_allowed_and_then_the_pace(clock: Clock) -> None:
    throttle = Throttle(per_minute=60, burst=3)
    for _ in range(3):
        throttle.take("a")
    with pytest.raises(TooManyRequestsError) as refused:
        throttle.take("a")
    assert refused.value.retry_after >= 1
    clock.now += 1.0
    throttle.take("a")
    with pytest.raises(TooManyRequestsError):
        throttle.take("a")


def test_one_key_does_not_slow_another(clock: Clock) -> None:
    throttle = Throttle(per_minute=1, burst=1)
    throttle.take("a")
    throttle.take("b")
    assert throttle.wait("a") > 0


def test_waiting_as_long_as_told_is_enough(clock: Clock) -> None:
    throttle = Throttle(per_minute=7, burst=2)
    throttle.take("a", 2)
    clock.now += throttle.wait("a") + 1e-6
    throttle.take("a")


def test_those_who_were_not_seen_for_long_are_forgotten(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle_module, "_MAX_KEYS", 10)
    throttle = Throttle(per_minute=1, burst=1)
    for number in range(100):
        throttle.take(f"key {number}")
    assert len(vars(throttle)["_buckets"]) <= 10


@given(st.lists(st.tuples(st.floats(0, 30), st.floats(0.1, 3)), max_size=60), st.integers(1, 10), st.integers(1, 120))
def test_never_more_than_the_burst_and_the_pace(steps: list[tuple[float, float]], burst: int, per_minute: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        clock = Clock()
        patch.setattr(throttle_module, "time", clock)
        throttle = Throttle(per_minute, burst)
        begun, taken = clock.now, 0.0
        for pause, cost in steps:
            clock.now += pause
            if throttle.wait("a", cost) == 0:
                taken += cost
            assert taken <= burst + (clock.now - begun) * per_minute / 60 + 1e-6
