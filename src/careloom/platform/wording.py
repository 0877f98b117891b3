"""What people wrote in a row, as their client's privacy policy lets it be stored, and lets it leave."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Table

from careloom.platform.database.schema import Form, Words, Writer
from careloom.platform.redaction.markup import redact_html
from careloom.platform.redaction.redact import Redactor, redactor
from careloom.platform.redaction.types import Policy
from careloom.platform.redaction.values import redact_values


def worded(table: Table, row: Mapping[str, Any], policy: Policy, writer: Writer | None = None) -> dict[str, Any]:
    """A row of plain values, or some of its columns, without what the policy takes out of its words.

    `writer` is who wrote them where that is another one than the columns say. Not for mail as it came.
    """
    found = words_of(table).items()
    kind = row.get("kind")
    told = {name: told_by(redactor_of(policy, one, kind, writer), row[name], one) for name, one in found if name in row}
    return {**row, **told}


@lru_cache(maxsize=200)
def words_of(table: Table) -> dict[str, Words]:
    """The table's columns of words, by name."""
    return {one.name: one.info["words"] for one in table.columns if "words" in one.info}


def redactor_of(policy: Policy, one: Words, kind: str | None, writer: Writer | None = None) -> Redactor:
    """The policy for a column of words in a row of this `kind`."""
    who = writer or one.writer
    return redactor(policy, agents=who is Writer.STAFF or (who is Writer.KIND and kind != "inbound"))


def told_by(chosen: Redactor, held: Any, one: Words) -> Any:
    """A column's value, redacted."""
    if held is None or chosen.idle:
        return held
    return redact_html(chosen, held).text if one.form is Form.MARKUP else redact_values(chosen, held)
