"""Room: no decision takes more of a queue than it says, and what it leaves unread would not have been taken."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from careloom.conversations.types import Priority
from careloom.organizations.types import Channel
from careloom.routing.core.agent import AgentView
from careloom.routing.core.engine import decide
from careloom.routing.core.room import Room
from careloom.routing.core.round import agents_after
from careloom.routing.core.work import Ring, Work
from careloom.routing.types import AcceptMode, Capacity, Presence, Queue
from tests.effort import EFFORT
from tests.routing.core.test_engine import CLIENTS, NEEDS, NOW, PROGRAMS, PROVIDERS, QUEUE, agent, agents, level, work

PROGRAM = min(PROGRAMS)


def line(**changes: object) -> Queue:
    plain: dict[str, object] = {
        "id": QUEUE,
        "client_id": CLIENTS[0],
        "program_id": PROGRAM,
        "provider_id": PROVIDERS[0],
        "name": "Care",
        "channels": (Channel.CHAT, Channel.EMAIL),
        "language": "en",
        "priority": Priority.NORMAL,
        "skills": (),
        "target_seconds": 60,
        "target_share": 0.8,
        "accept_mode": AcceptMode.OFFER,
        "offer_seconds": 20,
        "overflow_after_seconds": None,
        "overflow_queue_id": None,
        "active": True,
        "always_open": False,
    }
    return Queue(**{**plain, **changes})  # pyright: ignore[reportArgumentType]


def rings(queue: Queue) -> tuple[Ring, ...]:
    return (Ring(0, queue.provider_id, queue.skills),)


def contacts(queue: Queue, channels: list[Channel]) -> list[Work]:
    """Contacts that ask for what their queue asks for, the longest waiting first."""
    return [
        work(
            number,
            waited=1000 - number,
            channel=channel,
            language=queue.language,
            rings=rings(queue),
            accept_mode=queue.accept_mode,
        )
        for number, channel in enumerate(channels)
    ]


@st.composite
def queues(draw: st.DrawFn) -> Queue:
    channels = draw(st.lists(st.sampled_from(list(Channel)), min_size=1, max_size=3, unique=True))
    return line(
        channels=tuple(channels),
        language=draw(st.sampled_from([None, "en", "es"])),
        skills=draw(NEEDS),
        accept_mode=draw(st.sampled_from(list(AcceptMode))),
    )


@st.composite
def floors(draw: st.DrawFn) -> tuple[Queue, list[AgentView], list[Channel]]:
    queue, many = draw(queues()), draw(st.integers(0, 8))
    waiting = draw(st.lists(st.sampled_from(queue.channels), min_size=20, max_size=40))
    return queue, [draw(agents(number)) for number in range(many)], waiting


@settings(max_examples=200 * EFFORT)
@given(floors())
def test_no_round_takes_more_of_a_queue_than_its_room(floor: tuple[Queue, list[AgentView], list[Channel]]) -> None:
    queue, people, channels = floor
    most = Room(people, NOW).most(queue, rings(queue))
    made = decide(contacts(queue, channels), people, NOW).made
    assert len(made) <= most
    if most > 0 and len(set(channels)) == len(queue.channels):
        assert made


@settings(max_examples=200 * EFFORT)
@given(floors())
def test_of_contacts_that_are_alike_no_more_than_the_room_need_be_read(
    floor: tuple[Queue, list[AgentView], list[Channel]],
) -> None:
    queue, people, channels = floor
    alike = contacts(queue, [channels[0]] * len(channels))
    most = Room(people, NOW).most(queue, rings(queue))
    assert decide(alike[:most], people, NOW).made == decide(alike, people, NOW).made


@given(floors())
def test_room_that_was_taken_is_gone(floor: tuple[Queue, list[AgentView], list[Channel]]) -> None:
    queue, people, channels = floor
    waiting = contacts(queue, channels)
    made = decide(waiting, people, NOW).made
    before = Room(people, NOW).most(queue, rings(queue))
    after = Room(agents_after(people, made, waiting), NOW).most(queue, rings(queue))
    assert after <= before - len(made)


def test_an_agent_takes_one_offer_at_a_time_but_all_that_is_given_at_once() -> None:
    ada = agent(capacity=Capacity(chat=3, email=2))
    assert Room([ada], NOW).most(line(), rings(line())) == 1
    given_at_once = line(accept_mode=AcceptMode.AUTO)
    assert Room([ada], NOW).most(given_at_once, rings(given_at_once)) == 5


def test_who_is_away_or_cannot_serve_the_queue_is_no_room() -> None:
    people = [
        agent(0, state=Presence.BUSY),
        agent(1, languages=("de",)),
        agent(2, client_ids=frozenset(CLIENTS[1:])),
        agent(3, provider_id=PROVIDERS[1]),
        agent(4, has_offer=True),
        agent(5, load={Channel.CHAT: 3, Channel.EMAIL: 8}),
    ]
    assert Room(people, NOW).most(line(), rings(line())) == 0
    skilled = line(skills=(level(0, 3),))
    assert Room([agent()], NOW).most(skilled, rings(skilled)) == 0


def test_agents_of_the_overflow_queue_are_room_within_its_ring_alone() -> None:
    skilled = line(skills=(level(0, 3),))
    overflow = (*rings(skilled), Ring(60, PROVIDERS[0], ()))
    assert Room([agent()], NOW).most(skilled, overflow) == 1
    assert Room([agent()], NOW).most(skilled, overflow[:1]) == 0
