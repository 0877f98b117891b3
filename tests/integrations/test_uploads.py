"""Files of imports: one that is handed in takes the place of another once it is whole, and never under a run."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from careloom.integrations.commands import imports
from careloom.integrations.commands.running import forget_broken, forget_stale
from careloom.integrations.commands.uploads import IMPORTS
from careloom.integrations.types import ImportId
from careloom.platform import file_parts
from careloom.platform.database.transactions import Database
from tests.integrations.importing import Importer, Json
from tests.world import SYSTEM


class BrokenOffError(Exception):
    """The client went away in the middle of an upload."""


def customers(name: str, count: int) -> bytes:
    return b"\n".join(
        json.dumps({"type": "customer", "key": f"{name}{n}", "name": name}).encode() for n in range(count)
    )


def lying(home: Path, one: Json) -> list[Path]:
    return list((home / "files").rglob(f"*{one['id']}*"))


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_parts, "PART_BYTES", 100)


async def checked(importer: Importer) -> Json:
    one = await importer.work(await importer.prepare("some.jsonl", customers("Checked", 5)), "check")
    assert (one["state"], one["counts"]["customers_made"]) == ("checked", 5)
    return one


async def killed_upload(importer: Importer, database: Database, one: Json) -> None:
    """What an upload leaves whose process is killed in the middle."""
    async with database.transaction(SYSTEM) as tx:
        held = await imports.require_import(tx, SYSTEM, ImportId(one["id"]))
        key = IMPORTS.key(held.client_id, held.id, await IMPORTS.begin(tx, held.id))
    for number in range(2):
        await importer.runtime.files.put(file_parts.part_key(key, number), b"half of it")


async def test_an_upload_that_breaks_off_leaves_the_file_and_its_dry_run(importer: Importer, home: Path) -> None:
    one = await checked(importer)
    before = lying(home, one)

    async def halves() -> AsyncIterator[bytes]:
        yield customers("Other", 10)
        raise BrokenOffError

    assert not (await importer.api.put(f"/api/imports/{one['id']}/file", content=halves())).is_success
    assert lying(home, one) == before
    assert await importer.call("GET", f"/{one['id']}") == one
    done = await importer.work(one, "run")
    assert (done["state"], done["counts"]["customers_made"]) == ("done", 5)


async def test_a_run_takes_the_file_that_was_checked_whatever_is_handed_in_meanwhile(
    importer: Importer, database: Database, home: Path
) -> None:
    one = await checked(importer)

    async def whole() -> AsyncIterator[bytes]:
        yield customers("Unchecked", 10)
        assert (await importer.work(one, "run"))["counts"]["customers_made"] == 5
        yield b"\n" + customers("Later", 10)

    refused = await importer.api.put(f"/api/imports/{one['id']}/file", content=whole())
    assert refused.status_code == 409
    async with database.transaction(SYSTEM) as tx:
        names = (await tx.execute(text("SELECT DISTINCT name FROM customer"))).scalars().all()
    assert names == ["Checked"]
    assert lying(home, one) == []


async def test_another_file_takes_the_dry_run_away_with_the_first_ones_parts(importer: Importer, home: Path) -> None:
    one = await checked(importer)
    before = set(lying(home, one))
    after = await importer.call("PUT", f"/{one['id']}/file", content=customers("Other", 1))
    assert (after["state"], after["counts"]["customers_made"]) == ("ready", 0)
    assert lying(home, one)
    assert before.isdisjoint(lying(home, one))
    assert (await importer.api.post(f"/api/imports/{one['id']}/run")).status_code == 409


async def test_of_two_uploads_at_once_the_later_end_counts_and_nothing_of_the_other_stays(
    importer: Importer, home: Path
) -> None:
    one = await checked(importer)

    async def slow() -> AsyncIterator[bytes]:
        yield customers("Slow", 7)
        await importer.call("PUT", f"/{one['id']}/file", content=customers("Quick", 3))

    await importer.call("PUT", f"/{one['id']}/file", content=slow())
    parts = len(lying(home, one))
    assert parts == -(-len(customers("Slow", 7)) // 100)
    assert (await importer.work(one, "check"))["counts"]["customers_made"] == 7


async def test_what_a_killed_upload_left_goes_after_a_day(importer: Importer, database: Database, home: Path) -> None:
    one = await checked(importer)
    before = lying(home, one)
    await killed_upload(importer, database, one)
    await forget_broken(importer.runtime)
    assert len(lying(home, one)) == len(before) + 2
    async with database.transaction(SYSTEM) as tx:
        old = """jsonb_set(loose, '{0,until}', '"2020-01-01T00:00:00Z"')"""
        await tx.execute(text(f"UPDATE data_import SET loose = {old}"))
    await forget_broken(importer.runtime)
    assert lying(home, one) == before
    assert (await importer.work(one, "run"))["state"] == "done"


async def test_a_removed_or_forgotten_import_takes_uploads_along(
    importer: Importer, database: Database, home: Path
) -> None:
    one, other = await checked(importer), await checked(importer)
    for each in (one, other):
        await killed_upload(importer, database, each)
    await importer.call("DELETE", f"/{one['id']}")
    assert lying(home, one) == []
    async with database.transaction(SYSTEM) as tx:
        await tx.execute(text("UPDATE data_import SET changed_at = now() - interval '31 days'"))
    await forget_stale(importer.runtime)
    assert lying(home, other) == []


async def test_an_upload_that_was_given_up_meanwhile_is_refused(
    importer: Importer, database: Database, home: Path
) -> None:
    one = await checked(importer)

    async def forgotten() -> AsyncIterator[bytes]:
        yield customers("Other", 10)
        async with database.transaction(SYSTEM) as tx:
            await tx.execute(text("UPDATE data_import SET changed_at = now() - interval '31 days'"))
        await forget_stale(importer.runtime)
        yield b"\n"

    refused = await importer.api.put(f"/api/imports/{one['id']}/file", content=forgotten())
    assert (refused.status_code, "given up" in refused.json()["detail"]) == (409, True)
    assert lying(home, one) == []
