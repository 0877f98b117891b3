"""Adds to a customer's timeline."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct
from msgspec.structs import asdict

from careloom.customers.tables import timeline_entry
from careloom.customers.types import TimelineKind
from careloom.organizations.types import Channel
from careloom.platform.database.rows import inserting
from careloom.platform.database.transactions import Tx
from careloom.platform.ids import new_id

_insert_lines: Final = inserting(
    timeline_entry,
    *("client_id", "id", "customer_id", "at", "kind", "channel"),
    *("program_id", "conversation_id", "actor_name", "summary"),
)


class Line(Struct, frozen=True, kw_only=True):
    """One line of a customer's timeline; `conversation_id` opens the contact behind it, which only those see who see
    its program.
    """

    client_id: UUID
    customer_id: UUID
    kind: TimelineKind
    at: datetime
    summary: str = ""
    channel: Channel | None = None
    program_id: UUID | None = None
    conversation_id: UUID | None = None
    actor_name: str | None = None


async def add_lines(tx: Tx, lines: Sequence[Line]) -> None:
    """Adds lines to customers' timelines."""
    await _insert_lines(tx, [{"id": new_id(), **asdict(one)} for one in lines])


async def add_entry(
    tx: Tx,
    client_id: UUID,
    customer_id: UUID,
    kind: TimelineKind,
    at: datetime,
    *,
    summary: str = "",
    channel: Channel | None = None,
    actor_name: str | None = None,
) -> None:
    """Adds one line about the customer to their timeline, which whoever works for the client sees."""
    line = Line(
        client_id=client_id,
        customer_id=customer_id,
        kind=kind,
        at=at,
        summary=summary,
        channel=channel,
        actor_name=actor_name,
    )
    await add_lines(tx, [line])
