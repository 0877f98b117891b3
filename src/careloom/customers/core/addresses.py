"""The one way to write an address, so that equal ones are equal."""

import re
import unicodedata
from typing import Final, LiteralString

from careloom.customers.types import IdentityKind
from careloom.platform.errors import FieldError, InvalidInputError

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_PHONE: Final = re.compile(r"\+?[\d\s().\-/]+")
_MAX_EMAIL: Final = 254
_MAX_VALUE: Final = 500
_DIGITS: Final = range(3, 16)


def normalised(kind: IdentityKind, value: str) -> str:
    """`value` as it is stored: e-mail trimmed and in lower case, telephone as `+` and digits, others trimmed.

    Raises InvalidInputError for what is no such address.
    """
    text = unicodedata.normalize("NFC", value).replace("\x00", "").strip()
    if kind is IdentityKind.EMAIL:
        text = text.lower()
        if len(text) > _MAX_EMAIL or not _EMAIL.fullmatch(text):
            raise _refused("Write an e-mail address such as ada@example.org.")
    elif kind is IdentityKind.PHONE:
        text = _telephone(text)
    if not text or len(text) > _MAX_VALUE:
        raise _refused("Write an address of 1 to 500 characters.")
    return text


def _telephone(text: str) -> str:
    digits = "".join(str(unicodedata.digit(one)) for one in text if one.isdigit())
    if not _PHONE.fullmatch(text) or len(digits) not in _DIGITS:
        raise _refused("Write a telephone number with its country code such as +351 21 000 0000.")
    return "+" + digits.removeprefix("00") if digits.startswith("00") else "+" + digits


def _refused(message: LiteralString) -> InvalidInputError:
    return InvalidInputError(errors=(FieldError("/value", message),))
