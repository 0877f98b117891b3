"""Endpoints of files: taken in by content, handed out so that a browser runs nothing of them."""

from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, MultipartBody
from msgspec import Struct

from careloom.conversations.commands.files import store_file
from careloom.conversations.core.file_types import INLINE
from careloom.conversations.queries.files import get_file, read_file
from careloom.conversations.types import Attachment, FileId, StoredFile
from careloom.organizations.types import ClientId
from careloom.platform.reads import Read
from careloom.platform.web.headers import FILE
from careloom.platform.web.unit import Unit


class Upload(Struct, frozen=True):
    """A form with one file and the client whose it is."""

    file: UploadFile
    client_id: ClientId


@post("/files", summary="Store a file")
async def upload(unit: Unit, data: MultipartBody[Upload]) -> Attachment:
    """Name its id in a reply to send it; programs and scripts are refused."""
    name, content = data.file.filename, await data.file.read()
    most = unit.runtime.settings.max_upload_bytes
    return await unit.write(
        lambda tx: store_file(tx, unit.actor, unit.runtime.files, data.client_id, name, content, most=most)
    )


@get("/files/{file_id:uuid}", summary="A file", media_type="application/octet-stream")
async def download(unit: Unit, file_id: FromPath[FileId]) -> Response[bytes]:
    """Shown in place only where it is a plain image."""
    stored = await unit.read(
        lambda tx: get_file(tx, unit.actor, file_id),
        noting=lambda one: [Read("file.read", one.id, one.client_id)],
    )
    content = await read_file(unit.runtime.files, stored)
    media_type, headers = file_headers(stored)
    return Response(content, media_type=media_type, headers=headers)


def file_headers(stored: StoredFile) -> tuple[str, dict[str, str]]:
    """The media type and headers with which a browser runs nothing of a stored file; every answer forbids sniffing."""
    inline = stored.media_type in INLINE
    plain = stored.name.encode("ascii", "replace").decode().replace('"', "'").replace("\\", "_")
    how = "inline" if inline else "attachment"
    headers = {
        "Content-Disposition": f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(stored.name, safe='')}",
        "Content-Security-Policy": FILE,
        "Cache-Control": "private, max-age=3600",
    }
    return (
        stored.media_type if inline or stored.media_type == "application/pdf" else "application/octet-stream",
        headers,
    )


handlers: list[Any] = [upload, download]
