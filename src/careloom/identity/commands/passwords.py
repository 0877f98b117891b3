"""Passwords: checked against the rules, hashed with argon2id, verified off the event loop."""

import asyncio
from base64 import b64encode
from typing import Final
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from careloom.identity.commands.throttling import begin_attempt, forgive
from careloom.identity.core.passwords import problems
from careloom.identity.queries.policies import demands_on
from careloom.identity.tables import credential, person
from careloom.platform.access import system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database, Tx, widened
from careloom.platform.errors import FieldError, InvalidInputError

_SYSTEM = system_actor("passwords")
_hasher = PasswordHasher()
_VERSION: Final = 19
"""Of argon2, the one in use since RFC 9106."""


async def store_password(tx: Tx, person_id: UUID, password: str, path: str = "/password") -> None:
    """Stores the hash of a person's password; the caller has checked that the actor may.

    Raises InvalidInputError at `path` for one that the rules or a policy refuse.
    """
    async with widened(tx):
        least = (await demands_on(tx, person_id)).password_length
        own = (await tx.execute(select(person.c.name, person.c.email).where(person.c.id == person_id))).one()
        wrong = await asyncio.to_thread(problems, password, least, (own.name, own.email))
        if wrong:
            raise InvalidInputError(errors=tuple(FieldError(path, message) for message in wrong))
        await _store(tx, person_id, password)


async def renew_hash(tx: Tx, person_id: UUID, password: str, password_hash: str) -> None:
    """Hashes a right password again where it was hashed more weakly than today; needs a system transaction."""
    if _hasher.check_needs_rehash(password_hash):
        await _store(tx, person_id, password)


async def prove_password(database: Database, keys: dict[str, int], person_id: UUID, password: str) -> bool:
    """Whether it is the password of someone who is signed in; a wrong one counts. Raises TooManyRequestsError."""
    async with database.transaction(_SYSTEM) as tx:
        attempt = await begin_attempt(tx, keys)
        mine = select(credential.c.password_hash).where(credential.c.person_id == person_id)
        stored = (await tx.execute(mine)).scalar_one_or_none()
    right = await matches(password, stored)
    if right:
        async with database.transaction(_SYSTEM) as tx:
            await forgive(tx, attempt)
    return right


async def matches(password: str, password_hash: str | None) -> bool:
    """Whether `password` is right; takes as long where there is no such person."""
    right = await asyncio.to_thread(_verify, password, password_hash or nobodys_hash(_hasher))
    return right and password_hash is not None


def nobodys_hash(hasher: PasswordHasher) -> str:
    """What stands for the hash of someone who is not there: no password fits it, and each costs what it would cost at
    a hash by `hasher`. It is written, not computed: no process pays for it when it starts.
    """
    work = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (b64encode(bytes(size)).decode().rstrip("=") for size in (hasher.salt_len, hasher.hash_len))
    return f"$argon2id$v={_VERSION}${work}${salt}${digest}"


async def _store(tx: Tx, person_id: UUID, password: str) -> None:
    values = {"password_hash": await asyncio.to_thread(_hasher.hash, password), "changed_at": now()}
    statement = insert(credential).values(person_id=person_id, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=values))


def _verify(password: str, password_hash: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
