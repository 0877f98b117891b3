"""What a contact's facts say, in one value."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from careloom.measures.core.handling import handlings
from careloom.measures.core.offer import count_offers
from careloom.measures.core.queue_wait import queue_waits
from careloom.measures.types import (
    ContactFact,
    ContactPhase,
    ContactSummary,
    WaitOutcome,
)


def summarize(contact: ContactFact, until: datetime, offer_seconds: Mapping[UUID, float]) -> ContactSummary:
    """Waits, handlings, offers and transfers of a contact; what is still open is measured up to `until`.

    `offer_seconds` gives each queue's accept time-out, which tells a time-out from a refusal.
    """
    waits = queue_waits(contact, until)
    work = handlings(contact, until)
    return ContactSummary(
        waits=waits,
        handlings=work,
        offers=count_offers(contact, offer_seconds),
        queue_wait_seconds=waits[0].wait_seconds if waits else None,
        answered=any(wait.outcome is WaitOutcome.ANSWERED for wait in waits),
        abandoned=any(wait.outcome is WaitOutcome.ABANDONED for wait in waits),
        talk_seconds=sum(handling.talk_seconds for handling in work),
        hold_seconds=sum(handling.hold_seconds for handling in work),
        acw_seconds=sum(handling.acw_seconds for handling in work),
        transfers=sum(1 for interval in contact.intervals if interval.phase is ContactPhase.TRANSFERRED),
    )
