"""The sessions between sign-in and sign-out."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update

from careloom.identity.commands.authority import require_no_more, require_over
from careloom.identity.commands.glass_ends import end_with_sessions
from careloom.identity.commands.throttling import WINDOW
from careloom.identity.errors import OldSignInError, UnfinishedSignInError
from careloom.identity.events import SignedOut
from careloom.identity.queries.people import load_person, people_with_grants, read_person
from careloom.identity.queries.sessions import is_signed_in
from careloom.identity.tables import ceremony, person, session, sign_in_failure
from careloom.identity.types import Pending, Person, PersonId, SessionId
from careloom.identity.types.sign_in import Holder, Method, Origin, StartedSession
from careloom.platform import audit
from careloom.platform.access import Actor, Permission, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx, widened
from careloom.platform.errors import NotFoundError, NotSignedInError
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id, new_secret
from careloom.platform.secrets import fingerprint

_SYSTEM = system_actor("sign-in")
_TO_FINISH = timedelta(minutes=15)
_RECENT = timedelta(minutes=30)


async def start_session(
    tx: Tx,
    person_id: UUID,
    origin: Origin,
    hours: int,
    *,
    method: Method = Method.DEMO,
    pending: Pending | None = None,
) -> StartedSession:
    """Begins a session of an active person; needs a system transaction; raises NotSignedInError.

    A pending one lasts a quarter of an hour, in which it must be finished.
    """
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
            expires_at=moment + (timedelta(hours=hours) if pending is None else _TO_FINISH),
            ip=origin.ip,
            user_agent=(origin.user_agent or "")[:300],
            method=method,
            pending=pending,
        )
    )
    actor = Actor(someone.name, (), person_id=someone.id, ip=origin.ip)
    how = {"method": method, "pending": pending}
    await audit.record(tx, actor, "session.start", session_id, after=how, **_owner(someone))
    return StartedSession(secret, someone, pending)


async def finish_session(tx: Tx, holder: Holder, hours: int) -> str:
    """Makes a pending session a whole one under a new secret, which is answered; needs a system transaction."""
    secret, moment = new_secret(), now()
    values = {
        "secret_hash": fingerprint(secret),
        "pending": None,
        "used_at": moment,
        "expires_at": moment + timedelta(hours=hours),
    }
    await tx.execute(update(session).where(session.c.id == holder.session_id).values(**values))
    await audit.record(tx, holder.actor, "session.finish", holder.session_id, **_owner(holder.person))
    return secret


def require_recent(holder: Holder) -> None:
    """For what changes how one signs in: raises OldSignInError, or UnfinishedSignInError with a factor missing."""
    if holder.pending is Pending.SECOND_FACTOR:
        raise UnfinishedSignInError
    if now() - holder.made_at > _RECENT:
        raise OldSignInError


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
    await end_with_sessions(tx, actor, [ended.id])
    await audit.record(tx, actor, "session.end", ended.id, **of)
    if not await is_signed_in(tx, ended.person_id):
        await publish(tx, SignedOut(person_id=ended.person_id, audience_id=ended.person_id, **of))


async def end_session(tx: Tx, actor: Actor, session_id: SessionId) -> None:
    """Ends one of one's own sessions, or with `people.write` one of someone whom one manages; raises NotFoundError,
    ForbiddenError.
    """
    async with widened(tx):
        found = select(session.c.person_id).where(session.c.id == session_id)
        owner_id = (await tx.execute(found)).scalar_one_or_none()
    if owner_id is None or (not actor.is_themselves(owner_id) and not actor.may(Permission.PEOPLE_READ)):
        raise NotFoundError
    someone = await require_managed(tx, actor, PersonId(owner_id))
    async with widened(tx):
        await _drop(tx, actor, session.c.id == session_id)
        await _tell_ended(tx, actor, "session.revoke", session_id, someone)


async def end_all_sessions(tx: Tx, actor: Actor, person_id: PersonId) -> None:
    """Signs someone out everywhere; raises NotFoundError, ForbiddenError, GrantTooWideError."""
    someone = await require_managed(tx, actor, person_id)
    async with widened(tx):
        await _drop(tx, actor, session.c.person_id == person_id)
        await _tell_ended(tx, actor, "person.sign_out", person_id, someone)


async def require_managed(tx: Tx, actor: Actor, person_id: PersonId) -> Person:
    """A person whose sessions and factors the actor may see and end: oneself, or someone whom one manages.

    Raises NotFoundError, ForbiddenError, GrantTooWideError.
    """
    if actor.is_themselves(person_id):
        async with widened(tx):
            return await load_person(tx, actor, person_id)
    someone = await load_person(tx, actor, person_id)
    require_over(actor, someone.provider_id, someone.client_id)
    await require_no_more(tx, actor, someone.grants)
    return someone


async def end_sessions(tx: Tx, actor: Actor, person_id: UUID) -> None:
    """Ends all of a person's sessions; the caller has checked that the actor may."""
    async with widened(tx):
        await _drop(tx, actor, session.c.person_id == person_id)


async def touch(tx: Tx, session_id: UUID, hours: int) -> None:
    """Prolongs a session that is in use."""
    moment = now()
    values = {"used_at": moment, "expires_at": moment + timedelta(hours=hours)}
    await tx.execute(update(session).where(session.c.id == session_id).values(**values))


async def forget_old(tx: Tx) -> None:
    """Removes expired sessions, old failures and ceremonies that nobody ended; needs a system transaction."""
    await _drop(tx, _SYSTEM, session.c.expires_at < func.now())
    await tx.execute(delete(ceremony).where(ceremony.c.expires_at < func.now()))
    await tx.execute(delete(sign_in_failure).where(sign_in_failure.c.at < func.now() - WINDOW))


async def _drop(tx: Tx, actor: Actor, which: ColumnElement[bool]) -> None:
    """Removes sessions, and ends with them what they have broken."""
    gone = (await tx.execute(delete(session).where(which).returning(session.c.id))).scalars()
    await end_with_sessions(tx, actor, list(gone))


async def _tell_ended(tx: Tx, actor: Actor, action: str, subject_id: UUID, someone: Person) -> None:
    owner = _owner(someone)
    await audit.record(tx, actor, action, subject_id, **owner)
    if not await is_signed_in(tx, someone.id):
        await publish(tx, SignedOut(person_id=someone.id, audience_id=someone.id, **owner))


def _owner(someone: Person) -> dict[str, UUID | None]:
    return {"client_id": someone.client_id, "provider_id": someone.provider_id}
