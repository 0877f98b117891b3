"""Arrivals, customers and letters are the same for the same seed and look like the real ones."""

from collections import Counter
from datetime import UTC, datetime
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.demo.core.customers import customer_of
from careloom.demo.core.letters import letter_of, quote
from careloom.demo.core.script import LONGEST_PAUSE, chat_turns, mail_turns
from careloom.demo.core.tasks import CLIENTS
from careloom.demo.core.traffic import plan, wait_before
from careloom.demo.library import load_catalogue, load_dialogues
from careloom.demo.types import Arrival, Letter
from careloom.organizations.types import Channel

CATALOGUE = load_catalogue()
DIALOGUES = load_dialogues()


def _arrivals(count: int, seed: int = 1, pace: float = 1.0) -> list[Arrival]:
    return list(islice(plan(CATALOGUE, seed, pace), count))


def test_the_same_seed_gives_the_same_plan_and_another_seed_another() -> None:
    assert _arrivals(200) == _arrivals(200)
    assert [a.dialogue_id for a in _arrivals(50)] != [a.dialogue_id for a in _arrivals(50, seed=2)]


def test_about_six_contacts_a_minute_two_thirds_by_chat_and_all_clients_served() -> None:
    arrivals = _arrivals(3000)
    assert 5.5 <= 3000 / (arrivals[-1].at / 60) <= 6.5
    assert 0.6 <= sum(a.channel is Channel.CHAT for a in arrivals) / 3000 <= 0.7
    assert {a.client for a in arrivals[:100]} == set(CLIENTS)
    assert [a.number for a in arrivals] == list(range(3000))


def test_the_pace_changes_the_times_only() -> None:
    slow, fast = _arrivals(50), _arrivals(50, pace=20)
    assert [a.dialogue_id for a in slow] == [a.dialogue_id for a in fast]
    for one, other in zip(slow, fast, strict=True):
        assert one.at == pytest.approx(other.at * 20)


@pytest.mark.parametrize("figures", [{"pace": 0}, {"per_minute": -1}, {"chat_share": 2}])
def test_impossible_figures_are_refused(figures: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="above 0"):
        next(plan(CATALOGUE, 1, **figures))


def test_no_dialogue_comes_again_before_the_clients_others_came() -> None:
    airline = [a.dialogue_id for a in _arrivals(1500) if a.client == "airline"]
    whole = len(CATALOGUE.of_client("airline"))
    assert len(airline) > 150
    assert len(set(airline[:whole])) == len(airline[:whole])


def test_a_customer_returns_under_the_same_address_sometimes_over_another_channel() -> None:
    channels: dict[str, set[Channel]] = {}
    visits = Counter[str]()
    for arrival in _arrivals(1500):
        visits[arrival.customer.email] += 1
        channels.setdefault(arrival.customer.email, set()).add(arrival.channel)
    assert sum(count > 1 for count in visits.values()) > 200
    assert sum(len(used) > 1 for used in channels.values()) > 100


def test_customers_are_told_apart_by_reserved_addresses_and_called_as_they_call_themselves() -> None:
    customers = {customer_of(dialogue).key: customer_of(dialogue) for dialogue in DIALOGUES}
    assert len({customer.email for customer in customers.values()}) == len(customers)
    for customer in customers.values():
        assert customer.email.rsplit("@")[1] in {"example.com", "example.net", "example.org"}
        assert customer.phone[5:10] == "55501"
        assert len(customer.phone) == 12
    for dialogue in DIALOGUES:
        if dialogue.name:
            assert customer_of(dialogue).name.split()[0] == dialogue.name.split()[0]


def test_chat_turns_hold_every_line_once_in_order() -> None:
    for dialogue in DIALOGUES:
        turns = chat_turns(dialogue)
        heard = " ".join(turn.text for turn in turns)
        assert heard == " ".join(line.text for line in dialogue.lines if line.customer)
        said = " ".join(turn.reply for turn in turns if turn.reply)
        assert said == " ".join(line.text for line in dialogue.lines if not line.customer)
        assert all(turn.text and turn.reply for turn in turns[:-1])
        assert all(0 <= turn.after_seconds <= LONGEST_PAUSE for turn in turns)
        assert all(0 <= turn.answer_seconds <= LONGEST_PAUSE for turn in turns)


def test_a_first_turn_comes_at_once_and_later_ones_by_the_real_pause() -> None:
    turns = chat_turns(next(dialogue for dialogue in DIALOGUES if len(dialogue.lines) > 6))
    assert turns[0].after_seconds == 0
    assert wait_before(turns[1], 10) == pytest.approx(turns[1].after_seconds / 10)


def test_letters_are_fewer_than_chat_turns_and_each_says_something() -> None:
    for dialogue in DIALOGUES:
        letters = mail_turns(dialogue)
        assert 1 <= len(letters) <= len(chat_turns(dialogue))
        assert all(letter.text for letter in letters)
    mean = sum(len(mail_turns(dialogue)) for dialogue in DIALOGUES) / len(DIALOGUES)
    assert mean < 5


def test_a_letter_has_greeting_and_name_and_a_later_one_quotes_the_answer() -> None:
    arrival = next(a for a in _arrivals(50) if a.channel is Channel.EMAIL)
    dialogue = CATALOGUE.get(arrival.dialogue_id)
    turn = mail_turns(dialogue)[0]
    first = letter_of(arrival, dialogue, turn, "Larkstead Bank", None, None)
    assert first.subject
    assert turn.text in first.body
    assert arrival.customer.name in first.body
    answer = Letter(f"Re: {first.subject}", "Dear customer,\n\nhere you are.\n> old\n")
    at = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
    second = letter_of(arrival, dialogue, turn, "Larkstead Bank", answer, at)
    assert second.subject == f"Re: {first.subject}"
    assert (
        "On Wed, 04 Mar 2026 at 10:30, Larkstead Bank wrote:\n> Dear customer,\n>\n> here you are.\n>> old\n"
        in second.body
    )


@given(st.text(alphabet="ab> \n", max_size=60))
def test_every_quoted_line_is_marked(text: str) -> None:
    assert all(line.startswith(">") for line in quote(text).splitlines())
