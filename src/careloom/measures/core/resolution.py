"""First contact resolution (FCR), by survey and by repeat window."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from careloom.measures.core.ratio import ratio
from careloom.measures.types import RepeatContact


def resolution_by_survey(solved: int, answers: int) -> float | None:
    """Share of the answers that say "yes, solved at first contact", 0..1."""
    return ratio(solved, answers)


def resolution_by_repeat(
    contacts: Iterable[RepeatContact], window: timedelta, *, same_reason: bool = False
) -> float | None:
    """1 - eligible contacts followed by another of the same customer and client / eligible, 0..1.

    Followed: the other began after this one did and no later than `window` after it ended. With `same_reason`
    only another of the same reason counts.
    """
    every = list(contacts)
    begins: defaultdict[tuple[UUID, UUID, str | None], list[datetime]] = defaultdict(list)
    for contact in every:
        begins[_line(contact, same_reason=same_reason)].append(contact.began_at)
    for times in begins.values():
        times.sort()
    eligible = [contact for contact in every if contact.eligible]
    repeated = sum(
        1 for contact in eligible if _followed(contact, begins[_line(contact, same_reason=same_reason)], window)
    )
    return ratio(len(eligible) - repeated, len(eligible))


def _line(contact: RepeatContact, *, same_reason: bool) -> tuple[UUID, UUID, str | None]:
    return contact.client_id, contact.customer_id, contact.reason if same_reason else None


def _followed(contact: RepeatContact, begins: list[datetime], window: timedelta) -> bool:
    index = bisect_right(begins, contact.began_at)
    return index < len(begins) and begins[index] <= contact.ended_at + window
