"""Breaking the glass: emergency access to a client, with a reason, for a while, seen by those who guard the client."""

from typing import Any
from uuid import UUID

import structlog
from msgspec import Struct
from sqlalchemy import select, update

from careloom.identity.commands.glass_ends import end_overdue
from careloom.identity.commands.passkeys import Place
from careloom.identity.commands.proof import prove
from careloom.identity.commands.throttling import begin_attempt, glass_keys
from careloom.identity.core.glass import REVIEW_TIME, added, gives_more, lasts
from careloom.identity.core.reach import kept_out
from careloom.identity.errors import (
    GlassOpenError,
    NothingToAddError,
    OwnGlassError,
    ReviewedError,
    StillOpenError,
)
from careloom.identity.events import BreakGlassBegun, BreakGlassChanged
from careloom.identity.queries.glass import get_glass
from careloom.identity.queries.networks import seen_from
from careloom.identity.tables import break_glass, person, session
from careloom.identity.types import GlassId
from careloom.identity.types.glass import BreakGlass, NewGlass, ProofKind, Review
from careloom.identity.types.sign_in import Holder
from careloom.organizations.queries import as_stored, badges, clients_closed_to
from careloom.platform import audit
from careloom.platform.access import Actor, Permission, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database, Tx
from careloom.platform.errors import (
    CareloomError,
    FieldError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    NotSignedInError,
)
from careloom.platform.eventlog.event import publish
from careloom.platform.hub import ACCESS_CHANGED, send_signal
from careloom.platform.ids import new_id
from careloom.platform.texts.text import say

log = structlog.get_logger()
_SYSTEM = system_actor("break-glass")
_SHORTEST_REASON = 10


class House(Struct, frozen=True):
    """What the installation brings: its key, where passkeys are used, the most minutes that it allows."""

    database: Database
    key: bytes
    place: Place
    most_minutes: int


async def begin_glass(house: House, actor: Actor, holder: Holder, new: NewGlass) -> GlassId:
    """Gives one's session emergency access to a client; `actor` is the person by that session. Every attempt counts,
    and a failed proof leaves an audit entry.

    Raises NotFoundError for a client over which one may not break the glass, InvalidInputError, ForbiddenError,
    GlassOpenError, NothingToAddError, TooManyRequestsError, and what `prove` raises.
    """
    reason = _checked_reason(new, house.most_minutes)
    async with house.database.transaction(_SYSTEM) as tx:
        await begin_attempt(tx, glass_keys(holder.person.id))
        await _require_breakable(tx, actor, new.client_id)
    try:
        proof = await prove(house.database, holder, house.key, house.place, new.proof)
    except CareloomError as error:
        async with house.database.transaction(_SYSTEM) as tx:
            why = {"why": type(error).__name__}
            await audit.record(tx, actor, "break_glass.refuse", new_id(), client_id=new.client_id, after=why)
        raise
    async with house.database.transaction(_SYSTEM) as tx:
        glass_id = await _begin(tx, actor, holder, new, reason, proof)
    whose = {"client_id": str(new.client_id), "person_id": str(holder.person.id)}
    log.warning("break_glass_begun", glass_id=str(glass_id), **whose)
    return glass_id


async def review_glass(tx: Tx, actor: Actor, glass_id: UUID, review: Review) -> BreakGlass:
    """Keeps what another person says of an access that is over. Raises NotFoundError, ForbiddenError, OwnGlassError,
    StillOpenError, ReviewedError.
    """
    before = await get_glass(tx, actor, glass_id, lock=True)
    actor.require(Permission.COMPLIANCE_WRITE, client_id=before.client_id)
    if actor.person_id is None or actor.person_id == before.person_id:
        raise OwnGlassError
    if before.ended_at is None:
        raise StillOpenError
    if before.verdict is not None:
        raise ReviewedError
    values = {
        "verdict": review.verdict,
        "note": review.note.strip(),
        "reviewed_by_id": actor.person_id,
        "reviewed_by": actor.name,
        "reviewed_at": now(),
    }
    values = await as_stored(tx, before.client_id, break_glass, values)
    mine = (break_glass.c.client_id == before.client_id) & (break_glass.c.id == before.id)
    await tx.execute(update(break_glass).where(mine).values(**values))
    after = {"verdict": review.verdict}
    await audit.record(tx, actor, "break_glass.review", before.id, client_id=before.client_id, after=after)
    await publish(tx, BreakGlassChanged(client_id=before.client_id, glass_id=before.id))
    return await get_glass(tx, actor, glass_id)


def _checked_reason(new: NewGlass, most_minutes: int) -> str:
    reason = new.reason.strip()
    errors: list[FieldError] = []
    if len(reason) < _SHORTEST_REASON:
        errors.append(FieldError("/reason", "Say why this cannot wait, in a few words."))
    if new.minutes > most_minutes:
        errors.append(FieldError("/minutes", say("The longest allowed here, in minutes: {most}.", most=most_minutes)))
    if errors:
        raise InvalidInputError(errors=tuple(errors))
    return reason


async def _require_breakable(tx: Tx, actor: Actor, client_id: UUID) -> None:
    extra = added(actor.reaches, client_id)
    if not extra or not await badges(tx, frozenset({client_id})):
        raise NotFoundError
    if actor.glass is not None:
        raise GlassOpenError
    if not gives_more(actor.reaches, extra):
        raise NothingToAddError
    # A grant over everything is not held to countries; what it opens in an emergency is.
    at = select(person.c.provider_id, clients_closed_to(person.c.team_id).label("closed"))
    row = (await tx.execute(at.where(person.c.id == actor.person_id))).one()
    allowed = await seen_from(tx, kept_out(extra, row.closed if row.provider_id is not None else None), actor.ip)
    if not any(reach.client_ids for reach in allowed):
        raise ForbiddenError("This client's data may not be seen from where you are.")


async def _begin(tx: Tx, actor: Actor, holder: Holder, new: NewGlass, reason: str, proof: ProofKind) -> GlassId:
    mine = select(session.c.id).where(session.c.id == holder.session_id, session.c.expires_at > now())
    if (await tx.execute(mine.with_for_update())).one_or_none() is None:
        raise NotSignedInError
    await end_overdue(tx, holder.session_id)
    under_way = select(break_glass.c.id).where(
        break_glass.c.session_id == holder.session_id, break_glass.c.ended_at.is_(None)
    )
    if (await tx.execute(under_way)).first() is not None:
        raise GlassOpenError
    begun_at, glass_id = now(), GlassId(new_id())
    until = begun_at + lasts(new.minutes)
    values: dict[str, Any] = {
        "client_id": new.client_id,
        "id": glass_id,
        "person_id": holder.person.id,
        "person_name": holder.person.name,
        "session_id": holder.session_id,
        "reason": reason,
        "reference": new.reference.strip() if new.reference else None,
        "proof": proof,
        "ip": actor.ip,
        "begun_at": begun_at,
        "until": until,
        "review_by": until + REVIEW_TIME,
    }
    values = await as_stored(tx, new.client_id, break_glass, values)
    await tx.execute(break_glass.insert().values(**values))
    told = {"until": until, "proof": proof, "reference": values["reference"]}
    await audit.record(tx, actor, "break_glass.begin", glass_id, client_id=new.client_id, after=told)
    event = BreakGlassBegun(client_id=new.client_id, glass_id=glass_id, person_id=holder.person.id, until=until)
    await publish(tx, event)
    await send_signal(tx, {"kind": ACCESS_CHANGED, "person_id": str(holder.person.id)})
    return glass_id
