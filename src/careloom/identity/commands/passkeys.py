"""Passkeys (WebAuthn): made, named, removed, and signed in with. The key itself never leaves the person's device."""

from datetime import timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import delete, func, select, update
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, options_to_json_dict
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from careloom.identity.commands.ceremonies import begin_ceremony, end_ceremony
from careloom.identity.commands.sessions import require_recent, start_session
from careloom.identity.commands.sign_in import require_own_way
from careloom.identity.errors import WrongPasskeyError
from careloom.identity.queries.factors import read_passkey
from careloom.identity.tables import passkey
from careloom.identity.types.sign_in import Holder, Method, Origin, Passkey, PasskeyId, StartedSession
from careloom.platform import audit
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import ConflictError, NotFoundError
from careloom.platform.ids import new_id
from careloom.platform.settings import Settings

_NAME = "Careloom"
_MOST = 20
_TIME = timedelta(minutes=5)


class Place(Struct, frozen=True):
    """The host that passkeys belong to, and the origin that they are used from."""

    host: str
    origin: str


def place_of(settings: Settings) -> Place:
    """Where people reach this installation. Passkeys need a name: on a loopback address it is `localhost`."""
    parts = urlsplit(settings.base_url)
    host = parts.hostname or "localhost"
    try:
        loopback = ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if loopback:
        host = "localhost"
    port = "" if parts.port is None else f":{parts.port}"
    return Place(host, f"{parts.scheme}://{host}{port}")


