"""A file for a while that only this process can read: on the disk it is encrypted, and has no name."""

import io
import os
import tempfile
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

_BLOCK: Final = 16


class Scratch(io.RawIOBase):
    """Bytes are appended once, then read at any place. Its key (AES-256, counter mode) is its own, in memory alone, and
    gone with it, so that what is left on the disk says nothing.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed with this
        self._key = os.urandom(32)
        self._size = self._place = 0

    def append(self, content: bytes) -> None:
        """Writes `content` behind what is there; raises OSError where the disk has no room."""
        self._file.seek(self._size)
        sealed = memoryview(self._cipher(self._size).update(content))
        while sealed:
            sealed = sealed[self._file.write(sealed) :]
        self._size += len(content)

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Where the next bytes are read."""
        self._place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        return self._place

    def readinto(self, buffer: Any, /) -> int:
        """Reads on, at most as many bytes as `buffer` takes."""
        into = memoryview(buffer).cast("B")
        self._file.seek(self._place)
        found = self._file.read(len(into))
        into[: len(found)] = self._cipher(self._place).update(found)
        self._place += len(found)
        return len(found)

    def close(self) -> None:
        """Removes it."""
        self._file.close()
        super().close()

    def _cipher(self, place: int) -> CipherContext:
        """What encrypts and decrypts from `place` on: no place is ever written twice, so that no counter is."""
        counter, within = divmod(place, _BLOCK)
        cipher = Cipher(AES(self._key), CTR(counter.to_bytes(_BLOCK, "big"))).encryptor()
        cipher.update(bytes(within))
        return cipher
