"""Arithmetic on spans of time."""

from collections.abc import Iterable, Sequence
from datetime import datetime

Span = tuple[datetime, datetime]


def seconds_of(span: Span) -> float:
    """Length in seconds; 0 for a span that ends before it begins."""
    return max(0.0, (span[1] - span[0]).total_seconds())


def clip(span: Span, window: Span) -> Span | None:
    """The part of `span` inside `window`, or None where there is none."""
    began, ended = max(span[0], window[0]), min(span[1], window[1])
    return (began, ended) if began < ended else None


def merge(spans: Iterable[Span]) -> list[Span]:
    """The same time as `spans` covers, in order and without overlap."""
    merged: list[Span] = []
    for began, ended in sorted(spans):
        if merged and began <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ended))
        elif began < ended:
            merged.append((began, ended))
    return merged


def overlap_seconds(span: Span, merged: Sequence[Span]) -> float:
    """Seconds of `span` that `merged` (ordered, without overlap) covers."""
    parts = (clip(span, other) for other in merged)
    return sum(seconds_of(part) for part in parts if part is not None)
