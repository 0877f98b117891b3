"""The archive of a client: everything is in it, nothing of others, and it comes back as it was."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
import re
import socket
import tarfile
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Column, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB

from careloom.compliance.queries.retention import spared_by_holds
from careloom.customers.commands.secrets import find_by_secret, reveal_attribute
from careloom.customers.types import SensitiveSearch
from careloom.evidence.isolation.kept import Brand
from careloom.evidence.isolation.stage import Stage
from careloom.integrations.commands import writing
from careloom.integrations.commands.archiving import begin, next_piece
from careloom.integrations.commands.exports import RUN_EXPORT, export_parts_key
from careloom.integrations.commands.restoring import ClientArchive, open_archive, restore_client
from careloom.integrations.commands.writing import expire_exports, run_export
from careloom.integrations.core.archive import (
    LATER,
    LEFT_OUT,
    MANIFEST,
    Member,
    manifest_end,
    read_manifest,
    tar_member,
)
from careloom.integrations.errors import ArchiveError
from careloom.integrations.http import exports
from careloom.integrations.jobs import tasks
from careloom.integrations.queries.archive import (
    OUTSIDE,
    archived_tables,
    kept_back_columns,
    opened_columns,
    outside_of,
    written_columns,
)
from careloom.integrations.types import Export, ExportId
from careloom.organizations.types import ClientId
from careloom.platform import audit
from careloom.platform.access import system_actor
from careloom.platform.database.embedded import EmbeddedPostgres
from careloom.platform.database.schema import Ownership, metadata
from careloom.platform.database.transactions import Database, Tx
from careloom.platform.file_parts import part_key
from careloom.platform.files import FileStore, LocalFiles
from careloom.platform.jobs import job_app
from careloom.platform.keys.files import ClientFiles
from careloom.platform.keys.masters import OPTION, LocalMasters
from careloom.platform.trail.checkpoint import Notary
from careloom.platform.trail.sealing import Sealer
from careloom.platform.trail.verifying import verify
from tests.postgres import TEMPLATE, FreshDatabase, database_like
from tests.server import Server, running_server
from tests.world import SYSTEM


@pytest.fixture
async def empty(postgres: EmbeddedPostgres) -> AsyncIterator[tuple[Database, str]]:
    """Another installation, with nothing in it."""
    with database_like(postgres, TEMPLATE) as fresh:
        database = Database(fresh.url, options={OPTION: LocalMasters([b"a master key of another installation"])})
        yield database, fresh.superuser_url
        await database.close()


async def archive_of(database: Database, store: FileStore, client_id: UUID) -> bytes:
    actor, content = system_actor("test", client_id), bytearray()
    async with database.transaction(actor) as tx:
        progress = await begin(tx, client_id)
    while not progress.ended:
        async with database.transaction(actor) as tx:
            piece, progress = await next_piece(tx, actor, ClientFiles(store, database), client_id, progress)
            content += piece
    return bytes(content)


async def opened(content: bytes) -> ClientArchive:
    async def read(start: int, size: int) -> bytes:
        return content[start : start + size]

    return await open_archive(read, "client.tar")


async def restore(database: Database, store: FileStore, content: bytes) -> int:
    archive = await opened(content)
    async with database.transaction(SYSTEM) as tx:
        return await restore_client(tx, SYSTEM, ClientFiles(store, database), archive)


def members(content: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        return {one.name: file.read() for one in tar if (file := tar.extractfile(one)) is not None}


def rows_of(url: str, client_id: UUID) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of an archive, without what is withheld or sealed anew."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    with psycopg.connect(url) as connection:
        for table in archived_tables():
            withheld = {*kept_back_columns(table), *opened_columns(table)}
            kept = [one for one in written_columns(table) if one not in withheld]
            columns = sql.SQL(", ").join(_as_text(table.c[one]) for one in kept)
            owner = sql.Identifier("id" if table.name == "client" else "client_id")
            query = sql.SQL("SELECT {} FROM {} WHERE {} = %s ORDER BY 1, 2, 3").format(
                columns, sql.Identifier(table.name), owner
            )
            found[table.name] = sorted(connection.execute(query, [client_id]).fetchall(), key=repr)
    return found


def _as_text(column: Column[Any]) -> sql.Composed:
    """A column's value; a JSON null says as little as none."""
    plain = sql.SQL("{}::text").format(sql.Identifier(column.name))
    return sql.SQL("nullif({}, 'null')").format(plain) if isinstance(column.type, JSONB) else plain


