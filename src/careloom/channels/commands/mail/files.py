"""The files that come with a mail: bytes into the store first, then a row for each in the transaction."""

import hashlib
from uuid import UUID

from msgspec import Struct

from careloom.channels.core.email.mail import MailAttachment
from careloom.conversations.commands.asides import record_file
from careloom.conversations.commands.files import renamed
from careloom.conversations.core.file_types import is_refused, media_type
from careloom.conversations.queries.files import file_key
from careloom.conversations.types import Attachment, FileId
from careloom.platform.database.transactions import Tx
from careloom.platform.files import FileStore


class KeptFile(Struct, frozen=True):
    """A file of a mail whose bytes are in the store."""

    source: MailAttachment
    attachment: Attachment
    sha256: str


async def keep_files(
    files: FileStore, client_id: UUID, key: str, attachments: tuple[MailAttachment, ...]
) -> tuple[KeptFile, ...]:
    """Stores the bytes under ids that follow from the mail's `key`: the same mail again writes the same files.

    Programs and scripts are left out; they stay in the mail as it came.
    """
    kept: list[KeptFile] = []
    for number, one in enumerate(attachments):
        if is_refused(one.name, one.content):
            continue
        file_id = FileId(UUID(bytes=hashlib.sha256(f"{key} {number}".encode()).digest()[:16], version=5))
        await files.put(file_key(client_id, file_id), one.content)
        attachment = Attachment(
            file_id=file_id,
            name=one.name,
            media_type=media_type(one.name, one.content),
            size=len(one.content),
            inline_id=one.content_id if one.inline else None,
        )
        kept.append(KeptFile(one, attachment, hashlib.sha256(one.content).hexdigest()))
    return tuple(kept)


async def drop_files(files: FileStore, client_id: UUID, kept: tuple[KeptFile, ...]) -> None:
    """Removes the bytes of files that no message took; they are still in the mail as it came."""
    for one in kept:
        await files.delete(file_key(client_id, one.attachment.file_id))


async def record_files(tx: Tx, client_id: UUID, kept: tuple[KeptFile, ...]) -> tuple[Attachment, ...]:
    """Notes the files in the database; answers them as attachments."""
    attachments = [await renamed(tx, client_id, one.attachment) for one in kept]
    for one, attachment in zip(kept, attachments, strict=True):
        await record_file(tx, client_id, attachment, one.sha256)
    return tuple(attachments)
