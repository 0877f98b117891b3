"""Failures of signing in, counted in the database so that every process knows them; many close the door for a while."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select

from careloom.identity.tables import sign_in_failure
from careloom.platform.access import system_actor
from careloom.platform.database.transactions import Database, Tx
from careloom.platform.errors import TooManyRequestsError
from careloom.platform.ids import new_id
from careloom.platform.secrets import fingerprint

WINDOW = timedelta(minutes=15)
_SYSTEM = system_actor("sign-in")
_OF_EMAIL, _OF_IP, _OF_PERSON, _OF_GLASS = 8, 40, 8, 10


def password_keys(email: str, ip: str | None) -> dict[str, int]:
    """What a wrong password counts against, and how many are allowed."""
    return {f"email:{fingerprint(email)}": _OF_EMAIL, f"ip:{ip}": _OF_IP}


def code_keys(person_id: UUID) -> dict[str, int]:
    """What a wrong code counts against."""
    return {f"code:{person_id}": _OF_PERSON}


def glass_keys(person_id: UUID) -> dict[str, int]:
    """What an attempt to break the glass counts against, right or wrong."""
    return {f"glass:{person_id}": _OF_GLASS}


async def require_calm(tx: Tx, keys: dict[str, int]) -> None:
    """Raises TooManyRequestsError where a key has failed too often; needs a system transaction."""
    for key, allowed in keys.items():
        statement = select(func.count()).select_from(
            select(sign_in_failure.c.id)
            .where(sign_in_failure.c.key == key, sign_in_failure.c.at > func.now() - WINDOW)
            .limit(allowed)
            .subquery()
        )
        if (await tx.execute(statement)).scalar_one() >= allowed:
            raise TooManyRequestsError(
                "Too many wrong attempts; wait a quarter of an hour or ask an administrator.", retry_after=900
            )


async def count_failure(database: Database, keys: Iterable[str]) -> None:
    """Counts one failure in a transaction of its own, so that it stays although the sign-in is undone."""
    async with database.transaction(_SYSTEM) as tx:
        await tx.execute(sign_in_failure.insert(), [{"key": key, "id": new_id()} for key in keys])


async def forget_failures(tx: Tx, key: str) -> None:
    """Forgets what failed before a success; needs a system transaction."""
    await tx.execute(delete(sign_in_failure).where(sign_in_failure.c.key == key))
