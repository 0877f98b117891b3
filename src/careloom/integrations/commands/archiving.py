"""Writes the archive of a client, one piece at a time; what is known of its progress is enough to go on."""

import asyncio
from functools import partial
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Table, func, select

from careloom.channels.core.email.redact import redact_mail
from careloom.conversations.queries.files import file_key
from careloom.integrations.core.archive import (
    FILES,
    LEFT_OUT,
    Manifest,
    Member,
    lines_member,
    manifest_end,
    tar_member,
)
from careloom.integrations.queries.archive import (
    OUTSIDE,
    archived_tables,
    last_seal,
    read_outside,
    read_rows,
    revision,
)
from careloom.organizations.queries import get_client, language_of, privacy_of
from careloom.organizations.types import ClientId
from careloom.platform.access import Actor
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.files import FileStore
from careloom.platform.leaving import leaving_line
from careloom.platform.redaction.types import Policy
from careloom.platform.texts.languages import Language
from careloom.platform.wire import from_json_text

_FILE_BATCH: Final = 8_000_000


class Progress(Struct, frozen=True, kw_only=True):
    """How far an archive is: the table and the key in it, the parts so far, and what they hold.

    Of the audit trail it holds what was sealed, up to that number, when it was begun.
    """

    made_at: str
    sealed: int
    table: int = 0
    after: list[Any] | None = None
    number: int = 1
    members: tuple[Member, ...] = ()
    rows: dict[str, int] = {}
    waiting_files: tuple[str, ...] = ()
    files: int = 0
    missing: tuple[str, ...] = ()
    ended: bool = False


def steps() -> int:
    """How many tables an archive has."""
    return len(archived_tables()) + len(OUTSIDE)


async def begin(tx: Tx, client_id: UUID) -> Progress:
    """An archive that is begun now."""
    moment = (await tx.execute(select(func.now()))).scalar_one()
    return Progress(made_at=moment.isoformat(), sealed=await last_seal(tx, client_id))


async def next_piece(tx: Tx, actor: Actor, files: FileStore, client_id: UUID, now: Progress) -> tuple[bytes, Progress]:
    """The next bytes of the archive, and how far it is with them. `now.ended` says that they were the last."""
    if now.waiting_files:
        return await _files(files, client_id, now)
    outside = list(OUTSIDE)
    if now.table < len(outside):
        lines = await read_outside(tx, outside[now.table], client_id)
        return _written(f"outside-{outside[now.table]}", lines, now, None)
    tables = archived_tables()
    place = now.table - len(outside)
    if place < len(tables):
        piece = await read_rows(tx, tables[place], client_id, now.after, now.sealed)
        policy = await privacy_of(tx, client_id)
        language = await language_of(tx, client_id)
        lines = await asyncio.to_thread(_leaving, tables[place], piece.lines, policy, language)
        content, after = _written(tables[place].name, lines, now, piece.after)
        if tables[place].name == "file":
            after = replace(after, waiting_files=tuple(from_json_text(line)["id"] for line in piece.lines))
        return content, after
    one = await get_client(tx, actor, ClientId(client_id))
    manifest = Manifest(
        schema=await revision(tx),
        made_at=now.made_at,
        client_id=str(client_id),
        client_name=one.name,
        tables=now.rows,
        members=now.members,
        files=now.files,
        missing_files=now.missing,
        left_out=LEFT_OUT,
    )
    return manifest_end(manifest), replace(now, ended=True)


def _leaving(table: Table, lines: list[str], policy: Policy, language: Language) -> list[str]:
    return [leaving_line(table, one, policy, partial(redact_mail, language=language)) for one in lines]


def _written(table: str, lines: list[str], now: Progress, after: list[Any] | None) -> tuple[bytes, Progress]:
    content, members = b"", now.members
    if lines:
        member, content = lines_member(table, now.number, lines)
        members = (*members, member)
    rows = {**now.rows, table: now.rows.get(table, 0) + len(lines)}
    if after is None:
        return content, replace(now, table=now.table + 1, after=None, number=1, members=members, rows=rows)
    return content, replace(now, after=after, number=now.number + 1, members=members, rows=rows)


async def _files(files: FileStore, client_id: UUID, now: Progress) -> tuple[bytes, Progress]:
    content, taken, missing = bytearray(), 0, list(now.missing)
    for one in now.waiting_files:
        taken += 1
        try:
            content += tar_member(f"{FILES}{one}", await files.get(file_key(client_id, UUID(one))))
        except NotFoundError:
            missing.append(one)
        if len(content) >= _FILE_BATCH:
            break
    stored = now.files + taken - (len(missing) - len(now.missing))
    waiting = now.waiting_files[taken:]
    return bytes(content), replace(now, waiting_files=waiting, files=stored, missing=tuple(missing))
