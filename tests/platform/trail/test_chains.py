"""Chains in the database: sealed behind the writers, and whatever the tables' owner does to them is noticed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any, LiteralString
from uuid import UUID

import msgspec
import psycopg
import pytest
from msgspec import UNSET
from sqlalchemy import text

from careloom.organizations.commands import change_privacy
from careloom.organizations.types import ClientId
from careloom.platform import audit
from careloom.platform.access import BrokenGlass, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database
from careloom.platform.ids import new_id
from careloom.platform.redaction.types import Policy, Rule
from careloom.platform.trail.checker import Break, Why
from careloom.platform.trail.checkpoint import Notary
from careloom.platform.trail.export import check_lines, checkpoints_in, export_lines
from careloom.platform.trail.link import Link
from careloom.platform.trail.sealing import Sealer
from careloom.platform.trail.verifying import Verdict, chains, verify
from tests.postgres import FreshDatabase
from tests.world import SYSTEM, World

NOTARY = Notary(b"a secret of this test")


_UNSEALED = text(
    "SELECT EXISTS (SELECT 1 FROM audit_entry e WHERE NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.entry_id = e.id))"
)


async def seal(database: Database) -> int:
    """Seals what can be; for a moment it waits for transactions of other tests on the same server."""
    sealer, total = Sealer(database), 0
    for _ in range(40):
        while some := await sealer.seal_batch():
            total += some
        async with database.transaction(SYSTEM) as tx:
            if not (await tx.execute(_UNSEALED)).scalar_one():
                break
        await asyncio.sleep(0.025)
    return total


async def write(database: Database, client_id: UUID | None, count: int) -> list[UUID]:
    """Entries about one subject each."""
    subjects = [new_id() for _ in range(count)]
    for subject in subjects:
        async with database.transaction(SYSTEM) as tx:
            await audit.record(tx, SYSTEM, "thing.make", subject, client_id=client_id, after={"name": f"Zoë {subject}"})
    return subjects


async def whole(database: Database, client_id: UUID | None) -> Verdict:
    return await verify(database, NOTARY, client_id, whole=True)


@pytest.fixture
async def client_id(world: World, database: Database) -> UUID:
    """A client with nine sealed entries, verified once."""
    client = await world.client()
    await write(database, client.id, 8)
    await seal(database)
    assert (await whole(database, client.id)).broken is None
    return client.id


@pytest.fixture
def owner(fresh_database: FreshDatabase) -> Iterator[Callable[..., int]]:
    """Does what whoever owns the tables can do: past triggers, keys and row-level security."""
    with psycopg.connect(fresh_database.superuser_url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")

        def run(statement: LiteralString, *values: Any) -> int:
            done = connection.execute(statement, values)
            assert done.rowcount > 0, "the tampering touched nothing"
            return done.rowcount

        yield run


async def test_each_client_has_a_chain_and_what_belongs_to_none_has_another(world: World, database: Database) -> None:
    one, other = await world.client("One"), await world.client("Other")
    await write(database, one.id, 3)
    await write(database, None, 2)
    assert await seal(database) == 3 + 2 + 2
    async with database.transaction(SYSTEM) as tx:
        there = await chains(tx)
    assert set(there) == {None, one.id, other.id}
    assert [(await whole(database, each)).number for each in (one.id, other.id, None)] == [4, 1, 2]
    assert await seal(database) == 0


async def test_writers_of_many_clients_at_once_are_all_sealed_and_wait_for_nobody(
    world: World, database: Database
) -> None:
    clients = [await world.client(f"Client {number}") for number in range(4)]

    async def work(sealer: Sealer, done: asyncio.Event) -> None:
        while not done.is_set():
            await sealer.seal_batch()

    done = asyncio.Event()
    sealing = [asyncio.create_task(work(Sealer(database), done)) for _ in range(2)]
    await asyncio.gather(*(write(database, one.id, 25) for one in clients), write(database, None, 25))
    done.set()
    await asyncio.gather(*sealing)
    await seal(database)
    found = [await whole(database, one.id) for one in clients]
    assert [(one.number, one.broken) for one in found] == [(26, None)] * 4
    assert (await whole(database, None)).number == 25


async def test_an_entry_whose_transaction_commits_late_is_sealed_late_but_sealed(
    world: World, database: Database
) -> None:
    client = await world.client()
    async with database.transaction(SYSTEM) as tx:
        await audit.record(tx, SYSTEM, "thing.make", new_id(), client_id=client.id)
        await write(database, client.id, 3)
        await seal(database)
    await seal(database)
    assert (await whole(database, client.id)).broken is None
    assert (await whole(database, client.id)).number == 5


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal", "audit_checkpoint"])
async def test_the_program_cannot_change_or_remove_what_it_wrote(
    client_id: UUID, fresh_database: FreshDatabase, table: LiteralString
) -> None:
    for url in (fresh_database.url, fresh_database.owner_url, fresh_database.superuser_url):
        for statement in ("DELETE FROM ", "TRUNCATE "):
            with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("SELECT set_config('careloom.clients', '*', true)")
                connection.execute("SELECT set_config('careloom.providers', '*', true)")
                connection.execute(statement + table + (" CASCADE" if statement == "TRUNCATE " else ""))
        with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT set_config('careloom.clients', '*', true)")
            connection.execute("SELECT set_config('careloom.providers', '*', true)")
            column = "actor_name = 'Bo'" if table == "audit_entry" else "number = 99"
            connection.execute("UPDATE " + table + " SET " + column)  # pyright: ignore[reportArgumentType]


async def test_a_changed_entry_is_named(client_id: UUID, database: Database, owner: Callable[..., int]) -> None:
    owner(
        "UPDATE audit_entry e SET actor_name = 'Bo' FROM audit_seal s WHERE s.entry_id = e.id AND s.client_id = %s "
        "AND s.number = 4",
        client_id,
    )
    broken = (await whole(database, client_id)).broken
    assert broken is not None
    assert (broken.number, broken.why) == (4, Why.CHANGED)


async def test_changed_content_is_noticed(client_id: UUID, database: Database, owner: Callable[..., int]) -> None:
    owner(
        'UPDATE audit_entry e SET after = \'{"name": "Bo"}\' FROM audit_seal s WHERE s.entry_id = e.id '
        "AND s.client_id = %s AND s.number = 5",
        client_id,
    )
    broken = (await whole(database, client_id)).broken
    assert broken is not None
    assert (broken.number, broken.why) == (5, Why.CONTENT_CHANGED)


async def test_a_deleted_entry_is_noticed(client_id: UUID, database: Database, owner: Callable[..., int]) -> None:
    owner(
        "DELETE FROM audit_entry WHERE id = (SELECT entry_id FROM audit_seal WHERE client_id = %s AND number = 3)",
        client_id,
    )
    broken = (await whole(database, client_id)).broken
    assert broken is not None
    assert (broken.number, broken.why) == (3, Why.MISSING)


async def test_an_entry_deleted_with_its_seal_is_noticed(
    client_id: UUID, database: Database, owner: Callable[..., int]
) -> None:
    owner(
        "WITH gone AS (DELETE FROM audit_seal WHERE client_id = %s AND number = 3 RETURNING entry_id) "
        "DELETE FROM audit_entry USING gone WHERE id = entry_id",
        client_id,
    )
    broken = (await whole(database, client_id)).broken
    assert broken is not None
    assert (broken.number, broken.why) == (3, Why.MISSING)


async def test_the_numbers_moved_together_over_a_hole_do_not_hide_it(
    client_id: UUID, database: Database, owner: Callable[..., int]
) -> None:
    owner("DELETE FROM audit_seal WHERE client_id = %s AND number = 3", client_id)
    owner("UPDATE audit_seal SET number = -number WHERE client_id = %s AND number > 3", client_id)
    owner("UPDATE audit_seal SET number = -number - 1 WHERE client_id = %s AND number < 0", client_id)
    owner("UPDATE audit_chain SET number = number - 1, verified_number = 0 WHERE client_id = %s", client_id)
    broken = (await whole(database, client_id)).broken
    assert broken is not None
    assert (broken.number, broken.why) == (3, Why.NOT_LINKED)


async def test_an_entry_slipped_in_among_sealed_ones_is_noticed(
    client_id: UUID, database: Database, owner: Callable[..., int]
) -> None:
    owner(
        "INSERT INTO audit_entry (id, client_id, actor_name, action, subject_type, subject_id, position) "
        "OVERRIDING SYSTEM VALUE SELECT gen_random_uuid(), %s, 'Bo', 'a.b', 'a', gen_random_uuid(), -1",
        client_id,
    )
    await seal(database)
    broken = (await whole(database, client_id)).broken
    assert broken is not None
    assert broken.why is Why.NEVER_SEALED


async def test_an_entry_that_is_dated_back_is_noticed(
    client_id: UUID, database: Database, owner: Callable[..., int]
) -> None:
    owner(
        "INSERT INTO audit_entry (id, client_id, actor_name, action, subject_type, subject_id, at) "
        "SELECT gen_random_uuid(), %s, 'Bo', 'a.b', 'a', gen_random_uuid(), now() - interval '2 days'",
        client_id,
    )
    await seal(database)
    broken = (await whole(database, client_id)).broken
    assert broken is not None
    assert (broken.number, broken.why) == (10, Why.BACKDATED)


async def test_entries_in_another_order_are_noticed(
    client_id: UUID, database: Database, owner: Callable[..., int]
) -> None:
    for number, other in ((4, -4), (5, 4), (-4, 5)):
        owner("UPDATE audit_seal SET number = %s WHERE client_id = %s AND number = %s", other, client_id, number)
    broken = (await whole(database, client_id)).broken
    assert broken is not None
    assert (broken.number, broken.why) == (4, Why.NOT_LINKED)


async def test_an_entry_handed_to_another_client_is_noticed(
    client_id: UUID, world: World, database: Database, owner: Callable[..., int]
) -> None:
    other = await world.client("Other")
    owner(
        "UPDATE audit_entry SET client_id = %s WHERE id = "
        "(SELECT entry_id FROM audit_seal WHERE client_id = %s AND number = 2)",
        other.id,
        client_id,
    )
    broken = (await whole(database, client_id)).broken
    assert broken is not None
    assert (broken.number, broken.why) == (2, Why.CHANGED)


async def test_a_cut_off_end_is_noticed_by_the_checkpoint_though_all_else_was_made_to_fit(
    client_id: UUID, database: Database, owner: Callable[..., int]
) -> None:
    last = await whole(database, client_id)
    owner("DELETE FROM audit_seal WHERE client_id = %s AND number > 6", client_id)
    owner(
        "UPDATE audit_chain SET number = 6, verified_number = 6, "
        "(hash, verified_hash) = (SELECT s.hash, s.hash FROM audit_seal s WHERE s.client_id = %s AND s.number = 6) "
        "WHERE client_id = %s",
        client_id,
        client_id,
    )
    broken = (await whole(database, client_id)).broken
    assert broken is not None
    assert (broken.number, broken.why) == (9, Why.TRUNCATED)
    owner("DELETE FROM audit_checkpoint WHERE client_id = %s", client_id)
    assert last.checkpoint is not None
    kept = await verify(database, NOTARY, client_id, whole=True, known=[last.checkpoint])
    assert kept.broken is not None
    assert kept.broken.why is Why.TRUNCATED


async def test_a_chain_that_is_gone_is_noticed_by_its_checkpoint(
    client_id: UUID, database: Database, owner: Callable[..., int]
) -> None:
    for statement in ("DELETE FROM audit_seal WHERE client_id = %s", "DELETE FROM audit_chain WHERE client_id = %s"):
        owner(statement, client_id)
    async with database.transaction(SYSTEM) as tx:
        assert client_id in await chains(tx)
    broken = (await whole(database, client_id)).broken
    assert broken is not None
    assert broken.why is Why.TRUNCATED


async def test_a_forged_checkpoint_is_noticed(client_id: UUID, database: Database, owner: Callable[..., int]) -> None:
    owner("UPDATE audit_checkpoint SET hash = repeat('a', 64) WHERE client_id = %s", client_id)
    broken = (await whole(database, client_id)).broken
    assert broken is not None
    assert broken.why is Why.BAD_SIGNATURE


async def test_what_is_new_is_verified_from_where_it_was_right(
    client_id: UUID, database: Database, owner: Callable[..., int]
) -> None:
    await write(database, client_id, 5)
    await seal(database)
    found = await verify(database, NOTARY, client_id)
    assert (found.checked, found.number, found.broken) == (5, 14, None)
    await write(database, client_id, 2)
    await seal(database)
    owner(
        "UPDATE audit_entry e SET ip = '10.0.0.1' FROM audit_seal s WHERE s.entry_id = e.id AND s.client_id = %s "
        "AND s.number = 15",
        client_id,
    )
    broken = (await verify(database, NOTARY, client_id)).broken
    assert broken is not None
    assert broken.number == 15


async def test_a_break_is_remembered_told_once_and_over_when_the_whole_is_right_again(
    client_id: UUID, database: Database, owner: Callable[..., int]
) -> None:
    owner(
        "UPDATE audit_entry SET ip = '10.0.0.1' WHERE id = "
        "(SELECT entry_id FROM audit_seal WHERE client_id = %s AND number = 2)",
        client_id,
    )
    for _ in range(2):
        await whole(database, client_id)
    async with database.transaction(SYSTEM) as tx:
        entries = (await audit.list_audit(tx, SYSTEM, client_id=client_id)).items
        state = (await tx.exec_driver_sql("SELECT broken_number, broken_why FROM audit_chain")).all()
        second = "SELECT entry_id FROM audit_seal WHERE number = 2 AND client_id IS NOT NULL"
        entry_id = (await tx.exec_driver_sql(second)).scalar_one()
    told = [one for one in entries if one.action == "audit_chain.break"]
    named = str(entry_id)
    assert [one.after for one in told] == [{"number": 2, "entry_id": named, "why": "changed"}]
    assert (2, "changed") in state
    owner("UPDATE audit_entry SET ip = NULL WHERE ip = '10.0.0.1'")
    assert (await whole(database, client_id)).broken is None
    async with database.transaction(SYSTEM) as tx:
        assert (await tx.exec_driver_sql("SELECT count(broken_at) FROM audit_chain")).scalar_one() == 0


async def test_erased_content_leaves_the_chain_right_and_an_entry_behind(
    world: World, database: Database, owner: Callable[..., int]
) -> None:
    client = await world.client()
    subject, other = await write(database, client.id, 2)
    await seal(database)
    actor = system_actor("erasure", client.id)
    async with database.transaction(actor) as tx:
        assert await audit.erase_content(tx, actor, subject, client.id, "asked for by the customer") == 1
    await seal(database)
    found = await whole(database, client.id)
    assert (found.erased, found.broken) == (1, None)
    async with database.transaction(SYSTEM) as tx:
        entry = (await audit.list_audit(tx, SYSTEM, subject_id=subject)).items[0]
    assert (entry.after, entry.action, entry.actor_name) == (None, "thing.make", "test")
    assert entry.erased_at is not None
    owner(
        "UPDATE audit_entry SET before = NULL, after = NULL, salt = NULL, erased_at = now() WHERE subject_id = %s",
        other,
    )
    broken = (await whole(database, client.id)).broken
    assert broken is not None
    assert broken.why is Why.ERASED_SILENTLY


async def test_an_export_is_checked_without_the_database_and_every_tampering_with_it_noticed(
    client_id: UUID, database: Database
) -> None:
    async with database.transaction(SYSTEM) as tx:
        lines = [one async for one in export_lines(tx, NOTARY, client_id, now())]
    right = check_lines(lines, key=NOTARY.public_key)
    assert (right.entries, right.number, right.broken) == (9, 9, None)
    for place in range(1, len(lines) - 1):
        assert check_lines([*lines[:place], *lines[place + 1 :]]).broken is not None
        changed = lines[place].replace(b'"test"', b'"Bo"')
        assert changed != lines[place]
        assert check_lines([*lines[:place], changed, *lines[place + 1 :]]).broken is not None
    assert check_lines(lines[:-1]).broken is not None
    assert check_lines([*lines[:5], lines[-1]]).broken is not None
    assert check_lines(lines, key=Notary(b"another").public_key).broken is not None
    known = checkpoints_in(lines)
    async with database.transaction(SYSTEM) as tx:
        later = [one async for one in export_lines(tx, NOTARY, client_id, now(), after=4)]
    assert check_lines(later, known).broken is None
    cut = [*lines[:6], _signed_end(lines[5])]
    assert check_lines(cut).broken is None
    assert check_lines(cut, known).broken is not None


def _signed_end(last: bytes) -> bytes:
    """A checkpoint that whoever has the key signs over a chain cut short."""
    link = msgspec.json.decode(last, type=Link)
    return msgspec.json.encode(NOTARY.sign(link.chain, link.number, link.hash, now())) + b"\n"


async def test_the_emergency_access_of_an_entry_is_sealed_with_it(
    world: World, database: Database, owner: Callable[..., int]
) -> None:
    client = await world.client()
    glass_id = new_id()
    under_glass = msgspec.structs.replace(SYSTEM, glass=BrokenGlass(glass_id, client.id, now()))
    for actor in (SYSTEM, under_glass):
        async with database.transaction(SYSTEM) as tx:
            await audit.record(tx, actor, "thing.make", new_id(), client_id=client.id)
    await seal(database)
    assert (await whole(database, client.id)).broken is None
    async with database.transaction(SYSTEM) as tx:
        exported = [line async for line in export_lines(tx, NOTARY, client.id, now())]
    assert check_lines(exported).broken is None
    named = [b'"glass_id"' in line for line in exported[2:-1]]
    assert named == [False, True]
    sealed_under = msgspec.json.decode(exported[-2])["id"]
    for statement in ("glass_id = NULL WHERE glass_id = %s", "glass_id = %s WHERE glass_id IS NULL"):
        taken = await whole(database, client.id)
        owner(f"UPDATE audit_entry SET {statement}", glass_id)
        broken = (await whole(database, client.id)).broken
        assert taken.broken is None
        assert broken is not None
        assert broken.why is Why.CHANGED
        owner("UPDATE audit_entry SET glass_id = NULL")
        owner("UPDATE audit_entry SET glass_id = %s WHERE id = %s", glass_id, sealed_under)


async def _exported(database: Database, client_id: UUID | None) -> list[bytes]:
    async with database.transaction(SYSTEM) as tx:
        return [line async for line in export_lines(tx, NOTARY, client_id, now())]


async def _rule(database: Database, client_id: ClientId, pattern: str) -> None:
    async with database.transaction(SYSTEM) as tx:
        await change_privacy(tx, SYSTEM, client_id, Policy(rules=(Rule(name="badge", pattern=pattern),)))


async def test_what_a_clients_own_rules_take_out_never_gets_into_its_chain(world: World, database: Database) -> None:
    one, other = await world.client("One"), await world.client("Other")
    await _rule(database, one.id, r"BDG-\d{4}")
    for client_id in (one.id, other.id, None):
        async with database.transaction(SYSTEM) as tx:
            await audit.record(tx, SYSTEM, "thing.make", new_id(), client_id=client_id, after={"name": "BDG-1234"})
    await seal(database)
    left = {name: b"".join(await _exported(database, name)) for name in (one.id, other.id, None)}
    assert {name: b"BDG-1234" in lines for name, lines in left.items()} == {one.id: False, other.id: True, None: True}
    found = check_lines(await _exported(database, one.id))
    assert (found.broken, found.redacted) == (None, 0)


async def test_what_a_later_rule_takes_out_leaves_without_its_seal_and_the_chain_stays_right(
    client_id: UUID, database: Database
) -> None:
    async with database.transaction(SYSTEM) as tx:
        await audit.record(tx, SYSTEM, "thing.make", new_id(), client_id=client_id, after={"name": "BDG-1234"})
    await seal(database)
    assert check_lines(await _exported(database, client_id)).redacted == 0
    await _rule(database, ClientId(client_id), r"BDG-\d{4}")
    await seal(database)
    lines = await _exported(database, client_id)
    assert not any(b"BDG-1234" in one for one in lines)
    found = check_lines(lines, key=NOTARY.public_key)
    assert (found.broken, found.redacted, found.erased) == (None, 1, 0)
    (redacted,) = [one for one in map(msgspec.json.decode, lines) if one.get("redacted")]
    assert redacted["salt"] is None
    assert "name" in redacted["content"]
    assert (await whole(database, client_id)).broken is None
    place = next(at for at, one in enumerate(lines) if b'"redacted"' in one)
    for tampered in (b'"action":"thing.take"', b'"action":"audit_entry.erase"'):
        changed = lines[place].replace(b'"action":"thing.make"', tampered)
        assert check_lines([*lines[:place], changed, *lines[place + 1 :]]).broken is not None
    link = msgspec.json.decode(lines[place], type=Link)
    other = msgspec.structs.replace(link, content='{"before":null,"after":{"name":"nothing"}}')
    stripped = msgspec.structs.replace(link, vouched=UNSET)
    for made_up in (other, stripped, Notary(b"another").vouch(other)):
        assert made_up.hash == link.hash
        broken = check_lines([*lines[:place], msgspec.json.encode(made_up), *lines[place + 1 :]]).broken
        assert broken == Break(link.number, link.id, Why.CONTENT_CHANGED)
