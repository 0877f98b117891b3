"""What is sent to the database, whoever sends it: SQLAlchemy, or a prepared statement past it."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg
import pytest


class Sent(NamedTuple):
    """A statement, its parameters, and the task that sent it."""

    statement: str
    parameters: Any
    task: asyncio.Task[Any] | None


@contextmanager
def sent_statements() -> Generator[list[Sent]]:
    """Each statement from all connections of this process, as long as the context lasts."""
    sent: list[Sent] = []
    execute = psycopg.AsyncCursor[Any].execute

    async def noted(cursor: Any, query: Any, params: Any = None, **more: Any) -> Any:
        statement = query.decode() if isinstance(query, bytes) else str(query)
        sent.append(Sent(statement, params, asyncio.current_task()))
        return await execute(cursor, query, params, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.AsyncCursor, "execute", noted)
        yield sent
