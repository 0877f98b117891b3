"""Sign-in policies put together: the strictest of those that apply."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from careloom.identity.core.passwords import LEAST_LENGTH
from careloom.identity.core.roles import stands_for
from careloom.identity.types import Pending, RoleGrant
from careloom.identity.types.sign_in import SignInPolicy
from careloom.platform.access import Permission


class Demands(Struct, frozen=True):
    """What is asked of one person."""

    password_length: int
    second_factor: bool


def demands(
    policies: Iterable[SignInPolicy], grants: Sequence[RoleGrant], own_roles: Mapping[str, frozenset[Permission]]
) -> Demands:
    """The longest password, and a second factor where any policy asks one of the person's roles, or one that an own
    role of theirs includes.
    """
    roles = frozenset[str]().union(*(stands_for(grant.role, own_roles) for grant in grants))
    length, second_factor = LEAST_LENGTH, False
    for one in policies:
        length = max(length, one.password_length)
        second_factor = second_factor or one.second_factor_for_all or not roles.isdisjoint(one.second_factor_roles)
    return Demands(length, second_factor)


def lacking(asked: Demands, *, has_totp: bool, has_passkey: bool) -> Pending | None:
    """What a right password alone still lacks. A passkey that nobody asked for is a way in, not a hurdle."""
    if has_totp or (asked.second_factor and has_passkey):
        return Pending.SECOND_FACTOR
    return Pending.ENROLMENT if asked.second_factor else None
