"""Names that one transaction at a time may work on: whoever comes second is told so at once, and waits for nobody."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import text

from careloom.platform.database.prepared import Prepared
from careloom.platform.database.transactions import Tx
from careloom.platform.wire import json_text

_WAIT: Final = Prepared(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"))
_TRY: Final = Prepared(
    text("""
    SELECT given.name FROM json_array_elements_text(CAST(:names AS json)) AS given (name)
    WHERE NOT pg_try_advisory_xact_lock(hashtextextended(given.name, 0))
""")
)


async def claim(tx: Tx, name: str) -> None:
    """Has `name` alone until the transaction ends; waits for whoever has it. Names are of the whole installation."""
    await _WAIT.run(tx, name=name)


async def claim_free(tx: Tx, names: Collection[str]) -> set[str]:
    """Has those of `names` alone that nobody has; answers the others."""
    if not names:
        return set()
    return {row.name for row in await _TRY.rows(tx, names=json_text(list(names)))}
