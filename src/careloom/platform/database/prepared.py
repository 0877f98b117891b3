"""A statement that is compiled once and run by psycopg itself: for what every request and every list of messages does.

SQLAlchemy takes as long for each run as the server does for a small statement; what it adds is not needed here.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, Final

import psycopg
from msgspec import Struct, defstruct
from psycopg.rows import args_row
from sqlalchemy import ARRAY, BindParameter, Select, TextClause
from sqlalchemy.dialects.postgresql import psycopg as dialects
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.visitors import iterate

from careloom.platform.database.links import Connection
from careloom.platform.database.transactions import Tx

_DIALECT: Final[Any] = dialects.dialect()


class Prepared:
    """A statement with its parameters by name; a row that it answers is an object with the columns as attributes, of
    the kind `answers` where one is given, which has these columns for its fields.
    """

    def __init__(
        self,
        statement: Select[*tuple[Any, ...]] | TextClause,
        answers: type[Struct] | None = None,
        *,
        planned_anew: bool = False,
    ) -> None:
        """`planned_anew`: for the tables as large as they are now, each time.

        A plan that is kept was made when its tables were smaller: good for one row by its key, and the worst for many
        rows given together, for which small tables are read as a whole.

        Raises TypeError for a column whose values the driver does not answer as they are wanted, or `answers` lacks.
        """
        if isinstance(statement, Select):
            _require_plain(statement)
            _require_fields(statement, answers)
        asked: dict[str, Any] = {
            one.key: None for one in iterate(statement) if isinstance(one, BindParameter) and one.required
        }
        self._answer = _by_name if answers is None else args_row(answers)
        self._prepare = False if planned_anew else None
        compiled = statement.compile(dialect=_DIALECT)
        expanded = compiled.construct_expanded_state(asked)
        self._sql = expanded.statement.encode()
        self._given = {name: value for name, value in expanded.parameters.items() if name not in asked}

    async def run(self, tx: Tx, **values: Any) -> None:
        """Runs it in the open transaction; raises what SQLAlchemy would, such as IntegrityError, and ProgrammingError
        where a parameter is missing.
        """
        async with _told(tx) as link:
            await self._sent(link, values)

    async def rows(self, tx: Tx, **values: Any) -> list[Any]:
        """The same; what it answers."""
        async with _told(tx) as link:
            return await (await self._sent(link, values)).fetchall()

    async def _sent(self, link: Connection, values: dict[str, Any]) -> "psycopg.AsyncCursor[Any]":
        cursor = link.cursor(row_factory=self._answer)
        return await cursor.execute(self._sql, self._given | values, prepare=self._prepare)


@asynccontextmanager
async def unwaited(tx: Tx) -> AsyncGenerator[None]:
    """Sends each statement that `Prepared` runs meanwhile without waiting for what the server says to the one before.

    An error of one is raised by a later one that asks for rows, or at the end; what comes after it is not done.
    Statements of SQLAlchemy itself must not run meanwhile: it takes them for empty.
    """
    async with _told(tx) as link, link.pipeline():
        yield


@asynccontextmanager
async def _told(tx: Tx) -> AsyncGenerator[Connection]:
    """The driver's connection, whose errors are told in SQLAlchemy's classes."""
    link: Connection = _driver_of(tx)
    try:
        yield link
    except psycopg.Error as error:
        if link.closed:
            # SQLAlchemy finds for itself, and for its pool, that the server is gone, and raises.
            await tx.exec_driver_sql("SELECT")
        raise DBAPIError.instance(None, None, error, psycopg.Error, hide_parameters=True) from error
    except DBAPIError:
        raise
    except BaseException:
        await tx.invalidate()
        raise


def _by_name(cursor: "psycopg.AsyncCursor[Any]") -> Any:
    return args_row(_row(tuple(one.name for one in cursor.description or ())))(cursor)


@lru_cache(maxsize=500)
def _row(names: tuple[str, ...]) -> type[Struct]:
    return defstruct("Row", names)


def _driver_of(tx: Tx) -> Any:
    open_connection: Any = tx.sync_connection
    return open_connection.connection.driver_connection


def _require_fields(statement: Select[*tuple[Any, ...]], answers: type[Struct] | None) -> None:
    if answers is not None and answers.__struct_fields__ != tuple(statement.selected_columns.keys()):
        raise TypeError(f"the columns are not the fields of {answers.__name__}, in their order")


def _require_plain(statement: Select[*tuple[Any, ...]]) -> None:
    for one in statement.selected_columns:
        turned = one.type.dialect_impl(_DIALECT).result_processor(_DIALECT, None)
        if turned is not None and not isinstance(one.type, ARRAY):
            raise TypeError(f"{one} is not answered by the driver as it is wanted")
