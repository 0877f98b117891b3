"""What a data key does, pure: seals short values for one place, finds equal ones, and seals files in chunks."""

import base64
import binascii
import hashlib
import hmac
import os
import struct
from collections.abc import Iterator
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from careloom.platform.keys.errors import CipherBrokenError

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_MARK: Final = "k1"
_BLOCK: Final = 32
_INDEX_BYTES: Final = 16
FILE_MARK: Final = b"\x89CLOOM1\n"
_HEAD: Final = struct.Struct(">8sII32s")
"""Mark, key version, bytes of plain text in a chunk, salt."""
CHUNK: Final = 65_536


class Place(Struct, frozen=True):
    """Where a value stands: `table.column`, and the id of its row, of several where a row needs them."""

    column: str
    row: tuple[UUID | str, ...]


def new_key() -> bytes:
    """A random data key."""
    return os.urandom(KEY_BYTES)


def derived(key: bytes, *purpose: bytes, salt: bytes | None = None) -> bytes:
    """A key for one purpose alone; the parts of the purpose cannot be mistaken for each other."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=_joined(*purpose)).derive(key)


def seal_value(key: bytes, version: int, client_id: UUID, place: Place, text: str) -> str:
    """`text` as `k1.VERSION.BASE64`. Of its length no more shows than in how many blocks of 32 bytes it fits."""
    nonce = os.urandom(_NONCE_BYTES)
    sealed = nonce + _of_column(key, place).encrypt(nonce, _padded(text.encode()), _bound(version, client_id, place))
    return f"{_MARK}.{version}.{base64.urlsafe_b64encode(sealed).decode()}"


def open_value(key: bytes, client_id: UUID, place: Place, sealed: str) -> str:
    """What `seal_value` was given; raises CipherBrokenError for any other key, client, place, version or text."""
    version = version_of(sealed)
    try:
        raw = base64.b64decode(sealed.split(".", 2)[2], altchars=b"-_", validate=True)
        bound = _bound(version, client_id, place)
        opened = _of_column(key, place).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound)
        canonical = base64.urlsafe_b64encode(raw).decode() == sealed.split(".", 2)[2]
    except (InvalidTag, binascii.Error, ValueError):
        raise CipherBrokenError from None
    if not canonical:
        raise CipherBrokenError
    return opened[: opened.rindex(b"\x80")].decode()


def version_of(sealed: str) -> int:
    """The version of the key that sealed this value; raises CipherBrokenError for what is no sealed value."""
    mark, _, rest = sealed.partition(".")
    version, dot, _ = rest.partition(".")
    if mark != _MARK or not dot or not version.isascii() or not version.isdigit() or version != str(int(version)):
        raise CipherBrokenError
    return int(version)


def sealed_by(version: int) -> str:
    """How every value begins that the key of this version sealed."""
    return f"{_MARK}.{version}."


def blind_index(key: bytes, client_id: UUID, column: str, text: str) -> str:
    """The same for equal texts of one client and column, and telling nothing else without the key."""
    index_key = derived(key, b"careloom index", column.encode())
    return hmac.digest(index_key, _joined(client_id.bytes, text.encode()), hashlib.sha256)[:_INDEX_BYTES].hex()


def seal_file(key: bytes, version: int, client_id: UUID, name: str, content: bytes) -> bytes:
    """The file as header and chunks, each with its place and whether it is the last in the nonce (STREAM).

    Every file has a key of its own, from the salt in its header, its client and its name.
    """
    head = _HEAD.pack(FILE_MARK, version, CHUNK, os.urandom(32))
    cipher = _of_file(key, client_id, name, head)
    chunks = _cut(content, CHUNK)
    return head + b"".join(
        cipher.encrypt(_chunk_nonce(number, last=last), bytes(chunk), head) for number, last, chunk in chunks
    )


def open_file(key: bytes, client_id: UUID, name: str, sealed: bytes) -> bytes:
    """What `seal_file` was given; raises CipherBrokenError for any other, changed, cut or lengthened file."""
    head = sealed[: _HEAD.size]
    size = _HEAD.unpack(head)[2] if is_sealed(sealed) else 0
    if size != CHUNK:
        raise CipherBrokenError
    cipher = _of_file(key, client_id, name, head)
    body = memoryview(sealed)[_HEAD.size :]
    try:
        return b"".join(
            cipher.decrypt(_chunk_nonce(number, last=last), bytes(chunk), head)
            for number, last, chunk in _cut(body, CHUNK + _TAG_BYTES)
        )
    except InvalidTag:
        raise CipherBrokenError from None


def is_sealed(content: bytes) -> bool:
    """Whether this is a file that `seal_file` made, by its mark."""
    return len(content) >= _HEAD.size + _TAG_BYTES and content.startswith(FILE_MARK)


def file_version(sealed: bytes) -> int:
    """The version of the key that sealed this file."""
    return int(_HEAD.unpack(sealed[: _HEAD.size])[1])


def _of_column(key: bytes, place: Place) -> AESGCM:
    return AESGCM(derived(key, b"careloom column", place.column.encode()))


def _of_file(key: bytes, client_id: UUID, name: str, head: bytes) -> AESGCM:
    _, version, _, salt = _HEAD.unpack(head)
    bound = (b"careloom file", client_id.bytes, name.encode(), struct.pack(">I", version))
    return AESGCM(derived(key, *bound, salt=salt))


def _bound(version: int, client_id: UUID, place: Place) -> bytes:
    row = [one.bytes if isinstance(one, UUID) else one.encode() for one in place.row]
    return _joined(client_id.bytes, place.column.encode(), struct.pack(">I", version), *row)


def _joined(*parts: bytes) -> bytes:
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)


def _padded(content: bytes) -> bytes:
    return content + b"\x80" + bytes(-(len(content) + 1) % _BLOCK)


def _chunk_nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(_NONCE_BYTES - 1, "big") + (b"\x01" if last else b"\x00")


def _cut(content: bytes | memoryview, size: int) -> Iterator[tuple[int, bool, memoryview]]:
    """Number, whether it is the last, and bytes of each piece; of nothing, one empty piece."""
    view = memoryview(content)
    count = max(1, -(-len(view) // size))
    for number in range(count):
        yield number, number == count - 1, view[number * size : (number + 1) * size]
