"""What is signed for visitors: the secret that a browser keeps, links to files, and a client's tokens."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import jwt
from msgspec import Struct

from careloom.channels.types import VisitorId, WidgetId
from careloom.conversations.types import FileId
from careloom.platform.secrets import sign, signed_by

_LINK_LIFE: Final = timedelta(hours=48)
_LINK_STEP: Final = 6 * 3600
_CLOCK_SKEW: Final = timedelta(seconds=30)
_ID_LENGTH: Final = 32
_MAX_TOKEN: Final = 4_000


class Vouched(Struct, frozen=True):
    """What the client says of a visitor who is signed in on its page."""

    subject: str
    email: str | None
    name: str | None


class TokenRefusedError(Exception):
    """The token is not signed with the widget's secret, has expired, or lacks something."""


def visitor_secret(key: bytes, widget_id: WidgetId, visitor_id: VisitorId) -> str:
    """The secret by which a browser proves that it is the visitor; the same for every browser of theirs."""
    return visitor_id.hex + sign(key, "chat-visitor", f"{widget_id}:{visitor_id}")


def visitor_of(key: bytes, widget_id: WidgetId, secret: str) -> VisitorId | None:
    """Whose secret this is; None for one that was not made for this widget."""
    try:
        visitor_id = VisitorId(UUID(hex=secret[:_ID_LENGTH]))
    except ValueError:
        return None
    genuine = signed_by(key, "chat-visitor", f"{widget_id}:{visitor_id}", secret[_ID_LENGTH:])
    return visitor_id if genuine and secret[:_ID_LENGTH] == visitor_id.hex else None


def token_secret(key: bytes, widget_id: WidgetId, version: int) -> str:
    """What the client signs visitor tokens with; another one with each `version`."""
    return "wks_" + sign(key, "chat-token", f"{widget_id}:{version}")


def verify_token(secret: str, token: str, at: datetime) -> Vouched:
    """What a visitor token (JWT, HS256, with `sub` and `exp`) says at `at`; raises TokenRefusedError."""
    if len(token) > _MAX_TOKEN:
        raise TokenRefusedError
    options: Any = {"require": ["sub", "exp"], "verify_exp": False, "verify_iat": False, "verify_nbf": False}
    options["verify_aud"] = False
    try:
        claims = jwt.decode(token, secret, algorithms=["HS256"], options=options)
    except jwt.InvalidTokenError:
        raise TokenRefusedError from None
    subject, expires = claims["sub"], claims["exp"]
    if not isinstance(expires, (int, float)) or isinstance(expires, bool):
        raise TokenRefusedError
    if expires + _CLOCK_SKEW.total_seconds() <= at.timestamp():
        raise TokenRefusedError
    if not isinstance(subject, str) or not subject.strip() or len(subject) > 200:
        raise TokenRefusedError
    return Vouched(subject.strip(), _text(claims.get("email"), 254), _text(claims.get("name"), 120))


def file_link(key: bytes, widget_key: str, widget_id: WidgetId, file_id: FileId, at: datetime) -> str:
    """The path of a visitor's file, good for 42 to 48 hours from `at`; the same for some hours, to be cached."""
    until = int((at + _LINK_LIFE).timestamp()) // _LINK_STEP * _LINK_STEP
    signature = sign(key, "chat-file", f"{widget_id}:{file_id}:{until}")
    return f"/chat/{widget_key}/files/{file_id}?s={until}.{signature}"


def may_fetch(key: bytes, widget_id: WidgetId, file_id: UUID, signature: str, at: datetime) -> bool:
    """Whether the `s` of a file's link is genuine and has not expired at `at`."""
    until, _, rest = signature.partition(".")
    if not until.isascii() or not until.isdecimal() or len(until) > 12 or int(until) < at.timestamp():
        return False
    return signed_by(key, "chat-file", f"{widget_id}:{file_id}:{until}", rest)


def _text(value: Any, longest: int) -> str | None:
    return value.strip()[:longest] or None if isinstance(value, str) else None
