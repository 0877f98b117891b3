"""Breaking the glass: what emergency access to a client adds to someone's grants, and how long it lasts."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from careloom.platform.access import Permission as P  # noqa: N817
from careloom.platform.access import Reach

LONGEST: Final = timedelta(hours=4)
"""No emergency access lasts longer, whatever is set."""

REVIEW_TIME: Final = timedelta(days=3)
"""Within which another person looks at an access that is over: who remembers it is still at hand."""

EMERGENCY: Final = frozenset(
    {
        P.ORGANIZATIONS_READ,
        P.CUSTOMERS_READ,
        P.CONVERSATIONS_READ,
        P.CONVERSATIONS_NOTE,
        P.CONVERSATIONS_ASSIGN,
        P.KNOWLEDGE_READ,
        P.QUEUES_READ,
        P.LIVE_READ,
    }
)
"""What it allows: to read, to leave a note, and to hand a contact to someone who works for the client."""


def added(held: Iterable[Reach], client_id: UUID) -> tuple[Reach, ...]:
    """The reaches that breaking the glass over a client adds: one for each grant that holds `glass.break` there, over
    the same programs. No provider's people or sites come with it.
    """
    ways = [reach for reach in held if P.GLASS_BREAK in reach.permissions and reach.touches(client_id)]
    return tuple(dict.fromkeys(Reach(EMERGENCY, frozenset({client_id}), frozenset(), way.program_ids) for way in ways))


def gives_more(held: Sequence[Reach], extra: Iterable[Reach]) -> bool:
    """Whether `extra` allows anything that `held` does not."""
    return any(not _held(held, one, permission) for one in extra for permission in one.permissions)


def lasts(minutes: int) -> timedelta:
    """How long an access that is asked for so many minutes lasts."""
    return min(timedelta(minutes=minutes), LONGEST)


def is_open(until: datetime, ended_at: datetime | None, at: datetime) -> bool:
    """Whether an access is under way at a moment; at `until` itself it is over."""
    return ended_at is None and at < until


def over_since(until: datetime, at: datetime) -> datetime:
    """When an access is over that is ended at a moment: then, or already when its time was up."""
    return min(until, at)


def _held(held: Sequence[Reach], one: Reach, permission: P) -> bool:
    same = [reach for reach in held if permission in reach.permissions and _clients_within(one, reach)]
    if any(reach.program_ids is None for reach in same):
        return True
    if one.program_ids is None or not same:
        return False
    return one.program_ids <= frozenset[UUID]().union(*(reach.program_ids or () for reach in same))


def _clients_within(one: Reach, other: Reach) -> bool:
    return other.client_ids is None or (one.client_ids is not None and one.client_ids <= other.client_ids)
