"""Finds what a policy asks about, in one pass for texts that hold nothing."""

from bisect import bisect_right
from collections.abc import Generator
from typing import Final

from msgspec.structs import replace

from careloom.platform.redaction.cards import find_cards
from careloom.platform.redaction.forms import find_forms
from careloom.platform.redaction.labelled import find_labelled
from careloom.platform.redaction.labels import LABEL_WORDS
from careloom.platform.redaction.linear import LinearPattern
from careloom.platform.redaction.rules import find_exceptions, find_own
from careloom.platform.redaction.tokens import find_tokens
from careloom.platform.redaction.types import Action, DataClass, Evidence, Finding, Rule
from careloom.platform.redaction.view import between_marks, view_of

_GATE: Final = LinearPattern(
    r"\d[^\n\d]{0,3}\d[^\n\d]{0,3}\d|-----BEGIN|://|(?i:bearer )|"
    r"\b(?:AKIA|ASIA|ABIA|ACCA|gh[pousr]_|github_pat_|glpat-|xox|sk[_-]|pk_|rk_|whsec_|AIza|ya29|eyJ|SG\.|npm_|pypi-|hf_|"
    rf"shp|clk_)|{LABEL_WORDS}"
)
_NUMBERS: Final = frozenset({DataClass.BANK_ACCOUNT, DataClass.NATIONAL_ID, DataClass.HEALTH_ID})
_CARDS: Final = frozenset({DataClass.CARD, DataClass.CARD_CODE})
_WITH_TWO_CHECK_DIGITS: Final = frozenset({"iban", "ccc", "nrb", "rib"})


def find(
    text: str,
    wanted: frozenset[DataClass],
    rules: tuple[Rule, ...] = (),
    removed: frozenset[DataClass] = _CARDS,
) -> list[Finding]:
    """What stands in `text`, first to last, without overlaps; of `removed`, and of rules that remove, nothing lies
    in the finding of another class, which might be kept apart.

    Marks of earlier passes are passed over. What is left between findings is looked at again by itself, so that a
    second pass over the redacted text finds nothing more.
    """
    view = view_of(text)
    found: list[Finding] = []
    stretches = list(between_marks(view))
    while stretches:
        start, end = stretches.pop()
        piece = view if end - start == len(view) else view[start:end]
        spans = _apart(piece, _in_piece(piece, wanted, rules, removed), _final(rules, removed))
        at = 0
        for one in spans:
            found.append(_moved(one, start))
            if one.start > at:
                stretches.append((start + at, start + one.start))
            at = one.end
        if spans and at < len(piece):
            stretches.append((start + at, end))
    return sorted(found, key=lambda one: one.start)


def _final(rules: tuple[Rule, ...], removed: frozenset[DataClass]) -> frozenset[str]:
    """Names of the classes and of the rules whose findings are removed."""
    return frozenset({*removed, *(f"rule {one.name}" for one in rules if one.action is Action.REMOVE)})


def _in_piece(
    piece: str, wanted: frozenset[DataClass], rules: tuple[Rule, ...], removed: frozenset[DataClass]
) -> list[Finding]:
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
    return [one for one in own if not any(_protects(span, one, removed) for span in kept)]


def _protects(span: tuple[int, int], one: Finding, removed: frozenset[DataClass]) -> bool:
    """Whether a client's exception saves a finding; what is removed for good it has to hold whole."""
    start, end = span
    return start <= one.start and one.end <= end if one.data_class in removed else start < one.end and one.start < end


def _apart(piece: str, findings: list[Finding], final: frozenset[str]) -> list[Finding]:
    """Where findings overlap, what is removed stays whole, then the longest, then the one that words name; of the
    others stays what sticks out, so that no part of anything is left in clear.

    A card within an account whose two check digits are right is the account: one in fifty looks so by chance.
    """
    if len(findings) < 2:
        return findings
    accounts = [one for one in findings if one.kind in _WITH_TWO_CHECK_DIGITS and Evidence.FORM in one.evidence]
    taken: list[Finding] = []
    for one in sorted(findings, key=lambda each: (_name(each) not in final, each.start - each.end, not each.label)):
        if one.data_class not in _CARDS or not any(_lies_in(one, account) for account in accounts):
            _take(piece, one, taken)
    return taken


def _name(one: Finding) -> str:
    return f"rule {one.kind}" if one.data_class is DataClass.OWN else one.data_class


def _lies_in(one: Finding, other: Finding) -> bool:
    return other.start <= one.start and one.end <= other.end and (one.start, one.end) != (other.start, other.end)


def _take(piece: str, one: Finding, taken: list[Finding]) -> None:
    """Puts in its place among `taken`, which is in order, what of `one` nothing there covers."""
    index = bisect_right(taken, one.start, key=lambda each: each.end)
    if index == len(taken) or taken[index].start >= one.end:
        taken.insert(index, one)
        return
    for start, end in list(_left_of(one, taken, index)):
        rest = piece[start:end]
        if any(map(str.isalnum, rest)):
            start += len(rest) - len(rest.lstrip())
            end -= len(rest) - len(rest.rstrip())
            place = bisect_right(taken, start, key=lambda each: each.end)
            taken.insert(place, replace(one, start=start, end=end))


def _left_of(one: Finding, taken: list[Finding], index: int) -> Generator[tuple[int, int]]:
    at = one.start
    while index < len(taken) and taken[index].start < one.end:
        if taken[index].start > at:
            yield at, taken[index].start
        at = max(at, taken[index].end)
        index += 1
    if at < one.end:
        yield at, one.end


def _moved(one: Finding, by: int) -> Finding:
    if by == 0:
        return one
    return Finding(one.start + by, one.end + by, one.data_class, one.kind, one.evidence, one.label)
