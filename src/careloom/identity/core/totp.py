"""Codes of authenticator apps (RFC 6238): six digits, SHA-1, a new one every thirty seconds."""

import base64
import hashlib
import hmac
from datetime import datetime
from urllib.parse import quote

_SECONDS = 30
_DIGITS = 6
_DRIFT = 1


def step_of(moment: datetime) -> int:
    """The number of the thirty seconds that `moment` is in."""
    return int(moment.timestamp()) // _SECONDS


def code_at(secret: bytes, step: int) -> str:
    """The code of one step."""
    digest = hmac.new(secret, step.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}}"


def matching_step(secret: bytes, code: str, moment: datetime, used: int) -> int | None:
    """The step whose code `code` is: now, the one before or after, and later than `used`; None where there is none."""
    now = step_of(moment)
    found = None
    for step in range(max(0, now - _DRIFT), now + _DRIFT + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()) and step > used:
            found = step
    return found


def address(secret: bytes, email: str, issuer: str) -> str:
    """What the QR code holds: an `otpauth` address that apps read."""
    name = quote(f"{issuer}:{email}", safe="")
    return f"otpauth://totp/{name}?secret={written(secret)}&issuer={quote(issuer, safe='')}"


def written(secret: bytes) -> str:
    """The secret as people type it: base 32 without padding."""
    return base64.b32encode(secret).decode().rstrip("=")