def test_every_table_of_a_client_is_archived_or_left_out_with_a_reason() -> None:
    owned = {
        one.name for one in metadata.sorted_tables if one.info["ownership"] in (Ownership.CLIENT, Ownership.EITHER)
    }
    assert owned == {one.name for one in archived_tables()} | LEFT_OUT.keys()


def test_every_column_that_could_hold_a_secret_says_whether_it_does() -> None:
    words = ("secret", "private", "passw", "token", "hash", "salt", "cipher", "credential", "encrypted")
    silent = {
        f"{table.name}.{name}"
        for table in archived_tables()
        for name in written_columns(table)
        if any(word in name for word in words) or isinstance(table.c[name].type, LargeBinary)
        if not table.c[name].info.keys() & {"kept_back", "no_secret", "opened"}
    }
    assert silent == set(), "say kept_back(), no_secret() or opened() in its table"


def test_what_an_archive_names_is_in_it_or_goes_along() -> None:
    loose = {
        f"{table.name} names {other}"
        for table in archived_tables()
        for other in outside_of(table) - OUTSIDE.keys()
        if not (table.name == "person" and other == "team")
    }
    assert loose == set()


def test_rows_that_name_rows_of_their_own_table_are_known() -> None:
    own = {
        table.name
        for table in archived_tables()
        for constraint in table.foreign_key_constraints
        if constraint.referred_table is table
    }
    in_order = {"message", "conversation_interval"}
    assert own == LATER.keys() | in_order


async def test_a_client_comes_back_row_for_row_and_its_next_archive_is_the_same(
    stage: Stage, copied_database: FreshDatabase, empty: tuple[Database, str], tmp_path: Path
) -> None:
    client_id, files = stage.a.ids["client_id"], LocalFiles(tmp_path / "files")
    first = await archive_of(stage.runtime.database, stage.runtime.store, client_id)
    before = rows_of(copied_database.superuser_url, client_id)
    of_clients = {one.name for one in archived_tables() if one.info["ownership"] is Ownership.CLIENT}
    assert [name for name, some in before.items() if not some and name in of_clients] == []
    assert await restore(empty[0], files, first) == sum(map(len, before.values()))
    assert rows_of(empty[1], client_id) == before
    cut = members(first)
    second = members(await archive_of(empty[0], files, client_id))
    assert {**second, MANIFEST: b""} == {**cut, MANIFEST: b""}
    one, other = read_manifest(cut[MANIFEST]), read_manifest(second[MANIFEST])
    assert msgspec.structs.replace(one, made_at="") == msgspec.structs.replace(other, made_at="")
    assert one.files == len(before["file"])


def sealed_values(url: str, client_id: UUID) -> set[str]:
    """Every sealed value in a column of a table that belongs to clients."""
    found: set[str] = set()
    with psycopg.connect(url) as connection:
        for table in archived_tables():
            owner = sql.Identifier("id" if table.name == "client" else "client_id")
            query = sql.SQL("SELECT row_to_json(one)::text FROM {} one WHERE {} = %s")
            for (row,) in connection.execute(query.format(sql.Identifier(table.name), owner), [client_id]):
                found |= set(re.findall(r"k1\.\d+\.[A-Za-z0-9_=-]{30,}", row))
    return found


async def test_an_archive_holds_nothing_of_another_client_and_no_secret(
    stage: Stage, copied_database: FreshDatabase
) -> None:
    client_id = stage.a.ids["client_id"]
    content = await archive_of(stage.runtime.database, stage.runtime.store, client_id)
    plain = b"".join(gzip.decompress(one) if name.endswith(".gz") else one for name, one in members(content).items())
    sealed = sealed_values(copied_database.superuser_url, client_id)
    assert sealed
    assert [one for one in sealed if one.encode() in plain] == []
    assert stage.a.canary.encode() in plain
    assert stage.b.canary.encode() not in plain
    assert str(stage.b.ids["client_id"]).encode() not in plain
    assert stage.a.words["widget_secret"].encode() not in plain


