"""Authenticator apps and recovery codes: set up, confirmed, used once, taken away."""

import io
import secrets
from uuid import UUID

import segno
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from careloom.identity.commands.sessions import finish_session, require_managed, require_recent
from careloom.identity.commands.throttling import REFUSED, begin_attempt, code_keys, forget_failures, forgive
from careloom.identity.core.totp import address, matching_step, written
from careloom.identity.errors import WrongCodeError
from careloom.identity.queries.factors import has_passkey, has_totp
from careloom.identity.tables import passkey, recovery_code, totp
from careloom.identity.types import Pending, PersonId
from careloom.identity.types.sign_in import Holder, NewTotp, RecoveryCodes
from careloom.platform import audit
from careloom.platform.access import Actor, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database, Tx, widened
from careloom.platform.errors import ConflictError
from careloom.platform.sealing import seal, unseal
from careloom.platform.secrets import fingerprint

_SYSTEM = system_actor("second factor")
_PURPOSE = "totp"
_ISSUER = "Careloom"
_SECRET_BYTES = 20
_CODES, _GROUPS = 10, 4
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


async def begin_totp(tx: Tx, holder: Holder, key: bytes) -> NewTotp:
    """A new secret for an authenticator app; it counts only once a code confirmed it. Needs a system transaction.

    Raises OldSignInError, ConflictError where an app is set up already.
    """
    require_recent(holder)
    if await has_totp(tx, holder.person.id):
        raise ConflictError("An authenticator app is set up already; remove it first.")
    secret = secrets.token_bytes(_SECRET_BYTES)
    values = {"secret": seal(key, holder.person.id, _PURPOSE, secret.hex()), "used_step": 0, "confirmed_at": None}
    statement = insert(totp).values(person_id=holder.person.id, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=values))
    where = address(secret, holder.person.email, _ISSUER)
    return NewTotp(written(secret), where, _picture(where))


async def confirm_totp(database: Database, holder: Holder, key: bytes, code: str) -> RecoveryCodes:
    """Makes the app count, with a first right code, and answers recovery codes; raises WrongCodeError."""
    require_recent(holder)
    await require_code(database, holder, key, code, confirmed=False)
    async with database.transaction(_SYSTEM) as tx:
        mine = totp.c.person_id == holder.person.id
        await tx.execute(update(totp).where(mine).values(confirmed_at=now()))
        await _tell(tx, holder.actor, "person.add_totp", holder)
        return await _renew_codes(tx, holder)


async def renew_recovery_codes(tx: Tx, holder: Holder) -> RecoveryCodes:
    """New recovery codes; the old ones work no more. Needs a system transaction; raises ConflictError."""
    require_recent(holder)
    if not await has_totp(tx, holder.person.id):
        raise ConflictError("Set up an authenticator app first; recovery codes stand in for it.")
    await _tell(tx, holder.actor, "person.renew_recovery_codes", holder)
    return await _renew_codes(tx, holder)


async def remove_totp(tx: Tx, holder: Holder) -> None:
    """Takes one's app and its recovery codes away; needs a system transaction."""
    require_recent(holder)
    await tx.execute(delete(totp).where(totp.c.person_id == holder.person.id))
    await tx.execute(delete(recovery_code).where(recovery_code.c.person_id == holder.person.id))
    await _tell(tx, holder.actor, "person.remove_totp", holder)


async def give_second_factor(database: Database, holder: Holder, key: bytes, code: str, hours: int) -> str:
    """Finishes a pending sign-in with a code of the app or a recovery code; answers the session's new secret.

    Raises WrongCodeError, TooManyRequestsError, ConflictError.
    """
    if holder.pending is not Pending.SECOND_FACTOR:
        raise ConflictError("Nothing is missing here: this sign-in asks for no code.")
    try:
        await require_code(database, holder, key, code)
    except WrongCodeError:
        async with database.transaction(_SYSTEM) as tx:
            await _tell(tx, holder.actor, REFUSED, holder, {"method": Pending.SECOND_FACTOR})
        raise
    async with database.transaction(_SYSTEM) as tx:
        await forget_failures(tx, next(iter(code_keys(holder.person.id))))
        return await finish_session(tx, holder, hours)


