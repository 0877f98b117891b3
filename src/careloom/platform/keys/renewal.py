"""Seals anew, batch by batch, what an older version of a client's key sealed."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Column, Table, select, update

from careloom.platform.database.transactions import Tx
from careloom.platform.keys.cipher import sealed_by
from careloom.platform.keys.errors import CipherBrokenError
from careloom.platform.keys.files import ClientFiles
from careloom.platform.keys.places import bytes_in, key_columns, place_in
from careloom.platform.keys.ring import ClientKeys
from careloom.platform.paging import encode_cursor, keyset
from careloom.platform.wire import row_fields


class Renewed(Struct, frozen=True):
    """What became of a batch: how many were seen, sealed anew, and could not be read; `next` is None at the end."""

    seen: int = 0
    renewed: int = 0
    broken: int = 0
    next: str | None = None


class Renewal(Struct, frozen=True):
    """What a step works with: the keys as they are now, the files, the cursor, and how many at most."""

    keys: ClientKeys
    files: ClientFiles
    after: str | None
    limit: int


Step = Callable[[Tx, Renewal], Awaitable[Renewed]]
Besides = Callable[[Any, str], dict[str, Any]]


async def renew_column(
    tx: Tx, one: Renewal, table: Table, name: str, besides: Besides = lambda _row, _text: {}
) -> Renewed:
    """A batch of sealed values in a column, in the order of the primary key; locks the rows.

    `besides` gives what else of the row follows from the row and the text that is sealed in it.
    """
    order = list(table.primary_key.columns)
    rows = await batch(tx, one, table, order)
    renewed = broken = 0
    for row in rows[: one.limit]:
        fields = row_fields(row)
        if not fields[name] or fields[name].startswith(sealed_by(one.keys.current or 0)):
            continue  # a secret that no archive holds came back empty
        place = place_in(table.c[name], *(fields[each] for each in key_columns(table)))
        try:
            text = one.keys.open(place, fields[name])
        except CipherBrokenError:
            broken += 1
            continue
        mine = [each == fields[each.name] for each in order]
        values = {name: one.keys.seal(place, text), **besides(row, text)}
        await tx.execute(update(table).where(*mine).values(values))
        renewed += 1
    return Renewed(min(len(rows), one.limit), renewed, broken, next_of(rows, one.limit, order))


async def renew_bytes(tx: Tx, one: Renewal, table: Table, name: str) -> Renewed:
    """The same for a column of bytes, which are sealed as files are."""
    order = list(table.primary_key.columns)
    rows = await batch(tx, one, table, order)
    renewed = broken = 0
    for row in rows[: one.limit]:
        fields = row_fields(row)
        if not fields[name] or one.keys.is_current(fields[name]):
            continue
        place = bytes_in(table.c[name], *(fields[each] for each in key_columns(table)))
        try:
            content = one.keys.open_file(place, fields[name])
        except CipherBrokenError:
            broken += 1
            continue
        mine = [each == fields[each.name] for each in order]
        await tx.execute(update(table).where(*mine).values({name: one.keys.seal_file(place, content)}))
        renewed += 1
    return Renewed(min(len(rows), one.limit), renewed, broken, next_of(rows, one.limit, order))


async def batch(tx: Tx, one: Renewal, table: Table, order: Sequence[Column[Any]]) -> list[Any]:
    """The next rows of the client, locked; one more than the limit where there are more."""
    mine = select(table).where(table.c.client_id == one.keys.client_id)
    return list(await tx.execute(keyset(mine, list(order), one.after, one.limit).with_for_update()))


def next_of(rows: Sequence[Any], limit: int, order: Sequence[Column[Any]]) -> str | None:
    """The cursor behind the last row of a batch; None at the end."""
    if len(rows) <= limit:
        return None
    last = row_fields(rows[limit - 1])
    return encode_cursor([last[each.name] for each in order])
