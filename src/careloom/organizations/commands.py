"""Makes and changes organizations."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

import msgspec
from msgspec import UNSET, Struct
from sqlalchemy import Table, delete, func, select, text, update

from careloom.organizations import queries
from careloom.organizations.errors import PolicyChangedError
from careloom.organizations.events import OrganizationChanged, tell_own_rules
from careloom.organizations.tables import client, program, program_provider, provider, site, team
from careloom.organizations.types import (
    Client,
    ClientChanges,
    ClientId,
    NewClient,
    NewProgram,
    NewProvider,
    NewSite,
    NewTeam,
    OpenHours,
    Program,
    ProgramChanges,
    ProgramId,
    Provider,
    ProviderChanges,
    ProviderId,
    Site,
    SiteChanges,
    SiteId,
    Team,
    TeamChanges,
    TeamId,
)
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, InvalidInputError, NotFoundError
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id
from careloom.platform.redaction.rules import rule_problem
from careloom.platform.redaction.types import Policy
from careloom.platform.residency import residency_of
from careloom.platform.wire import digest, json_text, to_plain

_WRITE = Permission.ORGANIZATIONS_WRITE
_ZONES = available_timezones()
_CASE_NUMBERS = text(
    "SELECT careloom_next_case_number(id::uuid) "
    "FROM json_array_elements_text(CAST(:ids AS json)) WITH ORDINALITY AS given (id, place) ORDER BY place"
)


async def create_provider(tx: Tx, actor: Actor, new: NewProvider) -> Provider:
    """A new provider; only for actors who oversee the installation."""
    actor.require_everything(_WRITE)
    made = Provider(ProviderId(new_id()), new.name)
    await tx.execute(provider.insert().values(**to_plain(made)))
    await _tell(tx, actor, "provider.create", made.id, provider_id=made.id, after=made)
    return made


async def change_provider(tx: Tx, actor: Actor, provider_id: ProviderId, changes: ProviderChanges) -> Provider:
    """Changes a provider; raises NotFoundError."""
    before = await queries.get_provider(tx, actor, provider_id)
    actor.require(_WRITE, provider_id=provider_id)
    after = merged(before, changes)
    await _update(tx, provider, provider_id, changes)
    await _tell(tx, actor, "provider.change", provider_id, provider_id=provider_id, before=before, after=after)
    return after


async def create_site(tx: Tx, actor: Actor, new: NewSite) -> Site:
    """A new site of a provider; raises InvalidInputError for an unknown time zone."""
    actor.require(_WRITE, provider_id=new.provider_id)
    _check(_zone_errors(new.time_zone))
    await queries.get_provider(tx, actor, new.provider_id)
    made = Site(id=SiteId(new_id()), **_fields(new))
    await tx.execute(site.insert().values(**to_plain(made)))
    await _tell(tx, actor, "site.create", made.id, provider_id=made.provider_id, after=made)
    return made


async def change_site(tx: Tx, actor: Actor, site_id: SiteId, changes: SiteChanges) -> Site:
    """Changes a site; raises NotFoundError, InvalidInputError."""
    before = await queries.get_site(tx, actor, site_id)
    actor.require(_WRITE, provider_id=before.provider_id)
    after = merged(before, changes)
    _check(_zone_errors(after.time_zone))
    await _update(tx, site, site_id, changes)
    await _tell(tx, actor, "site.change", site_id, provider_id=before.provider_id, before=before, after=after)
    return after


async def create_client(tx: Tx, actor: Actor, new: NewClient) -> Client:
    """A new client; only for actors who oversee the installation. Raises RegionRefusedError."""
    actor.require_everything(_WRITE)
    residency_of(tx).require(new.region)
    made = Client(id=ClientId(new_id()), **_fields(new))
    await tx.execute(client.insert().values(**to_plain(made)))
    await _tell(tx, actor, "client.create", made.id, client_id=made.id, after=made)
    return made


async def change_client(tx: Tx, actor: Actor, client_id: ClientId, changes: ClientChanges) -> Client:
    """Changes a client; raises NotFoundError."""
    before = await queries.get_client(tx, actor, client_id)
    actor.require(_WRITE, client_id=client_id)
    after = merged(before, changes)
    await _update(tx, client, client_id, changes)
    await _tell(tx, actor, "client.change", client_id, client_id=client_id, before=before, after=after)
    return after


async def create_program(tx: Tx, actor: Actor, new: NewProgram) -> Program:
    """A new program of a client, served by `provider_ids`; raises InvalidInputError, NotFoundError."""
    actor.require(_WRITE, client_id=new.client_id)
    _check(_program_errors(new.time_zone, new.hours))
    await queries.get_client(tx, actor, new.client_id)
    await _require_visible(tx, new.provider_ids)
    made = Program(id=ProgramId(new_id()), **_fields(new))
    values = to_plain(made)
    providers = values.pop("provider_ids")
    await tx.execute(program.insert().values(**values))
    await _serve(tx, made.client_id, made.id, providers)
    await _tell(tx, actor, "program.create", made.id, client_id=made.client_id, after=made)
    return made


async def change_program(tx: Tx, actor: Actor, program_id: ProgramId, changes: ProgramChanges) -> Program:
    """Changes a program; raises NotFoundError, InvalidInputError."""
    before = await queries.get_program(tx, actor, program_id)
    actor.require(_WRITE, client_id=before.client_id, program_id=program_id)
    if changes.provider_ids is not UNSET:
        # Who serves a client is settled with the client, not by one of those who do.
        actor.require(_WRITE, client_id=before.client_id)
    after = merged(before, changes)
    _check(_program_errors(after.time_zone, after.hours))
    await _update(tx, program, program_id, changes, without=("provider_ids",))
    if changes.provider_ids is not UNSET:
        await _require_visible(tx, [one for one in changes.provider_ids if one not in before.provider_ids])
        await tx.execute(delete(program_provider).where(program_provider.c.program_id == program_id))
        await _serve(tx, before.client_id, program_id, after.provider_ids)
    await _tell(tx, actor, "program.change", program_id, client_id=before.client_id, before=before, after=after)
    return after


async def create_team(tx: Tx, actor: Actor, new: NewTeam) -> Team:
    """A new team at a site of the same provider; raises NotFoundError, InvalidInputError."""
    actor.require(_WRITE, provider_id=new.provider_id)
    await _require_site_of(tx, actor, new.site_id, new.provider_id)
    made = Team(id=TeamId(new_id()), **_fields(new))
    await tx.execute(team.insert().values(**to_plain(made)))
    await _tell(tx, actor, "team.create", made.id, provider_id=made.provider_id, after=made)
    return made


async def change_team(tx: Tx, actor: Actor, team_id: TeamId, changes: TeamChanges) -> Team:
    """Changes a team; raises NotFoundError, InvalidInputError."""
    before = await queries.get_team(tx, actor, team_id)
    actor.require(_WRITE, provider_id=before.provider_id)
    after = merged(before, changes)
    await _require_site_of(tx, actor, after.site_id, before.provider_id)
    await _update(tx, team, team_id, changes)
    await _tell(tx, actor, "team.change", team_id, provider_id=before.provider_id, before=before, after=after)
    return after


async def take_case_number(tx: Tx, client_id: UUID) -> int:
    """The client's next case number, without waiting for other transactions; may leave gaps. Raises NotFoundError."""
    number = (await tx.execute(select(func.careloom_next_case_number(client_id)))).scalar_one_or_none()
    if number is None:
        raise NotFoundError
    return int(number)