async def begin_passkey(tx: Tx, holder: Holder, place: Place) -> dict[str, Any]:
    """What the browser needs to make a passkey; needs a system transaction; raises OldSignInError, ConflictError."""
    require_recent(holder)
    mine = select(passkey.c.credential_id).where(passkey.c.person_id == holder.person.id)
    known = list((await tx.execute(mine)).scalars())
    if len(known) >= _MOST:
        raise ConflictError("You have {count} passkeys; remove one that you no longer use.", count=_MOST)
    options = generate_registration_options(
        rp_id=place.host,
        rp_name=_NAME,
        user_id=holder.person.id.bytes,
        user_name=holder.person.email,
        user_display_name=holder.person.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    await begin_ceremony(tx, "passkey.make", _challenge(options.challenge), {}, _TIME, holder.person.id)
    return options_to_json_dict(options)


async def add_passkey(tx: Tx, holder: Holder, place: Place, name: str, credential: dict[str, Any]) -> Passkey:
    """Keeps the passkey that the browser made; needs a system transaction; raises WrongPasskeyError."""
    require_recent(holder)
    challenge = _given_challenge(credential)
    await end_ceremony(tx, "passkey.make", _challenge(challenge), WrongPasskeyError, holder.person.id)
    try:
        found = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except WebAuthnException as error:
        raise WrongPasskeyError from error
    made = Passkey(PasskeyId(new_id()), name, found.credential_backed_up, now(), None)
    values = {field: getattr(made, field) for field in made.__struct_fields__}
    values |= {"credential_id": found.credential_id, "public_key": found.credential_public_key}
    values |= {"sign_count": found.sign_count, "person_id": holder.person.id}
    await tx.execute(passkey.insert().values(**values))
    await _tell(tx, holder, "passkey.add", made.id, after=made)
    return made


async def rename_passkey(tx: Tx, holder: Holder, passkey_id: PasskeyId, name: str) -> Passkey:
    """Renames one of one's passkeys; needs a system transaction; raises NotFoundError."""
    before = await _mine(tx, holder, passkey_id)
    await tx.execute(update(passkey).where(passkey.c.id == passkey_id).values(name=name))
    after = msgspec.structs.replace(before, name=name)
    await _tell(tx, holder, "passkey.rename", passkey_id, before=before, after=after)
    return after


async def remove_passkey(tx: Tx, holder: Holder, passkey_id: PasskeyId) -> None:
    """Removes one of one's passkeys; needs a system transaction; raises NotFoundError, OldSignInError."""
    require_recent(holder)
    before = await _mine(tx, holder, passkey_id)
    await tx.execute(delete(passkey).where(passkey.c.id == passkey_id))
    await _tell(tx, holder, "passkey.remove", passkey_id, before=before)


async def begin_passkey_sign_in(tx: Tx, place: Place) -> dict[str, Any]:
    """What the browser needs to offer the passkeys that it has for this host; needs a system transaction."""
    options = generate_authentication_options(rp_id=place.host, user_verification=UserVerificationRequirement.REQUIRED)
    await begin_ceremony(tx, "passkey.use", _challenge(options.challenge), {}, _TIME)
    return options_to_json_dict(options)


async def sign_in_by_passkey(
    tx: Tx, place: Place, credential: dict[str, Any], origin: Origin, hours: int
) -> StartedSession:
    """Begins a whole session: a passkey is something one has and something one is or knows.

    Needs a system transaction; raises WrongPasskeyError.
    """
    challenge = _given_challenge(credential)
    await end_ceremony(tx, "passkey.use", _challenge(challenge), WrongPasskeyError)
    person_id = await _use(tx, place, credential, challenge)
    await require_own_way(tx, person_id)
    return await start_session(tx, person_id, origin, hours, method=Method.PASSKEY)


async def begin_passkey_proof(tx: Tx, holder: Holder, place: Place) -> dict[str, Any]:
    """What the browser needs to use a passkey of someone who is signed in; needs a system transaction."""
    mine = select(passkey.c.credential_id).where(passkey.c.person_id == holder.person.id).limit(_MOST)
    options = generate_authentication_options(
        rp_id=place.host,
        user_verification=UserVerificationRequirement.REQUIRED,
        allow_credentials=[PublicKeyCredentialDescriptor(id=one) for one in (await tx.execute(mine)).scalars()],
    )
    await begin_ceremony(tx, "passkey.prove", _challenge(options.challenge), {}, _TIME, holder.person.id)
    return options_to_json_dict(options)


async def prove_by_passkey(tx: Tx, holder: Holder, place: Place, credential: dict[str, Any]) -> None:
    """That the holder's own passkey was used just now; needs a system transaction; raises WrongPasskeyError."""
    challenge = _given_challenge(credential)
    await end_ceremony(tx, "passkey.prove", _challenge(challenge), WrongPasskeyError, holder.person.id)
    if await _use(tx, place, credential, challenge) != holder.person.id:
        raise WrongPasskeyError


async def _use(tx: Tx, place: Place, credential: dict[str, Any], challenge: bytes) -> UUID:
    """Whose passkey has signed the challenge; raises WrongPasskeyError."""
    row = await _known(tx, credential)
    try:
        found = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except WebAuthnException as error:
        raise WrongPasskeyError from error
    used = {"sign_count": found.new_sign_count, "synced": found.credential_backed_up, "last_used_at": func.now()}
    await tx.execute(update(passkey).where(passkey.c.id == row.id).values(**used))
    return row.person_id


async def _known(tx: Tx, credential: dict[str, Any]) -> Any:
    try:
        credential_id = base64url_to_bytes(str(credential.get("rawId", "")))
    except ValueError:
        raise WrongPasskeyError from None
    statement = select(passkey).where(passkey.c.credential_id == credential_id).with_for_update()
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise WrongPasskeyError("This passkey is not known here; it may have been removed.")
    return row


async def _mine(tx: Tx, holder: Holder, passkey_id: UUID) -> Passkey:
    statement = select(passkey).where(passkey.c.id == passkey_id, passkey.c.person_id == holder.person.id)
    row = (await tx.execute(statement.with_for_update())).one_or_none()
    if row is None:
        raise NotFoundError
    return read_passkey(row)


def _challenge(challenge: bytes) -> str:
    return challenge.hex()


def _given_challenge(credential: dict[str, Any]) -> bytes:
    """The challenge that a browser's answer names; that it was ours and open is for the ceremony to say."""
    try:
        data = msgspec.json.decode(base64url_to_bytes(credential["response"]["clientDataJSON"]))
        return base64url_to_bytes(data["challenge"])
    except (KeyError, TypeError, ValueError, AttributeError, msgspec.DecodeError):
        raise WrongPasskeyError from None


async def _tell(
    tx: Tx, holder: Holder, action: str, passkey_id: UUID, before: Passkey | None = None, after: Passkey | None = None
) -> None:
    owner = {"client_id": holder.person.client_id, "provider_id": holder.person.provider_id}
    await audit.record(tx, holder.actor, action, passkey_id, before=before, after=after, **owner)
