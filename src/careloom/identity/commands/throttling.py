"""Failures of signing in, counted in the database so that every process knows them; many close the door for a while."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy import delete, func, select

from careloom.identity.tables import sign_in_failure
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import TooManyRequestsError
from careloom.platform.ids import new_id
from careloom.platform.secrets import fingerprint

WINDOW = timedelta(minutes=15)
REFUSED: Final = "person.refuse_sign_in"
"""What the audit trail says of a wrong password or code."""
_OF_EMAIL, _OF_IP, _OF_PERSON, _OF_GLASS = 8, 40, 8, 10
_LOCKS = 7_301_944
"""Sets these advisory locks apart from others."""


def password_keys(email: str, ip: str | None) -> dict[str, int]:
    """What a wrong password counts against, and how many are allowed."""
    return {f"email:{fingerprint(email)}": _OF_EMAIL, f"ip:{ip}": _OF_IP}


def code_keys(person_id: UUID) -> dict[str, int]:
    """What a wrong code counts against."""
    return {f"code:{person_id}": _OF_PERSON}


def own_password_keys(person_id: UUID) -> dict[str, int]:
    """What a wrong password counts against of someone who is signed in and changes it."""
    return {f"own:{person_id}": _OF_PERSON}


def glass_keys(person_id: UUID) -> dict[str, int]:
    """What an attempt to break the glass counts against, right or wrong."""
    return {f"glass:{person_id}": _OF_GLASS}


class Attempt(Struct, frozen=True):
    """A guess that counts as a failure until it turns out right."""

    id: UUID
    keys: tuple[str, ...]


async def begin_attempt(tx: Tx, keys: dict[str, int]) -> Attempt:
    """Counts a guess before it is looked at, so that of many at once no more than are allowed are; it stays counted
    when `tx` is over, unless `forgive` says that it was right. Whoever guesses at the same key waits for the end of
    `tx`: a password is hashed after it. Needs a system transaction.

    Raises TooManyRequestsError where a key has failed too often.
    """
    for key in sorted(keys):
        await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, _LOCKS))))
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
    attempt = Attempt(new_id(), tuple(keys))
    await tx.execute(sign_in_failure.insert(), [{"key": key, "id": attempt.id} for key in keys])
    return attempt


async def count_nobody(tx: Tx) -> None:
    """Writes as much as an audit entry would, against nobody; needs a system transaction."""
    await tx.execute(sign_in_failure.insert(), [{"key": "nobody", "id": new_id()}])


async def forgive(tx: Tx, attempt: Attempt) -> None:
    """Takes back a guess that was right; needs a system transaction."""
    mine = (sign_in_failure.c.key.in_(attempt.keys), sign_in_failure.c.id == attempt.id)
    await tx.execute(delete(sign_in_failure).where(*mine))


async def forget_failures(tx: Tx, key: str) -> None:
    """Forgets what failed before a success; needs a system transaction."""
    await tx.execute(delete(sign_in_failure).where(sign_in_failure.c.key == key))
