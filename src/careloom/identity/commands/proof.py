"""Someone who is signed in shows anew who they are, before what a borrowed or stolen session must not do."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from careloom.identity.commands.passkeys import Place, prove_by_passkey
from careloom.identity.commands.passwords import prove_password
from careloom.identity.commands.second_factor import require_code
from careloom.identity.commands.throttling import begin_attempt, code_keys, forgive, password_keys
from careloom.identity.core.proof import is_fresh, proofs_asked
from careloom.identity.errors import NotProvenError, OldProofError
from careloom.identity.queries.factors import has_passkey, has_totp
from careloom.identity.queries.identity_providers import must_use_sso
from careloom.identity.tables import credential
from careloom.identity.types.glass import Proof, ProofKind
from careloom.identity.types.sign_in import Holder
from careloom.platform.access import system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database, Tx

_SYSTEM = system_actor("proof")


async def proofs_of(tx: Tx, person_id: UUID) -> tuple[ProofKind, ...]:
    """By what this person may show who they are; needs a system transaction."""
    password = await _password_hash(tx, person_id) is not None and not await must_use_sso(tx, person_id)
    return proofs_asked(
        has_password=password,
        has_totp=await has_totp(tx, person_id),
        has_passkey=await has_passkey(tx, person_id),
    )


async def prove(database: Database, holder: Holder, key: bytes, place: Place, proof: Proof) -> ProofKind:
    """Checks the proof and answers by what it was; each wrong one counts against its person.

    Raises NotProvenError, WrongCodeError, WrongPasskeyError, OldProofError, TooManyRequestsError.
    """
    async with database.transaction(_SYSTEM) as tx:
        asked = await proofs_of(tx, holder.person.id)
    if ProofKind.SIGN_IN in asked:
        if not is_fresh(holder.made_at, now()):
            raise OldProofError
        return ProofKind.SIGN_IN
    if ProofKind.PASSKEY in asked and proof.credential is not None:
        await _by_passkey(database, holder, place, proof.credential)
        return ProofKind.PASSKEY
    if ProofKind.CODE in asked and proof.code is not None:
        await require_code(database, holder, key, proof.code)
        return ProofKind.CODE
    if ProofKind.PASSWORD in asked and proof.password is not None:
        await _by_password(database, holder, proof.password)
        return ProofKind.PASSWORD
    raise NotProvenError("Show who you are in one of the ways that you are asked for.")


async def _by_passkey(database: Database, holder: Holder, place: Place, signed: dict[str, Any]) -> None:
    async with database.transaction(_SYSTEM) as tx:
        attempt = await begin_attempt(tx, code_keys(holder.person.id))
    async with database.transaction(_SYSTEM) as tx:
        await prove_by_passkey(tx, holder, place, signed)
        await forgive(tx, attempt)


async def _by_password(database: Database, holder: Holder, password: str) -> None:
    keys = password_keys(holder.person.email.lower(), holder.actor.ip)
    if not await prove_password(database, keys, holder.person.id, password):
        raise NotProvenError


async def _password_hash(tx: Tx, person_id: UUID) -> str | None:
    mine = select(credential.c.password_hash).where(credential.c.person_id == person_id)
    return (await tx.execute(mine)).scalar_one_or_none()
