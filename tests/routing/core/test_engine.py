"""The engine: rules that always hold, agreement with a plain reference, and the finer rules one by one."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from time import process_time
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from careloom.conversations.types import ConversationId, Priority, QueueId
from careloom.identity.types import PersonId
from careloom.organizations.types import Channel, ClientId, ProgramId, ProviderId
from careloom.routing.core.agent import AgentView
from careloom.routing.core.decision import Decisions, LeftReason, Reason
from careloom.routing.core.engine import decide
from careloom.routing.core.policy import BestFit
from careloom.routing.core.work import Ring, Tried, Work, rings_of, target_used
from careloom.routing.types import AcceptMode, Capacity, Presence, Queue, SkillId, SkillLevel
from tests.effort import EFFORT

NOW = datetime(2025, 3, 3, 12, tzinfo=UTC)
PROVIDERS = [ProviderId(UUID(int=number)) for number in (1, 2)]
CLIENTS = [ClientId(UUID(int=number)) for number in (11, 12)]
PROGRAMS = {
    ProgramId(UUID(int=21)): CLIENTS[0],
    ProgramId(UUID(int=22)): CLIENTS[0],
    ProgramId(UUID(int=23)): CLIENTS[1],
}
SKILLS = [SkillId(UUID(int=number)) for number in (31, 32, 33)]
LANGUAGES = ["en", "en-GB", "es", "de"]
QUEUE = QueueId(UUID(int=41))
AGENT_IDS = [PersonId(UUID(int=number)) for number in range(101, 109)]


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def level(skill: int, value: int) -> SkillLevel:
    return SkillLevel(SKILLS[skill], value)


def work(number: int = 1, waited: float = 60, **changes: object) -> Work:
    program = ProgramId(UUID(int=21))
    plain = Work(
        id=ConversationId(UUID(int=1000 + number)),
        queue_id=QUEUE,
        client_id=PROGRAMS[program],
        program_id=program,
        channel=Channel.CHAT,
        language="en",
        priority=Priority.NORMAL,
        waiting_since=ago(waited),
        target_seconds=60,
        rings=(Ring(0, PROVIDERS[0], ()),),
        accept_mode=AcceptMode.OFFER,
        offer_seconds=20,
    )
    return replace(plain, **changes)


def agent(number: int = 0, idle: float = 60, **changes: object) -> AgentView:
    plain = AgentView(
        id=AGENT_IDS[number],
        provider_id=PROVIDERS[0],
        state=Presence.AVAILABLE,
        skills=(),
        languages=("en",),
        capacity=Capacity(),
        load={},
        has_offer=False,
        idle_since=ago(idle),
        client_ids=frozenset({CLIENTS[0]}),
        program_ids=frozenset(),
    )
    return replace(plain, **changes)


def taken(decisions: Decisions) -> list[tuple[int, int]]:
    """(work number, agent number) pairs."""
    return [(made.work_id.int - 1000, AGENT_IDS.index(made.agent_id)) for made in decisions.made]


PROFILES = st.sampled_from(
    [
        (level(0, 2), level(1, 2), level(2, 3)),
        (level(0, 3), level(1, 1)),
        (level(0, 5), level(1, 4), level(2, 5)),
        (level(1, 5),),
        (),
    ]
)
SECONDS = st.integers(0, 200)
NEEDS = st.sampled_from([(), (), (), (level(0, 2),), (level(1, 1),), (level(0, 1), level(2, 3))])
PROVIDER = st.sampled_from([PROVIDERS[0]] * 4 + [PROVIDERS[1]])
LOADS = st.sampled_from(
    [
        dict[Channel, int](),
        dict[Channel, int](),
        {Channel.CHAT: 1},
        {Channel.EMAIL: 2},
        {Channel.CHAT: 2, Channel.EMAIL: 1},
        {Channel.VOICE: 1},
    ]
)


@st.composite
def works(draw: st.DrawFn, number: int) -> Work:
    program = draw(st.sampled_from(sorted(PROGRAMS)))
    ring = Ring(0, draw(PROVIDER), draw(NEEDS))
    overflow = Ring(draw(SECONDS), draw(PROVIDER), draw(NEEDS))
    tried = draw(st.lists(st.sampled_from(AGENT_IDS[:4]), max_size=2, unique=True))
    return work(
        number,
        waited=draw(SECONDS),
        program_id=program,
        client_id=PROGRAMS[program],
        channel=draw(st.sampled_from([Channel.CHAT, Channel.EMAIL, Channel.VOICE, Channel.SMS])),
        language=draw(st.sampled_from([None, "en", "en-GB", "es"])),
        priority=draw(st.sampled_from([Priority.NORMAL, Priority.NORMAL, *Priority])),
        target_seconds=draw(st.sampled_from([0, 20, 60, 3600])),
        rings=draw(st.sampled_from([(ring,), (ring, overflow)])),
        accept_mode=draw(st.sampled_from(list(AcceptMode))),
        preferred_agent=draw(st.sampled_from([None, None, *AGENT_IDS[:4]])),
        tried=tuple(Tried(agent_id, later(draw(st.integers(-30, 30)))) for agent_id in tried),
        closed=timedelta(seconds=draw(st.sampled_from([0, 0, 0, 15, 90]))),
    )


@st.composite
def agents(draw: st.DrawFn, number: int) -> AgentView:
    capacity = Capacity(
        voice=draw(st.sampled_from([1, 1, 0])),
        chat=draw(st.integers(1, 4)),
        sms=draw(st.integers(0, 2)),
        social=draw(st.integers(0, 2)),
        email=draw(st.integers(0, 3)),
    )
    return agent(
        number,
        idle=draw(SECONDS),
        provider_id=draw(PROVIDER),
        state=draw(st.sampled_from([Presence.AVAILABLE] * 8 + [Presence.BUSY, Presence.MEAL])),
        skills=draw(PROFILES),
        languages=draw(st.sampled_from([("en", "es"), ("es", "en-GB"), ("en", "es"), ("en",), ("de",)])),
        capacity=capacity,
        load=draw(LOADS),
        has_offer=draw(st.sampled_from([False] * 5 + [True])),
        client_ids=draw(st.sampled_from([frozenset(CLIENTS), frozenset(CLIENTS), frozenset(CLIENTS[:1])])),
        program_ids=frozenset(draw(st.sets(st.sampled_from(sorted(PROGRAMS)), max_size=1))),
    )


@st.composite
def rooms(draw: st.DrawFn) -> tuple[list[Work], list[AgentView]]:
    waiting = [draw(works(number)) for number in range(draw(st.sampled_from([6, 3, 9, 0])))]
    return waiting, [draw(agents(number)) for number in range(draw(st.sampled_from([5, 3, 8, 0])))]


class Floor:
    """The rules as plainly as they can be said: the reference that the engine is held against."""

    def __init__(self, people: list[AgentView]) -> None:
        self.people = {person.id: person for person in people}
        self.load = {person.id: Counter(person.load) for person in people}
        self.offered = {person.id for person in people if person.has_offer}

    def ring(self, item: Work, person: AgentView) -> int | None:
        wanted = (item.language or "").lower()
        spoken = [language.lower() for language in person.languages]
        understood = not wanted or any(
            one == wanted or one.startswith(wanted + "-") or wanted.startswith(one + "-") for one in spoken
        )
        reaches = item.client_id in person.client_ids or item.program_id in person.program_ids
        levels = {skill.skill_id: skill.level for skill in person.skills}
        opened = [ring for ring in item.rings if ring.after_seconds <= reachable(item)]
        for index, ring in enumerate(opened):
            able = all(levels.get(need.skill_id, 0) >= need.level for need in ring.skills)
            if understood and reaches and able and ring.provider_id == person.provider_id:
                return index
        return None

    def has_room(self, item: Work, person: AgentView) -> bool:
        load, slots = self.load[person.id], getattr(person.capacity, item.channel.value)
        if person.state is not Presence.AVAILABLE:
            return False
        if item.accept_mode is AcceptMode.OFFER and person.id in self.offered:
            return False
        if item.channel is Channel.VOICE:
            return load.total() == 0 and slots > 0
        return load[Channel.VOICE] == 0 and load[item.channel] < slots

    def may_take(self, item: Work, person: AgentView) -> bool:
        barred = any(tried.agent_id == person.id and tried.until > NOW for tried in item.tried)
        return not barred and self.ring(item, person) is not None and self.has_room(item, person)

    def order(self, item: Work, person: AgentView) -> tuple[object, ...]:
        ring = self.ring(item, person)
        assert ring is not None
        surplus = sum(skill.level for skill in person.skills) - sum(s.level for s in item.rings[ring].skills)
        load = self.load[person.id]
        share = sum(
            load[channel] / max(1, getattr(person.capacity, channel.value)) for channel in Channel if load[channel]
        )
        return person.id != item.preferred_agent, ring, surplus, share, person.idle_since, person.id

    def is_held(self, item: Work) -> bool:
        person = self.people.get(item.preferred_agent) if item.preferred_agent else None
        at_work = {Presence.AVAILABLE, Presence.BUSY, Presence.AFTER_CALL_WORK}
        if person is None or person.state not in at_work:
            return False
        barred = any(tried.agent_id == person.id and tried.until > NOW for tried in item.tried)
        fresh = reachable(item) < BestFit().preferred_grace_seconds
        meets = self.ring(item, person) is not None
        return fresh and meets and not barred and not self.has_room(item, person)

    def take(self, item: Work, person_id: PersonId) -> None:
        self.load[person_id][item.channel] += 1
        if item.accept_mode is AcceptMode.OFFER:
            self.offered.add(person_id)


def reachable(item: Work) -> float:
    return max(0.0, (NOW - item.waiting_since - item.closed).total_seconds())


def urgency(item: Work) -> tuple[object, ...]:
    waited = (NOW - item.waiting_since).total_seconds()
    used = waited if item.channel in (Channel.CHAT, Channel.VOICE) else reachable(item)
    level_of = [Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.LOW].index(item.priority)
    return level_of, -used / max(1, item.target_seconds), -waited, item.id


@settings(max_examples=300 * EFFORT)
@given(rooms())
def test_the_engine_decides_as_the_plain_rules_do(room: tuple[list[Work], list[AgentView]]) -> None:
    waiting, people = room
    floor, expected = Floor(people), list[tuple[ConversationId, PersonId]]()
    for item in sorted(waiting, key=urgency):
        able = [person for person in people if floor.may_take(item, person)]
        if able and not floor.is_held(item):
            best = min(able, key=lambda person: floor.order(item, person))
            floor.take(item, best.id)
            expected.append((item.id, best.id))
    decided = decide(waiting, people, NOW)
    assert [(made.work_id, made.agent_id) for made in decided.made] == expected


@given(rooms(), st.data())
def test_the_order_of_the_input_does_not_matter(room: tuple[list[Work], list[AgentView]], data: st.DataObject) -> None:
    waiting, people = room
    mixed = decide(data.draw(st.permutations(waiting)), data.draw(st.permutations(people)), NOW)
    assert mixed == decide(waiting, people, NOW)


@given(rooms())
def test_every_work_is_decided_once_or_left_once(room: tuple[list[Work], list[AgentView]]) -> None:
    waiting, people = room
    decided = decide(waiting, people, NOW)
    ids = [made.work_id for made in decided.made] + [left.work_id for left in decided.left]
    assert sorted(ids) == sorted(item.id for item in waiting)


@given(rooms())
def test_capacity_and_the_rules_hold_after_every_decision(room: tuple[list[Work], list[AgentView]]) -> None:
    waiting, people = room
    by_id, floor = {item.id: item for item in waiting}, Floor(people)
    for made in decide(waiting, people, NOW).made:
        item = by_id[made.work_id]
        assert floor.may_take(item, floor.people[made.agent_id])
        floor.take(item, made.agent_id)


@given(rooms())
def test_no_agent_gets_two_offers(room: tuple[list[Work], list[AgentView]]) -> None:
    waiting, people = room
    made = decide(waiting, people, NOW).made
    offered = [decision.agent_id for decision in made if decision.accept_mode is AcceptMode.OFFER]
    assert len(offered) == len(set(offered))
    assert not {person.id for person in people if person.has_offer} & set(offered)


@given(rooms())
def test_a_more_urgent_work_is_never_left_while_a_lesser_one_takes_an_agent_it_could_have(
    room: tuple[list[Work], list[AgentView]],
) -> None:
    waiting, people = room
    by_id = {item.id: item for item in waiting}
    decided = decide(waiting, people, NOW)
    for left in decided.left:
        item, floor = by_id[left.work_id], Floor(people)
        for made in decided.made:
            other = by_id[made.work_id]
            if urgency(other) > urgency(item):
                could = floor.may_take(item, floor.people[made.agent_id])
                assert not could or left.reason is LeftReason.HELD_FOR_PREFERRED
            floor.take(other, made.agent_id)


@given(rooms())
def test_the_next_wake_is_ahead_and_nothing_changes_before_it(
    room: tuple[list[Work], list[AgentView]],
) -> None:
    waiting, people = room
    decided = decide(waiting, people, NOW)
    rest = [item for item in waiting if item.id in {left.work_id for left in decided.left}]
    floor = Floor(people)
    by_id = {item.id: item for item in waiting}
    for made in decided.made:
        floor.take(by_id[made.work_id], made.agent_id)
    after = [
        replace(person, load=dict(floor.load[person.id]), has_offer=person.id in floor.offered) for person in people
    ]
    assert decided.next_wake is None or decided.next_wake > NOW
    moment = decided.next_wake - timedelta(microseconds=1) if decided.next_wake else later(10_000)
    assert decide(rest, after, moment).made == ()


@given(rooms())
def test_the_reason_names_who_was_next_best(room: tuple[list[Work], list[AgentView]]) -> None:
    policy = BestFit()
    for made in decide(*room, NOW).made:
        assert made.chosen.agent_id == made.agent_id
        if made.next_best is None:
            assert made.reason in {Reason.ONLY_ONE, Reason.PREFERRED}
        else:
            assert made.next_best.agent_id != made.agent_id
            nearer = policy.rank(made.chosen) <= policy.rank(made.next_best)
            assert nearer or made.reason is Reason.PREFERRED


def test_works_go_by_priority_then_share_of_the_promise_used_then_age() -> None:
    waiting = [
        work(1, waited=30, target_seconds=60),
        work(2, waited=50, target_seconds=200),
        work(3, waited=5, priority=Priority.HIGH),
        work(4, waited=100, target_seconds=200),
    ]
    people = [agent(number, idle=number) for number in range(4)]
    decided = decide(waiting, people, NOW)
    assert [made.work_id.int - 1000 for made in decided.made] == [3, 4, 1, 2]


def test_the_closest_fit_keeps_the_specialist_free() -> None:
    specialist = agent(0, idle=900, skills=(level(0, 5), level(1, 5)))
    generalist = agent(1, idle=1, skills=(level(0, 3),))
    item = work(rings=(Ring(0, PROVIDERS[0], (level(0, 2),)),))
    made = decide([item], [specialist, generalist], NOW).made[0]
    assert (made.agent_id, made.reason) == (generalist.id, Reason.CLOSER_FIT)
    assert (made.chosen.surplus, made.next_best and made.next_best.surplus) == (1, 8)


def test_among_equal_fits_the_least_loaded_then_the_longest_idle_is_chosen() -> None:
    loaded = agent(0, idle=900, load={Channel.CHAT: 1})
    rested, fresh = agent(1, idle=90), agent(2, idle=9)
    first, second = decide([work(1, 90), work(2)], [loaded, rested, fresh], NOW).made
    assert (first.agent_id, first.reason) == (rested.id, Reason.LONGER_IDLE)
    assert (second.agent_id, second.reason) == (fresh.id, Reason.LESS_LOADED)


def test_a_call_needs_an_idle_agent_and_blocks_everything_else() -> None:
    call = work(1, waited=90, channel=Channel.VOICE, accept_mode=AcceptMode.AUTO)
    chat = work(2, accept_mode=AcceptMode.AUTO)
    assert taken(decide([call], [agent(load={Channel.EMAIL: 1})], NOW)) == []
    assert taken(decide([call, chat], [agent()], NOW)) == [(1, 0)]


def test_given_at_once_an_agent_fills_up_and_no_further() -> None:
    waiting = [work(number, accept_mode=AcceptMode.AUTO) for number in range(5)]
    assert len(decide(waiting, [agent()], NOW).made) == 3


def test_what_an_agent_takes_in_a_round_counts_at_once_for_the_next_choice() -> None:
    waiting = [work(number, waited=90 - number, accept_mode=AcceptMode.AUTO) for number in range(1, 6)]
    people = [agent(0, idle=900), agent(1, idle=9, capacity=Capacity(chat=2))]
    assert taken(decide(waiting, people, NOW)) == [(1, 0), (2, 1), (3, 0), (4, 1), (5, 0)]


def test_the_preferred_agent_has_first_go_for_a_short_grace() -> None:
    person, other = agent(0, idle=1), agent(1, idle=900)
    busy = replace(person, state=Presence.BUSY)
    item = work(waited=5, preferred_agent=person.id)
    assert decide([item], [person, other], NOW).made[0].reason is Reason.PREFERRED
    held = decide([item], [busy, other], NOW)
    assert held.left[0].reason is LeftReason.HELD_FOR_PREFERRED
    assert held.next_wake == later(15)
    assert taken(decide([replace(item, waiting_since=ago(20))], [busy, other], NOW)) == [(1, 1)]


@pytest.mark.parametrize("state", [Presence.MEAL, Presence.OFFLINE])
def test_nobody_waits_for_a_preferred_agent_who_is_away(state: Presence) -> None:
    item = work(waited=5, preferred_agent=AGENT_IDS[0])
    assert taken(decide([item], [agent(0, state=state), agent(1)], NOW)) == [(1, 1)]


def test_after_its_wait_a_contact_reaches_the_overflow_ring_and_its_own_agents_still_come_first() -> None:
    rings = (Ring(0, PROVIDERS[0], (level(0, 3),)), Ring(30, PROVIDERS[1], (level(1, 1),)))
    away = agent(0, provider_id=PROVIDERS[1], skills=(level(1, 1),))
    home = agent(1, skills=(level(0, 5), level(2, 5)))
    early = decide([work(waited=29, rings=rings)], [away], NOW)
    assert (early.made, early.next_wake) == ((), later(1))
    assert early.left[0].reason is LeftReason.NOBODY_ELIGIBLE
    assert taken(decide([work(waited=30, rings=rings)], [away], NOW)) == [(1, 0)]
    made = decide([work(waited=30, rings=rings)], [away, home], NOW).made[0]
    assert (made.agent_id, made.reason) == (home.id, Reason.NEARER_RING)


def test_closed_hours_open_no_ring_and_use_up_no_promise_but_that_of_someone_on_the_line() -> None:
    night = timedelta(hours=12)
    rings = (Ring(0, PROVIDERS[0], (level(0, 5),)), Ring(60, PROVIDERS[0], ()))
    mail = work(1, waited=night.total_seconds() + 30, closed=night, channel=Channel.EMAIL, rings=rings)
    decisions = decide([mail], [agent()], NOW)
    assert decisions.made == ()
    assert decisions.next_wake == later(30)
    assert taken(decide([replace(mail, waiting_since=ago(night.total_seconds() + 60))], [agent()], NOW)) == [(1, 0)]
    assert target_used(mail, NOW) == 0.5
    assert target_used(replace(mail, channel=Channel.CHAT), NOW) > 700


def test_who_waited_through_the_night_comes_first_in_the_order_of_arrival() -> None:
    hours = [(1, 9), (2, 11), (3, 10)]
    mails = [
        work(number, waited=waited * 3600, closed=timedelta(hours=waited), channel=Channel.EMAIL)
        for number, waited in hours
    ]
    one = agent(capacity=Capacity(email=1))
    assert taken(decide(mails, [one], NOW)) == [(2, 0)]


def test_an_agent_who_let_it_pass_is_not_offered_it_again_before_the_time() -> None:
    item = work(tried=(Tried(AGENT_IDS[0], later(10)),))
    waiting = decide([item], [agent()], NOW)
    assert (waiting.left[0].reason, waiting.next_wake) == (LeftReason.NOBODY_FREE, later(10))
    assert taken(decide([item], [agent()], later(10))) == [(1, 0)]


def test_the_clients_wall_holds_in_every_ring() -> None:
    stranger = agent(client_ids=frozenset({CLIENTS[1]}))
    assert decide([work()], [stranger], NOW).made == ()
    guest = agent(client_ids=frozenset[ClientId](), program_ids=frozenset({ProgramId(UUID(int=21))}))
    assert taken(decide([work()], [guest], NOW)) == [(1, 0)]


def test_a_queue_and_its_overflow_make_the_rings() -> None:
    queue = Queue(
        id=QUEUE,
        client_id=CLIENTS[0],
        program_id=ProgramId(UUID(int=21)),
        provider_id=PROVIDERS[0],
        name="Billing",
        channels=(Channel.CHAT,),
        language="en",
        priority=Priority.NORMAL,
        skills=(level(0, 2),),
        target_seconds=60,
        target_share=0.8,
        accept_mode=AcceptMode.OFFER,
        offer_seconds=20,
        overflow_after_seconds=45,
        overflow_queue_id=QueueId(UUID(int=42)),
        active=True,
        always_open=False,
    )
    other = replace(queue, provider_id=PROVIDERS[1], skills=())
    assert rings_of(queue, other) == (Ring(0, PROVIDERS[0], (level(0, 2),)), Ring(45, PROVIDERS[1], ()))
    assert rings_of(queue, None) == (Ring(0, PROVIDERS[0], (level(0, 2),)),)


def test_two_thousand_works_and_five_hundred_agents_are_decided_in_a_moment() -> None:
    programs = sorted(PROGRAMS)
    waiting = [
        work(
            number,
            waited=number % 307,
            program_id=programs[number % 3],
            client_id=PROGRAMS[programs[number % 3]],
            channel=(Channel.CHAT, Channel.EMAIL)[number % 2],
            language=LANGUAGES[number % 4],
            rings=(
                Ring(0, PROVIDERS[number % 2], (level(number % 3, number % 4 + 1),)),
                Ring(120, PROVIDERS[1 - number % 2], ()),
            ),
            accept_mode=(AcceptMode.OFFER, AcceptMode.AUTO)[number % 5 == 0],
        )
        for number in range(2000)
    ]
    people = [
        agent(
            idle=number,
            id=PersonId(UUID(int=5000 + number)),
            provider_id=PROVIDERS[number % 2],
            skills=(level(0, number % 5 + 1), level(1, number % 3 + 1), level(2, number % 4 + 1)),
            languages=("en", LANGUAGES[number % 4]),
            client_ids=frozenset(CLIENTS),
        )
        for number in range(500)
    ]
    began = process_time()
    decided = decide(waiting, people, NOW)
    assert process_time() - began < 1
    assert len(decided.made) > 400
