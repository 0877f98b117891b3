"""Who may do what, where and why, as values."""

from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from careloom.identity.types import ClientBadge, PersonId, ScopeKind
from careloom.organizations.types import ClientId, ProviderId
from careloom.platform.access import Permission


class ExplainedGrant(Struct, frozen=True):
    """A grant in full: `scope_name` is None for everything, `role_name` for a built-in role; `permissions` are what the
    role holds.
    """

    role: str
    role_name: str | None
    scope: ScopeKind
    scope_id: UUID | None
    scope_name: str | None
    permissions: tuple[Permission, ...]


class PersonAccess(Struct, frozen=True):
    """Someone with the grants that give what they may do, as far as the reader sees what these are over."""

    id: PersonId
    name: str
    provider_id: ProviderId | None
    client_id: ClientId | None
    active: bool
    grants: tuple[ExplainedGrant, ...]


class WhyNot(StrEnum):
    """Why someone may not."""

    INACTIVE = "inactive"
    NO_ROLE = "no_role"
    ELSEWHERE = "elsewhere"
    SOME_PROGRAMS = "some_programs"
    NOT_EVERYTHING = "not_everything"
    COUNTRY = "country"


class Condition(StrEnum):
    """What holds a permission that someone has: to the programs of the grants, to the client's networks."""

    PROGRAMS = "programs"
    NETWORKS = "networks"


class Verdict(Struct, frozen=True):
    """Whether someone may do something somewhere: `because` of which grants and under which `conditions`, or why not.

    Where it is allowed and `because` is empty, the grant is over something that the reader does not see.
    """

    allowed: bool
    because: tuple[ExplainedGrant, ...]
    why_not: WhyNot | None
    conditions: tuple[Condition, ...] = ()


class Glimpse(Struct, frozen=True):
    """The beginning of a list as someone sees it; None where they may not open it."""

    name: str
    items: tuple[str, ...] | None
    more: bool = False


class View(Struct, frozen=True):
    """What someone sees, as far as the reader sees it as well: clients, what they may do, the beginning of lists."""

    person_id: PersonId
    name: str
    clients: tuple[ClientBadge, ...]
    permissions: tuple[Permission, ...]
    lists: tuple[Glimpse, ...]
