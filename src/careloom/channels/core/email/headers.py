"""Header fields of a mail: splitting, encoded words, parameters, addresses, message ids, dates."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from careloom.channels.core.email.charset import clean, decode
from careloom.channels.core.email.mail import Address

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_ENCODED = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN = re.compile(r"(?<=\?=)\s+(?==\?[^?\s]{1,80}\?[bBqQ]\?)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_ID = re.compile(r"<([!-;=?-~]{1,900})>")
_BARE_ID = re.compile(r"[!-;=?-~]{1,400}@[!-;=?-~]{1,400}\Z")
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
_ADDRESS = re.compile(r'(?:[^\s@<>(),;:"\[\]\\]+|"[^"\r\n]{1,64}")@[^\s@<>(),;:"\\]+\Z')

_LONGEST_HEAD, _MOST_FIELDS = 262_144, 1_000


def split_fields(block: bytes, max_fields: int) -> tuple[list[tuple[str, bytes]], bool]:
    """Return (lower-case name, raw unfolded value) of a header block, and whether there are more than are read; lines
    that are no field are dropped.
    """
    fields: list[tuple[str, list[bytes]]] = []
    more = False
    for line in block.split(b"\n"):
        line = line.rstrip(b"\r")
        if line[:1] in (b" ", b"\t") and fields:
            if not more:
                fields[-1][1].append(line)
            continue
        match = _FIELD.match(line)
        if match and len(fields) >= max_fields:
            more = True
        elif match:
            fields.append((match[1].decode("ascii").lower(), [line[match.end() :]]))
    return [(name, b"".join(lines).strip()) for name, lines in fields], more


def base64_bytes(data: bytes) -> bytes:
    """Decode base64 leniently: foreign characters skipped, a truncated end completed."""
    kept = data.partition(b"=")[0].translate(None, _NOT_BASE64)
    if len(kept) % 4 == 1:
        kept = kept[:-1]
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def decode_value(raw: bytes) -> str:
    """Return a header's text on one line: 8-bit bytes guessed, encoded words decoded."""
    return _CONTROL.sub(" ", decode_words(decode(raw))).strip()


def decode_words(text: str) -> str:
    """Decode RFC 2047 encoded words; neighbours in one charset are joined before decoding, as some split characters."""
    if "=?" not in text:
        return text
    text = _BETWEEN.sub("", text)
    out: list[str] = []
    pending: list[bytes] = []
    charset = ""
    position = 0
    for match in _ENCODED.finditer(text):
        between = text[position : match.start()]
        name = match[1].partition("*")[0].lower()
        if pending and (between or name != charset):
            out.append(decode(b"".join(pending), charset))
            pending.clear()
        out.append(between)
        charset = name
        pending.append(_word_bytes(match[2], match[3]))
        position = match.end()
    if pending:
        out.append(decode(b"".join(pending), charset))
    out.append(text[position:])
    return clean("".join(out))


def _word_bytes(encoding: str, payload: str) -> bytes:
    raw = payload.encode("utf-8", "replace")
    if encoding in "bB":
        return base64_bytes(raw)
    return binascii.a2b_qp(raw.replace(b" ", b"_"), header=True)


def split_parameters(value: str) -> tuple[str, dict[str, str]]:
    """Return (main value in lower case, parameters by lower-case name) of Content-Type and the like.

    RFC 2231 continuations and charsets and RFC 2047 words inside values are decoded.
    """
    pieces = _split_outside_quotes(value, ";")
    raw: dict[str, str] = {}
    for piece in pieces[1:200]:
        name, equals, content = piece.partition("=")
        name = name.strip().lower()
        if equals and name and name not in raw:
            raw[name] = _unquote(content.strip())
    main = pieces[0].strip().lower() if pieces else ""
    return main, _join_continuations(raw)


def _join_continuations(raw: dict[str, str]) -> dict[str, str]:
    plain: dict[str, str] = {}
    split: dict[str, list[tuple[int, bool, str]]] = {}
    for name, value in raw.items():
        base, star, rest = name.partition("*")
        if not star:
            plain[name] = decode_words(value)
            continue
        number = rest.rstrip("*")
        index = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
        split.setdefault(base, []).append((index, rest == "" or rest.endswith("*"), value))
    for base, parts in split.items():
        parts.sort(key=lambda part: part[0])
        charset: str | None = None
        joined: list[bytes] = []
        for position, (_, encoded, value) in enumerate(parts):
            content = value
            if encoded and position == 0 and value.count("'") >= 2:
                charset, _, content = value.split("'", 2)
            joined.append(unquote_to_bytes(content) if encoded else content.encode("utf-8", "replace"))
        plain[base] = decode(b"".join(joined), charset)
    return plain


