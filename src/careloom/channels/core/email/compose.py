"""An outgoing mail as a MIME message: threaded, with text and HTML, signature and quoted last message."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime

from msgspec import Struct

from careloom.channels.core.email.mail import Address, MailAttachment
from careloom.channels.core.email.markup import escape
from careloom.channels.core.email.names import safe_file_name
from careloom.channels.core.email.quote_words import REPLY_PREFIX
from careloom.channels.core.email.sanitize import sanitize, text_to_html
from careloom.channels.core.email.verdict import LOOP_HEADER
from careloom.platform.texts.languages import Language
from careloom.platform.texts.text import render, say

_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\Z")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>\Z")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,80}/[a-z0-9][a-z0-9!#$&^_.+-]{0,80}\Z")
_PLAIN = re.compile(r"[A-Za-z0-9 !#$%&'*+/^_`{|}~-]*\Z")
_MOST_REFERENCES = 20
_LONGEST_QUOTE = 20_000
_LINE = 76


class Quoted(Struct, frozen=True):
    """The customer's last message, to be quoted below a reply; `html` is sanitised."""

    author: Address
    at: datetime
    text: str
    html: str | None = None


class OutgoingMail(Struct, frozen=True):
    """What to send.

    `references` are the Message-IDs of the thread, oldest first, with `in_reply_to` or without it. `reply_to`
    carries the plus address. `html` is the agent's rich text (sanitised again here), None for plain text only.
    `automatic` marks mail that no person wrote. `loop_id` is this installation's mark against mail loops. `language` is
    that of the words above what is quoted.
    """

    sender: Address
    to: tuple[Address, ...]
    subject: str
    message_id: str
    date: datetime
    text: str
    loop_id: str
    reply_to: Address | None = None
    cc: tuple[Address, ...] = ()
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    html: str | None = None
    signature: str = ""
    quoted: Quoted | None = None
    attachments: tuple[MailAttachment, ...] = ()
    language: Language = Language.EN
    automatic: bool = False


