"""Rows that leave the house in bulk, with what people wrote as their client's privacy policy lets it be now: what is
stored was looked through as it came, by the policy of that day.
"""

import binascii
from collections.abc import Callable
from typing import Final

import msgspec
from sqlalchemy import Table

from careloom.platform.database.schema import Form
from careloom.platform.redaction.redact import Redactor
from careloom.platform.redaction.types import Policy
from careloom.platform.wording import redactor_of, told_by, words_of

RedactMail = Callable[[bytes, Redactor], bytes]
_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_HEX: Final = "\\x"


def leaving_line(table: Table, line: str, policy: Policy, mail: RedactMail) -> str:
    """A row as the JSON text that PostgreSQL makes of it; what nothing was taken out of stays to the last digit."""
    columns = words_of(table)
    if not columns:
        return line
    fields = _FIELDS.decode(line)
    kind = msgspec.json.decode(fields["kind"]) if "kind" in fields else None
    changed = False
    for name, one in columns.items():
        held, chosen = msgspec.json.decode(fields[name]), redactor_of(policy, one, kind)
        told = _mail(held, chosen, mail) if one.form is Form.MAIL else told_by(chosen, held, one)
        if told != held:
            fields[name], changed = msgspec.Raw(msgspec.json.encode(told)), True
    return msgspec.json.encode(fields).decode() if changed else line


def _mail(held: str, chosen: Redactor, mail: RedactMail) -> str:
    if chosen.idle:
        return held
    return _HEX + binascii.hexlify(mail(binascii.unhexlify(held.removeprefix(_HEX)), chosen)).decode()
