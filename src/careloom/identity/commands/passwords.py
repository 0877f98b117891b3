"""Passwords: hashed with argon2id, checked off the event loop."""

import asyncio
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy.dialects.postgresql import insert

from careloom.identity.tables import credential
from careloom.platform.access import Actor, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx, set_scope

_hasher = PasswordHasher()
_NOBODYS_HASH = _hasher.hash("no one has this password")


async def store_password(tx: Tx, actor: Actor, person_id: UUID, password: str) -> None:
    """Stores the hash of a person's password; the caller has checked that `actor` may."""
    values = {"password_hash": await asyncio.to_thread(_hasher.hash, password), "changed_at": now()}
    statement = insert(credential).values(person_id=person_id, **values)
    await set_scope(tx, system_actor("passwords"))
    await tx.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=values))
    await set_scope(tx, actor)


async def matches(password: str, password_hash: str | None) -> bool:
    """Whether `password` is right; takes as long where there is no such person."""
    return await asyncio.to_thread(_verify, password, password_hash or _NOBODYS_HASH) and password_hash is not None


def _verify(password: str, password_hash: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
