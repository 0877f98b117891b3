"""State machines over a real database: a plain model beside the program, compared after each step."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import ClassVar, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from careloom.platform.database.transactions import Database
from careloom.platform.errors import CareloomError
from tests.effort import EFFORT

T = TypeVar("T")


class DatabaseMachine(RuleBasedStateMachine):
    """A life in a database; every life makes clients of its own there."""

    url: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self.database = Database(self.url, pool_size=2)

    def run(self, work: Awaitable[T]) -> T:
        """Waits for what a rule does."""

        async def awaited() -> T:
            return await work

        return self._runner.run(awaited())

    def attempt(self, work: Awaitable[object]) -> bool:
        """Whether the program did what was asked of it, and did not refuse."""
        try:
            self.run(work)
        except CareloomError:
            return False
        return True

    def teardown(self) -> None:
        """Ends the life."""
        self._runner.run(self.database.close())
        self._runner.close()


def live(machine: type[DatabaseMachine], url: str, *, examples: int, steps: int) -> None:
    """Lives `examples` random lives of `machine` in the database at `url`, each with up to `steps` steps."""
    bound = type(machine.__name__, (machine,), {"url": url})
    run_state_machine_as_test(  # pyright: ignore[reportUnknownMemberType]
        bound,
        settings=settings(
            max_examples=examples * EFFORT,
            stateful_step_count=steps,
            derandomize=EFFORT == 1,
            database=None,
            phases=[Phase.generate] if EFFORT == 1 else [Phase.generate, Phase.shrink],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        ),
    )
