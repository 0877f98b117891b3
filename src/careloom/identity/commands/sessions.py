"""Sign-in, sign-out, and the sessions in between."""

from datetime import timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy import delete, func, select, update

from careloom.identity.commands.passwords import matches, store_password
from careloom.identity.errors import WrongPasswordError
from careloom.identity.events import SignedOut
from careloom.identity.queries.people import people_with_grants, read_person
from careloom.identity.queries.sessions import is_signed_in
from careloom.identity.tables import credential, person, session, sign_in_failure
from careloom.identity.types import Credentials, Person, StartedSession
from careloom.platform import audit
from careloom.platform.access import Actor, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database, Tx, set_scope
from careloom.platform.errors import NotSignedInError, TooManyRequestsError
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id, new_secret
from careloom.platform.secrets import fingerprint

_SYSTEM = system_actor("sign-in")
_FAILURES_BY_EMAIL = 8
_FAILURES_BY_IP = 40
_WINDOW = timedelta(minutes=15)


class Origin(Struct, frozen=True):
    """Where a sign-in comes from."""

    ip: str | None
    user_agent: str | None


async def sign_in(database: Database, credentials: Credentials, origin: Origin, hours: int) -> StartedSession:
    """Checks the password and begins a session; raises WrongPasswordError, TooManyRequestsError.

    A failure is kept in a transaction of its own, so that it counts although the sign-in fails.
    """
    email = credentials.email.strip().lower()
    keys = {f"email:{fingerprint(email)}": _FAILURES_BY_EMAIL, f"ip:{origin.ip}": _FAILURES_BY_IP}
    async with database.transaction(_SYSTEM) as tx:
        await _require_calm(tx, keys)
        found = await _find(tx, email)
    if found is None or not await matches(credentials.password, found.password_hash):
        async with database.transaction(_SYSTEM) as tx:
            await tx.execute(sign_in_failure.insert(), [{"key": key, "id": new_id()} for key in keys])
        raise WrongPasswordError
    async with database.transaction(_SYSTEM) as tx:
        await tx.execute(delete(sign_in_failure).where(sign_in_failure.c.key == next(iter(keys))))
        return await start_session(tx, found.person_id, origin, hours)


async def start_session(tx: Tx, person_id: UUID, origin: Origin, hours: int) -> StartedSession:
    """Begins a session of an active person; needs a system transaction; raises NotSignedInError."""
    row = (await tx.execute(people_with_grants().where(person.c.id == person_id, person.c.active))).one_or_none()
    if row is None:
        raise NotSignedInError
    someone: Person = read_person(row)
    secret = new_secret()
    moment = now()
    session_id = new_id()
    await tx.execute(
        session.insert().values(
            id=session_id,
            person_id=person_id,
            secret_hash=fingerprint(secret),
            made_at=moment,
            used_at=moment,
            expires_at=moment + timedelta(hours=hours),
            ip=origin.ip,
            user_agent=(origin.user_agent or "")[:300],
        )
    )
    actor = Actor(someone.name, (), person_id=someone.id, ip=origin.ip)
    owner = {"client_id": someone.client_id, "provider_id": someone.provider_id}
    await audit.record(tx, actor, "session.start", session_id, **owner)
    return StartedSession(secret, someone)


async def sign_out(tx: Tx, secret: str, ip: str | None = None) -> None:
    """Ends the session of a cookie, and tells when it was its person's last; needs a system transaction."""
    ending = delete(session).where(session.c.secret_hash == fingerprint(secret))
    ended = (await tx.execute(ending.returning(session.c.id, session.c.person_id))).one_or_none()
    if ended is None:
        return
    columns = (person.c.name, person.c.client_id, person.c.provider_id)
    owner = (await tx.execute(select(*columns).where(person.c.id == ended.person_id))).one()
    of = {"client_id": owner.client_id, "provider_id": owner.provider_id}
    actor = Actor(owner.name, (), person_id=ended.person_id, ip=ip)
    await audit.record(tx, actor, "session.end", ended.id, **of)
    if not await is_signed_in(tx, ended.person_id):
        await publish(tx, SignedOut(person_id=ended.person_id, audience_id=ended.person_id, **of))


async def end_sessions(tx: Tx, actor: Actor, person_id: UUID) -> None:
    """Ends all of a person's sessions."""
    await set_scope(tx, _SYSTEM)
    await tx.execute(delete(session).where(session.c.person_id == person_id))
    await set_scope(tx, actor)


async def touch(tx: Tx, session_id: UUID, hours: int) -> None:
    """Prolongs a session that is in use."""
    moment = now()
    values = {"used_at": moment, "expires_at": moment + timedelta(hours=hours)}
    await tx.execute(update(session).where(session.c.id == session_id).values(**values))


async def change_own_password(tx: Tx, actor: Actor, current: str, new: str) -> None:
    """Changes one's own password and ends all of one's sessions; raises WrongPasswordError."""
    if actor.person_id is None:
        raise NotSignedInError
    await set_scope(tx, _SYSTEM)
    columns = (person.c.client_id, person.c.provider_id, credential.c.password_hash)
    statement = select(*columns).join(credential, credential.c.person_id == person.c.id)
    stored = (await tx.execute(statement.where(person.c.id == actor.person_id))).one_or_none()
    await set_scope(tx, actor)
    if stored is None or not await matches(current, stored.password_hash):
        raise WrongPasswordError
    await store_password(tx, actor, actor.person_id, new)
    await end_sessions(tx, actor, actor.person_id)
    of = {"client_id": stored.client_id, "provider_id": stored.provider_id}
    await audit.record(tx, actor, "person.change_password", actor.person_id, **of)


async def forget_old(tx: Tx) -> None:
    """Removes expired sessions and old failures; needs a system transaction."""
    await tx.execute(delete(session).where(session.c.expires_at < func.now()))
    await tx.execute(delete(sign_in_failure).where(sign_in_failure.c.at < func.now() - _WINDOW))


class _Found(Struct, frozen=True):
    person_id: UUID
    password_hash: str | None


async def _find(tx: Tx, email: str) -> _Found | None:
    statement = (
        select(person.c.id, credential.c.password_hash)
        .outerjoin(credential, credential.c.person_id == person.c.id)
        .where(func.lower(person.c.email) == email, person.c.active)
    )
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else _Found(row.id, row.password_hash)


async def _require_calm(tx: Tx, keys: dict[str, int]) -> None:
    for key, allowed in keys.items():
        statement = select(func.count()).select_from(
            select(sign_in_failure.c.id)
            .where(sign_in_failure.c.key == key, sign_in_failure.c.at > func.now() - _WINDOW)
            .limit(allowed)
            .subquery()
        )
        if (await tx.execute(statement)).scalar_one() >= allowed:
            raise TooManyRequestsError(
                "Too many wrong passwords; wait a quarter of an hour or ask for a new one.", retry_after=900
            )
