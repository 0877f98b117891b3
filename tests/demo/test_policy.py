"""A simulated agent says what the real one said, improvises with macros, and ends with an outcome."""

from itertools import islice

import pytest

from careloom.demo.core.letters import letter_of
from careloom.demo.core.policy import AgentPolicy
from careloom.demo.core.tasks import CLIENTS, SILENT_OUTCOME, outcome_of, outcomes_of_client
from careloom.demo.core.traffic import plan
from careloom.demo.library import load_catalogue, load_dialogues, load_macros
from careloom.demo.types import Arrival, Dialogue, Move, MoveKind, Said, Side
from careloom.organizations.types import Channel

CATALOGUE = load_catalogue()
POLICY = AgentPolicy(CATALOGUE, load_macros())
SAMPLE = load_dialogues()[::97]


def _play(dialogue: Dialogue, channel: Channel, arrival: Arrival | None = None) -> tuple[list[Said], Move]:
    """Play a dialogue between its customer and the policy; returns all that was said and the last move."""
    said: list[Said] = []
    known: int | None = None
    name = arrival.customer.name if arrival else ""
    move = Move(MoveKind.WAIT)
    for turn in CATALOGUE.turns(dialogue.id, channel):
        text = letter_of(arrival, dialogue, turn, "Us", None, None).body if arrival else turn.text
        said.append(Said(Side.CUSTOMER, text))
        move = POLICY.next_move(dialogue.client, channel, name, said, 0, known)
        known = move.dialogue_id
        if move.kind is MoveKind.REPLY:
            said.append(Said(Side.AGENT, move.text))
    if move.kind is MoveKind.REPLY:
        move = POLICY.next_move(dialogue.client, channel, name, said, 0, known)
    return said, move


@pytest.mark.parametrize("dialogue", SAMPLE, ids=lambda dialogue: str(dialogue.id))
def test_a_chat_is_played_as_it_was_and_wrapped_up(dialogue: Dialogue) -> None:
    said, move = _play(dialogue, Channel.CHAT)
    turns = CATALOGUE.turns(dialogue.id, Channel.CHAT)
    assert said[-1].text == (turns[-1].reply or turns[-1].text)
    assert move.kind is MoveKind.WRAP_UP
    assert move.disposition in outcomes_of_client(dialogue.client)


def test_mails_are_recognised_inside_greeting_and_signature() -> None:
    mails = [each for each in islice(plan(CATALOGUE, 5), 400) if each.channel is Channel.EMAIL]
    same = total = 0
    for arrival in mails:
        dialogue = CATALOGUE.get(arrival.dialogue_id)
        said, move = _play(dialogue, Channel.EMAIL, arrival)
        assert move.kind is MoveKind.WRAP_UP
        expected = [turn.reply for turn in CATALOGUE.turns(dialogue.id, Channel.EMAIL) if turn.reply]
        replies = [line.text for line in said if not line.customer]
        assert len(replies) == len(expected)
        same += sum(one == other for one, other in zip(replies, expected, strict=True))
        total += len(expected)
    # The few others answer a first letter that a customer of the same name wrote in the same words.
    assert same / total > 0.97


def test_a_reopened_conversation_is_answered_by_its_latest_issue() -> None:
    first, second = [each for each in SAMPLE if each.client == "hotel"][:2]
    said, _ = _play(first, Channel.CHAT)
    turn = CATALOGUE.turns(second.id, Channel.CHAT)[0]
    if said[-1].customer:
        said.append(Said(Side.AGENT, "Goodbye."))
    said.append(Said(Side.CUSTOMER, turn.text))
    move = POLICY.next_move(second.client, Channel.CHAT, "", said, 0)
    assert move.kind is MoveKind.REPLY
    assert move.dialogue_id is not None


def test_the_agent_waits_for_the_customer_and_gives_up_after_a_long_silence() -> None:
    dialogue = next(each for each in SAMPLE if len(CATALOGUE.turns(each.id, Channel.CHAT)) > 3)
    turn = CATALOGUE.turns(dialogue.id, Channel.CHAT)[0]
    said = [Said(Side.CUSTOMER, turn.text), Said(Side.AGENT, turn.reply)]
    waiting = POLICY.next_move(dialogue.client, Channel.CHAT, "", said, 10, dialogue.id)
    assert waiting.kind is MoveKind.WAIT
    over = POLICY.next_move(dialogue.client, Channel.CHAT, "", said, 500, dialogue.id)
    assert (over.kind, over.disposition) == (MoveKind.WRAP_UP, SILENT_OUTCOME)


def test_a_human_gets_the_macro_that_fits_and_a_farewell() -> None:
    said = [
        Said(
            Side.CUSTOMER,
            "Somebody used my stolen debit card, I want to report a fraud of 250 dollars at an ATM",
        )
    ]
    first = POLICY.next_move("bank", Channel.CHAT, "Visitor", said, 0)
    assert first.kind is MoveKind.REPLY
    assert first.dialogue_id is None
    assert first.text in {macro.body for macro in load_macros() if macro.client == "bank"}
    assert "[" not in first.text
    said += [Said(Side.AGENT, first.text), Said(Side.CUSTOMER, "ok thank you, goodbye")]
    farewell = POLICY.next_move("bank", Channel.CHAT, "Visitor", said, 0)
    assert "goodbye" in farewell.text.lower()
    said.append(Said(Side.AGENT, farewell.text))
    assert POLICY.next_move("bank", Channel.CHAT, "Visitor", said, 5).kind is MoveKind.WRAP_UP


@pytest.mark.parametrize("client", CLIENTS)
def test_words_that_no_macro_shares_get_a_question_and_never_the_same_macro_twice(client: str) -> None:
    said = [Said(Side.CUSTOMER, "zzz qqq xxyy")]
    move = POLICY.next_move(client, Channel.CHAT, "Visitor", said, 0)
    assert move.kind is MoveKind.REPLY
    assert move.text.endswith("?")
    assert move.seconds > 3


def test_a_customer_who_left_is_wrapped_up_without_another_word() -> None:
    said = [Said(Side.CUSTOMER, "zzz"), Said(Side.AGENT, "Pardon?"), Said(Side.CUSTOMER, "never mind")]
    assert POLICY.next_move("hotel", Channel.CHAT, "", said, 0, customer_left=True).kind is MoveKind.WRAP_UP


def test_nothing_is_said_before_the_customer_speaks() -> None:
    assert POLICY.next_move("hotel", Channel.CHAT, "", [], 0).kind is MoveKind.WAIT


def test_the_last_telling_reply_decides_the_outcome() -> None:
    assert outcome_of(("ask_name", "hotel_unavailable", "hotel_reservation_succeeded", "goodbye_1"), "hotel_book") == (
        "Room booked"
    )
    assert outcome_of(("ride_inform_changes_failed", "ride_bye"), "ride_change") == "Change not possible"
    assert outcome_of(("hello",), "bank_balance") == "Question answered"
