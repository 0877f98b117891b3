"""Reads what someone can sign in with beside the password. Needs a system transaction."""

from uuid import UUID

from sqlalchemy import exists, func, select

from careloom.identity.queries.policies import demands_on
from careloom.identity.tables import passkey, recovery_code, totp
from careloom.identity.types.sign_in import Factors, Passkey
from careloom.platform.database.transactions import Tx
from careloom.platform.wire import reader

_MOST_PASSKEYS = 50
read_passkey = reader(Passkey)


async def has_totp(tx: Tx, person_id: UUID) -> bool:
    """Whether an authenticator app is set up and confirmed."""
    confirmed = exists().where(totp.c.person_id == person_id, totp.c.confirmed_at.is_not(None))
    return bool((await tx.execute(select(confirmed))).scalar_one())


async def has_passkey(tx: Tx, person_id: UUID) -> bool:
    """Whether there is a passkey."""
    return bool((await tx.execute(select(exists().where(passkey.c.person_id == person_id)))).scalar_one())


async def factors_of(tx: Tx, person_id: UUID, passkey_host: str) -> Factors:
    """All second factors of a person, and whether one is asked for."""
    since = select(totp.c.confirmed_at).where(totp.c.person_id == person_id)
    codes = select(func.count()).select_from(recovery_code).where(recovery_code.c.person_id == person_id)
    keys = select(passkey).where(passkey.c.person_id == person_id).order_by(passkey.c.id).limit(_MOST_PASSKEYS)
    return Factors(
        required=(await demands_on(tx, person_id)).second_factor,
        totp_since=(await tx.execute(since)).scalar_one_or_none(),
        recovery_codes=(await tx.execute(codes)).scalar_one(),
        passkeys=tuple(read_passkey(row) for row in await tx.execute(keys)),
        passkey_host=passkey_host,
    )
