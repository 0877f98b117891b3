"""Mailboxes that stay at another provider and are polled, as values."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, NewType
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from careloom.channels.types import MailAddressId
from careloom.organizations.types import ClientId, Region

MailboxId = NewType("MailboxId", UUID)


class MailboxTls(StrEnum):
    """How the connection is encrypted; `none` works inside the operator's own networks alone."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class MailboxAuth(StrEnum):
    """How one signs in: a password, or OAuth 2 by a refresh token or by client credentials."""

    PASSWORD = "password"  # noqa: S105
    REFRESH_TOKEN = "refresh_token"  # noqa: S105
    CLIENT_CREDENTIALS = "client_credentials"


class AfterTaking(StrEnum):
    """What becomes of a mail in the mailbox once it is stored here."""

    LEAVE = "leave"
    MARK_SEEN = "mark_seen"
    MOVE = "move"


class MailboxProblem(StrEnum):
    """Why a mailbox could not be polled or connected, by who can put it right."""

    HOST = "host"
    HOST_UNKNOWN = "host_unknown"
    NO_IMAP = "no_imap"
    BLOCKED = "blocked"
    TLS = "tls"
    SIGN_IN = "sign_in"
    TOKEN = "token"  # noqa: S105
    TOKEN_HOST = "token_host"  # noqa: S105
    CONSENT = "consent"
    DENIED = "denied"
    NOT_LASTING = "not_lasting"
    CHANGED = "changed"
    FOLDER = "folder"
    SERVER = "server"
    SECRET = "secret"  # noqa: S105
    REGION = "region"
    OURS = "ours"


Host = Annotated[
    str,
    Meta(
        max_length=253,
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$",
        description="A host name such as imap.example.org, or an address.",
    ),
]
Port = Annotated[int, Meta(ge=1, le=65_535)]
Username = Annotated[str, Meta(min_length=1, max_length=254, pattern=r"^[^\x00-\x1f\x7f]+$")]
Folder = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Secret = Annotated[str, Meta(min_length=1, max_length=8_000, pattern=r"^[^\x00\r\n]+$")]
WebUrl = Annotated[str, Meta(max_length=500, pattern=r"^https?://[^\s/?#@]+(/[^\s#]*)?$")]
OAuthText = Annotated[str, Meta(max_length=1_000, pattern=r"^[ -~]*$")]
PollSeconds = Annotated[int, Meta(ge=10, le=3_600)]


class Mailbox(Struct, frozen=True):
    """A mailbox at another provider whose new mail is taken in for `mail_address_id`.

    `checked_at` is when it was last polled with success, `taken` counts its mails; while `failing_since` is set,
    `problem` says what is wrong, `answer` is the server's own words and `next_at` when it is tried again. By refresh
    token it is polled from `connected_at` on, when it got one; `connect_problem` and `connect_answer` say why the last
    attempt to connect it failed. At `revoke_url`, where there is one, the provider is told of a token that is not used
    any more (RFC 7009). `region` is where its provider keeps it. Secrets are not among the fields.
    """

    id: MailboxId
    client_id: ClientId
    mail_address_id: MailAddressId
    host: str
    port: int
    tls: MailboxTls
    username: str
    region: str | None
    auth: MailboxAuth
    authorize_url: str
    token_url: str
    revoke_url: str
    oauth_client_id: str
    scope: str
    connected_at: datetime | None
    connect_problem: MailboxProblem | None
    connect_answer: str | None
    folder: str
    after_taking: AfterTaking
    move_to: str
    poll_seconds: int
    active: bool
    taken: int
    checked_at: datetime | None
    next_at: datetime
    failing_since: datetime | None
    problem: MailboxProblem | None
    answer: str | None


class NewMailbox(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mailbox to poll. By `auth` it needs `password`; `refresh_token`, or `authorize_url` and `client_secret` to be
    connected later; or `client_secret`.

    `region` is where the provider keeps it: the client's own. It is needed where the installation declares regions.
    `take_existing` takes what lies in the folder already; otherwise only what arrives from the first poll on.
    """

    mail_address_id: MailAddressId
    host: Host
    port: Port = 993
    tls: MailboxTls = MailboxTls.TLS
    username: Username
    region: Region | None = None
    auth: MailboxAuth = MailboxAuth.PASSWORD
    password: Secret | None = None
    authorize_url: WebUrl | None = None
    token_url: WebUrl | None = None
    revoke_url: WebUrl | None = None
    oauth_client_id: OAuthText = ""
    client_secret: Secret | None = None
    refresh_token: Secret | None = None
    scope: OAuthText = ""
    folder: Folder = "INBOX"
    after_taking: AfterTaking = AfterTaking.LEAVE
    move_to: Folder | None = None
    poll_seconds: PollSeconds = 60
    take_existing: bool = False
    active: bool = True


class MailboxChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change of a mailbox. Whoever changes where or as whom it signs in gives the secrets again."""

    host: Host | UnsetType = UNSET
    port: Port | UnsetType = UNSET
    tls: MailboxTls | UnsetType = UNSET
    username: Username | UnsetType = UNSET
    region: Region | None | UnsetType = UNSET
    auth: MailboxAuth | UnsetType = UNSET
    password: Secret | UnsetType = UNSET
    authorize_url: WebUrl | UnsetType = UNSET
    token_url: WebUrl | UnsetType = UNSET
    revoke_url: WebUrl | UnsetType = UNSET
    oauth_client_id: OAuthText | UnsetType = UNSET
    client_secret: Secret | UnsetType = UNSET
    refresh_token: Secret | UnsetType = UNSET
    scope: OAuthText | UnsetType = UNSET
    folder: Folder | UnsetType = UNSET
    after_taking: AfterTaking | UnsetType = UNSET
    move_to: Folder | UnsetType = UNSET
    poll_seconds: PollSeconds | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class MailboxCheck(Struct, frozen=True):
    """What came of connecting: the folders that are there, or the problem and the server's own words."""

    connected: bool
    folders: tuple[str, ...] = ()
    problem: MailboxProblem | None = None
    answer: str | None = None


class ConsentPage(Struct, frozen=True):
    """Where a person consents that the mailbox is read, once and until `expires_at`; they come back by themselves."""

    address: str
    expires_at: datetime


class MailboxSecrets(Struct, frozen=True, omit_defaults=True):
    """What is sealed: never read by the API."""

    password: str | None = None
    client_secret: str | None = None
    refresh_token: str | None = None
