"""Sign-in by an identity provider: begun here, ended there, and whom it vouches for found or made here."""

import hmac
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy import func, select

from careloom.identity.commands import people
from careloom.identity.commands.ceremonies import begin_ceremony, end_ceremony
from careloom.identity.commands.identity_providers import PURPOSE
from careloom.identity.commands.oidc import Application, authorization_address, claims_for
from careloom.identity.commands.sessions import start_session
from careloom.identity.commands.sign_in import pending_for
from careloom.identity.core.sso import grants_for, vouched_in
from careloom.identity.errors import SsoFailedError
from careloom.identity.queries.identity_providers import read_identity_provider
from careloom.identity.queries.people import load_person
from careloom.identity.queries.surety import answers_for, goes_beyond, read_surety
from careloom.identity.tables import external_identity, identity_provider, person
from careloom.identity.types import NewPerson, Person, PersonId, RoleGrant
from careloom.identity.types.sign_in import Method, Origin, StartedSession
from careloom.identity.types.sso import IdentityProvider, IdentityProviderId, Vouched
from careloom.identity.types.surety import Surety
from careloom.platform import audit
from careloom.platform.access import Actor, system_actor
from careloom.platform.database.transactions import Database, Tx
from careloom.platform.errors import CareloomError, NotFoundError
from careloom.platform.ids import new_id, new_secret
from careloom.platform.sealing import unseal

log = structlog.get_logger()
_SYSTEM = system_actor("single sign-on")
_KIND = "sso"
_TIME = timedelta(minutes=10)
PATH = "/api/sign-in/sso/callback"


class Refusal(StrEnum):
    """Why a sign-in elsewhere does not let one in here."""

    FAILED = "failed"
    EXPIRED = "expired"
    DENIED = "denied"
    EMAIL = "email"
    UNKNOWN = "unknown"
    GROUPS = "groups"
    TOO_MUCH = "too_much"
    UNANSWERED = "unanswered"


class SsoRefusedError(CareloomError):
    """The sign-in elsewhere does not let you in here."""

    status = 403

    def __init__(self, reason: Refusal, person_id: PersonId | None = None) -> None:
        self.reason, self.person_id = reason, person_id
        super().__init__()


class _ExpiredError(SsoRefusedError):
    """The sign-in took too long, or was begun in another browser."""

    def __init__(self) -> None:
        super().__init__(Refusal.EXPIRED)


class Here(Struct, frozen=True):
    """What the installation brings: its key, its address, the private networks in which identity providers may lie."""

    database: Database
    key: bytes
    base_url: str
    networks: tuple[str, ...]


class Begun(Struct, frozen=True):
    """Where the browser goes, and what it keeps until it comes back."""

    address: str
    state: str


class Returned(Struct, frozen=True):
    """What the browser brings back; `kept` is what it was given to keep."""

    state: str
    kept: str
    code: str | None
    issuer: str | None


async def begin_sso(here: Here, identity_provider_id: IdentityProviderId, to: str) -> Begun:
    """Begins a sign-in at an identity provider; raises NotFoundError, SsoFailedError."""
    async with here.database.transaction(_SYSTEM) as tx:
        one, app, _ = await _load(tx, here, identity_provider_id)
    state, nonce, verifier = new_secret(), new_secret(), new_secret(48)
    address = await authorization_address(app, state, nonce, verifier)
    data = {"identity_provider_id": str(one.id), "nonce": nonce, "verifier": verifier, "to": to}
    async with here.database.transaction(_SYSTEM) as tx:
        await begin_ceremony(tx, _KIND, state, data, _TIME)
    return Begun(address, state)


async def end_sso(here: Here, returned: Returned, origin: Origin, hours: int) -> tuple[StartedSession, str]:
    """Begins the session of whom the identity provider vouches for; answers where they wanted to go, too.

    Raises SsoRefusedError, SsoFailedError, NotFoundError.
    """
    if not hmac.compare_digest(returned.state.encode(), returned.kept.encode()):
        raise _ExpiredError
    async with here.database.transaction(_SYSTEM) as tx:
        begun = await end_ceremony(tx, _KIND, returned.state, _ExpiredError)
        which = IdentityProviderId(UUID(begun["identity_provider_id"]))
        one, app, surety = await _load(tx, here, which)
    if returned.issuer is not None and returned.issuer != one.issuer:
        raise SsoFailedError
    if returned.code is None:
        raise SsoRefusedError(Refusal.DENIED)
    claims = await claims_for(app, returned.code, begun["verifier"], begun["nonce"])
    vouched = vouched_in(claims, one.groups_claim)
    if vouched is None:
        raise SsoRefusedError(Refusal.EMAIL)
    try:
        async with here.database.transaction(_SYSTEM) as tx:
            someone = await _admitted(tx, one, surety, vouched)
        if someone is None:
            raise SsoRefusedError(Refusal.GROUPS)
    except SsoRefusedError as error:
        await _note(here.database, one, error, origin)
        raise
    async with here.database.transaction(_SYSTEM) as tx:
        pending = None if one.second_factor else await pending_for(tx, someone)
        return await start_session(tx, someone, origin, hours, method=Method.SSO, pending=pending), begun["to"]


