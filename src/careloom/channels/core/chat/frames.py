"""What a widget says over its socket: any bytes become a frame or a clear refusal."""

from typing import Annotated, Any, Final, cast

import msgspec
from msgspec import Meta, Struct

from careloom.platform.texts.languages import Language
from careloom.platform.texts.text import render
from careloom.platform.texts.validation import in_words_with_place

MAX_FRAME: Final = 65_536
MAX_TEXT: Final = 8_000
MAX_FILES: Final = 10
MAX_PAGE: Final = 2_000
_HIGHEST = 2**31 - 1

ClientKey = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,64}$")]
Seq = Annotated[int, Meta(ge=0, le=_HIGHEST)]
Id = Annotated[str, Meta(pattern="^[0-9a-fA-F-]{32,36}$")]
Page = Annotated[str, Meta(max_length=MAX_PAGE)]


class Hello(Struct, tag="hello", tag_field="type", frozen=True):
    """Who is there and what they have: everything up to `after_seq` of `conversation_id`."""

    visitor_secret: Annotated[str, Meta(max_length=200)]
    after_seq: Seq = 0
    conversation_id: Id | None = None
    page_url: Page | None = None
    page_title: Page | None = None
    language: Annotated[str, Meta(max_length=35)] | None = None


class Say(Struct, tag="message", tag_field="type", frozen=True):
    """The visitor writes; `client_id` is the widget's own key of the message."""

    client_id: ClientKey
    text: Annotated[str, Meta(max_length=MAX_TEXT)] = ""
    file_ids: Annotated[tuple[Id, ...], Meta(max_length=MAX_FILES)] = ()
    sent_at: Annotated[str, Meta(max_length=40)] | None = None


class Type(Struct, tag="typing", tag_field="type", frozen=True):
    """The visitor types, or stopped."""

    typing: bool


class ReadUpto(Struct, tag="read", tag_field="type", frozen=True):
    """The visitor has read everything up to `seq`."""

    seq: Seq


class Introduce(Struct, tag="profile", tag_field="type", frozen=True):
    """The visitor gives a name and an address."""

    name: Annotated[str, Meta(max_length=120)] | None = None
    email: Annotated[str, Meta(max_length=254)] | None = None
    client_id: ClientKey | None = None


class End(Struct, tag="end", tag_field="type", frozen=True):
    """The contact is over for the visitor."""

    client_id: ClientKey | None = None
    conversation_id: Id | None = None


class Ping(Struct, tag="ping", tag_field="type", frozen=True):
    """The widget asks whether the socket is alive."""


class Pong(Struct, tag="pong", tag_field="type", frozen=True):
    """The answer to our ping."""


Frame = Hello | Say | Type | ReadUpto | Introduce | End | Ping | Pong


class Refusal(Struct, frozen=True):
    """Why bytes are no frame: `too_large` or `invalid`, in words, and of which of the widget's entries."""

    code: str
    message: str
    client_id: str | None = None


_KINDS: Final[dict[str, type[Frame]]] = {
    "hello": Hello,
    "message": Say,
    "typing": Type,
    "read": ReadUpto,
    "profile": Introduce,
    "end": End,
    "ping": Ping,
    "pong": Pong,
}


def parse(raw: str | bytes) -> Frame | Refusal:
    """The frame that `raw` is, or why it is none; raises nothing, whatever comes."""
    if len(raw) > MAX_FRAME:
        return Refusal("too_large", f"A frame may have at most {MAX_FRAME} characters.")
    try:
        value: Any = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return Refusal("invalid", "This is not JSON.")
    if not isinstance(value, dict):
        return Refusal("invalid", "A frame is a JSON object.")
    return _frame(cast("dict[str, Any]", value))


def _frame(value: dict[str, Any]) -> Frame | Refusal:
    name = value.get("type")
    kind = _KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        return Refusal("invalid", f"`type` must be one of: {', '.join(_KINDS)}.")
    client_id = _client_id(value)
    text = value.get("text")
    if kind is Say and isinstance(text, str) and len(text) > MAX_TEXT:
        return Refusal("too_large", f"A message may have at most {MAX_TEXT} characters.", client_id)
    try:
        frame = msgspec.convert(value, kind)
    except RecursionError:
        return Refusal("invalid", "This is nested too deeply.", client_id)
    except msgspec.ValidationError as error:
        return Refusal("invalid", render(in_words_with_place(str(error)), Language.EN)[:300], client_id)
    if isinstance(frame, Say) and not frame.text.strip() and not frame.file_ids:
        return Refusal("invalid", "Write something or attach a file.", client_id)
    return frame


def _client_id(value: dict[str, Any]) -> str | None:
    try:
        return msgspec.convert(value.get("client_id"), ClientKey)
    except msgspec.ValidationError:
        return None
