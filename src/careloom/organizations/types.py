"""Providers, sites, clients, programs and teams as values."""

from datetime import date
from enum import StrEnum
from typing import Annotated, NewType
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

ProviderId = NewType("ProviderId", UUID)
SiteId = NewType("SiteId", UUID)
ClientId = NewType("ClientId", UUID)
ProgramId = NewType("ProgramId", UUID)
TeamId = NewType("TeamId", UUID)


class Channel(StrEnum):
    """A way in which customers and agents exchange messages."""

    EMAIL = "email"
    CHAT = "chat"
    SMS = "sms"
    SOCIAL = "social"
    VOICE = "voice"


class Shore(StrEnum):
    """Where a site lies, seen from the markets that it serves."""

    ONSHORE = "onshore"
    NEARSHORE = "nearshore"
    OFFSHORE = "offshore"


class Industry(StrEnum):
    """The client's line of business; decides which industry pack fits."""

    TELECOM = "telecom"
    BANKING = "banking"
    HEALTHCARE = "healthcare"
    GOVERNMENT = "government"
    RETAIL = "retail"
    TRAVEL = "travel"
    HOSPITALITY = "hospitality"
    MOBILITY = "mobility"
    HOUSING = "housing"
    OTHER = "other"


class Provider(Struct, frozen=True):
    """A company that runs customer care for clients."""

    id: ProviderId
    name: str


class Site(Struct, frozen=True):
    """A place where a provider's agents work. `country` is ISO 3166-1 alpha-2, `time_zone` an IANA name."""

    id: SiteId
    provider_id: ProviderId
    name: str
    country: str
    time_zone: str
    shore: Shore


class Client(Struct, frozen=True):
    """A brand whose customers are cared for. `color` is `#rrggbb`; `region` names where its data may live, for good.

    `countries` are those from whose sites a provider's people may work for it; none: from everywhere.
    """

    id: ClientId
    name: str
    industry: Industry
    color: str
    region: str
    countries: tuple[str, ...] = ()


class OpenHours(Struct, frozen=True):
    """One opening of a week: `weekday` 0 is Monday; minutes from local midnight, `closes` may be 1440."""

    weekday: Annotated[int, Meta(ge=0, le=6)]
    opens: Annotated[int, Meta(ge=0, le=1439)]
    closes: Annotated[int, Meta(ge=1, le=1440)]


class Opening(Struct, frozen=True):
    """When a program is open: weekly `hours` (none: around the clock) in its time zone, but not on `holidays`."""

    time_zone: str
    hours: tuple[OpenHours, ...]
    holidays: tuple[date, ...]


class BrandVoice(Struct, frozen=True):
    """How an agent sounds when speaking for a program."""

    greeting: Annotated[str, Meta(max_length=2000)] = ""
    tone_do: Annotated[tuple[Annotated[str, Meta(max_length=500)], ...], Meta(max_length=30)] = ()
    tone_dont: Annotated[tuple[Annotated[str, Meta(max_length=500)], ...], Meta(max_length=30)] = ()
    signature: Annotated[str, Meta(max_length=2000)] = ""


class Program(Struct, frozen=True):
    """A piece of a client's care with its own hours, channels and voice.

    `languages` are BCP 47 tags, the first is the default. No `hours` means around the clock.
    A customer's message within `reopen_days` of the end reopens the conversation; later it starts a new one.
    `undo_send_seconds` is how long a sent reply can be recalled.
    """

    id: ProgramId
    client_id: ClientId
    name: str
    time_zone: str
    languages: tuple[str, ...]
    channels: tuple[Channel, ...]
    hours: tuple[OpenHours, ...]
    holidays: tuple[date, ...]
    voice: BrandVoice
    provider_ids: tuple[ProviderId, ...]
    reopen_days: int
    undo_send_seconds: int


class Team(Struct, frozen=True):
    """A group of people at one site with a common lead."""

    id: TeamId
    provider_id: ProviderId
    site_id: SiteId
    name: str


