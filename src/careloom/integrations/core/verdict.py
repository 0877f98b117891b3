"""What an import says of each entry, and adds up."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import asdict, replace

from careloom.integrations.core.entries import CustomerEntry, Item
from careloom.integrations.types import ImportCounts, LeftOut, Outcome
from careloom.platform.redaction.redact import redact
from careloom.platform.redaction.types import Policy
from careloom.platform.texts.text import Text, changed, say, together

_NAME, _WORDS, _NOTES = 120, 300, 5
_LOOKED_AT = 500
_FIELD, _FIELDS = 80, 100


class Verdict(Struct, frozen=True):
    """An entry and what becomes of it; `customer_made`: a conversation's customer is made with it; `added`: so many
    messages are added to a conversation that is there already.
    """

    item: Item
    outcome: Outcome
    reason: Text | None = None
    customer_made: bool = False
    added: int = 0


def count(before: ImportCounts, verdicts: Iterable[Verdict]) -> ImportCounts:
    """`before` with these verdicts added."""
    found = asdict(before)
    for one in verdicts:
        if one.outcome is Outcome.REFUSED:
            found["refused"] += 1
            continue
        kind = "customers" if isinstance(one.item.entry, CustomerEntry) else "conversations"
        found[f"{kind}_{one.outcome.value}"] += 1
        found["customers_made"] += one.customer_made
        found["messages_added"] += one.added
        found["changed"] += bool(one.item.notes)
    return ImportCounts(**found)


def left_out(before: Iterable[LeftOut], verdicts: Iterable[Verdict], policy: Policy) -> tuple[LeftOut, ...]:
    """`before` with the fields that entries of these verdicts had no attribute for, as they may be stored."""
    rows = {one.name: one.rows for one in before}
    for one in verdicts:
        if one.outcome is not Outcome.REFUSED:
            for name in one.item.homeless:
                told = redact(policy, name).text[:_FIELD]
                told = told if told in rows or len(rows) < _FIELDS else ""
                rows[told] = rows.get(told, 0) + 1
    return tuple(LeftOut(name, count) for name, count in rows.items())


class KeptRefusal(Struct, frozen=True):
    """A line of the report as it is kept: `reason` is put into words for each reader."""

    row: int
    number: int
    key: str
    outcome: Outcome
    reason: Text


class KeptLine(Struct, frozen=True):
    """A line of the preview as it is kept."""

    row: int
    kind: str
    name: str
    outcome: Outcome
    reason: Text


def refusals(verdicts: Iterable[Verdict], policy: Policy) -> list[KeptRefusal]:
    """What of the verdicts belongs into the report: refused entries, and what was left out of others."""
    return [
        replace(one, key=redact(policy, one.key).text, reason=_told(policy, one.reason)) for one in _refusals(verdicts)
    ]


def _told(policy: Policy, reason: Text) -> Text:
    """Words of the file as the client's policy lets them be stored, cut off where they are long."""
    return changed(reason, lambda words: redact(policy, words).text[:_WORDS])


def _refusals(verdicts: Iterable[Verdict]) -> list[KeptRefusal]:
    found: list[KeptRefusal] = []
    for one in verdicts:
        if one.outcome is Outcome.REFUSED:
            found.append(KeptRefusal(one.item.row, 0, one.item.key, Outcome.REFUSED, _why(one)))
        else:
            found += [
                KeptRefusal(one.item.row, number, one.item.key, Outcome.CHANGED, note)
                for number, note in enumerate(one.item.notes, 1)
            ]
    return found


def preview_line(one: Verdict, policy: Policy) -> KeptLine:
    """How a dry run shows an entry."""
    line = _preview_line(one)
    return replace(line, name=redact(policy, line.name).text[:_NAME], reason=_told(policy, line.reason))


def _preview_line(one: Verdict) -> KeptLine:
    entry = one.item.entry
    if entry is None:
        return KeptLine(one.item.row, "", one.item.key, one.outcome, _why(one))
    customer = isinstance(entry, CustomerEntry)
    name = entry.name if isinstance(entry, CustomerEntry) else entry.subject or entry.messages[0].text
    outcome = Outcome.CHANGED if one.item.notes and one.outcome is Outcome.MADE else one.outcome
    return KeptLine(
        one.item.row,
        "customer" if customer else "conversation",
        (name or one.item.key)[:_LOOKED_AT],
        outcome,
        together([*_said(one), *one.item.notes[:_NOTES]]),
    )


def _said(one: Verdict) -> list[Text]:
    if one.added:
        return [say("{count} messages are added to what is there.", count=one.added)]
    return [] if one.reason is None else [one.reason]


def _why(one: Verdict) -> Text:
    return one.reason or one.item.reason or together(())
