"""A dialogue cut into turns: what the customer sends at once, and what answers it."""

import re

from careloom.demo.types import Dialogue, Line, Turn
from careloom.organizations.types import Channel

LONGEST_PAUSE = 180.0
_LETTER_LINES = 4
_FAREWELL = re.compile(
    r"\b(thanks?|thank you|bye|goodbye|cheers|great|perfect|nope?|ok(ay)?|awesome|all|that's it|i'm good)\b",
    re.IGNORECASE,
)
_SMALL_TALK = re.compile(
    r"^(hi|hello|hallo|hey|yo|good (morning|afternoon|evening))\b[ ,!.]*(there)?[ ,!.]*$", re.IGNORECASE
)


def chat_turns(dialogue: Dialogue) -> tuple[Turn, ...]:
    """Return the turns as they were really played; lines sent in a row go out together."""
    turns: list[Turn] = []
    texts: list[Line] = []
    replies: list[Line] = []
    answered_at = 0
    for line in (*dialogue.lines, None):
        if texts and replies and (line is None or line.customer):
            turns.append(_turn(texts, replies, answered_at))
            answered_at = replies[-1].at
            texts, replies = [], []
        if line is not None:
            (texts if line.customer else replies).append(line)
    if texts:
        turns.append(_turn(texts, replies, answered_at))
    return tuple(turns)


def mail_turns(dialogue: Dialogue) -> tuple[Turn, ...]:
    """Return the turns as somebody writes who sends letters.

    What the customer told on being asked goes into the same letter, greetings and thanks of a chat do not
    make a letter of their own.
    """
    letters: list[Turn] = []
    open_turns: list[Turn] = []
    for turn in chat_turns(dialogue):
        if letters and not open_turns and _is_farewell(turn):
            break
        open_turns.append(turn)
        if not (_is_question(turn) and len(open_turns) < _LETTER_LINES):
            letters.append(_letter(open_turns))
            open_turns = []
    if open_turns:
        letters.append(_letter(open_turns))
    return tuple(letters)


def turns_of(dialogue: Dialogue, channel: Channel) -> tuple[Turn, ...]:
    """Return the turns of a dialogue on mail or any live channel."""
    return mail_turns(dialogue) if channel is Channel.EMAIL else chat_turns(dialogue)


def _turn(texts: list[Line], replies: list[Line], answered_at: int) -> Turn:
    after = min(float(max(texts[0].at - answered_at, 0)), LONGEST_PAUSE)
    answer = min(float(max(replies[-1].at - texts[-1].at, 0)), LONGEST_PAUSE) if replies else 0.0
    return Turn(
        text=" ".join(line.text for line in texts),
        reply=" ".join(line.text for line in replies),
        label=replies[-1].label if replies else "",
        after_seconds=after,
        answer_seconds=answer,
    )


def _is_question(turn: Turn) -> bool:
    """Say whether the answer only asks for a particular that a letter would have given at once."""
    if turn.label == "hello":
        return True
    asks = turn.label.startswith("ask_") or "_ask_" in turn.label
    return asks and "confirm" not in turn.label and not turn.label.endswith(("_more", "_searching", "_questions"))


def _is_farewell(turn: Turn) -> bool:
    short = len(turn.text) <= 60 and "?" not in turn.text
    return short and bool(_FAREWELL.search(turn.text)) and (not turn.reply or _closes(turn))


def _closes(turn: Turn) -> bool:
    polite = len(turn.reply) <= 40 and bool(_FAREWELL.search(turn.reply))
    return polite or turn.label in {"anything_else", "goodbye_1", "goodbye_2"} or turn.label.endswith("_bye")


def _letter(turns: list[Turn]) -> Turn:
    texts = [turn.text for turn in turns if not _SMALL_TALK.match(turn.text)] or [turns[-1].text]
    last = turns[-1]
    return Turn(
        text="\n".join(texts),
        reply=last.reply,
        label=last.label,
        after_seconds=min(sum(turn.after_seconds for turn in turns), LONGEST_PAUSE),
        answer_seconds=last.answer_seconds,
    )
