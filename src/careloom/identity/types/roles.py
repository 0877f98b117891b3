"""Roles, built in and providers' own, as values."""

from typing import Annotated, NewType
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from careloom.organizations.types import ProviderId
from careloom.platform.access import Permission

RoleId = NewType("RoleId", UUID)

RoleTitle = Annotated[str, Meta(min_length=1, max_length=80)]
Purpose = Annotated[str, Meta(max_length=300)]
Verbs = Annotated[tuple[Permission, ...], Meta(min_length=1, max_length=100)]


class RoleSheet(Struct, frozen=True):
    """A role and what it may do; `id` is what grants name. A built-in one is of no provider, has no other name, and
    never changes.
    """

    id: str
    provider_id: ProviderId | None
    name: str | None
    purpose: str
    permissions: tuple[Permission, ...]
    version: int


class NewRole(Struct, frozen=True, forbid_unknown_fields=True):
    """A role to make for a provider's people."""

    provider_id: ProviderId
    name: RoleTitle
    permissions: Verbs
    purpose: Purpose = ""


class RoleChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a role; `version` is the one that was looked at."""

    version: int
    name: RoleTitle | UnsetType = UNSET
    purpose: Purpose | UnsetType = UNSET
    permissions: Verbs | UnsetType = UNSET
