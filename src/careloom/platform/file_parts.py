"""A file of any size in the file store: kept as numbered parts, written and read as it streams."""

from collections.abc import AsyncIterable, AsyncIterator
from typing import Final

from msgspec import Struct

from careloom.platform.errors import TooLargeError
from careloom.platform.files import FileStore

PART_BYTES: Final = 8_000_000


class StoredParts(Struct, frozen=True):
    """How many parts a file has, and how many bytes in all."""

    parts: int
    size: int


async def put_parts(files: FileStore, key: str, content: AsyncIterable[bytes], most: int) -> StoredParts:
    """Stores what streams in under `key`; raises TooLargeError beyond `most` bytes, and keeps nothing then."""
    parts, size, waiting = 0, 0, bytearray()
    try:
        async for chunk in content:
            size += len(chunk)
            if size > most:
                raise TooLargeError("The file may have at most {most} MB; split it.", most=most // 1_000_000)
            waiting += chunk
            while len(waiting) >= PART_BYTES:
                await files.put(part_key(key, parts), bytes(waiting[:PART_BYTES]))
                del waiting[:PART_BYTES]
                parts += 1
        if waiting or not parts:
            await files.put(part_key(key, parts), bytes(waiting))
            parts += 1
    except BaseException:
        await delete_parts(files, key, parts + 1)
        raise
    return StoredParts(parts, size)


async def read_parts(files: FileStore, key: str, parts: int) -> AsyncIterator[bytes]:
    """The file's bytes, a part at a time; raises NotFoundError where one is gone."""
    for number in range(parts):
        yield await files.get(part_key(key, number))


class Ranges:
    """Any range of a file that `put_parts` stored; the part that was read last stays in memory."""

    def __init__(self, files: FileStore, key: str, parts: int) -> None:
        self._files, self._key, self._parts = files, key, parts
        self._number, self._part = -1, b""

    async def read(self, start: int, size: int) -> bytes:
        """At most `size` bytes from `start` on, none behind the end; raises NotFoundError where a part is gone."""
        found = bytearray()
        while len(found) < size:
            number, place = divmod(start + len(found), PART_BYTES)
            piece = (await self._get(number))[place : place + size - len(found)]
            if not piece:
                break
            found += piece
        return bytes(found)

    async def _get(self, number: int) -> bytes:
        if number >= self._parts:
            return b""
        if number != self._number:
            self._part = await self._files.get(part_key(self._key, number))
            self._number = number
        return self._part


async def begun(content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes; what is wrong with the first of them is raised now, while there is no answer yet."""
    first = await anext(content, b"")

    async def whole() -> AsyncIterator[bytes]:
        yield first
        async for more in content:
            yield more

    return whole()


async def delete_parts(files: FileStore, key: str, parts: int, first: int = 0) -> None:
    """Removes the parts from `first` on; those that are not there are fine."""
    for number in range(first, parts):
        await files.delete(part_key(key, number))


def part_key(key: str, number: int) -> str:
    """Under which key part `number` is kept."""
    return f"{key}.{number:06d}"
