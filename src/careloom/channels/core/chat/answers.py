"""What the server says over a widget's socket."""

from datetime import datetime
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType


class Agent(Struct, frozen=True):
    """Who has the conversation."""

    name: str


class File(Struct, frozen=True):
    """An attachment; `url` is relative to the host, signed and short-lived."""

    url: str
    name: str
    media_type: str
    size: int


class Welcome(Struct, tag="welcome", tag_field="type", frozen=True, kw_only=True):
    """Where the visitor's conversation stands; `base_seq` is the visible number before what is replayed next."""

    conversation_id: UUID | None = None
    last_seq: int = 0
    status: str | None = None
    ended: bool = False
    agent: Agent | None = None
    base_seq: int = 0
    read_seq: int = 0
    own_read_seq: int = 0
    email_known: bool = False


class Said(Struct, tag="message", tag_field="type", frozen=True, kw_only=True):
    """A visible entry; `previous` is the visible number before it."""

    conversation_id: UUID
    seq: int
    previous: int
    kind: str
    text: str
    author_name: str
    at: datetime
    attachments: tuple[File, ...] = ()
    details: dict[str, str] = {}
    client_id: str | UnsetType = UNSET


class Ack(Struct, tag="ack", tag_field="type", frozen=True, kw_only=True):
    """An entry of the widget is stored."""

    client_id: str
    conversation_id: UUID | None = None
    seq: int | None = None
    previous: int | None = None
    at: datetime | None = None


class Typing(Struct, tag="typing", tag_field="type", frozen=True):
    """An agent types, or stopped."""

    typing: bool
    name: str


class Read(Struct, tag="read", tag_field="type", frozen=True):
    """An agent has read everything up to `seq`."""

    conversation_id: UUID
    seq: int


class Standing(Struct, tag="status", tag_field="type", frozen=True):
    """Whose turn it is and who has the conversation."""

    conversation_id: UUID
    status: str
    ended: bool
    agent: Agent | None


class Upto(Struct, tag="upto", tag_field="type", frozen=True):
    """Visible entries go up to `seq`."""

    conversation_id: UUID
    seq: int


class Refused(Struct, tag="error", tag_field="type", frozen=True):
    """Something was not accepted; `client_id` says which entry."""

    code: str
    message: str
    client_id: str | UnsetType = UNSET
    retry_after: int | UnsetType = UNSET


class Ping(Struct, tag="ping", tag_field="type", frozen=True):
    """Is the widget still there."""


class Pong(Struct, tag="pong", tag_field="type", frozen=True):
    """The server is."""


Answer = Welcome | Said | Ack | Typing | Read | Standing | Upto | Refused | Ping | Pong
