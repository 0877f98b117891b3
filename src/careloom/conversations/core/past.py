"""By what a message that was written elsewhere is known again: who spoke to whom, and when.

Not by its words, which may have been redacted, corrected or erased since.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from careloom.conversations.types import MessageKind

_KINDS: Final = tuple(MessageKind)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def mark(kind: MessageKind, at: datetime) -> int:
    """One number, of 64 bits, for a message's kind and moment."""
    return (at - _EPOCH) // _MICROSECOND * len(_KINDS) + _KINDS.index(kind)


def missing(known: Iterable[int], wanted: Sequence[int]) -> list[int]:
    """The places in `wanted`, marks in their order, of what is not among `known`; of equal marks the last ones."""
    left = Counter(known)
    places: list[int] = []
    for place, one in enumerate(wanted):
        if left[one] > 0:
            left[one] -= 1
        else:
            places.append(place)
    return places
