"""What PostgreSQL looks up for each row that is stored: a plan that it makes while tables are small, and keeps."""

import re
from typing import Any, Final

from sqlalchemy import text

from careloom.platform.database.schema import metadata
from careloom.platform.database.transactions import Database, Tx
from tests.world import SYSTEM

_BY: Final = re.compile(r"\b(\w+) = \$")


async def test_what_a_row_names_is_not_sought_among_all_that_its_client_has(database: Database) -> None:
    sought = {
        (constraint.referred_table.name, tuple(one.column.name for one in constraint.elements))
        for table in metadata.sorted_tables
        for constraint in table.foreign_key_constraints
    }
    of_clients = {(table, columns) for table, columns in sought if "client_id" in columns}
    assert ("message", ("client_id", "conversation_id", "seq")) in of_clients
    async with database.transaction(SYSTEM) as tx:
        await tx.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
        await tx.execute(text("SET LOCAL enable_seqscan = off"))
        found = {one: await _sought_by(tx, *one) for one in sorted(of_clients)}
    assert [one for one, by in found.items() if by <= {"client_id"}] == []


async def _sought_by(tx: Tx, table: str, columns: tuple[str, ...]) -> set[str]:
    """The columns by which a new database finds a row of which all of `columns` are known."""
    wanted = " AND ".join(f'"{column}" = ${place}' for place, column in enumerate(columns, 1))
    await tx.exec_driver_sql(f'PREPARE look AS SELECT FROM ONLY "{table}" WHERE {wanted} FOR KEY SHARE')
    values = ", ".join("NULL" for _ in columns)
    explained: Any = (await tx.exec_driver_sql(f"EXPLAIN (FORMAT JSON) EXECUTE look({values})")).scalar_one()
    await tx.exec_driver_sql("DEALLOCATE look")
    return set(_BY.findall(_condition(explained[0]["Plan"])))


def _condition(plan: dict[str, Any]) -> str:
    conditions = [plan.get("Index Cond", ""), *(_condition(one) for one in plan.get("Plans", ()))]
    return " ".join(one for one in conditions if one)
