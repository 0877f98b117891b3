"""Cases merged and split in any order, over two programs, while customers go on writing: as a plain model says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from careloom.conversations.commands.cases import change_case, merge_case, split_case
from careloom.conversations.queries.cases import get_case
from careloom.customers.types import Customer
from careloom.platform.errors import CareloomError
from careloom.platform.ids import new_id
from tests.conversations.desk import check_invariants, make_desk
from tests.machines import DatabaseMachine, live
from tests.postgres import FreshDatabase

ANY = st.integers(0, 11)
SUBJECTS = st.sampled_from(["", "Kettle", "Refund"])
MOST = 10


@dataclass
class One:
    """What is known of a case: `talks` are its conversations."""

    id: Any
    number: int
    program: Any
    subject: str
    talks: set[Any]
    into: One | None = None


class Casework(DatabaseMachine):
    """Cases of two programs; every step is done to the model and to the program."""

    def __init__(self) -> None:
        super().__init__()
        self.cases: list[One] = []
        self.customers: dict[Any, tuple[Customer, Any]] = {}

    @initialize()
    def begin(self) -> None:
        self.desk = self.run(make_desk(self.database))
        second = self.run(self.desk.world.program(self.desk.client, self.desk.provider, name="Second"))
        self.programs = (self.desk.program, second)
        for first in (True, True, False):
            self._open(first=first)

    @rule(first=st.booleans())
    def open(self, first: bool) -> None:
        if len(self.customers) < MOST:
            self._open(first=first)

    def _open(self, *, first: bool) -> None:
        program = self.programs[not first].id
        customer = self.run(self.desk.customer(f"{new_id().hex}@example.org"))
        talk = self.run(self.desk.write(customer, program_id=program)).conversation
        self.customers[talk.id] = customer, program
        case = self.run(self.desk.do(get_case, talk.case_id))
        self.cases.append(One(case.id, case.number, program, case.subject, {talk.id}))

    @rule(which=ANY)
    def write_again(self, which: int) -> None:
        """What a customer writes stays in their conversation, wherever its case has gone."""
        talk, (customer, program) = list(self.customers.items())[which % len(self.customers)]
        again = self.desk.write(customer, "still there?", program_id=program, conversation_id=talk)
        assert self.run(again).conversation.id == talk

    @rule(which=ANY, subject=SUBJECTS)
    def rename(self, which: int, subject: str) -> None:
        one = self._any(which)
        assert self.attempt(self.desk.do(change_case, one.id, subject)) is (one.into is None)
        one.subject = subject if one.into is None else one.subject

    @rule(which=ANY, other=ANY)
    def merge(self, which: int, other: int) -> None:
        goes, stays = self._any(which), self._any(other)
        may = goes is not stays and goes.program == stays.program and goes.into is stays.into is None
        assert self.attempt(self.desk.do(merge_case, goes.id, stays.id)) is may
        if may:
            stays.talks |= goes.talks
            goes.talks, goes.into = set(), stays

    @rule(which=ANY, places=st.sets(ANY, max_size=4), stranger=st.booleans(), subject=SUBJECTS)
    def split(self, which: int, places: set[int], stranger: bool, subject: str) -> None:
        """Some of a case's conversations, sometimes with one that is another case's, or all of them, or none."""
        one = self._any(which)
        mine = sorted(one.talks)
        chosen: set[Any] = {mine[place % len(mine)] for place in places if mine}
        chosen |= set(sorted(self.customers.keys() - one.talks)[:stranger])
        try:
            new = self.run(self.desk.do(split_case, one.id, sorted(chosen), subject))
        except CareloomError:
            assert one.into or not chosen or not chosen < one.talks
            return
        assert one.into is None
        assert chosen
        assert chosen < one.talks
        one.talks -= chosen
        self.cases.append(One(new.id, new.number, one.program, subject, chosen))

    @invariant()
    def is_as_the_model_says(self) -> None:
        if not self.cases:
            return
        mine = {"client": self.desk.client.id}
        cases = "SELECT id, number, program_id, subject, merged_into FROM care_case WHERE client_id = :client"
        stored = {tuple(row) for row in self.run(self.desk.rows(cases, **mine))}
        assert stored == {
            (one.id, one.number, one.program, one.subject, one.into.id if one.into else None) for one in self.cases
        }
        talks = "SELECT id, case_id, case_number FROM conversation WHERE client_id = :client"
        assert {tuple(row) for row in self.run(self.desk.rows(talks, **mine))} == {
            (talk, one.id, one.number) for one in self.cases for talk in one.talks
        }

    def teardown(self) -> None:
        if self.cases:
            self.run(self._whole())
        super().teardown()

    async def _whole(self) -> None:
        async with self.database.transaction(self.desk.actor) as tx:
            await check_invariants(tx)

    def _any(self, number: int) -> One:
        return self.cases[number % len(self.cases)]


def test_any_life_of_cases_is_as_the_model_says(fresh_database: FreshDatabase) -> None:
    live(Casework, fresh_database.url, examples=8, steps=14)