async def take_case_numbers(tx: Tx, client_ids: Sequence[ClientId]) -> list[int]:
    """`take_case_number` for each of these clients, which may be named more than once."""
    taken = await tx.execute(_CASE_NUMBERS, {"ids": json_text(client_ids)})
    return [int(one) for one in taken.scalars()]


async def reserve_case_numbers(tx: Tx, client_id: UUID, count: int) -> list[int]:
    """The client's next `count` (at least one) case numbers, ascending. Raises NotFoundError."""
    numbers = (await tx.execute(select(func.careloom_next_case_numbers(client_id, count)))).scalar_one_or_none()
    if numbers is None:
        raise NotFoundError
    return sorted(int(one) for one in numbers)


async def hold_attribute_schema(tx: Tx, client_id: UUID) -> list[Any]:
    """The plain form of the client's customer attributes, which nobody else changes until the transaction ends; raises
    NotFoundError.
    """
    statement = select(client.c.attribute_schema).where(client.c.id == client_id).with_for_update(key_share=True)
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise NotFoundError
    return list(row.attribute_schema)


async def set_attribute_schema(tx: Tx, client_id: UUID, fields: list[Any]) -> None:
    """Stores the plain form of the client's customer attributes; the customers capability checks it first."""
    await tx.execute(update(client).where(client.c.id == client_id).values(attribute_schema=fields))
    await publish(tx, OrganizationChanged(client_id=client_id, kind="client", id=client_id))


