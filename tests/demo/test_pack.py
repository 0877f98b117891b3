"""Packing keeps what was sent between one client and its customer, and nothing else."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from careloom.demo.core.text import clean
from careloom.demo.library import load_dialogues
from careloom.demo.pack import goal_of, name_of, pack, pack_dialogue, sent_lines
from careloom.demo.types import Line, Side


def _event(at: int, who: str, kind: str, text: str, label: str | None = None) -> dict[str, Any]:
    event = {"at": at, "from": who, "kind": kind, "text": text}
    return event if label is None else {**event, "label": label}


def _raw(**changes: Any) -> dict[str, Any]:
    raw: dict[str, Any] = {
        "id": 7,
        "completion": "Complete",
        "domains": ["bank"],
        "tasks": ["bank_balance"],
        "goes_well": True,
        "several_tasks": False,
        "customer_goal": "You are Sarah Brown and want your balance. Follow the instructions and comments.",
        "agent_goal": "",
        "customer_id": "c-1",
        "agent_id": "a-1",
        "events": [
            _event(100, "customer", "utter", "  Hello,  I need my\nbalance "),
            _event(100, "instruction_to_customer", "instruct", "Be annoyed."),
            _event(104, "agent", "request_suggestions", "whats ur name"),
            _event(107, "agent", "pick_suggestion", "Could I get your full name, please?", "ask_name"),
            _event(120, "customer", "utter", "Sarah Brown"),
            {"at": 125, "from": "agent", "kind": "query", "api": "bank_balance", "constraints": []},
            {
                "from": "knowledge_base",
                "kind": "return_item",
                "api": "bank_balance",
                "item": {},
                "total_items": 1,
            },
            _event(
                140,
                "agent",
                "pick_suggestion",
                "Your balance is <class 'dict'> 12 in credit..",
                "bank_inform_balance",
            ),
            _event(150, "customer", "utter", "Thanks!"),
            {"at": 152, "from": "customer", "kind": "complete"},
        ],
        "customer_answers": [
            {"question": "Did the assistant stay calm and helpful throughout the dialogue?", "answer": True},
            {"question": "Did the AI Assistant authenticate your account?", "answer": False},
        ],
        "agent_answers": [],
    }
    return {**raw, **changes}


def test_only_what_was_sent_is_kept_with_seconds_since_the_first_line() -> None:
    assert sent_lines(_raw()["events"]) == (
        Line(Side.CUSTOMER, 0, "Hello, I need my balance"),
        Line(Side.AGENT, 7, "Could I get your full name, please?", "ask_name"),
        Line(Side.CUSTOMER, 20, "Sarah Brown"),
        Line(Side.AGENT, 40, "Your balance is 12 in credit.", "bank_inform_balance"),
        Line(Side.CUSTOMER, 50, "Thanks!"),
    )


def test_a_dialogue_carries_client_task_name_goal_and_answers() -> None:
    dialogue = pack_dialogue(_raw())
    assert dialogue is not None
    assert (dialogue.client, dialogue.task, dialogue.name) == ("bank", "bank_balance", "Sarah Brown")
    assert dialogue.goal == "You are Sarah Brown and want your balance."
    assert (dialogue.helpful, dialogue.solved) == (True, False)


@pytest.mark.parametrize(
    "changes",
    [
        {"completion": "EarlyDisconnectDuringDialogue"},
        {"events": []},
        {"tasks": ["weather"], "events": [_event(n, "customer", "utter", "Rain?") for n in range(6)]},
    ],
)
def test_broken_empty_and_foreign_dialogues_are_left_out(changes: dict[str, Any]) -> None:
    assert pack_dialogue(_raw(**changes)) is None


@pytest.mark.parametrize("text", ["You are a clever robot", "Please submit the HIT", "Give it to me, bitch"])
def test_a_player_who_leaves_the_role_or_insults_drops_the_dialogue(text: str) -> None:
    raw = _raw()
    raw["events"][4] = _event(120, "customer", "utter", text)
    assert pack_dialogue(raw) is None


def test_business_of_two_clients_in_one_dialogue_drops_it() -> None:
    raw = _raw(tasks=["bank_balance", "ride_book"])
    raw["events"].append(_event(160, "agent", "pick_suggestion", "Where to?", "ride_ask_destination"))
    assert pack_dialogue(raw) is None


def test_a_name_is_taken_from_the_lines_before_the_goal_and_jests_are_not_names() -> None:
    asked = Line(Side.AGENT, 1, "Your name?", "ask_name")
    assert name_of("Your name is Ben.", (Line(Side.CUSTOMER, 0, "My name is Alexis."),)) == "Alexis"
    assert name_of("", (Line(Side.CUSTOMER, 0, "Hi"), asked, Line(Side.CUSTOMER, 2, "Jane Doe"))) == "Jane Doe"
    assert (
        name_of("Your name is Ben.", (Line(Side.CUSTOMER, 0, "Hi"), asked, Line(Side.CUSTOMER, 2, "Guybrush"))) == "Ben"
    )
    assert name_of("", (Line(Side.CUSTOMER, 0, "Thanks"),)) == ""


def test_goals_lose_the_words_about_the_study() -> None:
    assert goal_of("Follow the instructions and comments of the MTurk System bot. ") == ""


def test_cleaning_keeps_an_ellipsis_and_is_stable() -> None:
    assert clean(" wait ...  I forgot... ") == "wait... I forgot..."
    assert clean(clean("A ,  b ..")) == clean("A ,  b ..")


def test_packing_a_folder_is_repeatable_and_hides_the_players_ids(tmp_path: Path) -> None:
    star = tmp_path / "star"
    star.mkdir()
    lines = [json.dumps(_raw()), json.dumps(_raw(id=8)), json.dumps(_raw(id=9, completion="Disconnect"))]
    (star / "dialogues.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    (star / "replies.json").write_text(
        json.dumps({"hotel_book": {"hotel_unavailable": "No room at {hotel_name:s}.\nSorry"}, "trivia": {"bye": "x"}})
    )
    (star / "LICENSE.txt").write_text("MIT License")
    assert pack(star, tmp_path / "one") == pack(star, tmp_path / "two") == 2
    first = (tmp_path / "one" / "dialogues.jsonl.gz").read_bytes()
    assert first == (tmp_path / "two" / "dialogues.jsonl.gz").read_bytes()
    assert b"c-1" not in gzip.decompress(first)
    assert json.loads((tmp_path / "one" / "replies.json").read_text()) == {
        "hotel_book": {"hotel_unavailable": "No room at [hotel name]. Sorry"}
    }
    assert (tmp_path / "one" / "LICENSE-STAR.txt").read_text() == "MIT License"


def test_the_packed_lines_are_whole_and_free_of_artefacts() -> None:
    dialogues = load_dialogues()
    assert len(dialogues) > 2000
    assert len({dialogue.id for dialogue in dialogues}) == len(dialogues)
    for dialogue in dialogues:
        assert dialogue.lines[0].customer
        assert dialogue.lines[0].at == 0
        assert all(a.at <= b.at for a, b in zip(dialogue.lines, dialogue.lines[1:], strict=False))
        for line in dialogue.lines:
            assert line.text == clean(line.text)
            assert line.text
            assert "<class" not in line.text
            assert "MTurk" not in line.text
