"""What stands in archives: words that a search of the bytes alone would miss."""

import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterator
from typing import Final

_DEEPEST: Final = 4
_ZIP, _GZIP, _TAR, _TAR_AT = b"PK\x03\x04", b"\x1f\x8b", b"ustar", 257


def opened(content: bytes, deep: int = _DEEPEST) -> str:
    """The words of all that is packed in `content`, names of members included; nothing where it is no archive.

    For archives that this installation made: what is damaged raises.
    """
    if deep == 0:
        raise ValueError("Archives in archives in archives: nothing here packs so deep.")
    return "\n".join(
        f"{name}\n{inner.decode(errors='replace')}\n{opened(inner, deep - 1)}" for name, inner in _members(content)
    )


def _members(content: bytes) -> Iterator[tuple[str, bytes]]:
    if content.startswith(_GZIP):
        yield "", gzip.decompress(content)
    elif content.startswith(_ZIP):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            yield from ((name, packed.read(name)) for name in packed.namelist())
    elif content[_TAR_AT:].startswith(_TAR):
        with tarfile.open(fileobj=io.BytesIO(content)) as tar:
            for one in tar:
                found = tar.extractfile(one)
                if found is not None:
                    yield one.name, found.read()
