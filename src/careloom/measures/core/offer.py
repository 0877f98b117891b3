"""Offers, read from a contact's intervals, and the rate at which they ring unanswered (RONA)."""

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from careloom.measures.core.ratio import ratio
from careloom.measures.core.span import seconds_of
from careloom.measures.types import ContactFact, ContactPhase, IntervalFact, OfferCounts

CLOCK_TOLERANCE_SECONDS: Final = 0.001
"""Intervals are kept apart by a microsecond, so an offer may measure a hair less than its time-out."""


def count_offers(contact: ContactFact, offer_seconds: Mapping[UUID, float]) -> OfferCounts:
    """Offers of a contact and what came of them.

    An offer timed out when it lasted its queue's `offer_seconds` and nobody then had the contact. An
    unaccepted offer that was shorter, or whose queue has no time-out there, was declined or withdrawn.
    """
    following = (*contact.intervals[1:], None)
    accepted = timed_out = other = still_open = 0
    for interval, after in zip(contact.intervals, following, strict=True):
        if interval.phase is not ContactPhase.OFFERED:
            continue
        if interval.ended_at is None:
            still_open += 1
        elif after is not None and _accepted(interval, after):
            accepted += 1
        elif after is not None and _timed_out(interval, after, offer_seconds):
            timed_out += 1
        else:
            other += 1
    return OfferCounts(
        offers=accepted + timed_out + other + still_open,
        accepted=accepted,
        timed_out=timed_out,
        other=other,
        open=still_open,
    )


def _accepted(offer: IntervalFact, after: IntervalFact) -> bool:
    return after.phase is ContactPhase.WITH_AGENT and after.agent_id == offer.agent_id


def _timed_out(offer: IntervalFact, after: IntervalFact, offer_seconds: Mapping[UUID, float]) -> bool:
    limit = None if offer.queue_id is None else offer_seconds.get(offer.queue_id)
    if limit is None or offer.ended_at is None or after.phase is not ContactPhase.QUEUED:
        return False
    return seconds_of((offer.began_at, offer.ended_at)) >= limit - CLOCK_TOLERANCE_SECONDS


def sum_offers(counts: Iterable[OfferCounts]) -> OfferCounts:
    """The counts of many contacts together."""
    every = list(counts)
    return OfferCounts(
        offers=sum(count.offers for count in every),
        accepted=sum(count.accepted for count in every),
        timed_out=sum(count.timed_out for count in every),
        other=sum(count.other for count in every),
        open=sum(count.open for count in every),
    )


def rona_rate(counts: OfferCounts) -> float | None:
    """Offers that timed out / offers that ended, 0..1."""
    return ratio(counts.timed_out, counts.offers - counts.open)
