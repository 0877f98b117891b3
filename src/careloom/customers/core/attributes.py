"""Whether a customer's attributes fit the client's schema."""

from collections.abc import Mapping, Sequence
from datetime import date

from careloom.customers.types import AttributeField, AttributeKind, AttributeValue
from careloom.platform.errors import FieldError
from careloom.platform.texts.text import Text, say


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
    return errors


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
