"""What breaking the glass adds, for how long, and by what one shows who one is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.identity.core.glass import EMERGENCY, LONGEST, added, gives_more, is_open, lasts, over_since
from careloom.identity.core.proof import FRESH, is_fresh, proofs_asked
from careloom.identity.core.roles import PERMISSIONS
from careloom.identity.types import Role
from careloom.identity.types.glass import ProofKind
from careloom.platform.access import Actor, Permission, Reach
from tests.identity.core.test_reach import CLIENTS, OWNERS, PROGRAMS, PROVIDERS

_P = Permission
_BREAK = frozenset({_P.GLASS_BREAK})
_AT = datetime(2030, 1, 1, tzinfo=UTC)
_moments = st.datetimes(datetime(2030, 1, 1), datetime(2030, 1, 2), timezones=st.just(UTC))  # noqa: DTZ001
_permissions = st.frozensets(st.sampled_from([_P.GLASS_BREAK, *EMERGENCY, _P.PEOPLE_WRITE, _P.DATA_EXPORT]))
_reach = st.builds(
    Reach,
    _permissions,
    st.none() | st.frozensets(st.sampled_from(CLIENTS)),
    st.none() | st.frozensets(st.sampled_from(PROVIDERS)),
    st.none() | st.frozensets(st.sampled_from(PROGRAMS)),
)
_held = st.lists(_reach, max_size=4)


@given(_held, st.sampled_from(CLIENTS))
def test_what_is_added_is_of_that_client_alone_and_no_more_than_an_emergency_needs(
    held: list[Reach], client: UUID
) -> None:
    for one in added(held, client):
        assert one.permissions == EMERGENCY
        assert one.client_ids == {client}
        assert one.provider_ids == frozenset()


@given(_held, st.sampled_from(CLIENTS))
def test_nothing_is_added_where_no_grant_lets_one_break_the_glass(held: list[Reach], client: UUID) -> None:
    may = Actor("someone", tuple(held)).may_somewhere(_P.GLASS_BREAK, client)
    assert bool(added(held, client)) == may


@given(_held, st.sampled_from(CLIENTS))
def test_what_is_added_reaches_no_program_beyond_the_grants_that_let_one_break_it(
    held: list[Reach], client: UUID
) -> None:
    before, extra = Actor("before", tuple(held)), Actor("extra", added(held, client))
    for permission in EMERGENCY:
        for _, _, program in OWNERS:
            if extra.may(permission, client_id=client, program_id=program):
                assert before.may(_P.GLASS_BREAK, client_id=client, program_id=program)


@given(_held, st.sampled_from(CLIENTS))
def test_it_gives_more_exactly_where_one_could_do_less_before(held: list[Reach], client: UUID) -> None:
    extra = added(held, client)
    before, after = Actor("before", tuple(held)), Actor("after", (*held, *extra))
    more = any(
        after.may(permission, client_id=client, program_id=program)
        and not before.may(permission, client_id=client, program_id=program)
        for permission in EMERGENCY
        for program in {None, *PROGRAMS, UUID(int=99)}
    )
    more |= any(after.may_somewhere(one, client) and not before.may_somewhere(one, client) for one in EMERGENCY)
    assert gives_more(held, extra) == more


@given(_held)
def test_the_permission_to_break_the_glass_shows_nothing_by_itself(held: list[Reach]) -> None:
    asleep = [Reach(_BREAK, one.client_ids, one.provider_ids, one.program_ids) for one in held]
    assert Actor("someone", tuple(asleep)).client_ids == frozenset()
    assert Actor("someone", tuple(asleep)).provider_ids == frozenset()


def test_an_emergency_touches_no_people_keys_rules_and_takes_nothing_out() -> None:
    held = {one.partition(".")[0] for one in EMERGENCY}
    assert held.isdisjoint(
        {"people", "roles", "api_keys", "security", "privacy", "data", "compliance", "events", "audit", "glass"}
    )
    assert {one for one in EMERGENCY if not one.endswith(".read")} == {_P.CONVERSATIONS_NOTE, _P.CONVERSATIONS_ASSIGN}


def test_those_on_call_and_administrators_may_break_the_glass_and_nobody_else() -> None:
    assert {role for role, held in PERMISSIONS.items() if _P.GLASS_BREAK in held} == {Role.ADMIN, Role.ON_CALL}
    assert PERMISSIONS[Role.ON_CALL] == _BREAK


@given(st.integers(-1_000, 1_000_000))
def test_no_access_lasts_longer_than_four_hours(minutes: int) -> None:
    assert lasts(minutes) <= LONGEST == timedelta(hours=4)


@given(_moments, _moments)
def test_it_is_open_until_its_time_is_up_and_never_again(until: datetime, at: datetime) -> None:
    assert is_open(until, None, at) == (at < until)
    assert not is_open(until, until, at)
    assert over_since(until, at) <= until
    assert not is_open(until, None, max(at, until))


@pytest.mark.parametrize(
    ("password", "totp", "passkey", "asked"),
    [
        (True, False, False, (ProofKind.PASSWORD,)),
        (True, True, False, (ProofKind.CODE,)),
        (True, False, True, (ProofKind.PASSKEY,)),
        (True, True, True, (ProofKind.PASSKEY, ProofKind.CODE)),
        (False, True, False, (ProofKind.CODE,)),
        (False, False, True, (ProofKind.PASSKEY,)),
        (False, False, False, (ProofKind.SIGN_IN,)),
    ],
)
def test_a_second_factor_is_asked_for_where_there_is_one(
    password: bool, totp: bool, passkey: bool, asked: tuple[ProofKind, ...]
) -> None:
    assert proofs_asked(has_password=password, has_totp=totp, has_passkey=passkey) == asked


def test_a_sign_in_proves_something_for_five_minutes() -> None:
    assert is_fresh(_AT, _AT + FRESH)
    assert not is_fresh(_AT, _AT + FRESH + timedelta(seconds=1))
