"""What is known of clients' keys."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on

from careloom.compliance.queries.retention import require_seen
from careloom.compliance.tables import key_rotation, shredding
from careloom.compliance.types.keys import ClientKeyState, Rotation, RotationState, Shredding
from careloom.integrations.queries.exports import archives_of
from careloom.integrations.types import Archives
from careloom.organizations.queries import list_clients
from careloom.organizations.types import Client
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.keys.lives import current_of, versions_of
from careloom.platform.keys.ring import KeyVersion
from careloom.platform.paging import Page
from careloom.platform.wire import reader, row_fields

GRACE = timedelta(hours=1)
"""After so long nobody writes any more with a version that was retired."""

read_shredding = reader(Shredding)


async def list_keys(tx: Tx, actor: Actor, limit: int = 50, after: str | None = None) -> Page[ClientKeyState]:
    """The keys of the clients that the actor looks after, client by client."""
    actor.require(Permission.COMPLIANCE_READ)
    page = await list_clients(tx, actor, limit, after)
    seen = [one for one in page.items if actor.may(Permission.COMPLIANCE_READ, client_id=one.id)]
    return Page(tuple(await states_of(tx, seen)), page.next)


async def states_of(tx: Tx, clients: Collection[Client]) -> list[ClientKeyState]:
    """What is known of these clients' keys, in their order."""
    ids = [one.id for one in clients]
    versions = await versions_of(tx, ids)
    last = await tx.execute(_newest(key_rotation, ids))
    rotations = {row.client_id: read_rotation(row) for row in last}
    asked = {row.client_id: read_shredding(row) for row in await tx.execute(_open_shreddings(ids, now()))}
    archives = await archives_of(tx, ids)
    return [
        _state(
            one,
            [each for each in versions if each.client_id == one.id],
            rotations.get(one.id),
            asked.get(one.id),
            archives.get(one.id, Archives()),
        )
        for one in clients
    ]


async def get_shredding(tx: Tx, actor: Actor, shredding_id: UUID, permission: Permission) -> Shredding:
    """One, locked; raises NotFoundError, ForbiddenError."""
    row = (await tx.execute(select(shredding).where(shredding.c.id == shredding_id).with_for_update())).one_or_none()
    if row is None:
        raise NotFoundError
    require_seen(actor, row.client_id, permission)
    return read_shredding(row)


async def open_shredding(tx: Tx, client_id: UUID) -> Shredding | None:
    """The one that waits for its confirmation."""
    row = (await tx.execute(_open_shreddings([client_id], now()))).one_or_none()
    return None if row is None else read_shredding(row)


def read_rotation(row: Any) -> Rotation:
    """A rotation from its row."""
    fields = {name: value for name, value in row_fields(row).items() if name in Rotation.__struct_fields__}
    state = RotationState.RENEWING if row.place else RotationState.WAITING
    return Rotation(**fields, state=RotationState.DONE if row.finished_at else state)


def _state(
    client: Client, versions: list[KeyVersion], rotation: Rotation | None, asked: Shredding | None, archives: Archives
) -> ClientKeyState:
    current = current_of(versions)
    living = [one for one in versions if one.destroyed_at is None]
    gone = max((one.destroyed_at for one in versions if one.destroyed_at), default=None) if not living else None
    return ClientKeyState(
        client.id,
        client.name,
        current.version if current else None,
        current.master if current else None,
        current.made_at if current else None,
        len(living),
        gone,
        rotation,
        asked,
        archives,
    )


def _newest(table: Any, ids: Collection[UUID]) -> Select[Any]:
    c = table.c
    mine = select(table).where(c.client_id.in_(list(ids))).order_by(c.client_id, c.id.desc())
    return mine.ext(distinct_on(c.client_id))


def _open_shreddings(ids: Collection[UUID], at: datetime) -> Select[Any]:
    c = shredding.c
    waiting = (c.confirmed_at.is_(None), c.withdrawn_at.is_(None), c.until > at)
    return select(shredding).where(c.client_id.in_(list(ids)), *waiting)
