"""What logs and errors may say of a text: nothing that any recogniser knows, no address, no long number."""

import re
from typing import Final

from careloom.platform.redaction.redact import redact
from careloom.platform.redaction.types import Action, ClassPolicy, Policy

_ADDRESS: Final = re.compile(r"[^\s@<>\"(),;]{1,256}@[^\s@<>\"(),;]{1,256}")
_NUMBER: Final = re.compile(r"\+?\d[\d\s().-]{7,}\d")
_SECRET: Final = re.compile(r"clk_[\w-]+|(?i:bearer)\s+\S+|(?i:password|secret|token|cookie)[\"']?\s*[=:]\s*\S+")
_ID: Final = re.compile(r"[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}", re.ASCII)
_ALL: Final = ClassPolicy(Action.REMOVE, agents=True)
STRICT: Final = Policy(
    card=_ALL,
    card_code=_ALL,
    bank_account=_ALL,
    national_id=_ALL,
    health_id=_ALL,
    secret=_ALL,
    birth_date=_ALL,
)
"""Takes out everything that is recognised; for logs, and for copies that leave a client's hands."""


def scrub(text: str) -> str:
    """`text` for a log: without secrets, addresses, long numbers, and all else that `STRICT` finds; an id stays whole,
    as who looks into a log has nothing else to go by.
    """
    if _ID.fullmatch(text):
        return text
    text = _SECRET.sub("[secret]", text)
    return redact(STRICT, _NUMBER.sub("[number]", _ADDRESS.sub("[address]", text))).text
