"""Where files are kept: a folder, or a store that speaks S3, with the same behaviour."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from minio import Minio
from moto.server import ThreadedMotoServer

from careloom.platform.errors import NotFoundError
from careloom.platform.files import FileStore, LocalFiles, open_files
from careloom.platform.settings import Settings


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    """An S3-compatible server on loopback with a bucket `care`."""
    server: Any = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    Minio(endpoint=f"127.0.0.1:{port}", access_key="key", secret_key="secret", secure=False).make_bucket(
        bucket_name="care"
    )
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture(params=["local", "s3", "s3 with a prefix"])
def files(request: pytest.FixtureRequest, home: Path) -> FileStore:
    if request.param == "local":
        return open_files(Settings(home=home))
    url = "s3://care/tests/files" if "prefix" in request.param else "s3://care"
    endpoint = request.getfixturevalue("s3_endpoint")
    return open_files(
        Settings(home=home, files_url=url, s3_endpoint=endpoint, s3_access_key="key", s3_secret_key="secret")
    )


async def test_what_was_put_is_there_byte_for_byte(files: FileStore) -> None:
    content = bytes(range(256)) * 1000
    await files.put("client/one", content)
    assert await files.get("client/one") == content


async def test_an_empty_file_is_a_file(files: FileStore) -> None:
    await files.put("client/empty", b"")
    assert await files.get("client/empty") == b""


async def test_the_same_key_again_is_fine(files: FileStore) -> None:
    await asyncio.gather(*(files.put("client/same", b"content") for _ in range(5)))
    assert await files.get("client/same") == b"content"


async def test_what_is_not_there_is_not_found(files: FileStore) -> None:
    with pytest.raises(NotFoundError):
        await files.get("client/nothing")


async def test_what_was_deleted_is_gone_and_may_be_deleted_again(files: FileStore) -> None:
    await files.put("client/gone", b"content")
    await files.delete("client/gone")
    await files.delete("client/gone")
    with pytest.raises(NotFoundError):
        await files.get("client/gone")


async def test_two_prefixes_of_one_bucket_do_not_meet(s3_endpoint: str, home: Path) -> None:
    def store(prefix: str) -> FileStore:
        return open_files(
            Settings(
                home=home,
                files_url=f"s3://care/{prefix}",
                s3_endpoint=s3_endpoint,
                s3_access_key="key",
                s3_secret_key="secret",
            )
        )

    await store("one").put("client/a", b"one")
    with pytest.raises(NotFoundError):
        await store("two").get("client/a")


@pytest.mark.parametrize("key", ["../outside", "client/../../outside", "/etc/passwd"])
async def test_no_key_leaves_the_folder(home: Path, key: str) -> None:
    files = LocalFiles(home / "files")
    with pytest.raises(NotFoundError):
        await files.put(key, b"content")
    with pytest.raises(NotFoundError):
        await files.get(key)
    assert not (home / "outside").exists()


async def test_a_folder_holds_whole_files_alone(home: Path) -> None:
    files = LocalFiles(home / "files")
    await asyncio.gather(*(files.put("client/same", bytes([number]) * 100_000) for number in range(8)))
    assert [path.name for path in (home / "files" / "client").iterdir()] == ["same"]
    assert len(set(await files.get("client/same"))) == 1
