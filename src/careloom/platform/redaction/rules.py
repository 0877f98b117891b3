"""A client's own rules, each a linear-time pattern."""

from collections.abc import Generator
from typing import Final

from careloom.platform.redaction.linear import BadPatternError, LinearPattern, own_pattern
from careloom.platform.redaction.types import Action, DataClass, Evidence, Finding, Rule
from careloom.platform.texts.text import Text, say


def rule_problem(rule: Rule) -> Text | None:
    """Why a rule cannot be used; None where it can."""
    try:
        compiled = own_pattern(rule.pattern, any_case=rule.any_case)
    except BadPatternError as error:
        # The library names the part that it cannot read behind its words for why.
        part = str(error).partition(": ")[2] or rule.pattern
        return say("RE2 cannot read this in the pattern, or it takes too much memory: {part}", part=part)
    return say("This pattern fits the empty text; say what must stand there.") if compiled.found_in(b"") else None


def find_own(piece: str, raw: bytes, rules: tuple[Rule, ...]) -> Generator[Finding]:
    """What the rules that take something out find, each within one line."""
    for rule in rules:
        if rule.action is not Action.KEEP:
            for start, end in _spans(own_pattern(rule.pattern, any_case=rule.any_case), piece, raw):
                yield Finding(start, end, DataClass.OWN, rule.name, (Evidence.RULE,), rule.name)


def find_exceptions(piece: str, raw: bytes, rules: tuple[Rule, ...]) -> list[tuple[int, int]]:
    """Where rules say that something is to be left alone."""
    return [
        span
        for rule in rules
        if rule.action is Action.KEEP
        for span in _spans(own_pattern(rule.pattern, any_case=rule.any_case), piece, raw)
    ]


_LONGEST_LINE: Final = 2_000


def _spans(pattern: LinearPattern, piece: str, raw: bytes) -> Generator[tuple[int, int]]:
    """Matches, line by line: one search is linear in what it may look at, and there may be as many as characters.

    Longer lines are taken in parts, so that the time for a text grows with its length alone.
    """
    if not pattern.found_in(raw):
        return
    start = 0
    for line in piece.splitlines(keepends=True):
        for begin in range(0, len(line), _LONGEST_LINE):
            part = line[begin : begin + _LONGEST_LINE].rstrip("\r\n")
            for first, last in pattern.spans(part, part.encode()):
                yield start + begin + first, start + begin + last
        start += len(line)
