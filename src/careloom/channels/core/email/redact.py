"""A mail as it came in, with its words redacted, so that it can be kept and read again."""

import base64
import re
from collections.abc import Callable, Iterator
from email.message import Message
from email.parser import BytesParser
from email.policy import Compat32
from functools import partial
from typing import Any, Final
from urllib.parse import quote

from careloom.channels.core.email.charset import decode
from careloom.channels.core.email.headers import decode_value, parse_addressed, split_parameters
from careloom.channels.core.email.mail import Limits
from careloom.channels.core.email.mime import MimeReader
from careloom.channels.core.email.parse import parse_mail
from careloom.channels.core.email.spoken import ADDRESSED, NAMED, Said, is_machines, said_in
from careloom.platform.redaction.markup import redact_html
from careloom.platform.redaction.redact import Redactor
from careloom.platform.texts.languages import Language
from careloom.platform.texts.text import render, say

Tell = Callable[[str], str]
_TEXT: Final = "text"
_TOP: Final = Limits(max_depth=0, max_parts=1)
_DEEPEST: Final = 2 * Limits().max_depth
_LONGEST_PLAIN: Final = 2_000
_LONGEST_PARAMETER: Final = 1_000
_LONGEST_HEAD: Final = 100_000
_MOST_HEADERS: Final = Limits().max_headers // 2
_WORD: Final = 11
_BREAK: Final = re.compile("\r\n|\r|\n")
_PARAMETERS: Final = frozenset(
    ("boundary", "charset", "name", "filename", "format", "delsp", "report-type", "type", "start")
)
_FIRST: Final = ("subject", "auto-submitted", "precedence", "x-careloom-loop")
_READ: Final = say("[This is what could be read of this mail.]")


def redact_mail(raw: bytes, redactor: Redactor, language: Language = Language.EN) -> bytes:
    """The mail with what people wrote redacted: texts, headers, names of files, also of mails within it; attached
    files stay as they are.

    One in which nothing is found stays to the byte. Of one that cannot be written again, or not read to its end, what
    can be read is left as a plain mail, which says so in `language`, and nothing where that holds something still;
    unless the policy takes out nothing at all. Never raises; takes time linear in the mail's bytes.
    """
    if redactor.idle:
        return raw
    for write in (_unchanged, _rewritten, partial(_readable, language)):
        try:
            written = write(raw, redactor)
            if written is not None and _clean(said_in(written), redactor):
                return written
        except Exception:  # noqa: S112 - no mail may stop those behind it, and the next way keeps less of it
            continue
    return b""


def _clean(said: Said, redactor: Redactor) -> bool:
    """Whether nothing stands in the mail, nor may stand beyond what is read of it."""
    if said.truncated or any(redactor.find(one) for one in said.texts):
        return False
    return not any(redact_html(redactor, one).findings for one in said.markup)


def _unchanged(raw: bytes, _: Redactor) -> bytes:
    return raw


def _rewritten(raw: bytes, redactor: Redactor) -> bytes | None:
    """All of the mail, redacted; None where it was not read to its end. Raises whatever the library does."""
    if said_in(raw).truncated:
        return None
    mail = BytesParser(_Part, policy=_Telling(_teller(redactor))).parsebytes(raw)
    for part in mail.walk():
        _redact_around(part, redactor)
        if part.get_content_maintype() == _TEXT and part.get_content_disposition() != "attachment":
            _redact_part(part, redactor)
    return mail.as_bytes()


def _readable(language: Language, raw: bytes, redactor: Redactor) -> bytes:
    """What can be read of a mail, redacted, as a mail of plain text without files."""
    tell = _teller(redactor)
    read = parse_mail(raw)
    lines = list(_head(raw, tell))
    if read.message_id_made:
        lines.append(f"Message-ID: {read.message_id}")
    lines += ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
    return "\n".join([*lines, "", tell(read.text), "", render(_READ, language), ""]).encode("utf-8", "surrogateescape")


