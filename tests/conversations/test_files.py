"""Files are handed out as they were stored, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from careloom.conversations.commands.files import store_file
from careloom.conversations.errors import FileDamagedError
from careloom.conversations.queries.files import file_key, load_file, read_file
from careloom.platform.database.transactions import Database
from careloom.platform.files import LocalFiles
from careloom.platform.keys.errors import CipherBrokenError
from careloom.platform.keys.files import ClientFiles
from tests.conversations.desk import SYSTEM, Desk, make_desk


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await make_desk(database)


async def test_bytes_that_are_not_those_that_were_stored_are_not_handed_out(desk: Desk, tmp_path: Path) -> None:
    store = LocalFiles(tmp_path)
    files = ClientFiles(store, desk.database)
    attachment = await desk.do(store_file, files, desk.client.id, "note.txt", b"hello")
    async with desk.database.transaction(SYSTEM) as tx:
        stored = await load_file(tx, desk.client.id, attachment.file_id)
    assert await read_file(files, stored) == b"hello"
    key = file_key(desk.client.id, stored.id)
    sealed = await store.get(key)
    await store.put(key, sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(CipherBrokenError):
        await read_file(files, stored)
    await store.put(key, b"hello")
    assert await read_file(files, stored) == b"hello", "one from before there were keys"
    await store.put(key, b"jello")
    with pytest.raises(FileDamagedError):
        await read_file(files, stored)
