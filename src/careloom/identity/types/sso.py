"""Single sign-on by OpenID Connect, as values."""

from datetime import datetime
from typing import Annotated, NewType
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from careloom.identity.types import Email, PersonName, RoleGrant
from careloom.organizations.types import ClientId, ProviderId

IdentityProviderId = NewType("IdentityProviderId", UUID)

Group = Annotated[str, Meta(min_length=1, max_length=200)]
Issuer = Annotated[str, Meta(pattern=r"^https?://[^\s?#]+$", max_length=300)]
Domain = Annotated[str, Meta(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", max_length=253)]
Word = Annotated[str, Meta(min_length=1, max_length=300)]


class GroupRule(Struct, frozen=True, forbid_unknown_fields=True):
    """What members of a group at the identity provider may do here."""

    group: Group
    grant: RoleGrant


Rules = Annotated[tuple[GroupRule, ...], Meta(max_length=200)]
Domains = Annotated[tuple[Domain, ...], Meta(max_length=50)]


class IdentityProvider(Struct, frozen=True):
    """Another server that vouches for an owner's people; of no owner: for everyone's. Its secret is never shown.

    It lets in nobody over whom who answers for it (`answered_by`, since `answered_at`) could not decide.
    `provisions`: it makes people and sets their grants by `rules`, at each sign-in. `only`: the owner's people sign in
    there and nowhere else. `second_factor`: it asks for a second factor itself.
    """

    id: IdentityProviderId
    provider_id: ProviderId | None
    client_id: ClientId | None
    name: str
    issuer: str
    application_id: str
    has_secret: bool
    domains: tuple[str, ...]
    groups_claim: str
    rules: tuple[GroupRule, ...]
    provisions: bool
    only: bool
    second_factor: bool
    active: bool
    answered_by: str | None
    answered_at: datetime | None


class NewIdentityProvider(Struct, frozen=True, forbid_unknown_fields=True):
    """An identity provider to trust. `application_id` and `secret` are what it gave this installation as its client."""

    name: PersonName
    issuer: Issuer
    application_id: Word
    provider_id: ProviderId | None = None
    client_id: ClientId | None = None
    secret: Word | None = None
    domains: Domains = ()
    groups_claim: Word = "groups"
    rules: Rules = ()
    provisions: bool = False
    only: bool = False
    second_factor: bool = True


class IdentityProviderChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of an identity provider; a `secret` replaces the former one."""

    name: PersonName | UnsetType = UNSET
    issuer: Issuer | UnsetType = UNSET
    application_id: Word | UnsetType = UNSET
    secret: Word | UnsetType = UNSET
    domains: Domains | UnsetType = UNSET
    groups_claim: Word | UnsetType = UNSET
    rules: Rules | UnsetType = UNSET
    provisions: bool | UnsetType = UNSET
    only: bool | UnsetType = UNSET
    second_factor: bool | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class SsoChoice(Struct, frozen=True):
    """A way to sign in that the sign-in page offers for a mail domain."""

    id: IdentityProviderId
    name: str


class SignInMethods(Struct, frozen=True):
    """How people with addresses of one domain may sign in."""

    sso: tuple[SsoChoice, ...]
    password: bool


class Vouched(Struct, frozen=True):
    """Whom an identity provider vouches for: its own name for them, a mail address that it has verified, groups."""

    subject: Word
    email: Email
    name: PersonName
    groups: tuple[str, ...]
