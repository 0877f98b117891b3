"""Fields of other systems' own: which of the client's attributes each is, and its value as that attribute asks for."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from careloom.customers.core.attributes import attribute_errors
from careloom.customers.types import AttributeField, AttributeKind, AttributeValue
from careloom.integrations.core.detect import plain
from careloom.integrations.core.documents import text
from careloom.integrations.core.entries import Shorten
from careloom.integrations.core.reasons import WrongValueError
from careloom.platform.texts.text import Text, say

_YES, _NO = ("true", "yes", "1", "y", "ja", "si", "oui"), ("false", "no", "0", "n", "nein", "non")
_LONGEST: Final = 1000


def written(value: Any) -> str:
    """A value of a field as words: those of a list between commas, yes and no as true and false; "" for nothing."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return said_together(list(cast("dict[str, Any]", value).items()), ", ")
    if isinstance(value, list):
        return ", ".join(filter(None, map(written, cast("list[Any]", value))))
    return text(value)


def as_attributes(
    fields: Mapping[str, Any], schema: Mapping[str, AttributeField], shorten: Shorten
) -> tuple[dict[str, AttributeValue], tuple[Text, ...], tuple[str, ...]]:
    """The values that the client has an attribute for, by its key or label; what does not fit, in words; and the names
    of the fields that no attribute is for. Empty fields are none.
    """
    known = {_compared(name): one for one in reversed(tuple(schema.values())) for name in (one.label, one.key)}
    taken: dict[str, AttributeValue] = {}
    wrong: list[Text] = []
    homeless: list[str] = []
    for name, value in fields.items():
        if not written(value):
            continue
        field = known.get(_compared(name))
        if field is None:
            homeless.append(name)
            continue
        try:
            taken.setdefault(field.key, _fitted(field, value, shorten))
        except WrongValueError as error:
            wrong.append(error.text)
    return taken, tuple(wrong), tuple(homeless)


def typed(field: AttributeField, cell: str) -> str | float | bool:
    """A text as the attribute's kind asks for; whether it is one of its choices or a date is not looked at here.

    Raises WrongValueError.
    """
    if field.kind is AttributeKind.NUMBER:
        number = _number(cell)
        if number is None:
            problem = say("“{value}” is no number such as 1234.5.", value=cell)
            raise WrongValueError(_of(field, say("Write a number.") if field.sensitive else problem))
        return number
    if field.kind is AttributeKind.BOOLEAN:
        word = cell.lower()
        if word not in (*_YES, *_NO):
            problem = say("“{value}” is neither yes nor no.", value=cell)
            raise WrongValueError(_of(field, say("Say true or false.") if field.sensitive else problem))
        return word in _YES
    return cell[:10] if field.kind is AttributeKind.DATE else cell


def _compared(name: str) -> str:
    """What has no Latin letters is compared as it stands."""
    return plain(name) or name.strip()


def _number(cell: str) -> float | None:
    try:
        found = float(cell)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _fitted(field: AttributeField, value: Any, shorten: Shorten) -> AttributeValue:
    cell = written(value)
    if field.kind is AttributeKind.CHOICE and cell not in field.choices:
        cell = next((one for one in field.choices if _compared(one) == _compared(cell)), cell)
    found = typed(field, shorten(cell, _LONGEST))
    errors = attribute_errors((field,), {field.key: found})
    if errors:
        raise WrongValueError(_of(field, errors[0].text))
    return found


def said_together(fields: Sequence[tuple[str, Any]], between: str = "\n") -> str:
    """Fields that have a value, each with its name."""
    pairs = ((name, written(value)) for name, value in fields)
    return between.join(f"{name}: {words}" for name, words in pairs if words)


def _of(field: AttributeField, problem: Text) -> Text:
    return say("{field}: {problem}", field=field.label, problem=problem)
