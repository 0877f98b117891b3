"""Plain values, as JSON holds them, without what a policy takes out of their texts."""

import re
from typing import Any, Final

from careloom.platform.redaction.redact import Redactor

_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def redact_values(redactor: Redactor, value: Any) -> Any:
    """`value` with each text in it redacted, at any depth; keys, numbers and our own ids stay as they are."""
    if isinstance(value, str):
        return value if _ID.fullmatch(value) else redactor.redact(value).text
    if isinstance(value, list | tuple):
        return [redact_values(redactor, one) for one in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        return {key: redact_values(redactor, one) for key, one in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return value


def storable(text: str) -> str:
    """`text` without what PostgreSQL cannot hold: NUL and lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
