"""Reads organizations."""

from collections.abc import Collection, Mapping, Sequence
from time import monotonic
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, ScalarSelect, Select, Table, bindparam, exists, func, select, union_all

from careloom.organizations.tables import client, program, program_provider, provider, site, team
from careloom.organizations.types import (
    Client,
    ClientId,
    Opening,
    Program,
    ProgramId,
    Provider,
    ProviderId,
    Site,
    Team,
)
from careloom.platform.access import Actor, Permission
from careloom.platform.database.schema import Writer
from careloom.platform.database.scope import within, within_somewhere
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.redaction.types import Policy, Rule
from careloom.platform.redaction.values import storable
from careloom.platform.residency import residency_of
from careloom.platform.strictness import policies_are_read_by
from careloom.platform.texts.languages import Language, language_for
from careloom.platform.wire import from_plain, reader, row_fields
from careloom.platform.wording import worded

_REGIONS: dict[UUID, str] = {}
_READ = Permission.ORGANIZATIONS_READ
read_provider = reader(Provider)
read_site = reader(Site)
read_client = reader(Client)
read_team = reader(Team)
_POLICY_SECONDS = 5.0
_policies: dict[UUID, tuple[float, Policy]] = {}
_OPENINGS = select(program.c.id, program.c.time_zone, program.c.hours, program.c.holidays).where(
    program.c.id.in_(bindparam("ids", expanding=True))
)


async def list_providers(tx: Tx, actor: Actor, limit: int = 50, after: str | None = None) -> Page[Provider]:
    """Providers that the actor belongs to or oversees, by age."""
    actor.require(_READ)
    return await _page(tx, select(provider), provider, read_provider, limit, after)


async def list_sites(tx: Tx, actor: Actor, limit: int = 50, after: str | None = None) -> Page[Site]:
    """Sites of the actor's providers."""
    actor.require(_READ)
    return await _page(tx, select(site), site, read_site, limit, after)


async def list_teams(tx: Tx, actor: Actor, limit: int = 50, after: str | None = None) -> Page[Team]:
    """Teams of the actor's providers."""
    actor.require(_READ)
    return await _page(tx, select(team), team, read_team, limit, after)


async def list_clients(tx: Tx, actor: Actor, limit: int = 50, after: str | None = None) -> Page[Client]:
    """Clients that the actor sees."""
    actor.require(_READ)
    return await _page(
        tx, select(client).where(within_somewhere(actor, _READ, client.c.id)), client, read_client, limit, after
    )


async def list_programs(
    tx: Tx, actor: Actor, client_id: ClientId | None = None, limit: int = 50, after: str | None = None
) -> Page[Program]:
    """Programs that the actor sees, of one client where given."""
    actor.require_somewhere(_READ, client_id)
    statement = _programs().where(within(actor, _READ, program.c.client_id, program.c.id))
    if client_id is not None:
        statement = statement.where(program.c.client_id == client_id)
    return await _page(tx, statement, program, read_program, limit, after)


async def has_clients_in(tx: Tx, region: str) -> bool:
    """Whether any client of the installation is in the region. Needs a transaction that sees every client."""
    return bool((await tx.execute(select(exists().where(client.c.region == region)))).scalar_one())


async def get_client(tx: Tx, actor: Actor, client_id: ClientId) -> Client:
    """One client; raises NotFoundError."""
    actor.require(_READ)
    return read_client(await _one(tx, select(client).where(client.c.id == client_id)))


async def require_served(tx: Tx, client_id: UUID, *, files: bool = False, relay: bool = False) -> None:
    """Raises RegionRefusedError where the client's data may not be worked on by this process, stored as files, or
    sent through the relay. A client's region never changes, so each is read once.
    """
    residency = residency_of(tx)
    if residency.declared:
        residency.require(await _region_of(tx, client_id), files=files, relay=relay)


async def require_mailbox_in(tx: Tx, client_id: UUID, where: str | None) -> None:
    """Raises RegionRefusedError where the client's mail may not lie in a mailbox elsewhere, in the region `where`, of
    which None says nothing.
    """
    residency = residency_of(tx)
    if residency.declared or where is not None:
        residency.require_mailbox(await _region_of(tx, client_id), where)


async def _region_of(tx: Tx, client_id: UUID) -> str:
    region = _REGIONS.get(client_id)
    if region is None:
        region = (await _one(tx, select(client.c.region).where(client.c.id == client_id))).region
        _REGIONS[client_id] = region
    return region


