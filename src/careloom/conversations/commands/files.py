"""Stores files: those that agents attach, and those that arrive with messages."""

from typing import Final
from uuid import UUID

from msgspec.structs import replace

from careloom.conversations.core.file_types import is_refused, media_type, safe_name
from careloom.conversations.queries.files import file_key, sha256
from careloom.conversations.tables.message import file
from careloom.conversations.types import Attachment, FileId
from careloom.organizations.queries import as_stored, require_served
from careloom.platform import audit
from careloom.platform.access import Actor, Permission, named
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import ForbiddenError, TooLargeError, UnsupportedMediaError
from careloom.platform.ids import new_id
from careloom.platform.keys.files import ClientFiles

MAX_FILE_BYTES: Final = 20_000_000


async def store_file(
    tx: Tx,
    actor: Actor,
    files: ClientFiles,
    client_id: UUID,
    name: str,
    content: bytes,
    *,
    inline_id: str | None = None,
    made_by: UUID | None = None,
    most: int = MAX_FILE_BYTES,
) -> Attachment:
    """Keeps the bytes and what is known of them; the file joins a conversation when a message takes it along.

    The type is judged by the content. `made_by` is whoever may attach it, else the actor's person; `most` is in
    bytes. Raises TooLargeError, UnsupportedMediaError for programs and scripts.
    """
    wanted = (Permission.CONVERSATIONS_REPLY, Permission.MESSAGES_INGEST)
    if not any(actor.may_somewhere(one, client_id) for one in wanted):
        raise ForbiddenError("You need the permission {permission} for this.", permission=named(wanted[0]))
    await require_served(tx, client_id, files=True)
    if len(content) > most:
        raise TooLargeError("A file may have at most {most} MB.", most=most // 1_000_000)
    if is_refused(name, content):
        raise UnsupportedMediaError("Programs and scripts are not accepted.")
    file_id = FileId(new_id())
    given = Attachment(file_id, safe_name(name), media_type(name, content), len(content), inline_id)
    stored = await renamed(tx, client_id, given)
    await files.put(file_key(client_id, file_id), content, tx=tx)
    await tx.execute(
        file.insert().values(
            client_id=client_id,
            id=file_id,
            name=stored.name,
            media_type=stored.media_type,
            size=stored.size,
            sha256=sha256(content),
            made_by=made_by or actor.person_id,
        )
    )
    if not actor.is_system:
        kind = {"media_type": stored.media_type, "size": stored.size}
        await audit.record(tx, actor, "file.store", file_id, client_id=client_id, after=kind)
    return stored


async def renamed(tx: Tx, client_id: UUID, one: Attachment) -> Attachment:
    """A file under a name that the client's policy lets be stored; in names `_` stands for a blank."""
    said = one.name.replace("_", " ")
    words = await as_stored(tx, client_id, file, {"name": said})
    return one if words["name"] == said else replace(one, **words)