async def test_sensitive_attributes_come_back_readable_and_are_found_again(
    stage: Stage, empty: tuple[Database, str], tmp_path: Path
) -> None:
    client_id, customer_id = ClientId(stage.a.ids["client_id"]), stage.a.ids["customer_id"]
    content = await archive_of(stage.runtime.database, stage.runtime.store, client_id)
    await restore(empty[0], LocalFiles(tmp_path / "files"), content)
    value = stage.a.text("number")
    async with empty[0].transaction(SYSTEM) as tx:
        shown = await reveal_attribute(tx, SYSTEM, customer_id, "policy")
        found = await find_by_secret(tx, SYSTEM, SensitiveSearch(client_id, "policy", value))
    assert shown.value == value
    assert customer_id in {one.id for one in found}


async def test_a_restored_audit_trail_is_right_and_goes_on(
    stage: Stage, empty: tuple[Database, str], tmp_path: Path
) -> None:
    client_id, database = stage.a.ids["client_id"], empty[0]
    content = await archive_of(stage.runtime.database, stage.runtime.store, client_id)
    await restore(database, LocalFiles(tmp_path / "files"), content)
    async with database.transaction(SYSTEM) as tx:
        await audit.record(tx, SYSTEM, "client.change", client_id, client_id=client_id)
    sealer = Sealer(database)
    while await sealer.seal_batch():
        continue
    verdict = await verify(database, Notary(b"another installation's secret"), client_id, whole=True)
    entries = read_manifest(members(content)[MANIFEST]).tables["audit_entry"]
    assert entries > 10
    assert (verdict.broken, verdict.number) == (None, entries + 1)


async def test_a_row_of_another_client_is_not_restored(
    stage: Stage, empty: tuple[Database, str], tmp_path: Path
) -> None:
    content = await archive_of(stage.runtime.database, stage.runtime.store, stage.a.ids["client_id"])
    cut = members(content)
    name = next(one for one in cut if one.startswith("customer_note/"))
    mine, other = (str(one.ids["client_id"]).encode() for one in (stage.a, stage.b))
    cut[name] = gzip.compress(gzip.decompress(cut[name]).replace(mine, other))
    manifest = read_manifest(cut.pop(MANIFEST))
    told = [one for one in manifest.members if one.name != name]
    member = Member(name, 1, hashlib.sha256(cut[name]).hexdigest())
    forged = b"".join(tar_member(one, content) for one, content in cut.items())
    forged += manifest_end(msgspec.structs.replace(manifest, members=(*told, member)))
    with pytest.raises(ArchiveError, match="another client"):
        await restore(empty[0], LocalFiles(tmp_path / "files"), forged)


async def test_a_restored_client_goes_on_with_its_case_numbers(
    stage: Stage, empty: tuple[Database, str], tmp_path: Path
) -> None:
    from careloom.organizations.commands import take_case_number

    client_id = stage.a.ids["client_id"]
    content = await archive_of(stage.runtime.database, stage.runtime.store, client_id)
    await restore(empty[0], LocalFiles(tmp_path / "files"), content)
    with psycopg.connect(empty[1]) as connection:
        row = connection.execute("SELECT max(number) FROM care_case").fetchone()
    async with empty[0].transaction(SYSTEM) as tx:
        assert row is not None
        assert await take_case_number(tx, client_id) == row[0] + 1


