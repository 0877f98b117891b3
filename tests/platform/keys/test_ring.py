"""A client's keys: made when first needed, seen by whom they are for, and worth nothing once destroyed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from careloom.organizations.types import Client
from careloom.platform.access import Actor, Reach, system_actor
from careloom.platform.database.transactions import Database, Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.files import LocalFiles
from careloom.platform.keys import masters, ring
from careloom.platform.keys.cipher import Place
from careloom.platform.keys.errors import (
    CipherBrokenError,
    MasterKeyMissingError,
    NoMasterKeysError,
    ShreddedError,
)
from careloom.platform.keys.files import ClientFiles
from careloom.platform.keys.masters import LocalMasters, name_of, open_masters, read_masters, write_masters
from careloom.platform.keys.ring import ClientKeys, keys_of
from careloom.platform.runtime import Runtime
from careloom.platform.settings import Settings
from tests.postgres import FreshDatabase
from tests.world import World

SYSTEM = system_actor("test")
PLACE = Place("masked_value.value", (uuid4(),))
OLD, NEW = b"the old master key of this test", b"the new master key of this test"


@pytest.fixture
async def client(world: World) -> Client:
    return await world.client()


async def read(database: Database, client_id: UUID) -> ClientKeys:
    async with database.transaction(SYSTEM) as tx:
        return await keys_of(tx, client_id)


async def with_masters(url: str, held: object, work: Callable[[Tx], Awaitable[object]]) -> object:
    database = Database(url, 1, {} if held is None else {masters.OPTION: held})
    try:
        async with database.transaction(SYSTEM) as tx:
            return await work(tx)
    finally:
        await database.close()


async def run(database: Database, statement: str) -> None:
    async with database.transaction(SYSTEM) as tx:
        await tx.exec_driver_sql(statement)


async def test_many_who_need_the_first_key_at_once_find_the_same(database: Database, client: Client) -> None:
    found = await asyncio.gather(*(read(database, client.id) for _ in range(8)))
    sealed = found[0].seal(PLACE, "words")
    assert {one.open(PLACE, sealed) for one in found} == {"words"}


async def test_the_first_key_outlives_the_transaction_that_needed_it(database: Database, client: Client) -> None:
    sealed: list[str] = []
    with pytest.raises(ZeroDivisionError):
        async with database.transaction(SYSTEM) as tx:
            sealed.append((await keys_of(tx, client.id)).seal(PLACE, "words"))
            raise ZeroDivisionError
    assert (await read(database, client.id)).open(PLACE, sealed[0]) == "words"


async def test_who_does_not_see_a_client_has_no_keys_of_it(database: Database, client: Client, world: World) -> None:
    other = await world.client()
    await read(database, client.id)
    stranger = Actor("stranger", (Reach(frozenset(), frozenset({other.id}), frozenset()),))
    async with database.transaction(stranger) as tx:
        with pytest.raises(NotFoundError):
            await keys_of(tx, client.id)


async def test_what_is_sealed_for_one_client_opens_for_no_other(
    database: Database, client: Client, world: World
) -> None:
    mine, theirs = await read(database, client.id), await read(database, (await world.client()).id)
    with pytest.raises(CipherBrokenError):
        theirs.open(PLACE, mine.seal(PLACE, "words"))


async def test_a_wrapped_key_moved_to_another_client_or_version_is_no_key(
    database: Database, client: Client, world: World
) -> None:
    other = await world.client()
    await read(database, client.id)
    await run(
        database,
        f"INSERT INTO client_key (client_id, version, master, wrapped) "
        f"SELECT '{other.id}', version, master, wrapped FROM client_key WHERE client_id = '{client.id}'",
    )
    with pytest.raises(CipherBrokenError):
        await read(database, other.id)


async def test_destroyed_keys_open_nothing_at_once_though_they_were_in_memory(
    database: Database, client: Client
) -> None:
    sealed = (await read(database, client.id)).seal(PLACE, "words")
    await run(database, "UPDATE client_key SET wrapped = NULL, destroyed_at = now()")
    keys = await read(database, client.id)
    assert keys.shredded
    with pytest.raises(ShreddedError):
        keys.open(PLACE, sealed)
    with pytest.raises(ShreddedError):
        keys.seal(PLACE, "more")


async def test_sealing_uses_what_was_read_lately_until_it_is_forgotten(
    database: Database, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ring, "_SEALING_SECONDS", 3600.0)
    async with database.transaction(SYSTEM) as tx:
        first = await ring.sealing_keys(tx, client.id)
        assert await ring.sealing_keys(tx, client.id) is first
        ring.forget(client.id)
        assert await ring.sealing_keys(tx, client.id) is not first


async def test_without_master_keys_nothing_is_sealed(fresh_database: FreshDatabase, client: Client) -> None:
    with pytest.raises(NoMasterKeysError):
        await with_masters(fresh_database.url, None, lambda tx: keys_of(tx, client.id))


async def test_another_master_key_opens_no_clients_key(
    fresh_database: FreshDatabase, database: Database, client: Client
) -> None:
    await read(database, client.id)
    ring.forget(client.id)
    with pytest.raises(MasterKeyMissingError):
        await with_masters(fresh_database.url, LocalMasters([b"another"]), lambda tx: keys_of(tx, client.id))


async def test_an_older_master_key_still_opens_what_it_wrapped() -> None:
    wrapped = (await LocalMasters([OLD]).wrap(b"key", b"client")).text
    both = LocalMasters([NEW, OLD])
    assert both.current() == name_of(NEW)
    assert await both.unwrap(name_of(OLD), wrapped, b"client") == b"key"
    with pytest.raises(CipherBrokenError):
        await both.unwrap(name_of(OLD), wrapped, b"another client")
    with pytest.raises(CipherBrokenError):
        await both.unwrap(name_of(NEW), wrapped, b"client")


async def test_a_running_process_reads_a_file_of_master_keys_again(home: Path) -> None:
    settings = Settings(home=home)
    running = open_masters(settings)
    path = settings.home / masters.FILE
    assert path.stat().st_mode & 0o777 == 0o600
    write_masters(path, [NEW, *read_masters(path)])
    wrapped = await open_masters(settings).wrap(b"key", b"client")
    assert wrapped.master == name_of(NEW)
    assert await running.unwrap(wrapped.master, wrapped.text, b"client") == b"key"
    assert (await running.wrap(b"key", b"client")).master == name_of(NEW)


def test_master_keys_come_from_their_setting_then_the_secret_key_then_home(home: Path) -> None:
    settings = Settings(home=home, master_keys=("n" * 32, "o" * 32), secret_key="s" * 32)
    assert open_masters(settings).names == (name_of(b"n" * 32), name_of(b"o" * 32))
    assert open_masters(Settings(home=settings.home, secret_key="s" * 32)).names == (name_of(b"s" * 32),)
    made = open_masters(Settings(home=settings.home))
    assert open_masters(Settings(home=settings.home)).names == made.names


async def test_the_store_never_sees_what_a_file_says(runtime: Runtime, client: Client) -> None:
    for content in (b"", b"the words of a letter", b"words, " * 100_000):
        await runtime.files.put(f"{client.id}/one", content)
        stored = await runtime.store.get(f"{client.id}/one")
        assert b"words" not in stored
        assert await runtime.files.get(f"{client.id}/one") == content


async def test_a_file_moved_to_another_name_or_client_does_not_open(
    runtime: Runtime, client: Client, world: World
) -> None:
    other = await world.client()
    await runtime.files.put(f"{client.id}/one", b"words")
    for name in (f"{client.id}/two", f"{other.id}/one"):
        await runtime.store.put(name, await runtime.store.get(f"{client.id}/one"))
        with pytest.raises(CipherBrokenError):
            await runtime.files.get(name)


async def test_a_file_stored_before_there_were_keys_is_read_and_can_be_sealed(runtime: Runtime, client: Client) -> None:
    await runtime.store.put(f"{client.id}/old", b"plain words")
    assert await runtime.files.get(f"{client.id}/old") == b"plain words"
    keys = await read(runtime.database, client.id)
    assert await runtime.files.renew(keys, f"{client.id}/old")
    assert not await runtime.files.renew(keys, f"{client.id}/old")
    assert b"plain words" not in await runtime.store.get(f"{client.id}/old")
    assert await runtime.files.get(f"{client.id}/old") == b"plain words"


async def test_files_of_a_shredded_client_are_gone_and_none_is_taken(
    database: Database, client: Client, home: Path
) -> None:
    files = ClientFiles(LocalFiles(home), database)
    await files.put(f"{client.id}/one", b"words")
    await run(database, "UPDATE client_key SET wrapped = NULL, destroyed_at = now()")
    ring.forget(client.id)
    with pytest.raises(ShreddedError):
        await files.get(f"{client.id}/one")
    with pytest.raises(ShreddedError):
        await files.put(f"{client.id}/two", b"words")
