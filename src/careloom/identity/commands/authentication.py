"""Who asks: by session secret or API key. What revokes either takes effect at the next request."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import DateTime, Select, String, bindparam, exists, update

from careloom.identity.commands.sessions import touch
from careloom.identity.core.glass import added
from careloom.identity.core.reach import Organization, kept_out, narrowed, reaches
from careloom.identity.core.roles import known_verbs
from careloom.identity.errors import ApiKeyExpiredError, UnfinishedSignInError
from careloom.identity.queries.actors import organization_of
from careloom.identity.queries.glass import GLASS_COLUMNS, broken_glass, of_session
from careloom.identity.queries.networks import seen_from
from careloom.identity.queries.people import people_with_grants
from careloom.identity.tables import api_key, break_glass, client_network, person, session
from careloom.identity.types import RoleGrant
from careloom.organizations.queries import clients_closed_to, providers_of_clients
from careloom.platform.access import DORMANT, Actor, BrokenGlass, Permission
from careloom.platform.clock import now
from careloom.platform.database.prepared import Prepared
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotSignedInError
from careloom.platform.remembered import Remembered
from careloom.platform.runtime import Runtime
from careloom.platform.secrets import fingerprint, sign, signed_by

_TOUCH_AFTER = timedelta(minutes=1)
_ORGANIZATION_SECONDS = 5.0
_MAX_REMEMBERED = 5_000
_organizations: Remembered[tuple[RoleGrant, ...], Organization] = Remembered(_ORGANIZATION_SECONDS, _MAX_REMEMBERED)
_serving: Remembered[frozenset[UUID], frozenset[UUID]] = Remembered(_ORGANIZATION_SECONDS, _MAX_REMEMBERED)


def _people(*columns: Any) -> Select[Any]:
    guarded = exists().select_from(client_network).label("guarded")
    closed = clients_closed_to(person.c.team_id).label("closed")
    return people_with_grants().where(person.c.active).add_columns(guarded, closed, *columns)


_MARK, _MOMENT = bindparam("mark", type_=String), bindparam("moment", type_=DateTime(timezone=True))
_BY_SESSION: Final = Prepared(
    _people(session.c.id.label("session_id"), session.c.used_at, session.c.pending, *GLASS_COLUMNS)
    .join(session, session.c.person_id == person.c.id)
    .outerjoin(break_glass, of_session(_MOMENT))
    .where(session.c.secret_hash == _MARK, session.c.expires_at > _MOMENT)
)
_BY_API_KEY: Final = Prepared(
    _people(
        api_key.c.id.label("key_id"),
        api_key.c.permissions,
        api_key.c.client_ids,
        api_key.c.expires_at,
        api_key.c.last_used_at,
    )
    .join(api_key, api_key.c.person_id == person.c.id)
    .where(
        api_key.c.prefix == bindparam("prefix", type_=String),
        api_key.c.secret_hash == _MARK,
        api_key.c.revoked_at.is_(None),
    )
)


class Asked(Struct, frozen=True):
    """Where a request comes from."""

    ip: str | None = None
    request_id: str | None = None


async def actor_by_session(runtime: Runtime, secret: str, asked: Asked) -> Actor:
    """The person of a session; raises NotSignedInError where it is unknown, ended or expired,
    UnfinishedSignInError where it still lacks its second factor.
    """

    async def look(tx: Tx) -> Actor:
        rows = await _BY_SESSION.rows(tx, mark=fingerprint(secret), moment=now())
        if not rows:
            raise NotSignedInError("Your session has ended; sign in again.")
        [row] = rows
        if row.pending is not None:
            raise UnfinishedSignInError
        if _long_ago(row.used_at):
            await touch(tx, row.session_id, runtime.settings.session_hours)
        return await _actor(tx, row, asked, broken_glass(row), row.session_id)

    return await runtime.database.glance(look)


async def actor_by_api_key(runtime: Runtime, bearer: str, asked: Asked) -> Actor:
    """The person of an API key, held to what the key allows; raises NotSignedInError, ApiKeyExpiredError."""
    prefix, _, secret = bearer.removeprefix("clk_").partition("_")

    async def look(tx: Tx) -> Actor:
        rows = await _BY_API_KEY.rows(tx, prefix=prefix, mark=fingerprint(secret))
        if not rows:
            raise NotSignedInError("The API key is not valid.")
        [row] = rows
        if row.expires_at is not None and row.expires_at <= now():
            raise ApiKeyExpiredError
        if row.last_used_at is None or _long_ago(row.last_used_at):
            await tx.execute(update(api_key).where(api_key.c.id == row.key_id).values(last_used_at=now()))
        return await _held_by_key(tx, row, await _actor(tx, row, asked))

    return await runtime.database.glance(look)


async def _held_by_key(tx: Tx, row: Any, actor: Actor) -> Actor:
    clients = frozenset[UUID](row.client_ids) or None
    providers = None
    if clients is not None:
        providers = await _serving(clients, lambda: providers_of_clients(tx, sorted(clients)))
    permissions = frozenset(Permission(one) for one in row.permissions) or frozenset(Permission)
    # A key may hand `glass.break` on where it is held to nothing less; without a session it never breaks one.
    usable = [reach for reach in actor.reaches if not reach.sleeps or permissions >= DORMANT]
    held = narrowed(usable, permissions, clients, providers)
    return msgspec.structs.replace(actor, reaches=held, api_key_id=row.key_id)


def csrf_token(key: bytes, session_secret: str) -> str:
    """The token that a page of this session sends with every change."""
    return sign(key, "csrf", session_secret)


def csrf_matches(key: bytes, session_secret: str, token: str) -> bool:
    """Whether `token` is this session's."""
    return signed_by(key, "csrf", session_secret, token)


def _long_ago(moment: datetime) -> bool:
    return now() - moment > _TOUCH_AFTER


async def _actor(
    tx: Tx, row: Any, asked: Asked, glass: BrokenGlass | None = None, session_id: UUID | None = None
) -> Actor:
    grants = msgspec.convert(row.grants, tuple[RoleGrant, ...], strict=False)
    # What own roles hold came with the person: a role that is changed counts from the next request on.
    roles = {one["role"]: known_verbs(one["permissions"]) for one in row.grants if one["permissions"] is not None}
    organization = msgspec.structs.replace(
        await _organizations(grants, lambda: organization_of(tx, grants)), own_roles=roles
    )
    held = reaches(grants, row.provider_id, organization)
    if glass is not None:
        held += added(held, glass.client_id)
    if row.provider_id is not None:
        held = kept_out(held, row.closed)
    if row.guarded:
        held = await seen_from(tx, held, asked.ip)
    return Actor(
        row.name, held, person_id=row.id, ip=asked.ip, request_id=asked.request_id, glass=glass, session_id=session_id
    )
