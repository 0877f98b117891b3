"""People who sign in, their roles and grants, sessions and API keys as values."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, NewType
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from careloom.organizations.types import ClientId, ProviderId, TeamId

PersonId = NewType("PersonId", UUID)
ApiKeyId = NewType("ApiKeyId", UUID)
SessionId = NewType("SessionId", UUID)
GrantId = NewType("GrantId", UUID)
GlassId = NewType("GlassId", UUID)


class Role(StrEnum):
    """The roles that are built in: named sets of permissions, granted over a scope."""

    ADMIN = "admin"
    AGENT = "agent"
    TEAM_LEAD = "team_lead"
    QA_ANALYST = "qa_analyst"
    PLANNER = "planner"
    ACCOUNT_MANAGER = "account_manager"
    CLIENT_VIEWER = "client_viewer"
    ON_CALL = "on_call"
    COMPLIANCE_OFFICER = "compliance_officer"


class ScopeKind(StrEnum):
    """What a grant reaches: everything, all a provider serves, one client, or one program."""

    EVERYTHING = "everything"
    PROVIDER = "provider"
    CLIENT = "client"
    PROGRAM = "program"


RoleName = Annotated[str, Meta(min_length=1, max_length=40, description="A built-in role's name, or a role's id.")]


class RoleGrant(Struct, frozen=True):
    """A role over a scope: a built-in one by its name, an own one by its id. Only `everything` has no `scope_id`."""

    role: RoleName
    scope: ScopeKind
    scope_id: UUID | None = None


class Person(Struct, frozen=True):
    """Someone who signs in: a provider's employee (`provider_id`) or a client's (`client_id`)."""

    id: PersonId
    name: str
    email: str
    provider_id: ProviderId | None
    client_id: ClientId | None
    team_id: TeamId | None
    locale: str
    active: bool
    grants: tuple[RoleGrant, ...]


class ClientBadge(Struct, frozen=True):
    """What every screen needs to show whose contact this is."""

    id: ClientId
    name: str
    color: str


class OpenGlass(Struct, frozen=True):
    """One's own emergency access that is under way; `permissions` are all that one may do with the client meanwhile."""

    id: GlassId
    client: ClientBadge
    reason: str
    begun_at: datetime
    until: datetime
    permissions: tuple[str, ...]


class Pending(StrEnum):
    """What a sign-in still lacks: the second factor, or that one is set up."""

    SECOND_FACTOR = "second_factor"
    ENROLMENT = "enrolment"


class Me(Struct, frozen=True):
    """The signed-in person: who, what they may do anywhere, and the clients they see. With `pending` the sign-in is not
    finished: `second_factor` must be given, or by `enrolment` one be set up, and nothing else may be done. `glass` is
    the emergency access of this session; `base_url` is where this installation is reached, without a slash at its end.
    """

    person: Person
    permissions: tuple[str, ...]
    clients: tuple[ClientBadge, ...]
    csrf_token: str
    demo: bool
    base_url: str
    pending: Pending | None = None
    glass: OpenGlass | None = None


class ApiKey(Struct, frozen=True):
    """A key's public face; the secret is shown once, when it is made. Without `expires_at` it works until revoked."""

    id: ApiKeyId
    name: str
    prefix: str
    person_id: PersonId
    person_name: str
    permissions: tuple[str, ...]
    client_ids: tuple[ClientId, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


Email = Annotated[str, Meta(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
Password = Annotated[str, Meta(min_length=10, max_length=200, description="At least ten characters.")]
PersonName = Annotated[str, Meta(min_length=1, max_length=120)]
Locale = Annotated[str, Meta(max_length=5, pattern="^[a-z]{2}(-[A-Z]{2})?$")]
Verb = Annotated[str, Meta(max_length=50, description="A permission's name.")]
Grants = Annotated[tuple[RoleGrant, ...], Meta(max_length=200)]


class NewPerson(Struct, frozen=True, forbid_unknown_fields=True):
    """A person to make; of a provider or of a client."""

    name: PersonName
    email: Email
    provider_id: ProviderId | None = None
    client_id: ClientId | None = None
    team_id: TeamId | None = None
    locale: Locale = "en"
    password: Password | None = None
    grants: Grants = ()


class PersonChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a person."""

    name: PersonName | UnsetType = UNSET
    email: Email | UnsetType = UNSET
    team_id: TeamId | None | UnsetType = UNSET
    locale: Locale | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class NewApiKey(Struct, frozen=True, forbid_unknown_fields=True):
    """A key to make, for oneself. Without `permissions` or `client_ids` it can do all that its person can; without
    `expires_at` it works until it is revoked.
    """

    name: PersonName
    permissions: Annotated[tuple[Verb, ...], Meta(max_length=100)] = ()
    client_ids: Annotated[tuple[ClientId, ...], Meta(max_length=1000)] = ()
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None


class MadeApiKey(Struct, frozen=True):
    """A key and its secret, which is not stored and not shown again."""

    key: ApiKey
    secret: str


class Credentials(Struct, frozen=True, forbid_unknown_fields=True):
    """Who signs in."""

    email: Annotated[str, Meta(max_length=254)]
    password: Annotated[str, Meta(max_length=200)]


class PasswordChange(Struct, frozen=True, forbid_unknown_fields=True):
    """One's own password, before and after."""

    current: Annotated[str, Meta(max_length=200)]
    new: Password


class NewPassword(Struct, frozen=True, forbid_unknown_fields=True):
    """A password set for someone else."""

    password: Password
