"""What is known of stored files, and their bytes as they were stored."""

import asyncio
import hashlib
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from careloom.conversations.errors import FileDamagedError
from careloom.conversations.queries.conversation import get_conversation
from careloom.conversations.tables.message import file
from careloom.conversations.types import Attachment, FileId, StoredFile
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.keys.files import ClientFiles
from careloom.platform.wire import reader

_read = reader(StoredFile)


async def get_file(tx: Tx, actor: Actor, file_id: UUID) -> StoredFile:
    """A file of a conversation that the actor may read, or one that they stored; raises NotFoundError."""
    row = (await tx.execute(select(file).where(file.c.id == file_id))).one_or_none()
    if row is None:
        raise NotFoundError
    stored = _read(row)
    if stored.conversation_id is not None:
        await get_conversation(tx, actor, stored.conversation_id)
    elif stored.made_by is None or stored.made_by != actor.person_id:
        raise NotFoundError
    actor.require_somewhere(Permission.CONVERSATIONS_READ, stored.client_id)
    return stored


async def load_file(tx: Tx, client_id: UUID, file_id: UUID) -> StoredFile:
    """A client's file, for channels that have checked whose it is; raises NotFoundError."""
    row = (await tx.execute(select(file).where(file.c.client_id == client_id, file.c.id == file_id))).one_or_none()
    if row is None:
        raise NotFoundError
    return _read(row)


async def read_file(files: ClientFiles, stored: StoredFile) -> bytes:
    """The file's bytes; raises NotFoundError, ShreddedError, CipherBrokenError, and FileDamagedError where they are not
    those that were stored.
    """
    content = await files.get(file_key(stored.client_id, stored.id))
    if await asyncio.to_thread(sha256, content) != stored.sha256:
        raise FileDamagedError
    return content


def sha256(content: bytes) -> str:
    """In hexadecimal digits, as it stands in a file's row."""
    return hashlib.sha256(content).hexdigest()


def file_key(client_id: UUID, file_id: UUID) -> str:
    """Where a file's bytes are kept."""
    return f"{client_id}/{file_id}"


async def attachments_of(
    tx: Tx, client_id: UUID, file_ids: Sequence[UUID], conversation_id: UUID, made_by: UUID | None
) -> tuple[Attachment, ...]:
    """The files as attachments, in the order asked for.

    Raises NotFoundError for one that another conversation has, or that another person stored for theirs.
    """
    if not file_ids:
        return ()
    rows = await tx.execute(select(file).where(file.c.client_id == client_id, file.c.id.in_(file_ids)))
    found = {row.id: _read(row) for row in rows}
    return tuple(_attachment(found.get(FileId(one)), conversation_id, made_by) for one in dict.fromkeys(file_ids))


def _attachment(stored: StoredFile | None, conversation_id: UUID, made_by: UUID | None) -> Attachment:
    usable = stored is not None and (
        stored.conversation_id == conversation_id
        if stored.conversation_id is not None
        else stored.made_by is None or made_by is None or stored.made_by == made_by
    )
    if stored is None or not usable:
        raise NotFoundError("One of the files is not there; attach it again.")
    return Attachment(file_id=stored.id, name=stored.name, media_type=stored.media_type, size=stored.size)