class _OwnHeaders(EmailPolicy):
    """SMTP policy that sends our ready-made ASCII header values as they are, folded at blanks only.

    The library's own folding turns Message-IDs longer than a line into encoded words, which breaks threads.
    """

    def header_store_parse(self, name: str, value: object) -> tuple[str, object]:
        """Refuse what could start another header, and leave everything but MIME headers unparsed."""
        if name.lower().startswith(("content-", "mime-")):
            return super().header_store_parse(name, value)
        text = str(value)
        if not text.isascii() or _BREAKS.search(text):
            msg = f"header {name} must be one line of ASCII"
            raise ValueError(msg)
        return name, text

    def fold(self, name: str, value: str) -> str:
        """Return a header as lines of at most 76 characters where blanks allow it."""
        if name.lower().startswith(("content-", "mime-")):
            return super().fold(name, value)
        lines = [f"{name}:"]
        for word in value.split(" "):
            if len(lines[-1]) + 1 + len(word) > _LINE and lines[-1].strip() and not lines[-1].endswith(":"):
                lines.append("")
            lines[-1] += f" {word}"
        return "\r\n".join(lines) + "\r\n"

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return `fold` as ASCII bytes."""
        return self.fold(name, value).encode("ascii", "surrogateescape")


_POLICY = _OwnHeaders(linesep=SMTP.linesep, max_line_length=SMTP.max_line_length, cte_type="7bit")


def compose(mail: OutgoingMail) -> bytes:
    """Return the mail as it goes over SMTP (CRLF, 7 bit). The same values give the same bytes.

    Raises ValueError for an address or Message-ID that cannot stand in a mail. Line breaks in names and
    subjects become blanks.
    """
    message = EmailMessage(policy=_POLICY)
    _set_headers(message, mail)
    message.set_content(_plain_text(mail), cte=_transfer(_plain_text(mail)))
    inline = [file for file in mail.attachments if file.inline and file.content_id and mail.html is not None]
    if mail.html is not None:
        message.add_alternative(_html(mail), subtype="html", cte="quoted-printable")
        if inline:
            _add_inline(message, inline)
    for number, file in enumerate(mail.attachments, 1):
        if file not in inline:
            _add_file(message, file, number)
    _set_boundaries(message, mail)
    return message.as_bytes()


def reply_subject(subject: str) -> str:
    """Return a subject with exactly one `Re: ` in front, whatever reply prefixes it had in any language."""
    rest = " ".join(_BREAKS.sub(" ", subject).split())
    while match := REPLY_PREFIX.match(rest):
        rest = rest[match.end() :]
    return f"Re: {rest}" if rest else "Re:"


def _set_headers(message: EmailMessage, mail: OutgoingMail) -> None:
    message["From"] = _mailbox(mail.sender)
    message["To"] = ", ".join(_mailbox(mailbox) for mailbox in mail.to)
    if mail.cc:
        message["Cc"] = ", ".join(_mailbox(mailbox) for mailbox in mail.cc)
    if mail.reply_to is not None:
        message["Reply-To"] = _mailbox(mail.reply_to)
    subject = reply_subject(mail.subject) if mail.in_reply_to else " ".join(_BREAKS.sub(" ", mail.subject).split())
    message["Subject"] = _encoded(subject)
    message["Date"] = format_datetime(mail.date)
    message["Message-ID"] = _checked_id(mail.message_id)
    if mail.in_reply_to:
        message["In-Reply-To"] = _checked_id(mail.in_reply_to)
        message["References"] = " ".join(_references(mail))
    if mail.automatic:
        message["Auto-Submitted"] = "auto-replied" if mail.in_reply_to else "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    message[LOOP_HEADER] = " ".join(_BREAKS.sub(" ", mail.loop_id).split())


def _references(mail: OutgoingMail) -> list[str]:
    """Keep the first id, which names the thread, and the newest ones."""
    chain = [_checked_id(reference) for reference in dict.fromkeys(mail.references) if reference != mail.in_reply_to]
    chain.append(mail.in_reply_to or "")
    return chain if len(chain) <= _MOST_REFERENCES else [chain[0], *chain[1 - _MOST_REFERENCES :]]


def _checked_id(message_id: str) -> str:
    if not _MESSAGE_ID.match(message_id):
        msg = "a Message-ID is <...> of printable ASCII"
        raise ValueError(msg)
    return message_id


def _mailbox(mailbox: Address) -> str:
    local, _, domain = mailbox.address.rpartition("@")
    if not domain.isascii():
        domain = domain.encode("idna").decode("ascii")
    address = f"{local}@{domain}"
    if not _MAILBOX.match(address):
        msg = f"not an address that mail can be sent to: {mailbox.address!r}"
        raise ValueError(msg)
    name = " ".join(_BREAKS.sub(" ", mailbox.name).split())
    if not name:
        return address
    if not name.isascii() or "=?" in name:
        return f"{_encoded(name)} <{address}>"
    if _PLAIN.match(name):
        return f"{name} <{address}>"
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>'


def _encoded(text: str) -> str:
    """Return text as RFC 2047 words where ASCII does not do, each within a line and whole in its characters."""
    longest = max((len(word) for word in text.split(" ")), default=0)
    if text.isascii() and "=?" not in text and longest < 900:
        return text
    words: list[str] = []
    chunk = b""
    for char in text:
        raw = char.encode("utf-8", "replace")
        if len(chunk) + len(raw) > 42:
            words.append(_word(chunk))
            chunk = b""
        chunk += raw
    words.append(_word(chunk))
    return " ".join(words)


def _word(chunk: bytes) -> str:
    return f"=?utf-8?B?{base64.b64encode(chunk).decode('ascii')}?="


def _transfer(text: str) -> str:
    plain = text.isascii() and all(len(line) < 900 for line in text.split("\n"))
    return "7bit" if plain else "quoted-printable"


def _attribution(quoted: Quoted, language: Language) -> str:
    name = " ".join(_BREAKS.sub(" ", quoted.author.name).split())
    who = f"{name} <{quoted.author.address}>" if name else quoted.author.address
    date, time = f"{quoted.at:%Y-%m-%d}", f"{quoted.at:%H:%M %z}"
    return render(say("On {date} at {time}, {who} wrote:", date=date, time=time, who=who), language)


def _plain_text(mail: OutgoingMail) -> str:
    pieces = [mail.text.replace("\r\n", "\n").strip("\n")]
    if mail.signature.strip():
        pieces.append(f"-- \n{mail.signature.strip()}")
    if mail.quoted is not None:
        lines = mail.quoted.text[:_LONGEST_QUOTE].strip("\n").split("\n")
        marked = "\n".join(f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in lines)
        pieces.append(f"{_attribution(mail.quoted, mail.language)}\n{marked}")
    return "\n\n".join(pieces) + "\n"


def _html(mail: OutgoingMail) -> str:
    pieces = [f"<div>{sanitize(mail.html or '')}</div>"]
    if mail.signature.strip():
        pieces.append(f'<div class="careloom_signature">-- <br>\n{text_to_html(mail.signature.strip())}</div>')
    if mail.quoted is not None:
        quoted = sanitize(mail.quoted.html, _LONGEST_QUOTE) if mail.quoted.html else None
        body = quoted or text_to_html(mail.quoted.text[:_LONGEST_QUOTE])
        attribution = escape(_attribution(mail.quoted, mail.language))
        pieces.append(
            f'<div class="careloom_quote"><div class="careloom_attribution">{attribution}</div>\n'
            f'<blockquote type="cite">{body}</blockquote></div>'
        )
    content = "\n<br>\n".join(pieces)
    return f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>\n{content}\n</body></html>\n'


def _add_inline(message: EmailMessage, inline: list[MailAttachment]) -> None:
    html = message.get_body(("html",))
    if not isinstance(html, MIMEPart):
        return
    for number, file in enumerate(inline, 1):
        main, sub = _media_type(file.media_type)
        name = safe_file_name(file.name, file.media_type, number)
        content_id = re.sub(r"[^!-;=?-~]", "", file.content_id or "")
        html.add_related(
            file.content, maintype=main, subtype=sub, cid=f"<{content_id}>", filename=name, disposition="inline"
        )


def _add_file(message: EmailMessage, file: MailAttachment, number: int) -> None:
    main, sub = _media_type(file.media_type)
    name = safe_file_name(file.name, file.media_type, number)
    message.add_attachment(file.content, maintype=main, subtype=sub, filename=name)


def _media_type(media_type: str) -> tuple[str, str]:
    """A type that is no leaf, or none at all, goes out as plain bytes."""
    wanted = media_type.lower()
    main, _, sub = wanted.partition("/")
    if not _MEDIA_TYPE.match(wanted) or main in ("multipart", "message"):
        return "application", "octet-stream"
    return main, sub


def _set_boundaries(message: EmailMessage, mail: OutgoingMail) -> None:
    """Name the boundaries after the content, as the library's are random."""
    seed = hashlib.sha256(f"{mail.message_id}\0{mail.text}".encode("utf-8", "replace")).hexdigest()[:24]
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{seed}_{number}")
