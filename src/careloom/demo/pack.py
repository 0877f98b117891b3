"""Packs the STAR dialogues into the demo's data: `python -m careloom.demo.pack STAR_FOLDER OUT_FOLDER`."""

import argparse
import gzip
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from careloom.demo.core.tasks import DOMAIN_CLIENT, FOREIGN_DOMAINS, TASKS
from careloom.demo.core.text import clean
from careloom.demo.types import Dialogue, Line, Side

_SENT_BY_AGENT = frozenset({"utter", "pick_suggestion"})
_FEWEST_LINES = 5
# Words with which the players left their roles: they speak of the study, or to the machine of its story.
_OUT_OF_ROLE = re.compile(
    r"\b(AI|API|HITs?|m-?turk|turker|turk|wizard|requester|chat ?bot|bot|robots?|computer|assistants?"
    r"|asist\w*|database|dialogue?|malfunction\w*|end the task|complete the task|deluxe|program(me)?d"
    r"|algorithm)\b",
    re.IGNORECASE,
)
_ABUSE = re.compile(r"\b(fuck\w*|shit|bitch|cunt|nigg\w+|fag\w*|rape\w*)\b", re.IGNORECASE)
_NAME_IN_GOAL = (
    re.compile(r"[Yy]our name(?: is|:) ([A-Z][a-z]+(?: [A-Z][a-z]+)?)"),
    re.compile(r"\bYou \(([A-Z][a-z]+(?: [A-Z][a-z]+)?)\)"),
    re.compile(r"\bYour? are ([A-Z][a-z]+(?: [A-Z][a-z]+)?)\b"),
)
_NAME_IN_LINE = re.compile(r"\b(?:[Mm]y name is|[Tt]his is|[Nn]ame's) ([A-Z][a-z]+(?: [A-Z][a-z]+)?)\b")
_NAME_ALONE = re.compile(r"^(?:It'?s |I'?m |I am )?([A-Z][a-z]+(?: [A-Z][a-z]+)?)[.!]?$")
# The names that the players were given; what else looks like one is a slip of the keyboard or a jest.
_ROLES = frozenset(
    {
        "Alexis",
        "Angela",
        "John",
        "Ben",
        "Mark",
        "Susan",
        "Alina",
        "Jane",
        "Tyler",
        "Sarah",
        "Brian",
        "Katarina",
    }
)
_SURNAMES = frozenset({"Doe", "Miller", "White", "Brown", "Smith", "Jones"})
_STUDY_SENTENCE = re.compile(
    r"follow the instructions|mturk|wizard|ai assistant|instructions on the left|own scenario"
    r"|please provide one piece|end the dialogue|in this dialogue|about you|note its rating",
    re.IGNORECASE,
)
_HELPFUL = re.compile(r"calm and helpful")
_SOLVED = re.compile(r"\b(reserve|find you|submit|book|schedule|authenticate|report fraud|change your|tell you)")
_SLOT = re.compile(r"\{(\w+):\w\}")

Raw = dict[str, Any]


def sent_lines(events: Iterable[Raw]) -> tuple[Line, ...]:
    """Return what was really sent, cleaned and in order of time, in seconds after the first line.

    Drafts (`request_suggestions`), look-ups and stage directions are left out, as are empty texts. Where one
    side spoke twice in a row the lines stay apart.
    """
    sent = [
        (event["at"], event)
        for event in events
        if (event["from"] == "customer" and event["kind"] == "utter")
        or (event["from"] == "agent" and event["kind"] in _SENT_BY_AGENT)
    ]
    sent.sort(key=lambda pair: pair[0])
    lines: list[Line] = []
    for at, event in sent:
        text = clean(event.get("text") or "")
        if text and any(character.isalnum() for character in text):
            label = event.get("label") or ""
            lines.append(
                Line(
                    Side.CUSTOMER if event["from"] == "customer" else Side.AGENT,
                    at - sent[0][0],
                    text,
                    "" if label == "custom" else label,
                )
            )
    return tuple(lines)


def client_of(events: Iterable[Raw], tasks: Iterable[str]) -> str | None:
    """Return the one client whose business all of it was; None where it was several, another's or unclear."""
    domains = Counter[str]()
    for event in events:
        name = event.get("label") or (event.get("api") if event["kind"] == "query" else "") or ""
        domains[name.split("_", 1)[0]] += 1
    if FOREIGN_DOMAINS & domains.keys():
        return None
    clients = {DOMAIN_CLIENT[domain] for domain in domains if domain in DOMAIN_CLIENT}
    if not clients:
        clients = {TASKS[task].client for task in tasks if task in TASKS}
    return next(iter(clients)) if len(clients) == 1 else None


def task_of(lines: Iterable[Line], tasks: list[str], client: str) -> str | None:
    """Return the client's task that most of the agent's replies belong to."""
    own = [task for task in tasks if task in TASKS and TASKS[task].client == client]
    if len(own) < 2:
        return own[0] if own else None
    votes = Counter(task for line in lines for task in own if line.label.split("_", 1)[0] == task.split("_", 1)[0])
    return max(own, key=lambda task: votes[task])