async def _load(
    tx: Tx, here: Here, identity_provider_id: IdentityProviderId
) -> tuple[IdentityProvider, Application, Surety | None]:
    table = identity_provider.c
    statement = select(identity_provider).where(table.id == identity_provider_id, table.active)
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise NotFoundError
    secret = None if row.secret is None else unseal(here.key, row.id, PURPOSE, row.secret)
    app = Application(row.issuer, row.application_id, secret, here.base_url + PATH, here.networks)
    return read_identity_provider(row), app, read_surety(row.surety)


async def _note(database: Database, one: IdentityProvider, error: SsoRefusedError, origin: Origin) -> None:
    """Leaves word of a refusal, in a transaction of its own: the sign-in is undone."""
    log.warning("sso_sign_in_refused", identity_provider_id=str(one.id), why=error.reason)
    actor = msgspec.structs.replace(system_actor(f"Single sign-on: {one.name}"), ip=origin.ip)
    owner = {"client_id": one.client_id, "provider_id": one.provider_id}
    async with database.transaction(_SYSTEM) as tx:
        told = {"why": error.reason, "person_id": error.person_id}
        await audit.record(tx, actor, "identity_provider.refuse", one.id, after=told, **owner)


async def _admitted(tx: Tx, one: IdentityProvider, surety: Surety | None, vouched: Vouched) -> PersonId | None:
    """The person that is meant; None where no group of theirs may do anything here, which takes what they held."""
    actor = system_actor(f"Single sign-on: {one.name}")
    someone = await _find(tx, one, vouched)
    if someone is not None:
        await _require_in_bounds(tx, one, surety, someone)
    grants = grants_for(one.rules, vouched.groups) if one.provisions else ()
    if grants and not await answers_for(tx, surety, one, grants):
        raise SsoRefusedError(Refusal.UNANSWERED, None if someone is None else someone.id)
    if someone is None:
        if not one.provisions:
            raise SsoRefusedError(Refusal.UNKNOWN)
        if not grants:
            return None
        someone = await _make(tx, actor, one, vouched, grants)
    elif one.provisions and set(grants) != set(someone.grants):
        await people.set_grants(tx, actor, someone.id, grants)
    if one.provisions and not grants:
        return None
    return someone.id


async def _find(tx: Tx, one: IdentityProvider, vouched: Vouched) -> Person | None:
    """Whom it vouched for before; else whoever has the address and works for its owner, who is linked from now on."""
    link = external_identity.c
    known = select(link.person_id).where(link.identity_provider_id == one.id, link.subject == vouched.subject)
    person_id = (await tx.execute(known)).scalar_one_or_none()
    if person_id is None:
        person_id = await _by_email(tx, one, vouched.email)
        if person_id is None:
            return None
        await _link(tx, one, vouched, person_id)
    someone = await load_person(tx, _SYSTEM, PersonId(person_id))
    if not someone.active or not _of_owner(one, someone):
        raise SsoRefusedError(Refusal.UNKNOWN)
    return someone


async def _by_email(tx: Tx, one: IdentityProvider, email: str) -> UUID | None:
    statement = select(person.c.id, person.c.provider_id, person.c.client_id)
    row = (await tx.execute(statement.where(func.lower(person.c.email) == email.lower()))).one_or_none()
    if row is None:
        return None
    if not _of_owner(one, row):
        # The address is someone's for whom this identity provider does not speak.
        raise SsoRefusedError(Refusal.UNKNOWN)
    return row.id


def _of_owner(one: IdentityProvider, someone: Any) -> bool:
    if one.provider_id is None and one.client_id is None:
        return True
    return (someone.provider_id, someone.client_id) == (one.provider_id, one.client_id)


async def _make(tx: Tx, actor: Actor, one: IdentityProvider, vouched: Vouched, grants: tuple[RoleGrant, ...]) -> Person:
    new = NewPerson(vouched.name, vouched.email, one.provider_id, one.client_id, grants=grants)
    made = await people.create_person(tx, actor, new)
    await _link(tx, one, vouched, made.id)
    return made


async def _link(tx: Tx, one: IdentityProvider, vouched: Vouched, person_id: UUID) -> None:
    values = {"id": new_id(), "identity_provider_id": one.id, "subject": vouched.subject, "person_id": person_id}
    await tx.execute(external_identity.insert().values(**values))


async def _require_in_bounds(tx: Tx, one: IdentityProvider, surety: Surety | None, someone: Person) -> None:
    """An owner's identity provider vouches for nobody who reaches beyond what the owner itself works on, and for nobody
    over whom who answers for it could not decide: not at the first sign-in, nor when they may do more later.
    """
    if await goes_beyond(tx, one, someone):
        raise SsoRefusedError(Refusal.TOO_MUCH, someone.id)
    if not await answers_for(tx, surety, someone, someone.grants):
        raise SsoRefusedError(Refusal.UNANSWERED, someone.id)
