"""The installation's secret key, and signatures made with it."""

import base64
import hashlib
import hmac
import os
from pathlib import Path

from careloom.platform.ids import new_secret


def load_secret(home: Path) -> bytes:
    """The key in `home/secret.key`, made on first use and readable by the owner alone."""
    path = home / "secret.key"
    home.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(new_secret(48).encode())
    return path.read_bytes()


def sign(key: bytes, purpose: str, value: str) -> str:
    """A signature of `value` for one `purpose`, 32 URL-safe characters."""
    digest = hmac.new(key, f"{purpose}\0{value}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def signed_by(key: bytes, purpose: str, value: str, signature: str) -> bool:
    """Whether `signature` is `value`'s, compared in constant time."""
    return hmac.compare_digest(sign(key, purpose, value).encode(), signature.encode())


def fingerprint(secret: str) -> str:
    """A one-way fingerprint of a random secret, for look-up."""
    return hashlib.sha256(secret.encode()).hexdigest()
