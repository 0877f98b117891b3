"""Why a mail did not arrive, by what servers say of it (RFC 3463), and whether its address is worth another mail."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum


class DeliveryCause(StrEnum):
    """A reason in a word, which the interface puts plainly."""

    NO_ADDRESS = "no_address"
    NO_DOMAIN = "no_domain"
    DISABLED = "disabled"
    FULL = "full"
    TOO_LARGE = "too_large"
    UNAUTHENTICATED = "unauthenticated"
    BLOCKED = "blocked"
    CONTENT = "content"
    UNREACHABLE = "unreachable"
    SUPPRESSED = "suppressed"
    NO_ROUTE = "no_route"
    COMPLAINT = "complaint"
    OTHER = "other"


_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_EXACT = {
    (1, 2): DeliveryCause.NO_DOMAIN,
    (1, 10): DeliveryCause.NO_DOMAIN,
    (2, 1): DeliveryCause.DISABLED,
    (2, 2): DeliveryCause.FULL,
    (2, 3): DeliveryCause.TOO_LARGE,
    (3, 4): DeliveryCause.TOO_LARGE,
    (4, 4): DeliveryCause.NO_DOMAIN,
}
_BY_SUBJECT = {
    1: DeliveryCause.NO_ADDRESS,
    4: DeliveryCause.UNREACHABLE,
    6: DeliveryCause.CONTENT,
    7: DeliveryCause.BLOCKED,
}
_UNAUTHENTICATED = range(20, 31)
_UNKNOWN = re.compile(
    r"(?:user|recipient|mailbox|address)(?: is)? (?:unknown|not found)|no such (?:user|mailbox|recipient|address)|"
    r"(?:user|mailbox|account|address) (?:does not|doesn't) exist|unknown (?:user|recipient)",
    re.IGNORECASE,
)
_FULL = re.compile(r"(?:mailbox|quota|inbox).{0,20}(?:full|exceeded)|over quota", re.IGNORECASE)
_SILENT = re.compile(r"does not answer|timed? ?out|connection refused", re.IGNORECASE)
_GONE = frozenset({DeliveryCause.NO_ADDRESS, DeliveryCause.NO_DOMAIN, DeliveryCause.DISABLED})
_FOR_NOW = frozenset({DeliveryCause.FULL})
SOFT_REST = timedelta(days=7)


def cause_of(status: str | None, words: str) -> DeliveryCause:
    """Return the cause by a status code such as 5.1.1, given or found in the server's `words`, else by the words."""
    found = _STATUS.search(status or "") or _STATUS.search(words)
    if found is not None and (found[2], found[3]) != ("0", "0"):
        subject, detail = int(found[2]), int(found[3])
        if subject == 7 and detail in _UNAUTHENTICATED:
            return DeliveryCause.UNAUTHENTICATED
        by_code = _EXACT.get((subject, detail)) or _BY_SUBJECT.get(subject)
        if by_code is not None:
            return by_code
    for pattern, cause in (
        (_UNKNOWN, DeliveryCause.NO_ADDRESS),
        (_FULL, DeliveryCause.FULL),
        (_SILENT, DeliveryCause.UNREACHABLE),
    ):
        if pattern.search(words):
            return cause
    return DeliveryCause.OTHER


def is_gone(cause: DeliveryCause) -> bool:
    """Return whether no mail will ever reach the address."""
    return cause in _GONE


def rests(cause: DeliveryCause) -> bool:
    """Return whether the address should be left alone for a while (`SOFT_REST`)."""
    return cause in _FOR_NOW
