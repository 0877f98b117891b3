"""Which conversation a mail belongs to: signed plus addresses and Message-IDs, and what to look up otherwise."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from careloom.channels.core.email.mail import ParsedMail

_MAC_BYTES = 6
_LONGEST_LOCAL = 64
_OUR_ID = re.compile(r"<([a-z2-7]{26})\.(\d{1,9})\.([a-z0-9]{1,32})\.([a-z2-7]{10})@([^<>@\s]{1,255})>", re.IGNORECASE)


class KeyKind(StrEnum):
    """Where a threading key was found, strongest first."""

    PLUS_ADDRESS = "plus_address"
    IN_REPLY_TO = "in_reply_to"
    REFERENCES = "references"


class ThreadKey(Struct, frozen=True):
    """One pointer to an earlier conversation.

    `conversation_id` is set where our own signature was verified (with `seq` for a Message-ID); otherwise
    `message_id` is somebody else's, to be looked up among stored messages.
    """

    kind: KeyKind
    conversation_id: UUID | None = None
    seq: int | None = None
    message_id: str | None = None


def message_id_for(conversation_id: UUID, seq: int, random: str, domain: str, key: bytes) -> str:
    """Return the signed Message-ID of message `seq`, with angle brackets; `random` is 1-32 of a-z and 0-9.

    Raises ValueError for any other `random` or a domain that is no host name.
    """
    if not re.fullmatch(r"[a-z0-9]{1,32}", random) or not re.fullmatch(r"[A-Za-z0-9.-]{1,253}", domain) or seq < 0:
        msg = "seq, random or domain cannot be part of a Message-ID"
        raise ValueError(msg)
    stem = f"{_base32(conversation_id.bytes)}.{seq}.{random}"
    return f"<{stem}.{_base32(_mac(key, 'message-id', stem))}@{domain.lower()}>"


def read_message_id(message_id: str, key: bytes) -> tuple[UUID, int] | None:
    """Return (conversation, seq) of a Message-ID that we signed, or None."""
    match = _OUR_ID.fullmatch(message_id)
    if match is None:
        return None
    conversation, seq, random, mac = (group.lower() for group in match.groups()[:4])
    raw = _unbase32(conversation)
    expected = _base32(_mac(key, "message-id", f"{conversation}.{seq}.{random}"))
    if raw is None or len(raw) != 16 or not hmac.compare_digest(mac, expected):
        return None
    return UUID(bytes=raw), int(seq)


def plus_address(address: str, conversation_id: UUID, key: bytes) -> str:
    """Return `local+c<token>@domain`; the address itself when its local part leaves no room for a token."""
    local, _, domain = address.rpartition("@")
    raw = conversation_id.bytes
    tagged = f"{local}+c{_base32(raw + _mac(key, 'plus', raw.hex()))}"
    return f"{tagged}@{domain}" if len(tagged) <= _LONGEST_LOCAL else address


def read_plus_token(token: str, key: bytes) -> UUID | None:
    """Return the conversation of a plus token (the text after `+`) that we signed, or None."""
    if not token.lower().startswith("c"):
        return None
    raw = _unbase32(token[1:])
    if raw is None or len(raw) != 16 + _MAC_BYTES:
        return None
    genuine = hmac.compare_digest(raw[16:], _mac(key, "plus", raw[:16].hex()))
    return UUID(bytes=raw[:16]) if genuine else None


def thread_keys(mail: ParsedMail, key: bytes) -> tuple[ThreadKey, ...]:
    """Return what may tell the conversation, best first: plus address, In-Reply-To, References newest first.

    A forged or foreign token gives no key; each Message-ID comes once.
    """
    keys: list[ThreadKey] = []
    for _, token in mail.plus_tokens:
        conversation = read_plus_token(token, key)
        if conversation is not None:
            keys.append(ThreadKey(KeyKind.PLUS_ADDRESS, conversation_id=conversation))
    seen: set[str] = set()
    replied = [(KeyKind.IN_REPLY_TO, mail.in_reply_to)] if mail.in_reply_to else []
    for kind, message_id in (*replied, *((KeyKind.REFERENCES, reference) for reference in reversed(mail.references))):
        if message_id in seen:
            continue
        seen.add(message_id)
        ours = read_message_id(message_id, key)
        if ours is not None:
            keys.append(ThreadKey(kind, ours[0], ours[1], message_id))
        else:
            keys.append(ThreadKey(kind, message_id=message_id))
    return tuple(dict.fromkeys(keys))


def _mac(key: bytes, purpose: str, content: str) -> bytes:
    return hmac.new(key, f"{purpose}\0{content}".encode(), hashlib.sha256).digest()[:_MAC_BYTES]


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode("ascii").rstrip("=").lower()


def _unbase32(text: str) -> bytes | None:
    try:
        return base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        return None
