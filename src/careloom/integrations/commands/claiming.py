"""Notes what was taken over under which key, so that it is known again and can be taken back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from careloom.conversations.commands.appending import Addition
from careloom.customers.commands.imported import Given
from careloom.integrations.tables import import_key
from careloom.platform.database.rows import insert_rows
from careloom.platform.database.transactions import Tx

_ONCE: Final = "ON CONFLICT (client_id, kind, key) DO NOTHING"
_AGAIN: Final = (
    "ON CONFLICT (client_id, kind, key) DO UPDATE SET import_id = excluded.import_id, "
    "record_id = excluded.record_id, made = excluded.made, given = excluded.given"
)


class Claim(Struct, frozen=True):
    """A record that stands for a key: made by this import or only `given` something, or messages, by it."""

    client_id: UUID
    kind: str
    key: str
    import_id: UUID
    record_id: UUID
    made: bool
    stamp: datetime | None = None
    given: Given | Addition | None = None


async def claim(tx: Tx, claims: Sequence[Claim]) -> set[str]:
    """Notes each whose key nobody has; answers the keys of those."""
    stored = await insert_rows(tx, import_key, Claim.__struct_fields__, claims, on_conflict=_ONCE, returning=("key",))
    return {row.key for row in stored}


async def claim_again(tx: Tx, claims: Sequence[Claim]) -> None:
    """Notes each, also in the place of a record that is gone."""
    await insert_rows(tx, import_key, Claim.__struct_fields__, claims, on_conflict=_AGAIN)
