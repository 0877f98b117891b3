"""Rows that leave the house in bulk, with what people wrote as their client's privacy policy lets it be now.

What is stored was looked through as it came, by the policy of that day; some of it, such as reasons, was not.
"""

import binascii
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec
from sqlalchemy import Table

from careloom.platform.database.schema import Form, Words, Writer
from careloom.platform.redaction.markup import redact_html
from careloom.platform.redaction.redact import Redactor, redactor
from careloom.platform.redaction.types import Policy
from careloom.platform.redaction.values import redact_values

RedactMail = Callable[[bytes, Redactor], bytes]
_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_HEX: Final = "\\x"


def leaving_row(table: Table, row: Mapping[str, Any], policy: Policy) -> dict[str, Any]:
    """A row as plain values, without mail as it came."""
    found = _words_of(table).items()
    told = {name: _told(row[name], one, _redactor(policy, one, row.get("kind"))) for name, one in found if name in row}
    return {**row, **told}


def leaving_line(table: Table, line: str, policy: Policy, mail: RedactMail) -> str:
    """A row as the JSON text that PostgreSQL makes of it; what nothing was taken out of stays to the last digit."""
    columns = _words_of(table)
    if not columns:
        return line
    fields = _FIELDS.decode(line)
    kind = msgspec.json.decode(fields["kind"]) if "kind" in fields else None
    changed = False
    for name, one in columns.items():
        held, chosen = msgspec.json.decode(fields[name]), _redactor(policy, one, kind)
        told = _mail(held, chosen, mail) if one.form is Form.MAIL else _told(held, one, chosen)
        if told != held:
            fields[name], changed = msgspec.Raw(msgspec.json.encode(told)), True
    return msgspec.json.encode(fields).decode() if changed else line


@lru_cache(maxsize=200)
def _words_of(table: Table) -> dict[str, Words]:
    return {one.name: one.info["words"] for one in table.columns if "words" in one.info}


def _redactor(policy: Policy, one: Words, kind: str | None) -> Redactor:
    staff = one.writer is Writer.STAFF or (one.writer is Writer.KIND and kind != "inbound")
    return redactor(policy, agents=staff)


def _told(held: Any, one: Words, chosen: Redactor) -> Any:
    if held is None or chosen.idle:
        return held
    return redact_html(chosen, held).text if one.form is Form.MARKUP else redact_values(chosen, held)


def _mail(held: str, chosen: Redactor, mail: RedactMail) -> str:
    if chosen.idle:
        return held
    return _HEX + binascii.hexlify(mail(binascii.unhexlify(held.removeprefix(_HEX)), chosen)).decode()
