"""Bytes of a mail, however broken, to a ParsedMail."""

from __future__ import annotations

import hashlib
import re

from msgspec import Struct, structs

from careloom.channels.core.email.charset import decode
from careloom.channels.core.email.flowed import unflow
from careloom.channels.core.email.headers import (
    decode_value,
    parse_addresses,
    parse_date,
    parse_message_ids,
    split_parameters,
)
from careloom.channels.core.email.mail import Address, Limits, MailAttachment, ParsedMail
from careloom.channels.core.email.mime import MimeReader, Part
from careloom.channels.core.email.names import safe_file_name
from careloom.channels.core.email.rendering import html_to_text
from careloom.channels.core.email.sanitize import sanitize, text_to_html

_CID = re.compile(r'src="cid:([^"]{1,400})"')
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s{0,9}=\s{0,9}[\"']?([\w:.-]{1,40})", re.IGNORECASE)
_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "x-rcpt-to")
_REPORTS = ("message/delivery-status", "message/global-delivery-status", "message/feedback-report")
_HASHED = ("from", "to", "date", "subject")
_LONGEST_HEADER = 20_000
_LONGEST_SUBJECT = 4_000
_MOST_REFERENCES = 100
_DEFAULT_LIMITS = Limits()


class _Body(Struct, frozen=True):
    """What a part says: text and HTML (None: it has none) and the files it brings."""

    text: str | None = None
    html: str | None = None
    files: tuple[Part, ...] = ()


def parse_mail(data: bytes, limits: Limits = _DEFAULT_LIMITS) -> ParsedMail:
    """Return what a mail says. Never raises, whatever the bytes; takes time linear in their number."""
    reader = MimeReader(limits)
    root = reader.read(data[: limits.max_bytes])
    truncated = reader.truncated or len(data) > limits.max_bytes
    body = _Walker(limits).body(root, root=True)
    html = sanitize(body.html, limits.max_html_chars) if body.html is not None else None
    text = body.text if body.text is not None and body.text.strip() else html_to_text(html or "")
    truncated = truncated or len(text) > limits.max_text_chars or len(body.html or "") > limits.max_html_chars
    headers = tuple((name, decode_value(value[:_LONGEST_HEADER])) for name, value in root.fields)
    mail = _from_headers(headers, root)
    report, returned = _report(root)
    return structs.replace(
        mail,
        text=_tidy(text[: limits.max_text_chars]),
        html=html,
        attachments=_attachments(body.files, html or ""),
        report_type=root.parameters.get("report-type", "").lower() or None if root.children else None,
        delivery_status=report,
        returned_headers=returned,
        truncated=truncated,
    )


def _from_headers(headers: tuple[tuple[str, str], ...], root: Part) -> ParsedMail:
    def mailboxes(*names: str) -> tuple[Address, ...]:
        """Addresses are cut apart before their encoded words are decoded: a decoded name may hold a comma."""
        raw = [decode(value[:_LONGEST_HEADER]) for name in names for key, value in root.fields if key == name]
        return tuple(mailbox for value in raw for mailbox in parse_addresses(value))

    def ids(name: str) -> tuple[str, ...]:
        return tuple(found for key, value in headers if key == name for found in parse_message_ids(value))

    own_id = ids("message-id")
    references = tuple(dict.fromkeys(ids("references")))
    replied = ids("in-reply-to")
    to, cc = mailboxes("to", "resent-to"), mailboxes("cc")
    delivered = tuple(dict.fromkeys(mailbox.address for mailbox in mailboxes(*_DELIVERED)))
    recipients = [*delivered, *(mailbox.address for mailbox in (*to, *cc))]
    return ParsedMail(
        message_id=own_id[0] if own_id else _made_id(root),
        message_id_made=not own_id,
        in_reply_to=replied[0] if replied else None,
        references=references
        if len(references) <= _MOST_REFERENCES
        else (references[0], *references[1 - _MOST_REFERENCES :]),
        sender=next(iter(mailboxes("from", "sender", "reply-to")), Address("")),
        reply_to=mailboxes("reply-to"),
        to=to,
        cc=cc,
        delivered_to=delivered,
        plus_tokens=_plus_tokens(recipients),
        subject=next((" ".join(value.split()) for key, value in headers if key == "subject"), "")[:_LONGEST_SUBJECT],
        date=next((moment for key, value in headers if key == "date" and (moment := parse_date(value))), None),
        text="",
        html=None,
        attachments=(),
        headers=headers,
        report_type=None,
        delivery_status="",
        returned_headers="",
        truncated=False,
    )


def _made_id(root: Part) -> str:
    """Make an id of what the sender wrote, not of what servers added: a second delivery gets the same one."""
    digest = hashlib.sha256()
    for name in _HASHED:
        digest.update(name.encode() + b"\0" + b"\0".join(value for key, value in root.fields if key == name))
    digest.update(b"\0\0" + root.body.replace(b"\r\n", b"\n").rstrip())
    return f"<{digest.hexdigest()[:40]}@made.invalid>"


