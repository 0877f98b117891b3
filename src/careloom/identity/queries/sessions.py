"""Reads sessions."""

from uuid import UUID

from sqlalchemy import exists, select

from careloom.identity.core.devices import device_of
from careloom.identity.queries.glass import GLASS_COLUMNS, broken_glass, of_session
from careloom.identity.queries.people import people_with_grants, read_person
from careloom.identity.tables import break_glass, person, session
from careloom.identity.types import Pending, Person, PersonId, SessionId
from careloom.identity.types.sign_in import Holder, Method, Session
from careloom.platform.access import Actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotSignedInError
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.secrets import fingerprint


async def is_signed_in(tx: Tx, person_id: UUID) -> bool:
    """Whether a person has a session that runs. Needs a system transaction."""
    running = exists().where(session.c.person_id == person_id, session.c.expires_at > now())
    return bool((await tx.execute(select(running))).scalar_one())


async def holder_of(tx: Tx, secret: str, ip: str | None, request_id: str | None) -> Holder:
    """Whose session a cookie's value stands for, finished or not; needs a system transaction.

    Raises NotSignedInError.
    """
    columns = (session.c.id.label("session_id"), session.c.pending, session.c.made_at, *GLASS_COLUMNS)
    statement = people_with_grants().add_columns(*columns).join(session, session.c.person_id == person.c.id)
    statement = statement.outerjoin(break_glass, of_session(now()))
    mine = statement.where(session.c.secret_hash == fingerprint(secret), session.c.expires_at > now(), person.c.active)
    row = (await tx.execute(mine)).one_or_none()
    if row is None:
        raise NotSignedInError("Your session has ended; sign in again.")
    someone: Person = read_person(row)
    glass = broken_glass(row)
    actor = Actor(someone.name, (), person_id=someone.id, ip=ip, request_id=request_id, glass=glass)
    pending = None if row.pending is None else Pending(row.pending)
    return Holder(SessionId(row.session_id), someone, pending, row.made_at, actor)


async def list_sessions(
    tx: Tx, person_id: PersonId, current: str | None, limit: int = 50, after: str | None = None
) -> Page[Session]:
    """A person's running sessions, newest first; `current` is the secret of the one that asks.

    Needs a system transaction.
    """
    mark = None if current is None else fingerprint(current)
    running = select(session).where(session.c.person_id == person_id, session.c.expires_at > now())
    rows = await tx.execute(keyset(running, [session.c.id], after, limit, descending=True))
    found = [
        Session(
            id=SessionId(row.id),
            person_id=PersonId(row.person_id),
            method=Method(row.method),
            pending=None if row.pending is None else Pending(row.pending),
            device=device_of(row.user_agent),
            ip=row.ip,
            made_at=row.made_at,
            used_at=row.used_at,
            expires_at=row.expires_at,
            current=row.secret_hash == mark,
        )
        for row in rows
    ]
    return cut(found, limit, lambda one: [one.id])