def clients_closed_to(team_id: ColumnElement[Any]) -> ScalarSelect[Any]:
    """The ids of clients that name countries, but not the one in which the team of `team_id` works; part of a query."""
    country = (
        select(site.c.country)
        .join(team, (team.c.site_id == site.c.id) & (team.c.id == team_id))
        .correlate_except(site, team)
        .scalar_subquery()
    )
    named = func.cardinality(client.c.countries) > 0
    closed = named & func.coalesce(country != func.all(client.c.countries), True)
    return select(func.array_agg(client.c.id)).where(closed).correlate_except(client).scalar_subquery()


async def get_program(tx: Tx, actor: Actor, program_id: ProgramId) -> Program:
    """One program; raises NotFoundError, also for a program outside the actor's grants."""
    row = await _one(tx, _programs().where(program.c.id == program_id))
    if not actor.may(_READ, client_id=row.client_id, program_id=program_id):
        raise NotFoundError
    return read_program(row)


async def language_of(tx: Tx, client_id: UUID, program_id: UUID | None = None) -> Language:
    """The language of what is written into a client's mail, which all who work for it read: of the program that gets
    it, else of the client's first.
    """
    statement = select(program.c.languages).where(program.c.client_id == client_id)
    if program_id is not None:
        statement = statement.where(program.c.id == program_id)
    spoken = (await tx.execute(statement.order_by(program.c.id).limit(1))).scalar_one_or_none()
    return language_for(", ".join(spoken or ()))


async def get_programs(tx: Tx, program_ids: Collection[ProgramId]) -> dict[ProgramId, Program]:
    """Those of these programs that the transaction sees, for commands that check the access themselves."""
    rows = await tx.execute(_programs().where(program.c.id.in_(list(program_ids))))
    return {one.id: one for one in map(read_program, rows)}


async def get_provider(tx: Tx, actor: Actor, provider_id: ProviderId) -> Provider:
    """One provider; raises NotFoundError."""
    actor.require(_READ)
    return read_provider(await _one(tx, select(provider).where(provider.c.id == provider_id)))


async def get_site(tx: Tx, actor: Actor, site_id: UUID) -> Site:
    """One site; raises NotFoundError."""
    actor.require(_READ)
    return read_site(await _one(tx, select(site).where(site.c.id == site_id)))


async def get_team(tx: Tx, actor: Actor, team_id: UUID) -> Team:
    """One team; raises NotFoundError."""
    actor.require(_READ)
    return read_team(await _one(tx, select(team).where(team.c.id == team_id)))


async def programs_served_by(tx: Tx, provider_ids: list[UUID]) -> dict[UUID, frozenset[UUID]]:
    """For each provider, the programs that it serves."""
    statement = select(program_provider.c.provider_id, program_provider.c.program_id).where(
        program_provider.c.provider_id.in_(provider_ids)
    )
    served: dict[UUID, set[UUID]] = {one: set() for one in provider_ids}
    for row in await tx.execute(statement):
        served[row.provider_id].add(row.program_id)
    return {key: frozenset(value) for key, value in served.items()}


async def providers_of_clients(tx: Tx, client_ids: Sequence[UUID]) -> frozenset[UUID]:
    """The providers that serve a program of any of these clients."""
    statement = select(program_provider.c.provider_id).where(program_provider.c.client_id.in_(client_ids)).distinct()
    return frozenset((await tx.execute(statement)).scalars())


async def clients_of_programs(tx: Tx, program_ids: list[UUID]) -> dict[UUID, UUID]:
    """The client of each program."""
    statement = select(program.c.id, program.c.client_id).where(program.c.id.in_(program_ids))
    return {row.id: row.client_id for row in await tx.execute(statement)}


