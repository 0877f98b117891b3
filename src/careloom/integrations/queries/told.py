"""Texts that were stored, in their reader's language."""

from typing import Any

from careloom.platform.texts.languages import Language
from careloom.platform.texts.text import Text, render
from careloom.platform.wire import from_plain


def told(stored: Any, language: Language) -> str | None:
    """The words of a stored text; None where there is none."""
    return None if stored is None else render(from_plain(stored, Text), language)
