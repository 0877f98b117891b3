"""Secrets at rest: sealed for one owner (a client, a person) and one purpose, and opened with both alone."""

import base64
import binascii
import os
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from careloom.platform.errors import CareloomError

_MARK: Final = "s1."
"""How every sealed value begins."""

_NONCE_BYTES: Final = 12


class SealBrokenError(CareloomError):
    """This secret cannot be read any more: the installation's secret key was changed. Enter the secret again."""

    status = 409


def seal(key: bytes, owner_id: UUID, purpose: str, value: str) -> str:
    """`value` encrypted (AES-256-GCM) under a key of the owner's and the purpose's own; equal values look unlike."""
    return _MARK + base64.b64encode(seal_bytes(key, owner_id, purpose, value.encode())).decode()


def unseal(key: bytes, owner_id: UUID, purpose: str, sealed: str) -> str:
    """What `seal` was given; raises SealBrokenError for another key, owner or purpose, or a changed text."""
    try:
        raw = base64.b64decode(sealed.removeprefix(_MARK), validate=True)
    except (binascii.Error, ValueError):
        raise SealBrokenError from None
    return unseal_bytes(key, owner_id, purpose, raw).decode()


def seal_bytes(key: bytes, owner_id: UUID, purpose: str, content: bytes) -> bytes:
    """The same for bytes, as they are kept in a file."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + _cipher(key, owner_id, purpose).encrypt(nonce, content, None)


def unseal_bytes(key: bytes, owner_id: UUID, purpose: str, sealed: bytes) -> bytes:
    """What `seal_bytes` was given; raises SealBrokenError."""
    try:
        return _cipher(key, owner_id, purpose).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
    except (InvalidTag, ValueError):
        raise SealBrokenError from None


def _cipher(key: bytes, owner_id: UUID, purpose: str) -> AESGCM:
    """The one place that knows whose key it is."""
    info = b"\0".join((b"careloom seal", owner_id.bytes, purpose.encode()))
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(key))