async def names_of_scopes(tx: Tx, ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of those of these clients, programs and providers that the transaction sees."""
    tables = (client, program, provider)
    statements = [select(one.c.id, one.c.name).where(one.c.id.in_(sorted(ids))) for one in tables]
    return {row.id: row.name for row in await tx.execute(union_all(*statements))}


async def openings_of(tx: Tx, program_ids: Collection[ProgramId]) -> dict[ProgramId, Opening]:
    """When each of these programs is open, as far as the transaction sees them."""
    rows = await tx.execute(_OPENINGS, {"ids": list(program_ids)})
    return {row.id: msgspec.convert(row_fields(row), Opening, strict=False) for row in rows}


async def badges(tx: Tx, client_ids: frozenset[UUID] | None, limit: int = 500) -> list[Client]:
    """The clients of an actor, by name, for the marks on contacts."""
    statement = select(client).order_by(client.c.name).limit(limit)
    if client_ids is not None:
        statement = statement.where(client.c.id.in_(sorted(client_ids)))
    return [read_client(row) for row in await tx.execute(statement)]


async def list_client_ids(tx: Tx) -> list[ClientId]:
    """Every client that the transaction sees."""
    return list((await tx.execute(select(client.c.id).order_by(client.c.id))).scalars())


async def attribute_schema(tx: Tx, client_id: UUID) -> list[Any]:
    """The plain form of the client's customer attributes; raises NotFoundError."""
    return list((await _one(tx, select(client.c.attribute_schema).where(client.c.id == client_id))).attribute_schema)


async def get_privacy(tx: Tx, actor: Actor, client_id: ClientId) -> Policy:
    """What becomes of sensitive data in the client's messages; raises NotFoundError, ForbiddenError."""
    actor.require(_READ)
    policy = from_plain(await _one(tx, select(client.c.privacy).where(client.c.id == client_id), scalar=True), Policy)
    actor.require(_READ, client_id=client_id)
    return policy


async def privacy_of(tx: Tx, client_id: UUID) -> Policy:
    """The same for whatever stores the client's texts: without a statement where this process has read it within
    five seconds. Raises NotFoundError.
    """
    known = _policies.get(client_id)
    if known is not None and monotonic() < known[0]:
        return known[1]
    policy = from_plain(await _one(tx, select(client.c.privacy).where(client.c.id == client_id), scalar=True), Policy)
    _policies[client_id] = (monotonic() + _POLICY_SECONDS, policy)
    return policy


async def as_stored(
    tx: Tx, client_id: UUID, table: Table, values: Mapping[str, Any], writer: Writer | None = None
) -> dict[str, Any]:
    """Values that are about to be written to a row of the client, its columns of words as the policy lets them be.

    Whatever writes to such a column asks for this, unless its words went through the gate of messages. `writer` is who
    wrote them where that is another one than the columns say.
    """
    held = {name: storable(value) if isinstance(value, str) else value for name, value in values.items()}
    return worded(table, held, await privacy_of(tx, client_id), writer)


async def own_rules(tx: Tx, client_ids: Collection[UUID] | None = None) -> dict[UUID, tuple[Rule, ...] | None]:
    """The rules of all clients that have some, or of these alone, for logs: of hardly any line it is known whose it is.
    None: what is stored cannot be read. Needs a system transaction.
    """
    rules = client.c.privacy["rules"]
    some = func.jsonb_typeof(rules).is_not(None) & (rules != func.jsonb_build_array())
    statement = select(client.c.id, rules).where(some).order_by(client.c.id)
    if client_ids is not None:
        statement = statement.where(client.c.id.in_(list(client_ids)))
    return {client_id: _rules(held) for client_id, held in await tx.execute(statement)}


def _rules(held: object) -> tuple[Rule, ...] | None:
    try:
        return from_plain(held, tuple[Rule, ...])
    except msgspec.ValidationError:
        return None


policies_are_read_by(privacy_of)


def forget_privacy(client_id: UUID) -> None:
    """Lets this process read the client's policy again at once."""
    _policies.pop(client_id, None)


def read_program(row: Any) -> Program:
    """A program from its row."""
    return msgspec.convert(row_fields(row), Program, strict=False)


def _programs() -> Select[Any]:
    providers = (
        select(func.coalesce(func.array_agg(program_provider.c.provider_id), []))
        .where(program_provider.c.program_id == program.c.id)
        .scalar_subquery()
        .label("provider_ids")
    )
    return select(program, providers)


async def _page(tx: Tx, statement: Select[Any], table: Table, read: Any, limit: int, after: str | None) -> Page[Any]:
    rows = await tx.execute(keyset(statement, [table.c.id], after, limit))
    return cut([read(row) for row in rows], limit, lambda one: [one.id])


async def _one(tx: Tx, statement: Select[Any], *, scalar: bool = False) -> Any:
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise NotFoundError
    return row[0] if scalar else row
