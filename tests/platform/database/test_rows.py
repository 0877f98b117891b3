"""Rows that travel as one value arrive as they were given."""

from __future__ import annotations

from sqlalchemy import text

from careloom.conversations.tables.contact import conversation
from careloom.customers.tables import customer
from careloom.platform.database.rows import inserting, updating
from careloom.platform.database.transactions import Database
from careloom.platform.ids import new_id
from tests.conversations.desk import SYSTEM, make_desk

_insert = inserting(customer, "client_id", "id", "name", "language", "attributes")
_rename = updating(customer, ("client_id", "id"), "name", "language")
_tag = updating(conversation, ("id",), "tags")


async def test_rows_are_stored_with_their_types_and_defaults(database: Database) -> None:
    desk = await make_desk(database)
    names = ["Ada", "quote ' and \" and \\", ":name %s {x} ☃ \U0001f600", ""]
    same = {"client_id": desk.client.id, "language": None, "attributes": {"n": [1, None]}}
    rows = [{**same, "id": new_id(), "name": name} for name in names]
    async with database.transaction(SYSTEM) as tx:
        await _insert(tx, rows)
        await _insert(tx, [])
    found = await desk.rows("SELECT * FROM customer")
    assert {one.id: one.name for one in found} == {one["id"]: one["name"] for one in rows}
    assert {one.language for one in found} == {None}
    assert found[0].attributes == {"n": [1, None]}
    assert found[0].created_at is not None


async def test_only_the_rows_that_are_named_change(database: Database) -> None:
    desk = await make_desk(database)
    ids = [new_id() for _ in range(3)]
    same = {"client_id": desk.client.id, "name": "old", "language": "en", "attributes": {"n": 1}}
    rows = [{**same, "id": one} for one in ids]
    async with database.transaction(SYSTEM) as tx:
        await _insert(tx, rows)
        changes = [{"client_id": desk.client.id, "id": one, "name": "new", "language": None} for one in ids[:2]]
        await _rename(tx, changes)
    found = {row.id: (row.name, row.language) for row in await desk.rows("SELECT id, name, language FROM customer")}
    assert [found[one] for one in ids] == [("new", None), ("new", None), ("old", "en")]


async def test_lists_are_stored_as_arrays(database: Database) -> None:
    desk = await make_desk(database)
    one = await desk.opened()
    async with database.transaction(SYSTEM) as tx:
        await _tag(tx, [{"id": one, "tags": ["a, b", 'c"d']}])
        (row,) = (await tx.execute(text("SELECT tags FROM conversation"))).all()
    assert row.tags == ["a, b", 'c"d']
