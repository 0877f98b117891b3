"""Provisioning by SCIM, as values: tokens, groups, and what a request is answered with."""

from datetime import datetime
from typing import Annotated, NewType
from uuid import UUID

from msgspec import Meta, Struct

from careloom.identity.types import Grants, PersonName, RoleGrant
from careloom.identity.types.surety import Surety
from careloom.organizations.types import ProviderId

ScimTokenId = NewType("ScimTokenId", UUID)
ScimGroupId = NewType("ScimGroupId", UUID)

Network = Annotated[str, Meta(min_length=1, max_length=50)]
Networks = Annotated[tuple[Network, ...], Meta(max_length=200)]


class ScimToken(Struct, frozen=True):
    """A token's public face; the secret is shown once, when it is made. Without `networks` it counts everywhere. It
    decides over nobody over whom who made it (`answered_by`) could not.
    """

    id: ScimTokenId
    provider_id: ProviderId
    name: str
    prefix: str
    networks: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    answered_by: str | None


class NewScimToken(Struct, frozen=True, forbid_unknown_fields=True):
    """A token for a provider's directory."""

    provider_id: ProviderId
    name: PersonName
    networks: Networks = ()


class MadeScimToken(Struct, frozen=True):
    """A token and its secret, which is not stored and not shown again."""

    token: ScimToken
    secret: str


class ScimGroup(Struct, frozen=True):
    """A group of a provider's directory, and what its members may do here."""

    id: ScimGroupId
    provider_id: ProviderId
    name: str
    external_id: str | None
    grants: tuple[RoleGrant, ...]
    made_at: datetime


class GroupGrants(Struct, frozen=True, forbid_unknown_fields=True):
    """What members of a group may do."""

    grants: Grants


class Directory(Struct, frozen=True):
    """In whose name people are kept: a provider's directory, by what it is called, and who answers for it."""

    provider_id: ProviderId
    name: str
    ip: str | None
    request_id: str | None
    surety: Surety | None
    client_id: None = None
