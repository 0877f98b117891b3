"""A received mail as values, and the limits within which it is read."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Address(Struct, frozen=True):
    """A mailbox: `address` is local@domain with the domain in lower case, `name` the decoded display name or ""."""

    address: str
    name: str = ""


class MailAttachment(Struct, frozen=True):
    """A file that came with a mail.

    `name` is safe as a file name on any system; `media_type` is what the sender claims, in lower case.
    `inline` says that the HTML shows it by `cid:<content_id>`.
    """

    name: str
    media_type: str
    content: bytes
    content_id: str | None = None
    inline: bool = False


class Limits(Struct, frozen=True):
    """Bounds of the work one mail may cause; what lies beyond is left out and `ParsedMail.truncated` set."""

    max_bytes: int = 50_000_000
    max_header_bytes: int = 262_144
    max_headers: int = 1_000
    max_depth: int = 12
    max_parts: int = 300
    max_text_chars: int = 1_000_000
    max_html_chars: int = 1_000_000


class ParsedMail(Struct, frozen=True):
    """What a mail says. Strings hold no NUL and no lone surrogate.

    `message_id` and `references` keep their angle brackets; `message_id_made` says that the id was derived from
    the content because the mail had none that can be used. `sender` has an empty address when none was given.
    `delivered_to` joins Delivered-To, X-Original-To, Envelope-To and the like, in order. `plus_tokens` are
    (address without the token, token) of every recipient written local+token@domain. `headers` are lower-case
    names with decoded values, in order. `delivery_status` and `returned_headers` are the raw fields of a
    delivery report and of the mail that it returns.
    """

    message_id: str
    message_id_made: bool
    in_reply_to: str | None
    references: tuple[str, ...]
    sender: Address
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    delivered_to: tuple[str, ...]
    plus_tokens: tuple[tuple[str, str], ...]
    subject: str
    date: datetime | None
    text: str
    html: str | None
    attachments: tuple[MailAttachment, ...]
    headers: tuple[tuple[str, str], ...]
    report_type: str | None
    delivery_status: str
    returned_headers: str
    truncated: bool

    def header(self, name: str) -> str | None:
        """Return the first value of a header by its lower-case name, or None."""
        return next((value for key, value in self.headers if key == name), None)

    def header_all(self, name: str) -> tuple[str, ...]:
        """Return every value of a header by its lower-case name, in order."""
        return tuple(value for key, value in self.headers if key == name)
