"""What a file is, guessed from its name and its first bytes: format, encoding, delimiter, what its columns hold."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from careloom.channels.core.email.charset import guess_codec
from careloom.customers.types import AttributeField
from careloom.integrations.types import Format, Target

SAMPLE_BYTES: Final = 262_144
_DELIMITERS: Final = (",", ";", "\t", "|")
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CUSTOMER_FIELDS: Final = (
    "key", "name", "first_name", "last_name", "email", "phone", "handle", "external", "language", "created_at",
)  # fmt: skip
CONVERSATION_FIELDS: Final = (
    "key", "channel", "subject", "status", "priority", "language", "tags", "created_at", "resolved_at",
    "customer_key", "customer_name", "customer_email", "customer_phone",
    "message_kind", "message_author", "message_text", "message_at",
)  # fmt: skip
ATTRIBUTE: Final = "attribute:"
OTHER: Final = "other:"
"""Before the name of a column that another system has of its own, and nobody was asked what it holds."""
_WORDS: Final = {
    Target.CUSTOMERS: {
        "key": ("id", "customer id", "contact id", "user id", "kundennummer", "customer number", "key"),
        "name": ("name", "full name", "customer", "customer name", "contact name", "nombre", "nom", "nome"),
        "first_name": ("first name", "firstname", "given name", "vorname", "prenom"),
        "last_name": ("last name", "lastname", "surname", "family name", "nachname", "apellido"),
        "email": ("email", "e mail", "email address", "mail", "correo", "courriel"),
        "phone": ("phone", "phone number", "telephone", "mobile", "mobile phone", "telefon", "telefono"),
        "handle": ("handle", "twitter", "instagram", "username"),
        "external": ("external id", "identifier", "external"),
        "language": ("language", "locale", "lang", "sprache", "idioma", "langue"),
        "created_at": ("created at", "created", "signed up", "customer since", "created on"),
    },
    Target.CONVERSATIONS: {
        "key": ("id", "ticket", "ticket id", "conversation", "conversation id", "case", "case id", "key"),
        "channel": ("channel", "via", "kanal", "canal"),
        "subject": ("subject", "title", "betreff", "asunto"),
        "status": ("status", "state", "estado"),
        "priority": ("priority",),
        "language": ("language", "locale", "lang"),
        "tags": ("tags", "labels"),
        "created_at": ("created at", "created", "opened at", "opened"),
        "resolved_at": ("resolved at", "solved at", "closed at", "closed", "resolved"),
        "customer_key": ("customer id", "requester id", "contact id", "customer key"),
        "customer_name": ("customer", "customer name", "requester", "requester name", "contact name"),
        "customer_email": ("email", "customer email", "requester email", "e mail", "contact email"),
        "customer_phone": ("phone", "customer phone", "requester phone"),
        "message_kind": ("kind", "direction", "type", "message type", "message kind"),
        "message_author": ("author", "from", "sender", "agent", "message author"),
        "message_text": ("text", "message", "body", "description", "comment", "content", "message text"),
        "message_at": ("at", "sent at", "date", "time", "timestamp", "message at"),
    },
}


def guess_format(name: str, sample: bytes) -> Format:
    """The format that a file most likely has."""
    ending = name.rpartition(".")[2].lower()
    start = sample.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"From ") and ending not in ("csv", "tsv"):
        return Format.MBOX
    if start.startswith((b"{", b"[", b"PK\x03\x04")):
        return _json_format(start, ending)
    return {"mbox": Format.MBOX, "jsonl": Format.LINES, "ndjson": Format.LINES}.get(ending, Format.CSV)


def _json_format(start: bytes, ending: str) -> Format:
    head = start[:20_000]
    if re.search(rb'^\{[^{}\[]{0,400}"type"\s*:\s*"(customer|conversation)"', head):
        return Format.LINES
    if any(word in head for word in (b'"payload"', b'"inbox_id"', b'"message_type"', b'"contact_inboxes"')):
        return Format.CHATWOOT
    if any(word in head for word in (b'"tickets"', b'"requester_id"', b'"comments"', b'"users"')):
        return Format.ZENDESK
    return Format.LINES if ending in ("jsonl", "ndjson") else Format.ZENDESK


def guess_encoding(sample: bytes) -> str:
    """The name of the encoding in which `sample`, the start of a file, makes sense."""
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return guess_codec(sample)
    return "utf-8"


def guess_delimiter(text: str) -> str:
    """What separates columns: the sign by which most lines have the same number of columns, more than one."""
    best, delimiter = (0.0, 0), ","
    for one in _DELIMITERS:
        widths = [len(row) for row in _rows(text, one)]
        usual = max(set(widths), key=widths.count, default=0)
        if usual > 1:
            score = (widths.count(usual) / len(widths), usual)
            if score > best:
                best, delimiter = score, one
    return delimiter


def first_rows(sample: bytes, encoding: str, delimiter: str, most: int = 6) -> list[list[str]]:
    """The header and the first rows of a CSV file."""
    return _rows(decode_start(sample, encoding), delimiter)[:most]


def decode_start(sample: bytes, encoding: str) -> str:
    """The start of a file as text; what is cut off at its end is left out."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    return text if len(sample) < SAMPLE_BYTES else text.rpartition("\n")[0]


def guess_target(header: Sequence[str]) -> Target:
    """Whether rows are customers or messages of conversations."""
    fields = guess_fields(header, Target.CONVERSATIONS, ())
    return Target.CONVERSATIONS if {"key", "message_text"} <= set(fields) else Target.CUSTOMERS


def guess_fields(header: Sequence[str], target: Target, schema: Sequence[AttributeField]) -> tuple[str, ...]:
    """What each column holds, each field at most once; "" where nothing fits."""
    found: list[str] = []
    attributes = {
        word: ATTRIBUTE + one.key for one in schema for word in map(plain, (one.key, one.label, ATTRIBUTE + one.key))
    }
    for name in header:
        word = plain(name)
        field = next((key for key, words in _WORDS[target].items() if word in words or word == plain(key)), "")
        field = attributes.get(word, "") if not field and target is Target.CUSTOMERS else field
        found.append("" if field in found else field)
    return tuple(found)


def plain(name: str) -> str:
    """A column's name as it is compared: lower case, without accents and signs."""
    spread = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    bare = "".join(one for one in unicodedata.normalize("NFKD", spread) if not unicodedata.combining(one))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare.lower()).split())


def _rows(text: str, delimiter: str) -> list[list[str]]:
    try:
        return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(row)][:200]
    except csv.Error:
        return []
