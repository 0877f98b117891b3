"""Endpoints of providers, sites, clients, programs and teams."""

from typing import Annotated

from litestar import Router, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Meta, Struct, convert
from msgspec.structs import replace

from careloom.organizations import commands, queries
from careloom.organizations.types import (
    Client,
    ClientChanges,
    ClientId,
    NewClient,
    NewProgram,
    NewProvider,
    NewSite,
    NewTeam,
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
from careloom.platform.paging import Page
from careloom.platform.redaction.redact import redactor
from careloom.platform.redaction.types import DataClass, Evidence, Policy
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit
from careloom.platform.wire import Digest, digest


@get("/providers", summary="Providers")
async def list_providers(unit: Unit, limit: Limit = 50, after: After = None) -> Page[Provider]:
    """Providers that you belong to or oversee."""
    return await unit.read(lambda tx: queries.list_providers(tx, unit.actor, limit, after))


@post("/providers", summary="Make a provider")
async def create_provider(unit: Unit, data: JSONBody[NewProvider]) -> Provider:
    """Needs an administrator of the whole installation."""
    return await unit.write(lambda tx: commands.create_provider(tx, unit.actor, data))


@get("/providers/{provider_id:uuid}", summary="A provider")
async def get_provider(unit: Unit, provider_id: FromPath[ProviderId]) -> Provider:
    """One provider."""
    return await unit.read(lambda tx: queries.get_provider(tx, unit.actor, provider_id))


@patch("/providers/{provider_id:uuid}", summary="Change a provider")
async def change_provider(unit: Unit, provider_id: FromPath[ProviderId], data: JSONBody[ProviderChanges]) -> Provider:
    """Changes the fields that are given."""
    return await unit.write(lambda tx: commands.change_provider(tx, unit.actor, provider_id, data))


@get("/sites", summary="Sites")
async def list_sites(unit: Unit, limit: Limit = 50, after: After = None) -> Page[Site]:
    """Sites of your providers."""
    return await unit.read(lambda tx: queries.list_sites(tx, unit.actor, limit, after))


@post("/sites", summary="Make a site")
async def create_site(unit: Unit, data: JSONBody[NewSite]) -> Site:
    """A site with its country and time zone."""
    return await unit.write(lambda tx: commands.create_site(tx, unit.actor, data))


@get("/sites/{site_id:uuid}", summary="A site")
async def get_site(unit: Unit, site_id: FromPath[SiteId]) -> Site:
    """One site."""
    return await unit.read(lambda tx: queries.get_site(tx, unit.actor, site_id))


@patch("/sites/{site_id:uuid}", summary="Change a site")
async def change_site(unit: Unit, site_id: FromPath[SiteId], data: JSONBody[SiteChanges]) -> Site:
    """Changes the fields that are given."""
    return await unit.write(lambda tx: commands.change_site(tx, unit.actor, site_id, data))


@get("/clients", summary="Clients")
async def list_clients(unit: Unit, limit: Limit = 50, after: After = None) -> Page[Client]:
    """Clients that you see."""
    return await unit.read(lambda tx: queries.list_clients(tx, unit.actor, limit, after))


@post("/clients", summary="Make a client")
async def create_client(unit: Unit, data: JSONBody[NewClient]) -> Client:
    """Needs an administrator of the whole installation."""
    return await unit.write(lambda tx: commands.create_client(tx, unit.actor, data))


@get("/clients/{client_id:uuid}", summary="A client")
async def get_client(unit: Unit, client_id: FromPath[ClientId]) -> Client:
    """One client."""
    return await unit.read(lambda tx: queries.get_client(tx, unit.actor, client_id))


@patch("/clients/{client_id:uuid}", summary="Change a client")
async def change_client(unit: Unit, client_id: FromPath[ClientId], data: JSONBody[ClientChanges]) -> Client:
    """Changes the fields that are given."""
    return await unit.write(lambda tx: commands.change_client(tx, unit.actor, client_id, data))


class Trial(Struct, frozen=True, forbid_unknown_fields=True):
    """A text to try a policy on; no `policy`: the one that holds."""

    text: Annotated[str, Meta(max_length=5_000)]
    policy: Policy | None = None
    agents: bool = False


class Part(Struct, frozen=True):
    """A stretch of the text; with `mark` something that would be taken out, what it is and why."""

    text: str
    mark: str | None = None
    data_class: DataClass | None = None
    kind: str | None = None
    evidence: tuple[Evidence, ...] = ()
    label: str = ""


class PrivacyPolicy(Policy, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A client's policy. `version` is another one whenever the policy is: who changes it says which they read; without
    it the policy replaces any.
    """

    version: Digest | None = None


class Tried(Struct, frozen=True):
    """The parts of a text, in their order, and the text as it would be stored."""

    parts: tuple[Part, ...]
    stored: str


@get("/clients/{client_id:uuid}/privacy", summary="What becomes of sensitive data")
async def get_privacy(unit: Unit, client_id: FromPath[ClientId]) -> PrivacyPolicy:
    """By class of data, and the client's own rules."""
    return _versioned(await unit.read(lambda tx: queries.get_privacy(tx, unit.actor, client_id)))


@put("/clients/{client_id:uuid}/privacy", summary="Set what becomes of sensitive data")
async def change_privacy(unit: Unit, client_id: FromPath[ClientId], data: JSONBody[PrivacyPolicy]) -> PrivacyPolicy:
    """Holds for messages that arrive five seconds later or more. 409 where `version` is not the latest."""
    policy = convert(data, Policy, from_attributes=True)
    await unit.write(lambda tx: commands.change_privacy(tx, unit.actor, client_id, policy, data.version))
    return _versioned(policy)


def _versioned(policy: Policy) -> PrivacyPolicy:
    return replace(convert(policy, PrivacyPolicy, from_attributes=True), version=digest(policy))


@post("/clients/{client_id:uuid}/privacy/try", status_code=200, summary="Try a policy on a text")
async def try_privacy(unit: Unit, client_id: FromPath[ClientId], data: JSONBody[Trial]) -> Tried:
    """What would be found in it, and why; nothing is stored."""
    held = await unit.read(lambda tx: queries.get_privacy(tx, unit.actor, client_id))
    policy = data.policy or held
    commands.check_rules(policy)
    chosen = redactor(policy, agents=data.agents)
    parts: list[Part] = []
    at = 0
    done = chosen.redact(data.text)
    for one in done.findings:
        value = data.text[one.start : one.end]
        parts += [Part(data.text[at : one.start])] if one.start > at else []
        mark = chosen.mark_of(one, value)
        parts.append(Part(value, mark, one.data_class, one.kind, one.evidence, one.label))
        at = one.end
    parts += [Part(data.text[at:])] if at < len(data.text) else []
    return Tried(tuple(parts), done.text)


@get("/programs", summary="Programs")
async def list_programs(
    unit: Unit, client_id: FromQuery[ClientId | None] = None, limit: Limit = 50, after: After = None
) -> Page[Program]:
    """Programs that you see."""
    return await unit.read(lambda tx: queries.list_programs(tx, unit.actor, client_id, limit, after))


@post("/programs", summary="Make a program")
async def create_program(unit: Unit, data: JSONBody[NewProgram]) -> Program:
    """A program with its hours, channels, languages and brand voice."""
    return await unit.write(lambda tx: commands.create_program(tx, unit.actor, data))


@get("/programs/{program_id:uuid}", summary="A program")
async def get_program(unit: Unit, program_id: FromPath[ProgramId]) -> Program:
    """One program."""
    return await unit.read(lambda tx: queries.get_program(tx, unit.actor, program_id))


@patch("/programs/{program_id:uuid}", summary="Change a program")
async def change_program(unit: Unit, program_id: FromPath[ProgramId], data: JSONBody[ProgramChanges]) -> Program:
    """Changes the fields that are given."""
    return await unit.write(lambda tx: commands.change_program(tx, unit.actor, program_id, data))


@get("/teams", summary="Teams")
async def list_teams(unit: Unit, limit: Limit = 50, after: After = None) -> Page[Team]:
    """Teams of your providers."""
    return await unit.read(lambda tx: queries.list_teams(tx, unit.actor, limit, after))


@post("/teams", summary="Make a team")
async def create_team(unit: Unit, data: JSONBody[NewTeam]) -> Team:
    """A team at a site."""
    return await unit.write(lambda tx: commands.create_team(tx, unit.actor, data))


@get("/teams/{team_id:uuid}", summary="A team")
async def get_team(unit: Unit, team_id: FromPath[TeamId]) -> Team:
    """One team."""
    return await unit.read(lambda tx: queries.get_team(tx, unit.actor, team_id))


@patch("/teams/{team_id:uuid}", summary="Change a team")
async def change_team(unit: Unit, team_id: FromPath[TeamId], data: JSONBody[TeamChanges]) -> Team:
    """Changes the fields that are given."""
    return await unit.write(lambda tx: commands.change_team(tx, unit.actor, team_id, data))


router = Router(
    "/",
    route_handlers=[
        list_providers,
        create_provider,
        get_provider,
        change_provider,
        list_sites,
        create_site,
        get_site,
        change_site,
        list_clients,
        create_client,
        get_client,
        change_client,
        get_privacy,
        change_privacy,
        try_privacy,
        list_programs,
        create_program,
        get_program,
        change_program,
        list_teams,
        create_team,
        get_team,
        change_team,
    ],
    tags=["organizations"],
)
