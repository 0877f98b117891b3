"""Finds what a policy asks about, in one pass for texts that hold nothing."""

from typing import Final

from careloom.platform.redaction.cards import find_cards
from careloom.platform.redaction.forms import find_forms
from careloom.platform.redaction.labelled import find_labelled
from careloom.platform.redaction.labels import LABEL_WORDS
from careloom.platform.redaction.linear import LinearPattern
from careloom.platform.redaction.rules import find_exceptions, find_own
from careloom.platform.redaction.tokens import find_tokens
from careloom.platform.redaction.types import DataClass, Finding, Rule
from careloom.platform.redaction.view import between_marks, view_of

_GATE: Final = LinearPattern(
    r"\d[^\n\d]{0,3}\d[^\n\d]{0,3}\d|-----BEGIN|://|(?i:bearer )|"
    r"\b(?:AKIA|ASIA|ABIA|ACCA|gh[pousr]_|github_pat_|glpat-|xox|sk[_-]|pk_|rk_|whsec_|AIza|ya29|eyJ|SG\.|npm_|pypi-|hf_|"
    rf"shp|clk_)|{LABEL_WORDS}"
)
_NUMBERS: Final = frozenset({DataClass.BANK_ACCOUNT, DataClass.NATIONAL_ID, DataClass.HEALTH_ID})
_CARDS: Final = frozenset({DataClass.CARD, DataClass.CARD_CODE})


def find(text: str, wanted: frozenset[DataClass], rules: tuple[Rule, ...] = ()) -> list[Finding]:
    """What stands in `text`, first to last, without overlaps.

    Marks of earlier passes are passed over. What is left between findings is looked at again by itself, so that a
    second pass over the redacted text finds nothing more.
    """
    view = view_of(text)
    found: list[Finding] = []
    stretches = list(between_marks(view))
    while stretches:
        start, end = stretches.pop()
        piece = view if end - start == len(view) else view[start:end]
        spans = _apart(_in_piece(piece, wanted, rules))
        at = 0
        for one in spans:
            found.append(_moved(one, start))
            if one.start > at:
                stretches.append((start + at, start + one.start))
            at = one.end
        if spans and at < len(piece):
            stretches.append((start + at, end))
    return sorted(found, key=lambda one: one.start)


def _in_piece(piece: str, wanted: frozenset[DataClass], rules: tuple[Rule, ...]) -> list[Finding]:
    raw = piece.encode()
    own = list(find_own(piece, raw, rules)) if rules else []
    if wanted and _GATE.found_in(raw):
        if wanted & _CARDS:
            own.extend(one for one in find_cards(piece) if one.data_class in wanted)
        if wanted & _NUMBERS:
            own.extend(find_forms(piece, raw, wanted))
        if DataClass.SECRET in wanted:
            own.extend(find_tokens(piece, raw))
        own.extend(find_labelled(piece, raw, wanted))
    if not own or not rules:
        return own
    kept = find_exceptions(piece, raw, rules)
    return [one for one in own if not any(start < one.end and one.start < end for start, end in kept)]


def _apart(findings: list[Finding]) -> list[Finding]:
    """Of findings that overlap the longest stays, of equals the one that words name."""
    if len(findings) < 2:
        return findings
    taken: list[Finding] = []
    for one in sorted(findings, key=lambda each: (each.start, each.start - each.end, not each.label)):
        if not taken or one.start >= taken[-1].end:
            taken.append(one)
        elif one.end - one.start > taken[-1].end - taken[-1].start:
            taken[-1] = one
    return taken


def _moved(one: Finding, by: int) -> Finding:
    if by == 0:
        return one
    return Finding(one.start + by, one.end + by, one.data_class, one.kind, one.evidence, one.label)
