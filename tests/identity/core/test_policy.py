"""Policies put together, and what a password alone still lacks."""

from __future__ import annotations

from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from careloom.identity.core.policy import Demands, demands, lacking
from careloom.identity.core.roles import PERMISSIONS
from careloom.identity.types import Pending, Role, RoleGrant, ScopeKind
from careloom.identity.types.sign_in import PolicyId, SignInPolicy

_roles = st.lists(st.sampled_from([one.value for one in Role]), max_size=3).map(tuple)
_policies = st.lists(
    st.builds(
        SignInPolicy,
        id=st.builds(lambda: PolicyId(uuid4())),
        provider_id=st.none(),
        client_id=st.none(),
        password_length=st.integers(10, 64),
        second_factor_for_all=st.booleans(),
        second_factor_roles=_roles,
    ),
    max_size=4,
)
_grants = st.lists(st.sampled_from([RoleGrant(one, ScopeKind.EVERYTHING) for one in Role]), max_size=3)


@given(_policies, _policies, _grants)
def test_another_policy_never_asks_less(
    some: list[SignInPolicy], more: list[SignInPolicy], held: list[RoleGrant]
) -> None:
    one, both = demands(some, held, {}), demands([*some, *more], held, {})
    assert both.password_length >= one.password_length >= 10
    assert both.second_factor >= one.second_factor


@given(st.sampled_from(Role), st.sampled_from(Role))
def test_a_copy_of_a_role_is_asked_what_that_role_is_asked(asked: Role, copied: Role) -> None:
    policy = SignInPolicy(PolicyId(uuid4()), None, None, 10, second_factor_for_all=False, second_factor_roles=(asked,))
    own = str(uuid4())
    found = demands([policy], [RoleGrant(own, ScopeKind.EVERYTHING)], {own: PERMISSIONS[copied]})
    assert found.second_factor == (PERMISSIONS[asked] <= PERMISSIONS[copied])


@given(st.booleans(), st.booleans(), st.booleans())
def test_a_password_alone_is_enough_only_where_nobody_asks_for_more(
    asked: bool, has_totp: bool, has_passkey: bool
) -> None:
    found = lacking(Demands(10, asked), has_totp=has_totp, has_passkey=has_passkey)
    assert (found is None) == (not asked and not has_totp)
    assert (found is Pending.ENROLMENT) == (asked and not has_totp and not has_passkey)