def _split_outside_quotes(value: str, separator: str) -> list[str]:
    pieces: list[str] = []
    start = 0
    quoted = False
    position = 0
    while position < len(value):
        char = value[position]
        if char == "\\" and quoted:
            position += 1
        elif char == '"':
            quoted = not quoted
        elif char == separator and not quoted:
            pieces.append(value[start:position])
            start = position + 1
        position += 1
    pieces.append(value[start:])
    return pieces


def _unquote(value: str) -> str:
    if len(value) >= 2 and value[0] == '"':
        inner = value[1:-1] if value[-1] == '"' else value[1:]
        return re.sub(r"\\(.)", r"\1", inner)
    return value


def parse_addresses(value: str, limit: int = 200) -> tuple[Address, ...]:
    """Return the mailboxes of an address header in order, with whole names; anything that is no mailbox is skipped."""
    found: list[Address] = []
    for one in parse_addressed(value):
        if isinstance(one, Address):
            found.append(one)
        if len(found) >= limit:
            break
    return tuple(found)


def parse_addressed(value: str) -> Iterator[Address | str]:
    """Yield everything that an address header says, in order: its mailboxes, and in words what is none, such as the
    name of a group.
    """
    phrase: list[str] = []
    angle: str | None = None
    comment: list[str] = []
    for kind, token in _address_tokens(value):
        if kind == "separator":
            yield from _addressed(phrase, angle, comment)
            phrase, angle, comment = [], None, []
        elif kind == "angle":
            if angle is not None:
                yield from _words(token if "@" in angle else angle)
            angle = token if angle is None or "@" not in angle else angle
        elif kind == "comment":
            comment.append(token)
        elif kind == "group":
            yield from _words("".join(phrase))
            phrase = []
        else:
            phrase.append(token)
    yield from _addressed(phrase, angle, comment)


_TOKEN = re.compile(
    r'"(?P<quoted>(?:[^"\\]|\\.)*+)"?|<(?P<angle>[^<>]*+)>?|(?P<separator>[,;])|(?P<group>:)|\((?P<comment>[^()]*+)\)?'
    r'|(?P<text>[^"<>,;:()]++|.)',
    re.DOTALL,
)


def _address_tokens(value: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    previous_quoted = False
    for match in _TOKEN.finditer(value):
        kind = match.lastgroup or "text"
        token = match[kind]
        if kind == "quoted":
            token = re.sub(r"\\(.)", r"\1", token)
            follows_at = value[match.end() : match.end() + 1] == "@"
            kind, token = ("text", f'"{token}"' if follows_at else token)
        elif kind == "text" and previous_quoted and not token.startswith("@"):
            token = f" {token}"
        previous_quoted = kind == "quoted"
        tokens.append((kind, token))
    return tokens


def _words(text: str) -> Iterator[str]:
    said = " ".join(_CONTROL.sub(" ", decode_words(text)).split())
    if said:
        yield said


def _addressed(phrase: list[str], angle: str | None, comment: list[str]) -> Iterator[Address | str]:
    text = "".join(phrase)
    if angle is not None:
        address, name = angle, text
        yield from _words(" ".join(comment))
    else:
        address, name = text, " ".join(comment)
    address = address.strip().removeprefix("mailto:").strip()
    if angle is not None and "@" not in address and "@" in text:
        yield from _words(address)
        address, name = text.strip(), ""
    if angle is None and " " in address and not address.startswith('"'):
        words = address.split()
        address = next((word for word in words if "@" in word), "")
        rest = " ".join(word for word in words if word != address)
        if name and address:
            yield from _words(rest)
        name = name or rest
    if len(address) > 320 or not _ADDRESS.match(address):
        yield from _words(" ".join([text, angle or "", *([] if angle is not None else comment)]))
        return
    local, _, domain = address.rpartition("@")
    name = " ".join(_CONTROL.sub(" ", decode_words(name)).split())
    if len(name) >= 2 and name[0] == name[-1] and name[0] in "'\"":
        name = name[1:-1].strip()
    yield Address(f"{local}@{domain.lower().rstrip('.')}", name)


def sender_of(data: bytes) -> str:
    """Return the address in the From field of a mail, in lower case; "" where its head names none."""
    head = data[:_LONGEST_HEAD].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    named = (value for name, value in split_fields(head, _MOST_FIELDS)[0] if name == "from")
    found = (one.address.lower() for value in named for one in parse_addresses(decode(value), limit=1))
    return next(found, "")


def parse_message_ids(value: str) -> tuple[str, ...]:
    """Return the message ids of a header with their angle brackets, in order and without repeats."""
    ids = [f"<{found}>" for found in _ID.findall(value)]
    if not ids:
        ids = [f"<{word}>" for word in value.split()[:100] if _BARE_ID.match(word)]
    return tuple(dict.fromkeys(ids))


def parse_date(value: str) -> datetime | None:
    """Return the moment a Date header names, with its zone (UTC when it has none), or None when unreadable."""
    try:
        moment = parsedate_to_datetime(value[:120])
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment
