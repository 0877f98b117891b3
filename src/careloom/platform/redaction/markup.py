"""Redaction of HTML: what a reader sees as one number is one, wherever its tags and entities stand."""

import html
import re
from bisect import bisect_right
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from careloom.platform.redaction.redact import Redactor
from careloom.platform.redaction.types import Finding, Masked, Redacted
from careloom.platform.redaction.view import MARK

_TOKEN: Final = re.compile(r"<[^<>]{0,8000}>|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});", re.DOTALL)
_BREAKS: Final = re.compile(r"</?(?:br|p|div|tr|td|th|li|ul|ol|h[1-6]|table|blockquote|hr|pre)\b", re.IGNORECASE)


class _Seen(Struct, frozen=True):
    """What a reader sees, and for each stretch of it where it begins in both texts, and how long it is in the markup;
    a stretch of plain text is as long in both, another stands for one character or a few.
    """

    text: str
    starts: list[int]
    sources: list[int]
    lengths: list[int]
    tags: list[tuple[int, int]]


class _Cut(Struct, frozen=True):
    """A stretch of the markup and what takes its place; `finding` where that is a mark."""

    start: int
    end: int
    new: str
    finding: Finding | None = None
    value: str = ""


def redact_html(redactor: Redactor, markup: str) -> Redacted:
    """`markup` with a mark where each finding began; its tags stay. Findings in attributes are taken out as well."""
    if redactor.idle:
        return Redacted(markup)
    seen = _read(markup)
    cuts = [cut for finding in redactor.find(seen.text) for cut in _cuts(redactor, seen, finding)]
    for start, end in seen.tags:
        if "=" in (tag := markup[start:end]) or tag.startswith("<!--"):
            cuts += [_in_tag(redactor, start, tag, one) for one in redactor.find(tag)]
    if not cuts:
        return Redacted(markup)
    return _applied(redactor, markup, sorted(cuts, key=lambda cut: cut.start))


def _read(markup: str) -> _Seen:
    parts: list[str] = []
    seen = _Seen("", [], [], [], [])
    at = length = 0

    def add(text: str, source: int, size: int) -> None:
        nonlocal length
        parts.append(text)
        seen.starts.append(length)
        seen.sources.append(source)
        seen.lengths.append(size)
        length += len(text)

    for token in _TOKEN.finditer(markup):
        start, end = token.span()
        if start > at:
            add(markup[at:start], at, start - at)
        if markup[start] == "&":
            add(html.unescape(markup[start:end]), start, end - start)
        else:
            seen.tags.append((start, end))
            if _BREAKS.match(markup, start, end):
                add("\n", start, 0)
        at = end
    if at < len(markup):
        add(markup[at:], at, len(markup) - at)
    return replace(seen, text="".join(parts))


def _cuts(redactor: Redactor, seen: _Seen, finding: Finding) -> list[_Cut]:
    value = seen.text[finding.start : finding.end]
    cuts: list[_Cut] = []
    index = bisect_right(seen.starts, finding.start) - 1
    while index < len(seen.starts) and seen.starts[index] < finding.end:
        begin = seen.starts[index]
        finish = seen.starts[index + 1] if index + 1 < len(seen.starts) else len(seen.text)
        source, size = seen.sources[index], seen.lengths[index]
        if size == finish - begin:
            start = source + max(finding.start - begin, 0)
            end = source + min(finding.end, finish) - begin
        else:
            start, end = source, source + size
        if end > start:
            cuts.append(_Cut(start, end, ""))
        index += 1
    if cuts:
        first = cuts[0]
        place = replace(finding, start=first.start, end=cuts[-1].end)
        cuts[0] = _Cut(first.start, first.end, redactor.mark_of(finding, value), place, value)
    return cuts


def _in_tag(redactor: Redactor, start: int, tag: str, one: Finding) -> _Cut:
    value = tag[one.start : one.end]
    place = replace(one, start=start + one.start, end=start + one.end)
    return _Cut(place.start, place.end, redactor.mark_of(one, value), place, value)


def _applied(redactor: Redactor, markup: str, cuts: list[_Cut]) -> Redacted:
    parts: list[str] = []
    at = length = 0
    marks: list[tuple[int, _Cut]] = []
    for cut in cuts:
        parts += [markup[at : cut.start], cut.new]
        length += cut.start - at
        if cut.finding is not None:
            marks.append((length, cut))
        length += len(cut.new)
        at = cut.end
    new = "".join([*parts, markup[at:]])
    places = {found.start(): index for index, found in enumerate(MARK.finditer(new))}
    masked = tuple(
        Masked(places[place], cut.finding.data_class, cut.finding.kind, redactor.kept_of(cut.finding, cut.value))
        for place, cut in marks
        if cut.finding is not None
    )
    return Redacted(new, tuple(cut.finding for cut in cuts if cut.finding is not None), masked)
