"""Sign-in by password, and one's own password's change."""

from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, select

from careloom.identity.commands.passwords import matches, prove_password, renew_hash, store_password
from careloom.identity.commands.sessions import end_sessions, start_session
from careloom.identity.commands.throttling import (
    REFUSED,
    begin_attempt,
    count_nobody,
    forget_failures,
    forgive,
    own_password_keys,
    password_keys,
)
from careloom.identity.core.policy import lacking
from careloom.identity.errors import SsoOnlyError, WrongPasswordError
from careloom.identity.queries.factors import has_passkey, has_totp
from careloom.identity.queries.identity_providers import must_use_sso
from careloom.identity.queries.policies import demands_on
from careloom.identity.tables import credential, person
from careloom.identity.types import Credentials, Pending
from careloom.identity.types.sign_in import Method, Origin, StartedSession
from careloom.platform import audit
from careloom.platform.access import Actor, system_actor
from careloom.platform.database.transactions import Database, Tx, widened
from careloom.platform.errors import NotSignedInError

_SYSTEM = system_actor("sign-in")


async def sign_in(database: Database, credentials: Credentials, origin: Origin, hours: int) -> StartedSession:
    """Checks the password and begins a session; raises WrongPasswordError, which is noted, and TooManyRequestsError.

    Where a second factor is asked for, the session is pending: it can do nothing but finish.
    """
    email = credentials.email.strip().lower()
    keys = password_keys(email, origin.ip)
    async with database.transaction(_SYSTEM) as tx:
        attempt = await begin_attempt(tx, keys)
        found = await _find(tx, email)
    if not await matches(credentials.password, None if found is None else found.password_hash) or found is None:
        async with database.transaction(_SYSTEM) as tx:
            await _note_refusal(tx, found, origin)
        raise WrongPasswordError
    async with database.transaction(_SYSTEM) as tx:
        await forgive(tx, attempt)
        await forget_failures(tx, next(iter(keys)))
    async with database.transaction(_SYSTEM) as tx:
        await renew_hash(tx, found.person_id, credentials.password, found.password_hash or "")
        await require_own_way(tx, found.person_id)
        pending = await pending_for(tx, found.person_id)
        return await start_session(tx, found.person_id, origin, hours, method=Method.PASSWORD, pending=pending)


async def require_own_way(tx: Tx, person_id: UUID) -> None:
    """Raises SsoOnlyError where the person's employer wants single sign-on; needs a system transaction."""
    if await must_use_sso(tx, person_id):
        raise SsoOnlyError


async def pending_for(tx: Tx, person_id: UUID) -> Pending | None:
    """What a first factor leaves open for this person; needs a system transaction."""
    asked = await demands_on(tx, person_id)
    return lacking(asked, has_totp=await has_totp(tx, person_id), has_passkey=await has_passkey(tx, person_id))


async def prove_own_password(database: Database, actor: Actor, current: str) -> None:
    """That someone who is signed in knows their password; raises NotSignedInError for keys, WrongPasswordError,
    TooManyRequestsError.
    """
    if not actor.is_themselves(actor.person_id) or actor.person_id is None:
        raise NotSignedInError
    if not await prove_password(database, own_password_keys(actor.person_id), actor.person_id, current):
        raise WrongPasswordError


async def change_own_password(tx: Tx, actor: Actor, new: str) -> None:
    """Changes one's own password, which one has proven to know, and ends all of one's sessions.

    Raises InvalidInputError.
    """
    if actor.person_id is None:
        raise NotSignedInError
    columns = (person.c.client_id, person.c.provider_id)
    async with widened(tx):
        owner = (await tx.execute(select(*columns).where(person.c.id == actor.person_id))).one()
    await store_password(tx, actor.person_id, new, "/new")
    await end_sessions(tx, actor, actor.person_id)
    of = {"client_id": owner.client_id, "provider_id": owner.provider_id}
    await audit.record(tx, actor, "person.change_password", actor.person_id, **of)


class _Found(Struct, frozen=True):
    person_id: UUID
    client_id: UUID | None
    provider_id: UUID | None
    password_hash: str | None


async def _note_refusal(tx: Tx, found: _Found | None, origin: Origin) -> None:
    """Of an address that nobody has nothing can be noted, but as much is done: time does not tell which are known."""
    if found is None:
        await count_nobody(tx)
        return
    actor = Actor(_SYSTEM.name, (), ip=origin.ip)
    of = {"client_id": found.client_id, "provider_id": found.provider_id}
    await audit.record(tx, actor, REFUSED, found.person_id, after={"method": Method.PASSWORD}, **of)


async def _find(tx: Tx, email: str) -> _Found | None:
    statement = (
        select(person.c.id, person.c.client_id, person.c.provider_id, credential.c.password_hash)
        .outerjoin(credential, credential.c.person_id == person.c.id)
        .where(func.lower(person.c.email) == email, person.c.active)
    )
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else _Found(*row)