def _plus_tokens(recipients: list[str]) -> tuple[tuple[str, str], ...]:
    found: dict[tuple[str, str], None] = {}
    for address in recipients:
        local, _, domain = address.rpartition("@")
        base, plus, token = local.partition("+")
        if plus and base and token:
            found[(f"{base}@{domain}", token)] = None
    return tuple(found)


class _Walker:
    """Chooses what to show from the tree of parts."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits

    def body(self, part: Part, *, root: bool = False) -> _Body:
        if part.children:
            bodies = [self.body(child) for child in part.children]
            return _alternative(bodies) if part.media_type == "multipart/alternative" else _joined(bodies)
        if part.media_type.startswith("multipart/"):
            # A multipart that could not be split is shown as the text that it is, without its boundary lines.
            return _Body(text=self._plain(part)) if part.body.strip() else _Body()
        disposition, parameters = split_parameters(part.value("content-disposition"))
        named = bool(parameters.get("filename") or part.parameters.get("name"))
        if part.media_type not in ("text/plain", "text/html", "text/enriched") or (
            not root and (disposition == "attachment" or (named and disposition == "inline"))
        ):
            return _Body(files=(part,))
        if part.media_type == "text/html":
            return _Body(html=self._html(part))
        return _Body(text=self._plain(part))

    def _plain(self, part: Part) -> str:
        text = _lines(decode(part.content(), part.parameters.get("charset")))
        if part.parameters.get("format", "").lower() == "flowed":
            text = unflow(text, part.parameters.get("delsp", "").lower() == "yes")
        return text[: self.limits.max_text_chars + 1]

    def _html(self, part: Part) -> str:
        content = part.content()
        charset = part.parameters.get("charset")
        declared = None if charset else _META_CHARSET.search(content, 0, 4_096)
        text = _lines(decode(content, declared[1].decode("ascii") if declared else charset))
        return text[: self.limits.max_html_chars + 1]


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _tidy(text: str) -> str:
    """Drop control characters and trailing blanks; `-- ` keeps its blank, as it begins a signature."""
    kept = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", text).split("\n")
    return "\n".join(line if line == "-- " else line.rstrip() for line in kept).strip("\n")


def _alternative(bodies: list[_Body]) -> _Body:
    """Take the first plain and the last HTML version; files count from every version."""
    text = next((body.text for body in bodies if body.text and body.text.strip()), None)
    html = next((body.html for body in reversed(bodies) if body.html and body.html.strip()), None)
    return _Body(text, html, tuple(file for body in bodies for file in body.files))


def _joined(bodies: list[_Body]) -> _Body:
    """Put parts that follow each other together, each also in the form that only another one has."""
    said = [body for body in bodies if body.text is not None or body.html is not None]
    files = tuple(file for body in bodies for file in body.files)
    if len(said) <= 1:
        return _Body(said[0].text if said else None, said[0].html if said else None, files)
    has_html = any(body.html is not None for body in said)
    html = "\n".join(_as_html(body) for body in said) if has_html else None
    text = None
    if any(body.text is not None for body in said):
        text = "\n\n".join(_as_text(body).strip("\n") for body in said)
    return _Body(text, html, files)


def _as_html(body: _Body) -> str:
    return body.html if body.html is not None else f"<div>{text_to_html(body.text or '')}</div>"


def _as_text(body: _Body) -> str:
    return body.text if body.text is not None else html_to_text(sanitize(body.html or ""))


def _attachments(files: tuple[Part, ...], safe_html: str) -> tuple[MailAttachment, ...]:
    shown = {cid.replace("&amp;", "&") for cid in _CID.findall(safe_html)}
    found: list[MailAttachment] = []
    for number, part in enumerate(files, 1):
        _, disposition = split_parameters(part.value("content-disposition"))
        wanted = disposition.get("filename") or part.parameters.get("name", "")
        content = part.content()
        if part.media_type == "message/rfc822":
            wanted = _mail_file_name(content, wanted)
        content_id = part.value("content-id").strip("<> ")[:300] or None
        found.append(
            MailAttachment(
                name=safe_file_name(wanted, part.media_type, number),
                media_type=part.media_type,
                content=content,
                content_id=content_id,
                inline=content_id is not None and content_id in shown,
            )
        )
    return tuple(found)


def _mail_file_name(content: bytes, wanted: str) -> str:
    if wanted:
        return wanted if wanted.lower().endswith(".eml") else f"{wanted}.eml"
    head = MimeReader(Limits(max_depth=0, max_parts=1)).read(content)
    subject = head.value("subject")[:100].replace("/", "-")
    return f"{subject}.eml" if subject else ""


def _report(root: Part) -> tuple[str, str]:
    """Return the delivery-status fields and the returned headers of a delivery report, or empty texts."""
    status = returned = ""
    for part in root.children:
        if part.media_type in _REPORTS:
            status = status or _lines(decode(part.content()))[:100_000]
        elif part.media_type in ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"):
            returned = returned or _lines(decode(part.content()[:200_000])).lstrip("\n").partition("\n\n")[0]
    return status, returned