def _known_name(found: str) -> str:
    given, _, surname = found.partition(" ")
    if given not in _ROLES:
        return ""
    return found if surname in _SURNAMES else given


def name_of(goal: str, lines: Iterable[Line]) -> str:
    """Return how the customer calls themselves: by the lines, else by the goal they were given."""
    asked = False
    for line in lines:
        if line.customer:
            found = _NAME_IN_LINE.search(line.text) or (_NAME_ALONE.match(line.text) if asked else None)
            if found and (name := _known_name(found[1])):
                return name
        asked = line.label == "ask_name"
    for pattern in _NAME_IN_GOAL:
        found = pattern.search(goal)
        if found and (name := _known_name(found[1])):
            return name
    return ""


def goal_of(text: str) -> str:
    """Return what the customer wanted, without the sentences that speak of the study."""
    sentences = re.split(r"(?<=[.!?])\s+|\n+", text.strip())
    return clean(" ".join(sentence for sentence in sentences if not _STUDY_SENTENCE.search(sentence)).lstrip("- "))


def answers_of(raw: Raw) -> tuple[bool | None, bool | None]:
    """Return the customer's answers on (calm and helpful, request fulfilled)."""
    helpful = solved = None
    for entry in raw["customer_answers"] or ():
        if not isinstance(entry["answer"], bool):
            continue
        if _HELPFUL.search(entry["question"]):
            helpful = entry["answer"]
        elif _SOLVED.search(entry["question"]):
            solved = entry["answer"]
    return helpful, solved


def pack_dialogue(raw: Raw) -> Dialogue | None:
    """Return the dialogue as the demo plays it, or None where it cannot stand as one client's contact.

    Left out: broken off or very short ones, those about several clients' business, and those in which a
    player left their role or became abusive.
    """
    lines = sent_lines(raw["events"])
    if raw["completion"] != "Complete" or len(lines) < _FEWEST_LINES or not lines[0].customer:
        return None
    client = client_of(raw["events"], raw["tasks"])
    task = task_of(lines, raw["tasks"], client) if client else None
    if client is None or task is None:
        return None
    if any(_OUT_OF_ROLE.search(line.text) or _ABUSE.search(line.text) for line in lines):
        return None
    helpful, solved = answers_of(raw)
    goal = raw["customer_goal"] if len(raw["tasks"]) == 1 else ""
    return Dialogue(
        id=raw["id"],
        client=client,
        task=task,
        customer=raw["customer_id"],
        name=name_of(raw["customer_goal"], lines),
        lines=lines,
        goal=goal_of(goal),
        helpful=helpful,
        solved=solved,
    )


def pack_replies(raw: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Return the replies of the demo's tasks; a template's slot becomes a blank such as `[hotel name]`."""
    return {
        task: {
            label: clean(_SLOT.sub(lambda slot: f"[{slot[1].replace('_', ' ')}]", body))
            for label, body in replies.items()
        }
        for task, replies in raw.items()
        if task in TASKS
    }


def read_star(path: Path) -> Iterator[Raw]:
    """Yield the dialogues of a gzipped JSON lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def write_dialogues(dialogues: Iterable[Dialogue], path: Path) -> None:
    """Write gzipped JSON lines; the same dialogues give the same bytes."""
    people: dict[str, str] = {}
    plain = io.BytesIO()
    for dialogue in dialogues:
        short = people.setdefault(dialogue.customer, f"c{len(people) + 1:03d}")
        plain.write(msgspec.json.encode(msgspec.structs.replace(dialogue, customer=short)) + b"\n")
    path.write_bytes(gzip.compress(plain.getvalue(), compresslevel=9, mtime=0))


def pack(star: Path, out: Path) -> int:
    """Pack the folder `star` into `out`; returns the number of dialogues kept."""
    out.mkdir(parents=True, exist_ok=True)
    packed = [dialogue for raw in read_star(star / "dialogues.jsonl.gz") if (dialogue := pack_dialogue(raw))]
    write_dialogues(packed, out / "dialogues.jsonl.gz")
    replies = pack_replies(json.loads((star / "replies.json").read_text(encoding="utf-8")))
    (out / "replies.json").write_text(json.dumps(replies, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (out / "LICENSE-STAR.txt").write_text((star / "LICENSE.txt").read_text(encoding="utf-8"), encoding="utf-8")
    return len(packed)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("star", type=Path, help="folder with dialogues.jsonl.gz, replies.json and LICENSE.txt")
    parser.add_argument("out", type=Path, help="folder to write to")
    arguments = parser.parse_args()
    kept = pack(arguments.star, arguments.out)
    sys.stdout.write(f"{kept} dialogues packed into {arguments.out}\n")


if __name__ == "__main__":
    main()
