"""A mail as it came in, with its words redacted, so that it can be kept and read again."""

from collections.abc import Callable
from email.errors import MessageError
from email.header import Header, decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import formataddr, getaddresses
from typing import Final

from careloom.channels.core.email.charset import decode
from careloom.channels.core.email.spoken import ADDRESSED, NAMED, is_machines, said_in
from careloom.platform.redaction.markup import redact_html
from careloom.platform.redaction.redact import Redactor

Tell = Callable[[str], str]
_TEXT: Final = "text"


def redact_mail(raw: bytes, redactor: Redactor) -> bytes:
    """The mail with what people wrote redacted: texts, headers, names of files, also of mails within it; attached
    files stay as they are.

    One in which nothing is found stays to the byte. Nothing is left of one that cannot be written again, or not read
    to its end, unless the policy takes out nothing at all.
    """
    if redactor.idle or not _found(raw, redactor):
        return raw
    try:
        mail = BytesParser(policy=compat32).parsebytes(raw)
        for part in mail.walk():
            _redact_headers(part, redactor)
            _redact_around(part, redactor)
            if part.get_content_maintype() == _TEXT and part.get_content_disposition() != "attachment":
                _redact_part(part, redactor)
        written = mail.as_bytes()
    except (MessageError, LookupError, ValueError, TypeError, AttributeError):
        return b""
    return b"" if _found(written, redactor) else written


def _found(raw: bytes, redactor: Redactor) -> bool:
    """Whether anything stands in the mail, or may stand beyond what is read of it."""
    said = said_in(raw)
    plain = any(redactor.find(one) for one in said.texts)
    return said.truncated or plain or any(redact_html(redactor, one).findings for one in said.markup)


def _redact_headers(part: Message, redactor: Redactor) -> None:
    def tell(text: str) -> str:
        return redactor.redact(text).text

    for name in dict.fromkeys(key.lower() for key in part.keys()):  # noqa: SIM118
        if name in NAMED:
            _rename(part, name, tell)
        elif not is_machines(name):
            _redact_header(part, name, tell)


def _redact_header(part: Message, name: str, tell: Tell) -> None:
    held = [str(make_header(decode_header(str(one)))) for one in part.get_all(name, [])]
    told = [_addresses(one, tell) if name in ADDRESSED else tell(one) for one in held]
    if told != held:
        del part[name]
        for one in told:
            part[name.title()] = one if one.isascii() else Header(one, "utf-8", header_name=name).encode()


def _addresses(held: str, tell: Tell) -> str:
    """Addresses stay; what they are called is told, in ASCII."""
    pairs = getaddresses([held])
    if all(tell(name) == name for name, _ in pairs):
        return held
    return ", ".join(formataddr((tell(name), address)) for name, address in pairs)


def _rename(part: Message, header: str, tell: Tell) -> None:
    for parameter in NAMED[header]:
        held = part.get_param(parameter, header=header)
        if isinstance(held, tuple):
            held = decode(held[2].encode("latin-1", "replace"), held[0])
        if isinstance(held, str):
            said = str(make_header(decode_header(held))).replace("_", " ")
            if (told := tell(said)) != said:
                part.set_param(parameter, told, header=header, charset="utf-8")


def _redact_around(part: Message, redactor: Redactor) -> None:
    """What stands before and behind the parts, where mail programs show nothing, goes where it holds something."""
    for name in ("preamble", "epilogue"):
        if redactor.find(getattr(part, name) or ""):
            setattr(part, name, None)


def _redact_part(part: Message, redactor: Redactor) -> None:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return
    text = decode(content, part.get_content_charset())
    done = redact_html(redactor, text) if part.get_content_subtype() == "html" else redactor.redact(text)
    if done.findings:
        del part["Content-Transfer-Encoding"]
        part.set_payload(done.text, "utf-8")
