"""What an import says of each entry, and adds up."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import asdict, replace

from careloom.integrations.core.entries import CustomerEntry, Item
from careloom.integrations.types import ImportCounts, Outcome, PreviewLine, Refusal
from careloom.platform.redaction.redact import redact
from careloom.platform.redaction.types import Policy

_NAME, _KEY, _REASON, _PREVIEW_REASON = 120, 300, 1000, 300
_LOOKED_AT = 500


class Verdict(Struct, frozen=True):
    """An entry and what becomes of it; `customer_made`: a conversation's customer is made with it."""

    item: Item
    outcome: Outcome
    reason: str = ""
    customer_made: bool = False


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
        found["changed"] += bool(one.item.notes)
    return ImportCounts(**found)


def refusals(verdicts: Iterable[Verdict], policy: Policy) -> list[Refusal]:
    """What of the verdicts belongs into the report: refused entries, and what was left out of others."""
    return [
        replace(one, key=redact(policy, one.key).text, reason=_shown(policy, one.reason, _REASON))
        for one in _refusals(verdicts)
    ]


def _shown(policy: Policy, text: str, most: int) -> str:
    """Words of the file as the client's policy lets them be stored, cut off where they are long."""
    return redact(policy, text).text[:most]


def _refusals(verdicts: Iterable[Verdict]) -> list[Refusal]:
    found: list[Refusal] = []
    for one in verdicts:
        if one.outcome is Outcome.REFUSED:
            found.append(Refusal(one.item.row, 0, one.item.key, Outcome.REFUSED, one.reason or one.item.reason))
        else:
            found += [
                Refusal(one.item.row, number, one.item.key, Outcome.CHANGED, note)
                for number, note in enumerate(one.item.notes, 1)
            ]
    return found


def preview_line(one: Verdict, policy: Policy) -> PreviewLine:
    """How a dry run shows an entry."""
    line = _preview_line(one)
    return replace(line, name=_shown(policy, line.name, _NAME), reason=_shown(policy, line.reason, _PREVIEW_REASON))


def _preview_line(one: Verdict) -> PreviewLine:
    entry = one.item.entry
    if entry is None:
        return PreviewLine(one.item.row, "", one.item.key, one.outcome, one.reason or one.item.reason)
    customer = isinstance(entry, CustomerEntry)
    name = entry.name if isinstance(entry, CustomerEntry) else entry.subject or entry.messages[0].text
    outcome = Outcome.CHANGED if one.item.notes and one.outcome is Outcome.MADE else one.outcome
    return PreviewLine(
        one.item.row,
        "customer" if customer else "conversation",
        (name or one.item.key)[:_LOOKED_AT],
        outcome,
        " ".join((one.reason, *one.item.notes)).strip(),
    )
