"""Delivery reports: which of our mails did not arrive, at whom and why."""

from __future__ import annotations

import re

from msgspec import Struct

from careloom.channels.core.email.headers import parse_addresses, parse_message_ids
from careloom.channels.core.email.mail import ParsedMail

_DAEMON = re.compile(
    r"(?:mailer-daemon|mail-daemon|postmaster|mdaemon|maildaemon|microsoftexchange[0-9a-f]{10,})[@+]", re.IGNORECASE
)
_SUBJECT = re.compile(
    r"undeliver|delivery (?:status notification|failure|failed|has failed|problem|report)|returned mail|"
    r"mail delivery (?:failed|failure|system|subsystem)|failure notice|could not be delivered|warning: .*delayed|"
    r"delivery delayed|message not delivered|unzustellbar|nicht zugestellt|zustellung fehlgeschlagen|non remis|"
    r"échec de (?:la )?remise|no se puede entregar|no entregado|não entregue|falha na entrega|mancato recapito|"
    r"onbestelbaar|niet bezorgd|niedostarcz|nie dostarczono|не доставлено|недоставленн|kunde inte levereras",
    re.IGNORECASE,
)
_DELAY = re.compile(r"delay|temporar|still being retried|will (?:be )?retr|verzögert|aplazad|retardé", re.IGNORECASE)
_FIELD = re.compile(r"^([A-Za-z][A-Za-z-]{1,40}):[ \t]*(.*(?:\n[ \t].*)*)", re.MULTILINE)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.])([45]\d\d)[ -](?=[\d#A-Za-z<])")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,200}\.[\w-]{2,60}")
_SEARCHED = 20_000


class Bounce(Struct, frozen=True):
    """A failed or delayed delivery.

    `recipients` could not be reached; `original_message_id` is our mail's; `status` is an enhanced code such as
    5.1.1 or None; `permanent` says that trying again is pointless; `diagnostic` is the server's own words.
    """

    recipients: tuple[str, ...]
    original_message_id: str | None
    status: str | None
    permanent: bool
    diagnostic: str


def read_bounce(mail: ParsedMail, *, null_path: bool) -> Bounce | None:
    """Return the delivery failure or delay that a mail reports, or None when it is no bounce."""
    if mail.delivery_status and mail.report_type != "feedback-report":
        return _from_report(mail)
    daemon = _DAEMON.match(mail.sender.address + ("" if "@" in mail.sender.address else "@")) is not None
    failed_header = mail.header("x-failed-recipients")
    subject = _SUBJECT.search(mail.subject) is not None
    if not (failed_header or (daemon and (subject or null_path)) or (null_path and subject)):
        return None
    return _from_words(mail, failed_header)


def _from_report(mail: ParsedMail) -> Bounce | None:
    blocks = [report_fields(block) for block in mail.delivery_status.split("\n\n")]
    failures = [block for block in blocks if block.get("action", "").lower().strip() in ("failed", "delayed")]
    if not failures:
        reached = any(block.get("action") for block in blocks)
        return None if reached else _from_words(mail, mail.header("x-failed-recipients"))
    recipients = tuple(
        dict.fromkeys(
            address
            for block in failures
            if (
                address := typed_address(block.get("original-recipient") or "")
                or typed_address(block.get("final-recipient", ""))
            )
        )
    )
    found = _STATUS.search(failures[0].get("status", "")) or _STATUS.search(failures[0].get("diagnostic-code", ""))
    delayed = all(block.get("action", "").lower().startswith("delayed") for block in failures)
    status = found[1] if found else None
    permanent = not delayed and not (status or "5").startswith("4")
    diagnostic = " ".join(failures[0].get("diagnostic-code", "").partition(";")[2].split())[:500]
    return Bounce(recipients, original_id(mail), status, permanent, diagnostic)


def report_fields(block: str) -> dict[str, str]:
    """Return the fields of one block of a report by their lower-case names, each as it comes first."""
    fields: dict[str, str] = {}
    for name, value in _FIELD.findall(block):
        fields.setdefault(name.lower(), value)
    return fields


def typed_address(value: str) -> str | None:
    """Return the address of a field such as `rfc822; ada@example.org`, or None."""
    text = value.partition(";")[2] or value
    found = parse_addresses(text)
    return found[0].address if found else None


def _from_words(mail: ParsedMail, failed_header: str | None) -> Bounce:
    text = mail.text[:_SEARCHED]
    own = {mailbox.address.lower() for mailbox in (*mail.to, *mail.cc, mail.sender)}
    if failed_header:
        recipients = tuple(mailbox.address for mailbox in parse_addresses(failed_header))
    else:
        recipients = tuple(address for address in _ADDRESS.findall(text) if address.lower() not in own)[:1]
    found = _STATUS.search(text)
    code = _REPLY_CODE.search(text)
    status = found[1] if found else (f"{code[1][0]}.0.0" if code else None)
    transient = status.startswith("4") if status else _DELAY.search(mail.subject) is not None
    line = next((line.strip() for line in text.split("\n") if _STATUS.search(line) or _REPLY_CODE.search(line)), "")
    return Bounce(recipients, original_id(mail), status, not transient, line[:500])


def original_id(mail: ParsedMail) -> str | None:
    """Return the Message-ID of the mail that a report is about, or None."""
    returned = report_fields(mail.returned_headers).get("message-id")
    ids = parse_message_ids(" ".join(returned.split())) if returned else ()
    if ids:
        return ids[0]
    if mail.in_reply_to or mail.references:
        return mail.in_reply_to or mail.references[-1]
    for file in mail.attachments:
        if file.media_type in ("message/rfc822", "text/rfc822-headers"):
            field = re.search(
                rb"^message-id:\s*(<[!-~]{1,400}>)", file.content[:_SEARCHED], re.IGNORECASE | re.MULTILINE
            )
            if field:
                return field[1].decode("ascii")
    field = re.search(r"^[ \t>]*message-id:\s*(<[!-~]{1,400}>)", mail.text[:_SEARCHED], re.IGNORECASE | re.MULTILINE)
    return field[1] if field else None
