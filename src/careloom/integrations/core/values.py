"""What texts of other systems mean: moments, states, channels, lists."""

import re
from datetime import UTC, datetime
from typing import Any, Final

from careloom.conversations.types import Priority, Status
from careloom.integrations.core.entries import Shorten
from careloom.integrations.core.reasons import WrongValueError
from careloom.organizations.types import Channel
from careloom.platform.texts.text import say

_NUMBER: Final = re.compile(r"\d{9,16}(\.\d+)?")
_ZONE: Final = re.compile(r"\s*(UTC|Z|GMT)$", re.IGNORECASE)
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_STATUSES: Final = {
    **dict.fromkeys(("new", "open", "reopened", "active"), Status.OPEN),
    **dict.fromkeys(("pending", "hold", "on-hold", "on hold", "snoozed", "waiting"), Status.PENDING),
    **dict.fromkeys(("resolved", "solved", "closed", "done"), Status.RESOLVED),
}
_PRIORITIES: Final = {
    "low": Priority.LOW,
    "normal": Priority.NORMAL,
    "medium": Priority.NORMAL,
    "high": Priority.HIGH,
    "urgent": Priority.URGENT,
}
_CHANNELS: Final = {
    **dict.fromkeys(("email", "mail", "web", "form"), Channel.EMAIL),
    **dict.fromkeys(("chat", "web widget", "webwidget", "native_messaging", "messaging"), Channel.CHAT),
    **dict.fromkeys(("sms", "text", "mobile"), Channel.SMS),
    **dict.fromkeys(("voice", "phone", "call", "telephone"), Channel.VOICE),
    **dict.fromkeys(
        ("social", "facebook", "twitter", "instagram", "whatsapp", "telegram", "line", "any_channel"), Channel.SOCIAL
    ),
}


def moment(value: Any) -> datetime:
    """A point in time of ISO 8601, or of seconds or milliseconds since 1970; without a zone it is UTC.

    Raises WrongValueError for anything else, such as 03/04/2024, which two countries read as two days.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _of_number(float(value))
    text = str(value).strip()
    if _NUMBER.fullmatch(text):
        return _of_number(float(text))
    try:
        found = datetime.fromisoformat(_ZONE.sub("+00:00", text).replace("/", "-"))
    except ValueError:
        raise WrongValueError(say("“{value}” is no time; write it as 2026-01-31T14:30:00Z.", value=text)) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _of_number(value: float) -> datetime:
    seconds = value / 1000 if value > 1e11 else value
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise WrongValueError(say("“{value}” is no time in seconds since 1970.", value=str(value))) from None


def status(text: str) -> Status:
    """Our status for another system's; raises WrongValueError."""
    found = _STATUSES.get(text.strip().lower())
    if found is None:
        choices = ("open", "pending", "resolved")
        raise WrongValueError(say("“{value}” is no status; use one of: {choices}.", value=text, choices=choices))
    return found


def priority(text: str) -> Priority:
    """Our priority for another system's; nothing is normal. Raises WrongValueError."""
    found = _PRIORITIES.get((text or "normal").strip().lower())
    if found is None:
        choices = ("low", "normal", "high", "urgent")
        raise WrongValueError(say("“{value}” is no priority; use one of: {choices}.", value=text, choices=choices))
    return found


def channel(text: str) -> Channel | None:
    """Our channel for another system's, by its words; None for one that we do not know."""
    name = text.strip().lower().rpartition("::")[2]
    return _CHANNELS.get(name) or next((found for word, found in _CHANNELS.items() if word in name), None)


def language(text: str | None) -> str | None:
    """A BCP 47 tag, or None for what is none."""
    tag = (text or "").strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) and len(tag) <= 35 else None


def tags(values: Any, shorten: Shorten) -> tuple[str, ...]:
    """At most twenty tags of at most fifty characters, each once."""
    parts = re.split(r"[,;|]", values) if isinstance(values, str) else (values or [])
    clean = (shorten(" ".join(str(one).split()), 50).strip() for one in parts)
    return tuple(dict.fromkeys(one for one in clean if one))[:20]
