"""Over how much of a client a grant holds a permission, by how requests ask for it (decision 0024)."""

from enum import IntEnum
from typing import Final
from uuid import UUID

from careloom.platform.access import Permission as P  # noqa: N817
from careloom.platform.access import Reach

OWN: Final = frozenset({P.PRESENCE_SET, P.API_KEYS_WRITE})
"""Of oneself: a grant over anything gives it."""

SHARED: Final = frozenset({P.CUSTOMERS_READ, P.CUSTOMERS_WRITE, P.CUSTOMERS_MERGE, P.PEOPLE_READ})
"""Of what is the client's whichever program one works in: a grant over any program of it gives it."""

LISTED: Final = frozenset(
    {
        P.ORGANIZATIONS_READ,
        P.PRIVACY_REVEAL,
        P.MESSAGES_INGEST,
        P.CONVERSATIONS_READ,
        P.CONVERSATIONS_REPLY,
        P.KNOWLEDGE_READ,
        P.QUEUES_READ,
        P.LIVE_READ,
        P.CHANNELS_READ,
        P.CHANNELS_WRITE,
        P.DATA_IMPORT,
        P.GLASS_BREAK,
    }
)
"""A grant over some programs answers for the client as well, with what is theirs and what everyone shares alone."""

WHOLE: Final = frozenset(
    {
        P.AUDIT_READ,
        P.EVENTS_REPAIR,
        P.SECURITY_WRITE,
        P.PRIVACY_WRITE,
        P.DATA_EXPORT,
        P.COMPLIANCE_READ,
        P.COMPLIANCE_WRITE,
    }
)
"""Of what is never a program's: a grant over the whole client alone gives it, also where a program is named."""

EVERYTHING: Final = frozenset({P.DATA_RESTORE})
"""A grant over the whole installation alone gives it."""


class Extent(IntEnum):
    """How much of a client a grant gives: nothing, what belongs to some programs of it, all that was asked about."""

    NONE = 0
    SOME_PROGRAMS = 1
    ALL = 2


def extent(reach: Reach, permission: P, client_id: UUID | None, program_id: UUID | None = None) -> Extent:
    """Over how much of what is named, a client or a program of it, a reach holds a permission; None: over anything."""
    if permission not in reach.permissions:
        return Extent.NONE
    if permission in EVERYTHING:
        everything = (reach.client_ids, reach.provider_ids, reach.program_ids) == (None, None, None)
        return Extent.ALL if everything else Extent.NONE
    if permission in OWN or client_id is None:
        return Extent.ALL
    if not reach.touches(client_id):
        return Extent.NONE
    program = None if permission in WHOLE else program_id
    if permission in SHARED or reach.covers(client_id, None, program):
        return Extent.ALL
    return Extent.SOME_PROGRAMS if program is None else Extent.NONE


def counts(reach: Reach, permission: P | None, client_id: UUID | None) -> bool:
    """Whether a grant gives a permission (None: anything) at a client (None: anywhere) or in a program of it."""
    if permission is None:
        return reach.touches(client_id)
    found = extent(reach, permission, client_id)
    return found is Extent.ALL or (found is Extent.SOME_PROGRAMS and permission not in WHOLE)
