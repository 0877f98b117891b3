"""Emergency access as values: asked for, under way, over, reviewed."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from msgspec import Meta, Struct

from careloom.identity.types import GlassId, PersonId
from careloom.identity.types.sign_in import Code
from careloom.organizations.types import ClientId

Reason = Annotated[str, Meta(min_length=10, max_length=500, description="Why this cannot wait.")]
Reference = Annotated[str, Meta(min_length=1, max_length=100, description="An incident's or a ticket's number.")]
Minutes = Annotated[int, Meta(ge=5, le=240)]
ReviewNote = Annotated[str, Meta(min_length=3, max_length=2_000, pattern=r"\S")]
Signed = Annotated[dict[str, Any], Meta(max_length=20, description="As the browser's WebAuthn interface gives it.")]


class ProofKind(StrEnum):
    """By what someone shows anew who they are; `sign_in`: by a sign-in of the last few minutes."""

    PASSKEY = "passkey"
    CODE = "code"
    PASSWORD = "password"  # noqa: S105
    SIGN_IN = "sign_in"


class Proof(Struct, frozen=True, forbid_unknown_fields=True):
    """One of them; none where only the sign-in itself can be looked at."""

    password: Annotated[str, Meta(max_length=200)] | None = None
    code: Code | None = None
    credential: Signed | None = None


class NewGlass(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Emergency access to ask for."""

    client_id: ClientId
    reason: Reason
    reference: Reference | None = None
    minutes: Minutes
    proof: Proof


class GlassEnd(StrEnum):
    """How an access ended: its time was up, its person ended it, or their session ended."""

    TIME = "time"
    HAND = "hand"
    SESSION = "session"


class Verdict(StrEnum):
    """What a reviewer says of an access."""

    ACCEPTED = "accepted"
    QUESTIONED = "questioned"


class GlassChoice(Struct, frozen=True):
    """What breaking the glass asks of this person: one of `proofs`, for at most so many minutes."""

    proofs: tuple[ProofKind, ...]
    most_minutes: int


class BreakGlass(Struct, frozen=True):
    """An emergency access as it is reviewed. `ended_at` is None while it is under way."""

    id: GlassId
    client_id: ClientId
    person_id: PersonId
    person_name: str
    reason: str
    reference: str | None
    proof: ProofKind
    ip: str | None
    begun_at: datetime
    until: datetime
    review_by: datetime
    ended_at: datetime | None
    ended_how: GlassEnd | None
    verdict: Verdict | None
    note: str | None
    reviewed_by: str | None
    reviewed_at: datetime | None


class Review(Struct, frozen=True, forbid_unknown_fields=True):
    """What someone else than its person says of an access that is over."""

    verdict: Verdict
    note: ReviewNote
