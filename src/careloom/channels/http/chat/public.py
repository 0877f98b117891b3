"""The widget's configuration, visitors, and the offline form."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from careloom.channels.commands.chat.contact import email_address
from careloom.channels.commands.chat.offline import leave_message
from careloom.channels.commands.chat.page import Page
from careloom.channels.commands.chat.register import register
from careloom.channels.core.chat.signatures import (
    TokenRefusedError,
    Vouched,
    token_secret,
    verify_token,
    visitor_secret,
)
from careloom.channels.http.chat.door import enter, gateway_of, visitor_by
from careloom.channels.queries.chat_widgets import ChatEntry
from careloom.channels.types import VisitorId, WidgetTheme
from careloom.conversations.commands.files import MAX_FILE_BYTES
from careloom.conversations.queries.customer_view import CustomerView, customer_views
from careloom.conversations.types import ConversationId
from careloom.platform.clock import now
from careloom.platform.errors import FieldError, InvalidInputError, NotSignedInError
from careloom.platform.ids import new_secret
from careloom.platform.runtime import Runtime
from careloom.platform.web.unit import Process

Asked = Request[Any, Any, State]
Url = Annotated[str, Meta(max_length=2_000)]
Secret = Annotated[str, Meta(max_length=200)]
Tongue = Annotated[str, Meta(max_length=35)]


class Config(Struct, frozen=True):
    """What the widget needs before anyone writes."""

    name: str
    brand: str
    language: str
    theme: WidgetTheme
    online: bool
    require_email: bool
    max_file_bytes: int


class Registration(Struct, frozen=True):
    """A browser that asks who it is."""

    visitor_secret: Secret | None = None
    token: Annotated[str, Meta(max_length=4_000)] | None = None
    page_url: Url | None = None
    page_title: Url | None = None
    language: Tongue | None = None


class Shown(Struct, frozen=True):
    """The conversation that the widget shows."""

    id: ConversationId
    last_seq: int
    status: str


class Registered(Struct, frozen=True):
    """Who the browser is; it keeps the secret."""

    visitor_id: VisitorId
    visitor_secret: str
    name: str | None
    email_known: bool
    conversation: Shown | None


class OfflineMessage(Struct, frozen=True):
    """What a visitor leaves while nobody is there."""

    email: Annotated[str, Meta(min_length=3, max_length=254)]
    text: Annotated[str, Meta(min_length=1, max_length=8_000)]
    name: Annotated[str, Meta(max_length=120)] = ""
    visitor_secret: Secret | None = None
    page_url: Url | None = None
    language: Tongue | None = None


class Left(Struct, frozen=True):
    """The case that an offline message became."""

    case_number: int


@get("/config", summary="What the widget needs to show itself")
async def get_config(request: Asked, runtime: Process, key: FromPath[str]) -> Response[Config]:
    """Texts, looks and whether someone is there now."""
    entry = await enter(runtime, request, key, page=False)
    config = Config(
        name=entry.widget.name,
        brand=entry.brand,
        language=entry.widget.language,
        theme=entry.widget.theme,
        online=entry.is_online(now()),
        require_email=entry.widget.require_email,
        max_file_bytes=max_file_bytes(runtime),
    )
    return Response(config, headers={"Cache-Control": "public, max-age=60"})


@post("/visitors", status_code=200, summary="A browser asks who it is")
async def post_visitors(
    request: Asked, runtime: Process, key: FromPath[str], data: JSONBody[Registration]
) -> Response[Registered]:
    """A known visitor by secret, an identified one by signed token, else a new one."""
    entry = await enter(runtime, request, key, gateway_of(request).limits.visitors)
    vouched = _vouched(runtime, entry, data.token)
    visitor_id = visitor_by(runtime, entry, data.visitor_secret)
    page = Page(data.page_url, data.page_title, data.language)
    async with runtime.database.transaction(entry.actor) as tx:
        visitor = await register(tx, entry, visitor_id, vouched, page)
        shown = await _shown(tx, visitor.client_id, visitor.conversation_id)
    answer = Registered(
        visitor_id=visitor.id,
        visitor_secret=visitor_secret(runtime.secret, entry.widget.id, visitor.id),
        name=visitor.name,
        email_known=visitor.email is not None,
        conversation=None if shown is None else Shown(shown.conversation_id, shown.last_seq, shown.status),
    )
    return Response(answer, headers={"Cache-Control": "no-store"})


@post("/offline", status_code=202, summary="A visitor leaves a message")
async def post_offline(
    request: Asked, runtime: Process, key: FromPath[str], data: JSONBody[OfflineMessage]
) -> Response[Left]:
    """Becomes a case that is answered by mail. The same `Idempotency-Key` again answers the same case."""
    entry = await enter(runtime, request, key, gateway_of(request).limits.offline)
    email = email_address(data.email)
    if email is None or not data.text.strip():
        raise InvalidInputError(errors=(FieldError("/text", "Write something and your e-mail address."),))
    async with runtime.database.transaction(entry.actor) as tx:
        number = await leave_message(
            tx,
            entry,
            key=(request.headers.get("idempotency-key") or new_secret())[:200],
            name=" ".join(data.name.replace("\x00", "").split()),
            email=email,
            text=data.text,
            page_url=data.page_url,
            visitor_id=visitor_by(runtime, entry, data.visitor_secret),
            at=now(),
        )
    return Response(Left(number), status_code=202, headers={"Cache-Control": "no-store"})


def max_file_bytes(runtime: Runtime) -> int:
    """The largest file that a visitor may send."""
    return min(runtime.settings.max_upload_bytes, MAX_FILE_BYTES)


def _vouched(runtime: Runtime, entry: ChatEntry, token: str | None) -> Vouched | None:
    if not token:
        return None
    try:
        if entry.secret_version == 0:
            raise TokenRefusedError
        return verify_token(token_secret(runtime.secret, entry.widget.id, entry.secret_version), token, now())
    except TokenRefusedError:
        raise NotSignedInError("The visitor token is not valid or has expired.") from None


async def _shown(tx: Any, client_id: UUID, conversation_id: UUID | None) -> CustomerView | None:
    if conversation_id is None:
        return None
    views = await customer_views(tx, {(client_id, conversation_id): 2**31 - 1}, 1)
    return next(iter(views.values()), None)


handlers = [get_config, post_visitors, post_offline]
