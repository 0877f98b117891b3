"""Suppressed addresses as CSV: read with each bad row told, written so that no spreadsheet runs a cell."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from msgspec import Struct

from careloom.channels.types.suppression import SuppressedAddress, SuppressionReason
from careloom.platform.redaction.redact import redact
from careloom.platform.redaction.types import Policy
from careloom.platform.texts.text import Text, say

_COLUMNS = ("address", "reason", "note", "added_at", "expires_at")
_ADDRESS = re.compile(r"[^@\s<>]{1,200}@[^@\s<>]{1,250}")
_NONE: list[str] = []
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Row(Struct, frozen=True):
    """A row that can be taken."""

    address: str
    reason: SuppressionReason
    note: str
    expires_at: datetime | None


class UnusableRow(Struct, frozen=True):
    """A line of the file that cannot be taken, and why."""

    line: int
    problem: Text


def read_rows(text: str, most: int) -> tuple[list[Row], list[UnusableRow]]:
    """Return the rows that can be taken, each address once, and those that cannot; `most` rows are looked at."""
    source = io.StringIO(text.removeprefix("\ufeff"))
    first = text.partition("\n")[0]
    reader = csv.reader(source, delimiter=";" if first.count(";") > first.count(",") else ",")
    taken: dict[str, Row] = {}
    refused: list[UnusableRow] = []
    try:
        head = [name.strip().lower() for name in next(reader, _NONE)]
        if "address" not in head:
            return [], [UnusableRow(1, say("The first line must name the columns; one of them is `address`."))]
        for count, cells in enumerate(reader):
            if count >= most:
                rest = say("Only {count} rows are taken at once. Import the rest next.", count=most)
                refused.append(UnusableRow(reader.line_num, rest))
                break
            if not any(cell.strip() for cell in cells):
                continue
            found = _row(dict(zip(head, cells, strict=False)))
            if isinstance(found, Row):
                taken.setdefault(found.address, found)
            else:
                refused.append(UnusableRow(reader.line_num, found))
    except csv.Error:
        refused.append(UnusableRow(reader.line_num, say("This line is no CSV; it and what follows is not taken.")))
    return list(taken.values()), refused


def write_rows(rows: Iterable[SuppressedAddress], policy: Policy, *, head: bool) -> str:
    """Return the rows as CSV lines, notes as `policy` lets them leave, below the names of the columns if `head`."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    if head:
        writer.writerow(_COLUMNS)
    writer.writerows(_cells(row, policy) for row in rows)
    return target.getvalue()


def _cells(row: SuppressedAddress, policy: Policy) -> Iterator[str]:
    until = "" if row.expires_at is None else row.expires_at.isoformat()
    note = redact(policy, row.note, agents=True).text
    for cell in (row.address, row.reason.value, note, row.added_at.isoformat(), until):
        yield f"'{cell}" if cell.startswith(_FORMULA) else cell


def _row(cells: dict[str, str]) -> Row | Text:
    values = {name: cell.strip().removeprefix("'") for name, cell in cells.items()}
    address = values["address"].lower() if "address" in values else ""
    if not _ADDRESS.fullmatch(address) or len(address) > 254:
        return say("This is no e-mail address.")
    reason = values.get("reason") or SuppressionReason.MANUAL
    if reason not in set(SuppressionReason):
        return say("The reason must be one of: {choices}.", choices=tuple(SuppressionReason))
    until = values.get("expires_at")
    try:
        expires_at = datetime.fromisoformat(until) if until else None
    except ValueError:
        return say("`expires_at` must look like 2030-01-31T12:00:00Z.")
    if expires_at is not None and expires_at.tzinfo is None:
        expires_at = expires_at.replace(tzinfo=UTC)
    return Row(address, SuppressionReason(reason), values.get("note", "").replace("\x00", "")[:500], expires_at)