async def change_privacy(tx: Tx, actor: Actor, client_id: ClientId, policy: Policy, version: str | None = None) -> None:
    """Replaces the client's policy; what is stored already stays as it is. Raises NotFoundError, InvalidInputError,
    PolicyChangedError where `version` is not the digest of the policy that is there.
    """
    await tx.execute(select(client.c.id).where(client.c.id == client_id).with_for_update(key_share=True))
    before = await queries.get_privacy(tx, actor, client_id)
    actor.require(Permission.PRIVACY_WRITE, client_id=client_id)
    if version not in (None, digest(before)):
        raise PolicyChangedError
    check_rules(policy)
    await tx.execute(update(client).where(client.c.id == client_id).values(privacy=to_plain(policy)))
    queries.forget_privacy(client_id)
    await tell_own_rules(tx, client_id)
    await _tell(tx, actor, "client.change_privacy", client_id, client_id=client_id, before=before, after=policy)


def check_rules(policy: Policy) -> None:
    """Raises InvalidInputError for rules that cannot be used, and for names that two of them have."""
    errors: list[FieldError] = []
    names: set[str] = set()
    for index, rule in enumerate(policy.rules):
        if rule.name in names:
            errors.append(FieldError(f"/rules/{index}/name", "Another rule has this name."))
        names.add(rule.name)
        problem = rule_problem(rule)
        if problem is not None:
            errors.append(FieldError(f"/rules/{index}/pattern", problem))
    _check(errors)


def merged(before: Any, changes: Struct) -> Any:
    """`before` with the fields of `changes` that are set."""
    return msgspec.structs.replace(before, **set_fields(changes))


def set_fields(changes: Struct) -> dict[str, Any]:
    """The fields of `changes` that are set, as they are."""
    return {name: value for name, value in _fields(changes).items() if value is not UNSET}


def _fields(value: Struct) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__struct_fields__}


async def _require_site_of(tx: Tx, actor: Actor, site_id: SiteId, provider_id: ProviderId) -> None:
    if (await queries.get_site(tx, actor, site_id)).provider_id != provider_id:
        raise InvalidInputError(errors=(FieldError("/site_id", "Choose a site of the team's own provider."),))


async def _require_visible(tx: Tx, provider_ids: Sequence[ProviderId]) -> None:
    """A program is given to providers that one sees: one cannot ask by trial which others there are."""
    if not provider_ids:
        return
    found = (await tx.execute(select(provider.c.id).where(provider.c.id.in_(provider_ids)))).scalars().all()
    errors = [
        FieldError(f"/provider_ids/{index}", "Choose a provider that you see.")
        for index, one in enumerate(provider_ids)
        if one not in found
    ]
    _check(errors)


async def _serve(tx: Tx, client_id: ClientId, program_id: ProgramId, provider_ids: Any) -> None:
    rows = [
        {"client_id": client_id, "program_id": program_id, "provider_id": one} for one in dict.fromkeys(provider_ids)
    ]
    if rows:
        await tx.execute(program_provider.insert(), rows)


async def _update(tx: Tx, table: Table, row_id: UUID, changes: Struct, without: tuple[str, ...] = ()) -> None:
    values = {name: to_plain(value) for name, value in set_fields(changes).items() if name not in without}
    if values:
        await tx.execute(update(table).where(table.c.id == row_id).values(**values))


async def _tell(
    tx: Tx,
    actor: Actor,
    action: str,
    subject_id: UUID,
    *,
    client_id: UUID | None = None,
    provider_id: UUID | None = None,
    before: object = None,
    after: object = None,
) -> None:
    await audit.record(
        tx, actor, action, subject_id, client_id=client_id, provider_id=provider_id, before=before, after=after
    )
    kind = action.partition(".")[0]
    await publish(tx, OrganizationChanged(client_id=client_id, provider_id=provider_id, kind=kind, id=subject_id))


def _zone_errors(zone: str) -> list[FieldError]:
    return [] if zone in _ZONES else [FieldError("/time_zone", "Use an IANA time zone such as Europe/Berlin.")]


def _program_errors(zone: str, hours: tuple[OpenHours, ...]) -> list[FieldError]:
    errors = _zone_errors(zone)
    for index, one in enumerate(hours):
        if one.closes <= one.opens:
            errors.append(FieldError(f"/hours/{index}/closes", "Must be after `opens`; split hours at midnight."))
    return errors


def _check(errors: list[FieldError]) -> None:
    if errors:
        raise InvalidInputError(errors=tuple(errors))
