"""What people and monitoring see of the chains: how long, up to where verified, whether broken."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from prometheus_client import Gauge
from sqlalchemy import func, select

from careloom.platform.access import Actor, Permission, system_actor
from careloom.platform.database.scope import within
from careloom.platform.database.transactions import Tx
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.tables import audit_chain
from careloom.platform.trail.checker import Why
from careloom.platform.trail.rows import chain_of
from careloom.platform.wire import reader

SYSTEM = system_actor("audit")
BROKEN = Gauge("careloom_audit_broken_chains", "Chains of the audit trail that a verification found broken.")
UNVERIFIED = Gauge("careloom_audit_unverified_seconds", "How long entries have been waiting for a verification.")


class ChainState(Struct, frozen=True):
    """A chain: of a client, or (`client_id` None) of what belongs to no client.

    It is `number` entries long, verified up to `verified_number`; `broken_*` name the first entry that is not right.
    """

    id: UUID
    client_id: UUID | None
    number: int
    hash: str
    sealed_at: datetime
    verified_number: int
    verified_at: datetime | None
    verified_whole_at: datetime | None
    broken_at: datetime | None
    broken_number: int | None
    broken_entry_id: UUID | None
    broken_why: Why | None


_read = reader(ChainState)


async def list_chains(tx: Tx, actor: Actor, limit: int = 50, after: str | None = None) -> Page[ChainState]:
    """The chains whose entries the actor may read."""
    actor.require(Permission.AUDIT_READ)
    statement = select(audit_chain).where(within(actor, Permission.AUDIT_READ, audit_chain.c.client_id))
    rows = await tx.execute(keyset(statement, [audit_chain.c.id], after, limit))
    return cut([_read(row) for row in rows], limit, lambda one: [one.id])


async def get_chain(tx: Tx, actor: Actor, client_id: UUID | None) -> ChainState | None:
    """One chain; None where nothing is sealed in it yet. Raises ForbiddenError."""
    require_chain(actor, client_id)
    row = (await tx.execute(chain_of(client_id))).one_or_none()
    return None if row is None else _read(row)


def require_chain(actor: Actor, client_id: UUID | None) -> None:
    """Raises ForbiddenError unless the actor may read every entry of the chain; None: the installation's."""
    if client_id is None:
        actor.require_everything(Permission.AUDIT_READ)
    else:
        actor.require(Permission.AUDIT_READ, client_id=client_id)


async def measure(tx: Tx) -> None:
    """Sets the gauges to what the chains are now; needs a system transaction."""
    chain = audit_chain.c
    waiting = func.min(chain.verified_at).filter(chain.verified_number < chain.number)
    columns = (func.count(chain.broken_at), func.extract("epoch", func.now() - waiting))
    broken, seconds = (await tx.execute(select(*columns))).one()
    BROKEN.set(broken)
    UNVERIFIED.set(float(seconds or 0))
