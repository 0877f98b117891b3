"""How people sign in: sessions, second factors, passkeys and the policies over them, as values."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, NewType
from uuid import UUID

from msgspec import Meta, Struct

from careloom.identity.types import Pending, Person, PersonId, RoleName, SessionId
from careloom.organizations.types import ClientId, ProviderId
from careloom.platform.access import Actor

PasskeyId = NewType("PasskeyId", UUID)
PolicyId = NewType("PolicyId", UUID)


class Method(StrEnum):
    """By what someone signed in."""

    PASSWORD = "password"  # noqa: S105
    PASSKEY = "passkey"
    SSO = "sso"
    DEMO = "demo"


class Origin(Struct, frozen=True):
    """Where a sign-in comes from."""

    ip: str | None
    user_agent: str | None


class StartedSession(Struct, frozen=True):
    """A session that has just begun: its cookie's value, whose it is, and what it still lacks."""

    secret: str
    person: Person
    pending: Pending | None = None


class Holder(Struct, frozen=True):
    """Whose session a request comes with. `actor` names the person and reaches nothing."""

    session_id: SessionId
    person: Person
    pending: Pending | None
    made_at: datetime
    actor: Actor


class Session(Struct, frozen=True):
    """A running session as lists show it."""

    id: SessionId
    person_id: PersonId
    method: Method
    pending: Pending | None
    device: str
    ip: str | None
    made_at: datetime
    used_at: datetime
    expires_at: datetime
    current: bool


class Passkey(Struct, frozen=True):
    """A passkey's public face. `synced` ones live on several of the person's devices."""

    id: PasskeyId
    name: str
    synced: bool
    made_at: datetime
    last_used_at: datetime | None


class Factors(Struct, frozen=True):
    """What someone can sign in with beside the password, and whether a second factor is asked of them."""

    required: bool
    totp_since: datetime | None
    recovery_codes: int
    passkeys: tuple[Passkey, ...]
    passkey_host: str


class NewTotp(Struct, frozen=True):
    """An authenticator app to be: the secret to type, or the same as a QR code (SVG)."""

    secret: str
    address: str
    qr: str


class RecoveryCodes(Struct, frozen=True):
    """Codes that each work once in place of the second factor; shown this once."""

    codes: tuple[str, ...]


class SignInPolicy(Struct, frozen=True):
    """What is asked of an owner's people; without owner of everyone. Several apply together, the strictest wins."""

    id: PolicyId
    provider_id: ProviderId | None
    client_id: ClientId | None
    password_length: int
    second_factor_for_all: bool
    second_factor_roles: tuple[str, ...]


Code = Annotated[str, Meta(min_length=6, max_length=40, description="Six digits, or a recovery code.")]
PasskeyName = Annotated[str, Meta(min_length=1, max_length=80)]
PasswordLength = Annotated[int, Meta(ge=10, le=64)]


class GivenCode(Struct, frozen=True, forbid_unknown_fields=True):
    """A code of the authenticator app, or a recovery code."""

    code: Code


class NewPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """A policy to set, in place of the owner's former one."""

    provider_id: ProviderId | None = None
    client_id: ClientId | None = None
    password_length: PasswordLength = 10
    second_factor_for_all: bool = False
    second_factor_roles: Annotated[tuple[RoleName, ...], Meta(max_length=50)] = ()


class PasskeyChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """A passkey's new name."""

    name: PasskeyName