Name = Annotated[str, Meta(min_length=1, max_length=120, description="What people call it.")]
Zone = Annotated[str, Meta(min_length=1, max_length=60, description="An IANA time zone, as Europe/Berlin.")]
Country = Annotated[str, Meta(max_length=2, pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2.")]
Countries = Annotated[tuple[Country, ...], Meta(max_length=250, description="ISO 3166-1 alpha-2; none: all.")]
Color = Annotated[str, Meta(max_length=7, pattern="^#[0-9a-fA-F]{6}$", description="`#rrggbb`.")]
Region = Annotated[
    str, Meta(max_length=40, pattern="^[a-z0-9-]{2,40}$", description="Where the client's data may live, as eu.")
]
Language = Annotated[str, Meta(max_length=35, pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="A BCP 47 tag.")]


class NewProvider(Struct, frozen=True, forbid_unknown_fields=True):
    """A provider to make."""

    name: Name


class NewSite(Struct, frozen=True, forbid_unknown_fields=True):
    """A site to make."""

    provider_id: ProviderId
    name: Name
    country: Country
    time_zone: Zone
    shore: Shore


class NewClient(Struct, frozen=True, forbid_unknown_fields=True):
    """A client to make."""

    name: Name
    industry: Industry
    color: Color
    region: Region = "eu"
    countries: Countries = ()


class NewProgram(Struct, frozen=True, forbid_unknown_fields=True):
    """A program to make."""

    client_id: ClientId
    name: Name
    time_zone: Zone
    languages: Annotated[tuple[Language, ...], Meta(min_length=1, max_length=60)] = ("en",)
    channels: Annotated[tuple[Channel, ...], Meta(max_length=5)] = (Channel.EMAIL, Channel.CHAT)
    hours: Annotated[tuple[OpenHours, ...], Meta(max_length=70)] = ()
    holidays: Annotated[tuple[date, ...], Meta(max_length=400)] = ()
    voice: BrandVoice = BrandVoice()
    provider_ids: Annotated[tuple[ProviderId, ...], Meta(max_length=100)] = ()
    reopen_days: Annotated[int, Meta(ge=0, le=365)] = 7
    undo_send_seconds: Annotated[int, Meta(ge=0, le=60)] = 0


class NewTeam(Struct, frozen=True, forbid_unknown_fields=True):
    """A team to make."""

    provider_id: ProviderId
    site_id: SiteId
    name: Name


class ProviderChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a provider."""

    name: Name | UnsetType = UNSET


class SiteChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a site."""

    name: Name | UnsetType = UNSET
    country: Country | UnsetType = UNSET
    time_zone: Zone | UnsetType = UNSET
    shore: Shore | UnsetType = UNSET


class ClientChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a client."""

    name: Name | UnsetType = UNSET
    industry: Industry | UnsetType = UNSET
    color: Color | UnsetType = UNSET
    countries: Countries | UnsetType = UNSET


class ProgramChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a program."""

    name: Name | UnsetType = UNSET
    time_zone: Zone | UnsetType = UNSET
    languages: Annotated[tuple[Language, ...], Meta(min_length=1, max_length=60)] | UnsetType = UNSET
    channels: Annotated[tuple[Channel, ...], Meta(max_length=5)] | UnsetType = UNSET
    hours: Annotated[tuple[OpenHours, ...], Meta(max_length=70)] | UnsetType = UNSET
    holidays: Annotated[tuple[date, ...], Meta(max_length=400)] | UnsetType = UNSET
    voice: BrandVoice | UnsetType = UNSET
    provider_ids: Annotated[tuple[ProviderId, ...], Meta(max_length=100)] | UnsetType = UNSET
    reopen_days: Annotated[int, Meta(ge=0, le=365)] | UnsetType = UNSET
    undo_send_seconds: Annotated[int, Meta(ge=0, le=60)] | UnsetType = UNSET


class TeamChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a team."""

    name: Name | UnsetType = UNSET
    site_id: SiteId | UnsetType = UNSET
