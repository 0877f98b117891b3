"""Agents who come, go and are sent away with contacts in their hands: as a plain model says, whatever the order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from careloom.conversations.commands import lifecycle, turns
from careloom.conversations.types import Phase, Status
from careloom.organizations.types import Channel
from careloom.platform.access import Actor
from careloom.routing.commands import assignment, presence
from careloom.routing.types import Presence, PresenceOrder
from tests.machines import DatabaseMachine, live
from tests.postgres import FreshDatabase
from tests.routing.floor import SYSTEM, Floor, make_floor

ON_THE_LINE = {Phase.WITH_AGENT, Phase.ON_HOLD, Phase.WAITING_CUSTOMER}
IN_WORK = {Phase.WITH_AGENT, Phase.ON_HOLD}
HELD = ON_THE_LINE | {Phase.AFTER_CALL_WORK}
AGENT = st.integers(0, 1)
CONTACT = st.integers(0, 4)
STATE = st.sampled_from([*Presence, Presence.OFFLINE, Presence.OFFLINE])


@dataclass
class Held:
    """A contact: whose it is (None: nobody's)."""

    id: Any
    live: bool
    phase: Phase = Phase.QUEUED
    who: int | None = None


class Presences(DatabaseMachine):
    """Two agents of one floor and their contacts."""

    floor: Floor | None = None

    @initialize()
    def begin(self) -> None:
        self.floor = self.run(make_floor(self.database))
        self.agents: list[Actor] = [self.run(self.floor.agent(name)) for name in ("Ada", "Cy")]
        self.states: list[Presence | None] = [None, None]
        self.contacts: list[Held] = []

    @rule(agent=AGENT, state=STATE)
    def sets_own_state(self, agent: int, state: Presence) -> None:
        self.run(self._floor.be(self.agents[agent], state))
        self._becomes(agent, state, release_all=False)

    @rule(agent=AGENT, state=STATE, release_all=st.booleans())
    def is_sent(self, agent: int, state: Presence, release_all: bool) -> None:
        order = PresenceOrder(state, "because", release_all)
        self.run(self._floor.desk.do(presence.set_presence_of, self.agents[agent].person_id, order, actor=SYSTEM))
        self._becomes(agent, state, release_all=release_all)

    def _becomes(self, agent: int, state: Presence, *, release_all: bool) -> None:
        self.states[agent] = state
        for one in self.contacts:
            goes = one.phase in ON_THE_LINE if one.live else release_all and one.phase in IN_WORK
            if state is Presence.OFFLINE and one.who == agent and goes:
                one.phase, one.who = Phase.QUEUED, None

    @rule(channel=st.sampled_from([Channel.CHAT, Channel.EMAIL]))
    def arrives(self, channel: Channel) -> None:
        if len(self.contacts) < 5:
            made = self.run(self._floor.arrive(channel))
            self.contacts.append(Held(made.id, channel is Channel.CHAT))

    @rule(agent=AGENT, number=CONTACT)
    def takes(self, agent: int, number: int) -> None:
        one = self._contact(number)
        if one is None:
            return
        theirs = one.phase in HELD and one.who != agent
        done = self.attempt(self._floor.desk.do(assignment.take, one.id, actor=self.agents[agent]))
        assert done is not theirs
        if done and not (one.phase in HELD and one.who == agent):
            one.phase, one.who = Phase.WITH_AGENT, agent

    @rule(number=CONTACT)
    def is_held(self, number: int) -> None:
        self._turn(number, Phase.ON_HOLD, IN_WORK, turns.hold, on=True)

    @rule(number=CONTACT)
    def waits_for_the_customer(self, number: int) -> None:
        one = self._contact(number)
        if one is not None and one.phase in HELD:
            self._turn(number, Phase.WAITING_CUSTOMER, {Phase.WITH_AGENT}, turns.set_status, status=Status.PENDING)

    @rule(number=CONTACT)
    def is_over(self, number: int) -> None:
        one = self._contact(number)
        if one is not None and one.phase in HELD:
            self._turn(number, Phase.AFTER_CALL_WORK, HELD, lifecycle.end_contact)

    def _turn(self, number: int, to: Phase, of: set[Phase], command: Any, **named: Any) -> None:
        one = self._contact(number)
        if one is None or one.who is None:
            return
        done = self.attempt(self._floor.desk.do(command, one.id, actor=self.agents[one.who], **named))
        assert done is (one.phase in of)
        if done:
            one.phase = to

    @invariant()
    def is_as_the_model_says(self) -> None:
        if self.floor is None:
            return
        states = [self.run(self.floor.state(agent))[0] or None for agent in self.agents]
        assert states == self.states
        people = {agent.person_id: number for number, agent in enumerate(self.agents)}
        rows = self.run(
            self.floor.desk.rows(
                "SELECT id, phase, assignee_id FROM conversation WHERE client_id = :client",
                client=self.floor.desk.client.id,
            )
        )
        stored = {row.id: (row.phase, people.get(row.assignee_id)) for row in rows}
        assert stored == {one.id: (one.phase, one.who) for one in self.contacts}
        self.run(self.floor.check())

    @property
    def _floor(self) -> Floor:
        assert self.floor is not None
        return self.floor

    def _contact(self, number: int) -> Held | None:
        return self.contacts[number % len(self.contacts)] if self.contacts else None


def test_any_life_of_a_floor_is_as_the_model_says(fresh_database: FreshDatabase) -> None:
    live(Presences, fresh_database.url, examples=10, steps=20)
