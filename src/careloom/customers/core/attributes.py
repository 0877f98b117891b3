"""Whether a customer's attributes fit the client's schema, and which of them are sealed."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date

from careloom.customers.types import AttributeField, AttributeKind, AttributeValue
from careloom.platform.errors import FieldError
from careloom.platform.texts.text import Text, say
from careloom.platform.wire import digest, json_text

Plain = dict[str, AttributeValue]
Secret = dict[AttributeField, AttributeValue]


def attribute_errors(schema: Sequence[AttributeField], values: Mapping[str, AttributeValue]) -> list[FieldError]:
    """What is wrong with `values`, one entry a field; None as a value is always right: it empties the field."""
    fields = {field.key: field for field in schema}
    errors: list[FieldError] = []
    for key, value in values.items():
        field = fields.get(key)
        message = say("This client has no such attribute.") if field is None else _problem(field, value)
        if message is not None:
            errors.append(FieldError(f"/attributes/{key}", message))
    return errors


def schema_errors(schema: Sequence[AttributeField]) -> list[FieldError]:
    """What is wrong with a schema: keys twice, choices where there is nothing to choose, or none where there is."""
    errors: list[FieldError] = []
    seen: set[str] = set()
    for index, field in enumerate(schema):
        if field.key in seen:
            errors.append(FieldError(f"/items/{index}/key", "This key is used twice."))
        seen.add(field.key)
        if (field.kind is AttributeKind.CHOICE) != bool(field.choices):
            errors.append(FieldError(f"/items/{index}/choices", "A choice needs choices, anything else has none."))
        if field.exact and not field.sensitive:
            errors.append(FieldError(f"/items/{index}/exact", "Only what is sensitive is found by its exact value."))
    return errors


def version_of(schema: Sequence[AttributeField]) -> str:
    """A short text that is the same for the same fields in the same order, and for no others."""
    return digest(tuple(schema))


def parted(schema: Sequence[AttributeField], values: Mapping[str, AttributeValue]) -> tuple[Plain, Secret]:
    """What may be kept in plain, by key, and what is to be sealed, by field."""
    sensitive = {field.key: field for field in schema if field.sensitive}
    plain = {key: value for key, value in values.items() if key not in sensitive}
    return plain, {field: values[key] for key, field in sensitive.items() if key in values}


def compared(value: AttributeValue) -> str:
    """The text by which equal values are found: a text's case, width of letters and outer or double spaces do not
    count, 1 and 1.0 are the same.
    """
    if isinstance(value, str):
        return json_text(" ".join(unicodedata.normalize("NFKC", value).casefold().split()))
    return json_text(float(value) if isinstance(value, int) and not isinstance(value, bool) else value)


def _problem(field: AttributeField, value: AttributeValue) -> Text | None:
    if value is None:
        return None
    match field.kind:
        case AttributeKind.TEXT:
            return None if isinstance(value, str) else say("Write a text here.")
        case AttributeKind.NUMBER:
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            return None if number else say("Write a number.")
        case AttributeKind.BOOLEAN:
            return None if isinstance(value, bool) else say("Say true or false.")
        case AttributeKind.DATE:
            return None if isinstance(value, str) and _is_date(value) else say("Write a date such as 2026-01-31.")
        case AttributeKind.CHOICE:
            return None if value in field.choices else say("Choose one of: {choices}.", choices=tuple(field.choices))


def _is_date(value: str) -> bool:
    try:
        return len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False