async def end_enrolment(tx: Tx, holder: Holder, hours: int) -> str:
    """Finishes a sign-in that lacked a second factor, now that there is one; answers the session's new secret.

    Needs a system transaction; raises ConflictError.
    """
    if holder.pending is not Pending.ENROLMENT:
        raise ConflictError("Nothing is missing here: this sign-in asks for no second factor to be set up.")
    if not (await has_totp(tx, holder.person.id) or await has_passkey(tx, holder.person.id)):
        raise ConflictError("Set up an authenticator app or a passkey first.")
    return await finish_session(tx, holder, hours)


async def reset_factors(tx: Tx, actor: Actor, person_id: PersonId) -> None:
    """Takes all second factors of someone away who has lost them; they sign in by password and set up new ones."""
    someone = await require_managed(tx, actor, person_id)
    async with widened(tx):
        for table in (totp, recovery_code, passkey):
            await tx.execute(delete(table).where(table.c.person_id == person_id))
    owner = {"client_id": someone.client_id, "provider_id": someone.provider_id}
    await audit.record(tx, actor, "person.reset_factors", person_id, **owner)


async def require_code(database: Database, holder: Holder, key: bytes, code: str, *, confirmed: bool = True) -> None:
    """Uses up a code of the app, or a recovery code; an app that is not `confirmed` gives codes for that alone.

    Raises WrongCodeError, which stays counted, and TooManyRequestsError.
    """
    async with database.transaction(_SYSTEM) as tx:
        attempt = await begin_attempt(tx, code_keys(holder.person.id))
        plain = code.strip().lower().replace(" ", "").replace("-", "")
        right = await _use_totp(tx, holder.person.id, key, plain, confirmed=confirmed)
        right = right or (confirmed and await _use_recovery_code(tx, holder, plain))
        if right:
            await forgive(tx, attempt)
    if not right:
        raise WrongCodeError


async def _use_totp(tx: Tx, person_id: UUID, key: bytes, code: str, *, confirmed: bool) -> bool:
    mine = totp.c.person_id == person_id
    statement = select(totp).where(mine, totp.c.confirmed_at.is_not(None) == confirmed).with_for_update()
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        return False
    secret = bytes.fromhex(unseal(key, person_id, _PURPOSE, row.secret))
    step = matching_step(secret, code, now(), row.used_step)
    if step is None:
        return False
    await tx.execute(update(totp).where(mine).values(used_step=step))
    return True


async def _use_recovery_code(tx: Tx, holder: Holder, code: str) -> bool:
    mine = recovery_code.c.person_id == holder.person.id
    using = delete(recovery_code).where(mine, recovery_code.c.code_hash == fingerprint(code))
    used = (await tx.execute(using.returning(recovery_code.c.code_hash))).one_or_none()
    if used is None:
        return False
    await _tell(tx, holder.actor, "person.use_recovery_code", holder)
    return True


async def _renew_codes(tx: Tx, holder: Holder) -> RecoveryCodes:
    person_id = holder.person.id
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(4 * _GROUPS)) for _ in range(_CODES)]
    await tx.execute(delete(recovery_code).where(recovery_code.c.person_id == person_id))
    rows = [{"person_id": person_id, "code_hash": fingerprint(one)} for one in codes]
    await tx.execute(recovery_code.insert(), rows)
    return RecoveryCodes(tuple("-".join(one[at : at + 4] for at in range(0, len(one), 4)) for one in codes))


def _picture(text: str) -> str:
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=4, light="#fff", xmldecl=False, nl=False)
    return out.getvalue().decode()


async def _tell(tx: Tx, actor: Actor, action: str, holder: Holder, after: object = None) -> None:
    owner = {"client_id": holder.person.client_id, "provider_id": holder.person.provider_id}
    await audit.record(tx, actor, action, holder.person.id, after=after, **owner)
