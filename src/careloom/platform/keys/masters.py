"""Master keys, which wrap clients' keys and nothing else: a seam for a key service, and the local one."""

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from careloom.platform.ids import new_secret
from careloom.platform.keys.cipher import derived
from careloom.platform.keys.errors import CipherBrokenError, MasterKeyMissingError
from careloom.platform.settings import Settings

OPTION: Final = "masters"
FILE: Final = "master.keys"
_NONCE_BYTES: Final = 12


class Wrapped(Struct, frozen=True):
    """A data key as it is stored, and the name of the master key that opens it."""

    master: str
    text: str


class Masters(Protocol):
    """Wraps data keys. A key service keeps its master keys to itself; `bound` is what a wrapped key belongs to."""

    def current(self) -> str:
        """The name of the master key that wraps from now on."""
        ...

    async def wrap(self, key: bytes, bound: bytes) -> Wrapped:
        """`key`, readable with the current master key and the same `bound` alone."""
        ...

    async def unwrap(self, master: str, wrapped: str, bound: bytes) -> bytes:
        """What `master` wrapped. Raises MasterKeyMissingError where there is no such master key (any more),
        CipherBrokenError for what it did not wrap for `bound`.
        """
        ...


class LocalMasters:
    """Master keys from a setting or a file, the newest first. What stands in a file may change meanwhile."""

    def __init__(self, keys: Sequence[bytes], path: Path | None = None) -> None:
        self.path = path
        self._keys = {name_of(key): key for key in keys}

    def current(self) -> str:
        """The newest one's name."""
        self._read_again()
        return next(iter(self._keys))

    @property
    def names(self) -> tuple[str, ...]:
        """All names, the newest first."""
        self._read_again()
        return tuple(self._keys)

    async def wrap(self, key: bytes, bound: bytes) -> Wrapped:
        """AES-256-GCM, in base64."""
        nonce, master = os.urandom(_NONCE_BYTES), self.current()
        sealed = nonce + _cipher(self._keys[master]).encrypt(nonce, key, bound)
        return Wrapped(master, base64.urlsafe_b64encode(sealed).decode())

    async def unwrap(self, master: str, wrapped: str, bound: bytes) -> bytes:
        """What was wrapped; raises MasterKeyMissingError, CipherBrokenError."""
        if master not in self._keys:
            self._read_again()
        if master not in self._keys:
            raise MasterKeyMissingError
        try:
            raw = base64.b64decode(wrapped, altchars=b"-_", validate=True)
            return _cipher(self._keys[master]).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound)
        except (InvalidTag, binascii.Error, ValueError):
            raise CipherBrokenError from None

    def _read_again(self) -> None:
        if self.path is not None:
            self._keys = {name_of(key): key for key in read_masters(self.path)}


def open_masters(settings: Settings) -> LocalMasters:
    """The master keys that the settings name: a list, else the secret key, else a file in home, made on first use."""
    if settings.master_keys:
        return LocalMasters([one.encode() for one in settings.master_keys])
    if settings.secret_key:
        return LocalMasters([settings.secret_key.encode()])
    path = settings.home / FILE
    if not path.exists():
        settings.home.mkdir(parents=True, exist_ok=True)
        write_masters(path, [new_secret(32).encode()], replace=False)
    return LocalMasters(read_masters(path), path)


def read_masters(path: Path) -> list[bytes]:
    """The keys in a file, one a line, the newest first."""
    return [line.encode() for line in path.read_text().splitlines() if line]


def write_masters(path: Path, keys: Sequence[bytes], *, replace: bool = True) -> None:
    """Writes the file anew, readable by the owner alone and at once as a whole; without `replace` unless it exists."""
    beside = path.with_name(f"{path.name}.{new_secret(6)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(b"".join(key + b"\n" for key in keys))
        file.flush()
        os.fsync(file.fileno())
    if replace:
        beside.rename(path)
        return
    try:
        os.link(beside, path)
    except FileExistsError:
        pass
    finally:
        beside.unlink()


def name_of(master: bytes) -> str:
    """A name that says nothing of the key."""
    return hashlib.sha256(b"careloom master name\0" + derived(master, b"careloom master name")).hexdigest()[:12]


def _cipher(master: bytes) -> AESGCM:
    return AESGCM(derived(master, b"careloom master wrap"))
