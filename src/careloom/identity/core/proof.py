"""By what someone who is signed in shows anew who they are."""

from datetime import datetime, timedelta
from typing import Final

from careloom.identity.types.glass import ProofKind

FRESH: Final = timedelta(minutes=5)
"""How old a sign-in may be that is itself the proof."""


def proofs_asked(*, has_password: bool, has_totp: bool, has_passkey: bool) -> tuple[ProofKind, ...]:
    """Each of these is enough: a second factor where there is one, else the password, else a sign-in just now."""
    second = [(has_passkey, ProofKind.PASSKEY), (has_totp, ProofKind.CODE)]
    if has_passkey or has_totp:
        return tuple(kind for there, kind in second if there)
    return (ProofKind.PASSWORD,) if has_password else (ProofKind.SIGN_IN,)


def is_fresh(signed_in_at: datetime, at: datetime) -> bool:
    """Whether a sign-in is recent enough to be the proof itself."""
    return at - signed_in_at <= FRESH
