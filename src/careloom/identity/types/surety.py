"""Who answers for what decides over people from elsewhere: an identity provider, a directory's token."""

from datetime import datetime
from typing import Protocol

from msgspec import Struct

from careloom.identity.types import PersonId, RoleGrant
from careloom.organizations.types import ClientId, ProviderId


class Owned(Protocol):
    """What belongs to a provider, to a client, or to the installation."""

    @property
    def provider_id(self) -> ProviderId | None:
        """Its provider."""
        ...

    @property
    def client_id(self) -> ClientId | None:
        """Its client."""
        ...


class Surety(Struct, frozen=True):
    """Who answered, when, for whom they worked (`provider_id`), and which grants of theirs they used to the full."""

    name: str
    at: datetime
    grants: tuple[RoleGrant, ...]
    provider_id: ProviderId | None = None
    person_id: PersonId | None = None
