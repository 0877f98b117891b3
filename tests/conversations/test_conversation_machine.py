"""A conversation through any steps of agents, router and customer: allowed, refused and left as a plain model says."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from careloom.conversations.types import Phase, Status
from careloom.organizations.types import Channel
from tests.conversations.desk import SYSTEM, check_invariants, make_desk
from tests.conversations.test_random_lives import Life
from tests.machines import DatabaseMachine, live
from tests.postgres import FreshDatabase

AGENTS_OWN = {Phase.WITH_AGENT, Phase.ON_HOLD, Phase.WAITING_CUSTOMER, Phase.AFTER_CALL_WORK}
WAITING = {Phase.QUEUED, Phase.OFFERED}
OVER = {Phase.ABANDONED, Phase.ENDED}
STATUS = {Phase.WAITING_CUSTOMER: Status.PENDING, Phase.ABANDONED: Status.RESOLVED, Phase.ENDED: Status.RESOLVED}


class Contact(DatabaseMachine):
    """One contact: its phase, who has it, whether it is live."""

    @initialize(channel=st.sampled_from([Channel.CHAT, Channel.EMAIL]))
    def begin(self, channel: Channel) -> None:
        self.live = channel is Channel.CHAT
        self.life = Life(self.run(make_desk(self.database)), channel)
        self.run(self.life.begin())
        self.phase, self.who, self.queue = Phase.QUEUED, "", ""

    def step(self, name: str, to: Phase, who: str | None = None, *, may: bool = True) -> None:
        """Does a step that the model allows or not; `to` and `who` (None: as before) are how it ends."""
        assert self.attempt(self.life.act(name)) is may, f"{name} in {self.phase}"
        if may:
            self.phase, self.who = to, self.who if who is None else who

    @rule(name=st.sampled_from(["enter", "release", "transfer_queue"]))
    def to_queue(self, name: str) -> None:
        """The router puts it into the first queue, again as often as it likes; people move it to the second."""
        queue = "first" if name == "enter" else "second"
        there = self.phase is Phase.QUEUED and self.queue == queue
        self.step(name, Phase.QUEUED, "", may=not there or name == "enter")
        self.queue = queue

    @rule()
    def offer(self) -> None:
        self.step("offer", Phase.OFFERED, may=self.phase is Phase.QUEUED)

    @rule()
    def take_back(self) -> None:
        self.step("take_back", Phase.QUEUED if self.phase is Phase.OFFERED else self.phase)

    @rule(first=st.booleans())
    def give(self, first: bool) -> None:
        name, who = ("give_first", "Bo Agent") if first else ("give_second", "Cy Agent")
        theirs = self.phase in AGENTS_OWN and self.who == who
        self.step(name, self.phase if theirs else Phase.WITH_AGENT, who)

    @rule()
    def transfer_to_person(self) -> None:
        theirs = self.phase in AGENTS_OWN and self.who == "Cy Agent"
        self.step("transfer_person", Phase.WITH_AGENT, "Cy Agent", may=not theirs)

    @rule()
    def hold(self) -> None:
        self.step("hold", Phase.ON_HOLD, may=self.phase in (Phase.WITH_AGENT, Phase.ON_HOLD))

    @rule()
    def unhold(self) -> None:
        self.step("unhold", Phase.WITH_AGENT, may=self.phase in (Phase.WITH_AGENT, Phase.ON_HOLD))

    @rule()
    def pending(self) -> None:
        if self.phase in OVER:
            self.step("pending", Phase.WITH_AGENT, "Bo Agent")
        else:
            self.step("pending", Phase.WAITING_CUSTOMER, may=self.phase is Phase.WITH_AGENT)

    @rule()
    def open(self) -> None:
        if self.phase in OVER:
            self.step("open", Phase.WITH_AGENT, "Bo Agent")
        else:
            self.step("open", Phase.WITH_AGENT, may=self.phase is Phase.WAITING_CUSTOMER)

    @rule()
    def reopen(self) -> None:
        self.step("reopen", Phase.WITH_AGENT, "Bo Agent", may=self.phase in OVER)

    @rule()
    def note(self) -> None:
        self.step("note", self.phase)

    @precondition(lambda self: self.phase not in OVER)
    @rule()
    def customer_writes(self) -> None:
        comes_back = self.phase in (Phase.WAITING_CUSTOMER, Phase.AFTER_CALL_WORK)
        self.step("inbound", Phase.WITH_AGENT if comes_back else self.phase)

    @rule()
    def customer_repeats(self) -> None:
        self.step("repeat", self.phase)

    @rule()
    def end(self) -> None:
        if self.phase in OVER | {Phase.AFTER_CALL_WORK}:
            self.step("end", self.phase)
        elif self.phase in WAITING:
            self.step("end", Phase.ABANDONED, may=self.live)
        else:
            self.step("end", Phase.AFTER_CALL_WORK)

    @rule()
    def abandon(self) -> None:
        if self.phase in OVER:
            self.step("abandon", self.phase)
        else:
            self.step("abandon", Phase.ABANDONED, may=self.live and self.phase in WAITING)

    @rule()
    def wrap_up(self) -> None:
        unanswered = self.phase in WAITING and self.live
        self.step("wrap_up", Phase.ENDED, may=self.phase is not Phase.ENDED and not unanswered)

    @invariant()
    def is_as_the_model_says(self) -> None:
        if not hasattr(self, "phase"):
            return
        (row,) = self.run(
            self.life.desk.rows("SELECT phase, status, assignee_name FROM conversation WHERE id = :id", id=self.life.id)
        )
        assert (row.phase, row.status) == (self.phase, STATUS.get(self.phase, Status.OPEN))
        if self.phase in AGENTS_OWN:
            assert row.assignee_name == self.who
        if self.phase in WAITING:
            assert row.assignee_name is None
        self.run(self._whole())

    async def _whole(self) -> None:
        async with self.database.transaction(SYSTEM) as tx:
            await check_invariants(tx)


def test_any_life_of_a_contact_is_as_the_model_says(fresh_database: FreshDatabase) -> None:
    live(Contact, fresh_database.url, examples=12, steps=20)