async def test_a_client_who_is_there_is_not_restored_over(stage: Stage) -> None:
    runtime = stage.runtime
    content = await archive_of(runtime.database, runtime.store, stage.a.ids["client_id"])
    with pytest.raises(ArchiveError, match="already"):
        await restore(runtime.database, runtime.store, content)


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "words"])
async def test_a_damaged_archive_is_refused_as_a_whole(
    stage: Stage, empty: tuple[Database, str], tmp_path: Path, damage: str
) -> None:
    runtime = stage.runtime
    content = await archive_of(runtime.database, runtime.store, stage.a.ids["client_id"])
    place = content.index(members(content)["customer/000001.jsonl.gz"]) + 30  # what fills a block up says nothing
    broken = {
        "cut": content[: len(content) // 2],
        "flipped": content[:place] + bytes([content[place] ^ 255]) + content[place + 1 :],
        "empty": b"",
        "words": b"no archive at all" * 100,
    }[damage]
    with pytest.raises(ArchiveError):
        await restore(empty[0], LocalFiles(tmp_path / "files"), broken)
    with psycopg.connect(empty[1]) as connection:
        assert connection.execute("SELECT count(*) FROM client").fetchone() == (0,)


async def _export(brand: Brand) -> dict[str, Any]:
    return await brand.call("POST", "/api/exports", json={"client_id": str(brand.ids["client_id"])})


async def test_an_export_is_written_in_the_background_without_a_copy_on_disk_and_fetched(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    brand, runtime = stage.a, stage.runtime
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    made = await _export(brand)
    await run_export(runtime, brand.ids["client_id"], ExportId(UUID(made["id"])))
    one = await brand.call("GET", f"/api/exports/{made['id']}")
    assert (one["state"], one["done"]) == ("ready", one["total"])
    assert one["made_at"] <= one["checked_at"] <= one["expires_at"]
    headers = {"Authorization": f"Bearer {brand.secrets['owner']}"}
    answer = await brand.api.get(f"/api/exports/{made['id']}/archive", headers=headers)
    assert answer.status_code == 200
    assert len(answer.content) == one["size"]
    manifest = read_manifest(members(answer.content)[MANIFEST])
    assert sum(manifest.tables.values()) == one["rows"]
    async with runtime.database.transaction(SYSTEM) as tx:
        page = await audit.list_audit(tx, SYSTEM, subject_id=UUID(made["id"]))
    assert [entry.action for entry in page.items] == ["data_export.fetch", "data_export.request"]


async def test_an_archive_that_does_not_lie_in_the_store_as_it_was_written_is_not_ready(
    stage: Stage, tmp_path: Path
) -> None:
    brand, runtime = stage.a, stage.runtime

    class Losing(LocalFiles):
        async def put(self, key: str, content: bytes) -> None:
            await runtime.store.put(key, content[:-700] if key.endswith(".000003") else content)

    store = Losing(tmp_path)
    store.get = runtime.store.get
    store.delete = runtime.store.delete
    losing = runtime.__class__(runtime.settings, runtime.database, store, runtime.hub, runtime.secret)
    made = await _export(brand)
    await run_export(losing, brand.ids["client_id"], ExportId(UUID(made["id"])))
    one = await brand.call("GET", f"/api/exports/{made['id']}")
    assert (one["state"], one["checked_at"]) == ("failed", None)
    assert one["error"]


async def test_a_process_that_dies_before_it_has_read_an_archive_back_is_followed_by_one_that_does(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    brand, runtime = stage.a, stage.runtime
    made = await _export(brand)

    async def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(writing, "_read_back", die)
    with pytest.raises(KeyboardInterrupt):
        await run_export(runtime, brand.ids["client_id"], ExportId(UUID(made["id"])))
    before = await brand.call("GET", f"/api/exports/{made['id']}")
    assert (before["state"], before["done"]) == ("running", before["total"])
    monkeypatch.undo()
    await run_export(runtime, brand.ids["client_id"], ExportId(UUID(made["id"])))
    after = await brand.call("GET", f"/api/exports/{made['id']}")
    assert (after["state"], after["rows"]) == ("ready", before["rows"])


async def test_an_interrupted_export_goes_on_and_is_whole(stage: Stage, tmp_path: Path) -> None:
    brand, runtime = stage.a, stage.runtime
    made = await _export(brand)
    puts = 0
    put = runtime.store.put

    class Dying(LocalFiles):
        async def put(self, key: str, content: bytes) -> None:
            nonlocal puts
            puts += 1
            await put(key, content)
            if puts == 6:
                raise KeyboardInterrupt

    dying = runtime.__class__(runtime.settings, runtime.database, Dying(tmp_path), runtime.hub, runtime.secret)
    dying.store.get = runtime.store.get
    with pytest.raises(KeyboardInterrupt):
        await run_export(dying, brand.ids["client_id"], ExportId(UUID(made["id"])))
    await run_export(runtime, brand.ids["client_id"], ExportId(UUID(made["id"])))
    headers = {"Authorization": f"Bearer {brand.secrets['owner']}"}
    answer = await brand.api.get(f"/api/exports/{made['id']}/archive", headers=headers)
    assert (await opened(answer.content)).manifest.client_id == str(brand.ids["client_id"])


async def test_an_export_whose_store_stays_away_fails_with_the_reason_after_its_last_attempt(
    stage: Stage, copied_database: FreshDatabase, tmp_path: Path
) -> None:
    brand, runtime = stage.a, stage.runtime
    made = await _export(brand)

    class Away(LocalFiles):
        async def put(self, key: str, content: bytes) -> None:
            raise ConnectionRefusedError

    away = runtime.__class__(runtime.settings, runtime.database, Away(tmp_path), runtime.hub, runtime.secret)
    app = job_app(runtime.database.links, tasks(away, spared_by_holds), [])
    states: list[str] = []
    with psycopg.connect(copied_database.superuser_url, autocommit=True) as connection:
        connection.execute("UPDATE procrastinate_jobs SET attempts = 9 WHERE task_name = %s", [RUN_EXPORT])
        async with app.open_async():
            for _ in range(2):
                connection.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
                await app.run_worker_async(wait=False)
                states.append((await brand.call("GET", f"/api/exports/{made['id']}"))["state"])
    assert states == ["running", "failed"]
    one = await brand.call("GET", f"/api/exports/{made['id']}")
    assert one["error"] == "The archive could not be written (ConnectionRefusedError); ask for a new export."


async def test_an_archive_expires_and_its_bytes_go(stage: Stage, copied_database: FreshDatabase) -> None:
    brand, runtime = stage.a, stage.runtime
    made = await _export(brand)
    await run_export(runtime, brand.ids["client_id"], ExportId(UUID(made["id"])))
    with psycopg.connect(copied_database.superuser_url) as connection:
        connection.execute(
            "UPDATE data_export SET expires_at = now() - interval '1 second' WHERE id = %s", [made["id"]]
        )
    headers = {"Authorization": f"Bearer {brand.secrets['owner']}"}
    assert (await brand.api.get(f"/api/exports/{made['id']}/archive", headers=headers)).status_code == 404
    await expire_exports(runtime)
    assert (await brand.call("GET", f"/api/exports/{made['id']}"))["state"] == "expired"


async def test_what_cannot_be_handed_out_is_not_told_as_fetched(stage: Stage) -> None:
    brand, runtime = stage.a, stage.runtime
    made = await _export(brand)
    await run_export(runtime, brand.ids["client_id"], ExportId(UUID(made["id"])))
    key = part_key(export_parts_key(brand.ids["client_id"], UUID(made["id"])), 0)
    first = await runtime.store.get(key)
    await runtime.store.delete(key)
    headers = {"Authorization": f"Bearer {brand.secrets['owner']}"}
    path = f"/api/exports/{made['id']}"
    assert (await brand.api.get(f"{path}/archive", headers=headers)).status_code == 404
    async with runtime.database.transaction(SYSTEM) as tx:
        page = await audit.list_audit(tx, SYSTEM, subject_id=UUID(made["id"]))
    assert [entry.action for entry in page.items] == ["data_export.request"]
    assert (await brand.call("GET", path))["fetched_at"] is None
    await runtime.store.put(key, first)
    assert (await brand.api.get(f"{path}/archive", headers=headers)).status_code == 200
    assert (await brand.call("GET", path))["fetched_at"] is not None


async def test_an_archive_that_breaks_off_is_an_error_to_whoever_fetches_it_in_the_trail_and_not_fetched(
    stage: Stage,
) -> None:
    brand, runtime = stage.a, stage.runtime
    made = await _export(brand)
    path = f"/api/exports/{made['id']}"
    await run_export(runtime, brand.ids["client_id"], ExportId(UUID(made["id"])))
    key = part_key(export_parts_key(brand.ids["client_id"], UUID(made["id"])), 3)
    part = await runtime.store.get(key)
    await runtime.store.delete(key)
    headers = {"Authorization": f"Bearer {brand.secrets['owner']}"}
    async with (
        running_server(runtime) as server,
        httpx.AsyncClient(base_url=server.http, headers=headers, trust_env=False, timeout=60) as api,
    ):
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
            await api.get(f"{path}/archive")
        async with runtime.database.transaction(SYSTEM) as tx:
            page = await audit.list_audit(tx, SYSTEM, subject_id=UUID(made["id"]))
        assert [entry.action for entry in page.items] == ["data_export.fetch", "data_export.request"]
        one = await brand.call("GET", path)
        assert one["fetched_at"] is None
        await runtime.store.put(key, part)
        whole = await api.get(f"{path}/archive")
        assert (int(whole.headers["content-length"]), len(whole.content)) == (one["size"], one["size"])
        await _fetched(brand, path)


async def _fetched(brand: Brand, path: str) -> None:
    """Waits until the export is told as fetched, which it is a little after its last byte."""
    for _ in range(1_000):
        if (await brand.call("GET", path))["fetched_at"] is not None:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it is not told as fetched")


async def _leave_at(server: Server, brand: Brand, path: str, size: int) -> None:
    """Asks for the archive, and hangs up once `size` bytes of it are here."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
        connection.settimeout(0)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(connection, ("127.0.0.1", server.port))
        head = (
            f"GET {path}/archive HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {brand.secrets['owner']}\r\n\r\n"
        )
        await loop.sock_sendall(connection, head.encode())
        come = b""
        while b"\r\n\r\n" not in come or len(come.partition(b"\r\n\r\n")[2]) < size:
            come += await loop.sock_recv(connection, 65_536)


async def test_who_hangs_up_at_the_last_byte_has_fetched_the_archive(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    brand, runtime, real = stage.a, stage.runtime, exports.note_fetched
    gone = asyncio.Event()

    async def once_gone(tx: Tx, one: Export) -> None:
        await gone.wait()
        await real(tx, one)

    monkeypatch.setattr(exports, "note_fetched", once_gone)
    made = await _export(brand)
    path = f"/api/exports/{made['id']}"
    await run_export(runtime, brand.ids["client_id"], ExportId(UUID(made["id"])))
    size = (await brand.call("GET", path))["size"]
    async with running_server(runtime) as server:
        await _leave_at(server, brand, path, size)
        await asyncio.sleep(0.1)
        gone.set()
        await _fetched(brand, path)


async def test_who_hangs_up_in_the_middle_of_the_last_part_has_not_fetched_the_archive(
    stage: Stage, copied_database: FreshDatabase
) -> None:
    brand, runtime = stage.a, stage.runtime
    made = await _export(brand)
    path = f"/api/exports/{made['id']}"
    await run_export(runtime, brand.ids["client_id"], ExportId(UUID(made["id"])))
    large = 30_000_000
    await runtime.files.put(part_key(export_parts_key(brand.ids["client_id"], UUID(made["id"])), 0), b"x" * large)
    with psycopg.connect(copied_database.superuser_url) as connection:
        connection.execute("UPDATE data_export SET parts = 1, size = %s WHERE id = %s", [large, made["id"]])
    async with running_server(runtime) as server:
        await _leave_at(server, brand, path, 1)
    assert (await brand.call("GET", path))["fetched_at"] is None


async def test_only_who_holds_the_permission_over_the_whole_client_exports(stage: Stage) -> None:
    brand = stage.a
    body = {"client_id": str(brand.ids["client_id"])}
    for who in ("agent", "team_lead", "account_manager", "client_viewer"):
        headers = {"Authorization": f"Bearer {brand.secrets[who]}"}
        assert (await brand.api.post("/api/exports", headers=headers, json=body)).status_code == 403, who
