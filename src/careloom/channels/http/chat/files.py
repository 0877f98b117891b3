"""Files that visitors send, and those of their conversations that they fetch."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import State, UploadFile
from litestar.params import FromPath, QueryParameter
from msgspec import Struct

from careloom.channels.core.chat.signatures import file_link, may_fetch
from careloom.channels.http.chat.door import enter, gateway_of, visitor_by
from careloom.channels.http.chat.public import max_file_bytes
from careloom.channels.queries.visitors import find_visitor
from careloom.conversations.commands.files import store_file
from careloom.conversations.core.file_types import INLINE
from careloom.conversations.queries.files import load_file, read_file
from careloom.conversations.types import FileId
from careloom.platform.clock import now
from careloom.platform.errors import FieldError, InvalidInputError, NotFoundError, NotSignedInError, TooLargeError
from careloom.platform.web.headers import FILE
from careloom.platform.web.unit import Process

_ENVELOPE = 20_000


class Uploaded(Struct, frozen=True):
    """A file that a message may name, once."""

    file_id: FileId
    name: str
    media_type: str
    size: int
    url: str


@post("/files", summary="A visitor sends a file ahead of the message that names it")
async def post_file(request: Request[Any, Any, State], runtime: Process, key: FromPath[str]) -> Response[Uploaded]:
    """Multipart, field `file`; the visitor's secret goes in `X-Visitor-Secret`. The type is judged by the content."""
    entry = await enter(runtime, request, key)
    widget = entry.widget
    visitor_id = visitor_by(runtime, entry, request.headers.get("x-visitor-secret"))
    if visitor_id is None:
        raise NotSignedInError("Register as a visitor first.")
    gateway_of(request).limits.uploads.take(str(visitor_id))
    largest = max_file_bytes(runtime)
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > largest + _ENVELOPE:
        raise TooLargeError("A file may have at most {most} MB.", most=largest // 1_000_000)
    form = await request.form()
    upload: Any = form.get("file")
    if not isinstance(upload, UploadFile):
        raise InvalidInputError(errors=(FieldError("/file", "Send one file in the field `file`."),))
    content = await upload.read()
    if len(content) > largest:
        raise TooLargeError("A file may have at most {most} MB.", most=largest // 1_000_000)
    async with runtime.database.transaction(entry.actor) as tx:
        if await find_visitor(tx, widget.client_id, widget.id, visitor_id) is None:
            raise NotSignedInError("Register as a visitor first.")
        stored = await store_file(
            tx, entry.actor, runtime.files, widget.client_id, upload.filename, content, made_by=visitor_id
        )
    url = file_link(runtime.secret, widget.key, widget.id, stored.file_id, now())
    return Response(Uploaded(stored.file_id, stored.name, stored.media_type, stored.size, url))


@get("/files/{file_id:uuid}", summary="A file of a visitor's conversation")
async def get_file(
    request: Request[Any, Any, State],
    runtime: Process,
    key: FromPath[str],
    file_id: FromPath[UUID],
    s: Annotated[str, QueryParameter(max_length=200)] = "",
) -> Response[bytes]:
    """Needs the signature `s` that the conversation's frames carry. Images are shown in place, all else downloaded."""
    entry = await enter(runtime, request, key, page=False)
    if not may_fetch(runtime.secret, entry.widget.id, file_id, s[:100], now()):
        raise NotFoundError
    async with runtime.database.transaction(entry.actor) as tx:
        stored = await load_file(tx, entry.widget.client_id, file_id)
    inline = stored.media_type in INLINE
    place = "inline" if inline else "attachment"
    headers = {
        "Content-Disposition": f"{place}; filename*=UTF-8''{quote(stored.name, safe='')}",
        "Content-Security-Policy": FILE,
        "Cache-Control": "private, max-age=86400, immutable",
    }
    media_type = stored.media_type if inline else "application/octet-stream"
    content = await read_file(runtime.files, stored)
    return Response(content, media_type=media_type, headers=headers)


handlers = [post_file, get_file]