def _head(raw: bytes, tell: Tell) -> Iterator[str]:
    """The lines of a mail's own header without those that say how it is put together, redacted; what servers and
    addresses need comes first, as only so much is kept.
    """
    fields = MimeReader(_TOP).read(raw).fields
    own = [(name, value) for name, value in fields if not name.startswith(("content-", "mime-version"))]
    own.sort(key=lambda one: not (one[0] in ADDRESSED or one[0] in _FIRST or is_machines(one[0])))
    left = _LONGEST_HEAD
    for name, value in own[:_MOST_HEADERS]:
        line = f"{name.title()}: {_told(name, value.decode('ascii', 'surrogateescape'), tell)}"
        left -= len(line) + 1
        if left > 0:
            yield line


def _teller(redactor: Redactor) -> Tell:
    return lambda text: redactor.redact(text).text


class _TooDeepError(Exception):
    """The library sees more levels than the time to read them allows."""


class _Part(Message):
    """A part that counts its levels: reading takes time by lines times levels."""

    depth = 0

    def attach(self, payload: Any) -> None:
        """Adds a part; raises _TooDeepError."""
        if isinstance(payload, _Part):
            payload.depth = self.depth + 1
            if payload.depth > _DEEPEST:
                raise _TooDeepError
        super().attach(payload)


class _Telling(Compat32):
    """Redacts each header as it is read, which takes time by their length and not by their number squared, and writes
    it as it stands.
    """

    tell: Tell

    def __init__(self, tell: Tell) -> None:
        super().__init__()
        object.__setattr__(self, "tell", tell)

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """The name and what it says, redacted."""
        name, value = super().header_source_parse(sourcelines)
        return name, _told(name.strip().lower(), value, self.tell)

    def fold_binary(self, name: str, value: str) -> bytes:
        """The header's lines as they were."""
        lines = _BREAK.sub(self.linesep, f"{name}: {value}")
        return f"{lines}{self.linesep}".encode("ascii", "surrogateescape")


def _told(name: str, value: str, tell: Tell) -> str:
    """A header's value redacted, as it was where nothing is found; in ASCII, other bytes as surrogates."""
    if is_machines(name):
        return value
    held = _BREAK.sub("", value).encode("ascii", "surrogateescape")
    if name in NAMED:
        return _renamed(name, value, held, tell)
    if name in ADDRESSED:
        people = tuple(parse_addressed(decode(held)))
        if all(tell(said) == said for said in (one if isinstance(one, str) else one.name for one in people)):
            return value
        return ", ".join(
            _called(tell(one)) if isinstance(one, str) else _address(tell(one.name), one.address) for one in people
        )
    said = decode_value(held)
    told = tell(said)
    return value if told == said else _in_words(told)


def _renamed(name: str, value: str, held: bytes, tell: Tell) -> str:
    """A long one is written anew in any case: the library takes time by the square of its length."""
    main, parameters = split_parameters(decode_value(held))
    told = dict(parameters)
    for one in NAMED[name]:
        said = parameters.get(one, "").replace("_", " ")
        if (new := tell(said)) != said:
            told[one] = new
    if told == parameters and len(value) <= _LONGEST_PLAIN:
        return value
    kept = [_parameter(key, one[:_LONGEST_PARAMETER]) for key, one in told.items() if key in _PARAMETERS]
    return "; ".join([_as_ascii(main[:_LONGEST_PARAMETER]), *kept])


def _parameter(name: str, value: str) -> str:
    if value.isascii() and value.isprintable():
        return f"{name}={_quoted(value)}"
    return f"{name}*=utf-8''{quote(value, safe='', errors='replace')}"


def _address(name: str, address: str) -> str:
    return f"{_called(name)} <{_as_ascii(address)}>" if name else _as_ascii(address)


def _called(name: str) -> str:
    return _quoted(name) if name.isascii() else _in_words(name)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _in_words(text: str) -> str:
    """The text in ASCII, by encoded words where need be, each short enough for every reader."""
    if text.isascii():
        return text
    pieces = (text[at : at + _WORD].encode("utf-8", "replace") for at in range(0, len(text), _WORD))
    return " ".join(f"=?utf-8?b?{base64.b64encode(one).decode()}?=" for one in pieces)


def _as_ascii(text: str) -> str:
    return text.encode("utf-8", "replace").decode("ascii", "surrogateescape")


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
