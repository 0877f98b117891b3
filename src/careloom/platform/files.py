"""Where attachments' bytes are kept: a small port with a local folder and an S3-compatible store behind it."""

import asyncio
import os
from pathlib import Path
from typing import Protocol

from careloom.platform.errors import NotFoundError
from careloom.platform.ids import new_secret
from careloom.platform.settings import Settings


class FileStore(Protocol):
    """Keeps bytes under a key of the form `client/id`; what `put` returned from is durable."""

    async def put(self, key: str, content: bytes) -> None:
        """Stores `content`; the same key again with the same content is fine."""
        ...

    async def get(self, key: str) -> bytes:
        """The bytes; raises NotFoundError."""
        ...

    async def delete(self, key: str) -> None:
        """Removes the bytes; does nothing where there are none."""
        ...


class LocalFiles:
    """Files below a folder; written beside, flushed to disk, then renamed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, key: str, content: bytes) -> None:
        """Stores `content` durably."""
        await asyncio.to_thread(self._write, self._path(key), content)

    async def get(self, key: str) -> bytes:
        """The bytes; raises NotFoundError."""
        try:
            return await asyncio.to_thread(self._path(key).read_bytes)
        except FileNotFoundError:
            raise NotFoundError("The file's content is gone.") from None

    async def delete(self, key: str) -> None:
        """Removes the bytes."""
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    def _path(self, key: str) -> Path:
        path = (self._folder / key).resolve()
        if not path.is_relative_to(self._folder.resolve()):
            raise NotFoundError
        return path

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.{new_secret(6)}")
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.rename(path)


def open_files(settings: Settings) -> FileStore:
    """The store that the settings name."""
    if settings.files_url is None:
        return LocalFiles(settings.home / "files")
    from careloom.platform.s3 import open_bucket  # noqa: PLC0415 - it loads an HTTP client and ciphers of its own

    return open_bucket(settings, settings.files_url)
