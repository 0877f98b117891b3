"""The shapes of the demo world; things refer to each other by key."""

from datetime import date

from msgspec import Struct

from careloom.customers.types import AttributeField
from careloom.demo.types import MacroSpec
from careloom.identity.types import Role, ScopeKind
from careloom.organizations.types import BrandVoice, Channel, Industry, OpenHours, Shore
from careloom.platform.access import Permission
from careloom.routing.types import AcceptMode, Capacity


class ProviderSpec(Struct, frozen=True):
    """The company whose people answer; `domain` is that of their addresses."""

    key: str
    name: str
    domain: str


class SiteSpec(Struct, frozen=True):
    """A site of the provider; `country` is ISO 3166-1 alpha-2, `time_zone` an IANA name."""

    key: str
    name: str
    country: str
    time_zone: str
    shore: Shore


class TeamSpec(Struct, frozen=True):
    """A team at a site."""

    key: str
    site: str
    name: str


class ClientSpec(Struct, frozen=True):
    """A brand; `domain` is that of its mail addresses and pages, `color` is `#rrggbb`; `countries` (ISO 3166-1
    alpha-2) are those from whose sites people may work for it, none: from everywhere.
    """

    key: str
    name: str
    industry: Industry
    color: str
    region: str
    domain: str
    attributes: tuple[AttributeField, ...]
    countries: tuple[str, ...] = ()


class MailSpec(Struct, frozen=True):
    """A program's mail address."""

    address: str
    display_name: str
    signature: str


class WidgetSpec(Struct, frozen=True):
    """A program's chat widget; themed with the client's colour."""

    name: str
    title: str
    greeting: str
    offline_text: str


class ProgramSpec(Struct, frozen=True):
    """A piece of a client's care; no `hours` means around the clock."""

    key: str
    client: str
    name: str
    time_zone: str
    languages: tuple[str, ...]
    channels: tuple[Channel, ...]
    hours: tuple[OpenHours, ...]
    holidays: tuple[date, ...]
    voice: BrandVoice
    reopen_days: int
    undo_send_seconds: int
    mail: MailSpec
    widget: WidgetSpec


class SkillSpec(Struct, frozen=True):
    """A skill of the provider's people."""

    key: str
    name: str


class SkillNeed(Struct, frozen=True):
    """A skill and a level from 1 to 5: what a person has or a queue asks for at least."""

    skill: str
    level: int


class QueueSpec(Struct, frozen=True):
    """A line of contacts: `target_share` of them are to be answered within `target_seconds`."""

    key: str
    client: str
    program: str
    name: str
    channels: tuple[Channel, ...]
    language: str
    skills: tuple[SkillNeed, ...]
    target_seconds: int
    target_share: float
    accept_mode: AcceptMode
    offer_seconds: int
    overflow_after_seconds: int | None
    overflow_queue: str | None


class DispositionSpec(Struct, frozen=True):
    """An outcome of a client's contacts; `resolved` says that the customer's wish was fulfilled."""

    client: str
    name: str
    resolved: bool


class RoleSpec(Struct, frozen=True):
    """An own role of the provider."""

    key: str
    name: str
    purpose: str
    permissions: tuple[Permission, ...]


class GrantSpec(Struct, frozen=True):
    """A role, built in or a RoleSpec's key, over a scope; `key` is the client's, program's or provider's, None for
    everything.
    """

    role: str
    scope: ScopeKind
    key: str | None = None


class PersonSpec(Struct, frozen=True):
    """Someone who signs in.

    `simulated` people are played by the demo; `client` is set for a client's own people.
    """

    key: str
    name: str
    email: str
    team: str | None
    client: str | None
    locale: str
    grants: tuple[GrantSpec, ...]
    skills: tuple[SkillNeed, ...]
    languages: tuple[str, ...]
    capacity: Capacity | None
    simulated: bool


class PersonaSpec(Struct, frozen=True):
    """A one-click entry of the demo's sign-in page; `title` says what the person does there."""

    key: str
    person: str
    role: Role
    title: str


class World(Struct, frozen=True):
    """All of the demo world."""

    provider: ProviderSpec
    sites: tuple[SiteSpec, ...]
    teams: tuple[TeamSpec, ...]
    clients: tuple[ClientSpec, ...]
    programs: tuple[ProgramSpec, ...]
    roles: tuple[RoleSpec, ...]
    skills: tuple[SkillSpec, ...]
    queues: tuple[QueueSpec, ...]
    dispositions: tuple[DispositionSpec, ...]
    macros: tuple[MacroSpec, ...]
    people: tuple[PersonSpec, ...]
    personas: tuple[PersonaSpec, ...]
