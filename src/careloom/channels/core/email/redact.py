"""A mail as it came in, with its texts redacted, so that it can be kept and read again."""

from email.errors import MessageError
from email.header import Header, decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from careloom.channels.core.email.charset import decode
from careloom.platform.redaction.markup import redact_html
from careloom.platform.redaction.redact import Redactor

_HEADERS = ("Subject", "From", "Reply-To", "Thread-Topic")


def redact_mail(raw: bytes, redactor: Redactor) -> bytes:
    """The mail with every part of text and its visible headers redacted; attached files stay as they are.

    One in which nothing is found stays to the byte. Nothing is left of a mail that cannot be written again.
    """
    try:
        mail = BytesParser(policy=compat32).parsebytes(raw)
        changed = False
        for part in mail.walk():
            changed |= _redact_headers(part, redactor)
            if part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment":
                changed |= _redact_part(part, redactor)
        return mail.as_bytes() if changed else raw
    except (MessageError, LookupError, ValueError, TypeError, AttributeError):
        return b""


def _redact_headers(part: Message, redactor: Redactor) -> bool:
    changed = False
    for name in _HEADERS:
        value = part.get(name)
        if value is None:
            continue
        plain = str(make_header(decode_header(str(value))))
        done = redactor.redact(plain)
        if done.findings:
            part.replace_header(name, Header(done.text, "utf-8").encode())
            changed = True
    return changed


def _redact_part(part: Message, redactor: Redactor) -> bool:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return False
    text = decode(content, part.get_content_charset())
    done = redact_html(redactor, text) if part.get_content_subtype() == "html" else redactor.redact(text)
    if done.findings:
        del part["Content-Transfer-Encoding"]
        part.set_payload(done.text, "utf-8")
    return bool(done.findings)
