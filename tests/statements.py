"""What is sent to the database, whoever sends it: SQLAlchemy, or a prepared statement past it."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest


@contextmanager
def sent_statements() -> Generator[list[tuple[str, Any]]]:
    """Each statement with its parameters, from all connections of this process, as long as the context lasts."""
    sent: list[tuple[str, Any]] = []
    execute = psycopg.AsyncCursor[Any].execute

    async def noted(cursor: Any, query: Any, params: Any = None, **more: Any) -> Any:
        sent.append((query.decode() if isinstance(query, bytes) else str(query), params))
        return await execute(cursor, query, params, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.AsyncCursor, "execute", noted)
        yield sent
