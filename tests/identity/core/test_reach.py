"""What grants reach, and what holding them to less leaves: never more."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.identity.core.reach import Organization, narrowed, reaches, shared
from careloom.identity.core.roles import PERMISSIONS, permissions_of
from careloom.identity.types import Role, RoleGrant, ScopeKind
from careloom.platform.access import DORMANT, Actor, Permission, Reach
from careloom.platform.errors import ForbiddenError

CLIENTS = [UUID(int=one) for one in (1, 2, 3)]
PROVIDERS = [UUID(int=one) for one in (11, 12)]
PROGRAMS = [UUID(int=one) for one in (21, 22, 23, 24)]
OWN_ROLE = str(UUID(int=41))
ORGANIZATION = Organization(
    programs_of_provider={PROVIDERS[0]: frozenset(PROGRAMS[:2]), PROVIDERS[1]: frozenset(PROGRAMS[1:])},
    client_of_program=dict(zip(PROGRAMS, [CLIENTS[0], CLIENTS[1], CLIENTS[1], CLIENTS[2]], strict=True)),
    own_roles={OWN_ROLE: frozenset({Permission.CUSTOMERS_READ, Permission.LIVE_READ})},
)
OWNERS = list(product([None, *CLIENTS], [None, *PROVIDERS], [None, *PROGRAMS]))

_subset_of_clients = st.none() | st.frozensets(st.sampled_from(CLIENTS))
_subset_of_providers = st.none() | st.frozensets(st.sampled_from(PROVIDERS))
_subset_of_programs = st.none() | st.frozensets(st.sampled_from(PROGRAMS))
_permissions = st.frozensets(st.sampled_from(list(Permission)))
_reach = st.builds(Reach, _permissions, _subset_of_clients, _subset_of_providers, _subset_of_programs)
_scopes = st.one_of(
    st.tuples(st.just(ScopeKind.EVERYTHING), st.none()),
    st.tuples(st.just(ScopeKind.PROVIDER), st.sampled_from(PROVIDERS)),
    st.tuples(st.just(ScopeKind.CLIENT), st.sampled_from(CLIENTS)),
    st.tuples(st.just(ScopeKind.PROGRAM), st.sampled_from(PROGRAMS)),
)


def _granted(role: str, scope: tuple[ScopeKind, UUID | None]) -> RoleGrant:
    return RoleGrant(role, *scope)


_grant = st.builds(_granted, st.sampled_from([*Role, OWN_ROLE, "a role that is gone"]), _scopes)
_employer = st.none() | st.sampled_from(PROVIDERS)


def _may(held: Sequence[Reach]) -> set[tuple[Permission, UUID | None, UUID | None, UUID | None]]:
    """Everything that these reaches allow."""
    actor = Actor("someone", tuple(held))
    return {
        (permission, client, provider, program)
        for permission in Permission
        for client, provider, program in OWNERS
        if actor.may(permission, client_id=client, provider_id=provider, program_id=program)
    }


@given(st.lists(_reach, max_size=4), _permissions, _subset_of_clients, _subset_of_providers)
def test_holding_reaches_to_less_never_widens_them(
    given_reaches: list[Reach],
    permissions: frozenset[Permission],
    clients: frozenset[UUID] | None,
    providers: frozenset[UUID] | None,
) -> None:
    held = narrowed(given_reaches, permissions, clients, providers)
    assert _may(held) <= _may(given_reaches)
    assert _may(held) <= _may([Reach(permissions, clients, providers)])
    allowed = Actor("key", held).client_ids
    assert clients is None or (allowed is not None and allowed <= clients)


@given(st.lists(_reach, max_size=4), _permissions, _subset_of_clients, _subset_of_providers)
def test_holding_twice_is_holding_once(
    given_reaches: list[Reach],
    permissions: frozenset[Permission],
    clients: frozenset[UUID] | None,
    providers: frozenset[UUID] | None,
) -> None:
    once = narrowed(given_reaches, permissions, clients, providers)
    assert narrowed(once, permissions, clients, providers) == once


@given(st.lists(_grant, max_size=3), _grant, _employer)
def test_a_further_grant_takes_nothing_away(grants: list[RoleGrant], more: RoleGrant, employer: UUID | None) -> None:
    assert _may(reaches(grants, employer, ORGANIZATION)) <= _may(reaches([*grants, more], employer, ORGANIZATION))


@given(st.lists(_grant, max_size=4), _employer)
def test_grants_that_show_something_reach_the_clients_that_they_name_and_no_other(
    grants: list[RoleGrant], employer: UUID | None
) -> None:
    named: set[UUID] = set()
    for grant in grants:
        if permissions_of(grant.role, ORGANIZATION.own_roles) == DORMANT:
            continue
        if grant.scope is ScopeKind.EVERYTHING:
            return
        if grant.scope is ScopeKind.CLIENT and grant.scope_id:
            named.add(grant.scope_id)
        elif grant.scope is ScopeKind.PROGRAM and grant.scope_id:
            named.add(ORGANIZATION.client_of_program[grant.scope_id])
        elif grant.scope_id:
            programs = ORGANIZATION.programs_of_provider[grant.scope_id]
            named |= {ORGANIZATION.client_of_program[one] for one in programs}
    assert Actor("someone", reaches(grants, employer, ORGANIZATION)).client_ids == named


@given(_grant, _employer)
def test_a_grant_gives_the_permissions_of_its_role_and_no_others(grant: RoleGrant, employer: UUID | None) -> None:
    assert Actor("someone", reaches([grant], employer, ORGANIZATION)).permissions == permissions_of(
        grant.role, ORGANIZATION.own_roles
    )


@given(st.sampled_from(PROGRAMS), st.sampled_from(list(Role)), _employer)
def test_a_grant_over_a_program_covers_that_program_alone(program: UUID, role: Role, employer: UUID | None) -> None:
    held = reaches([RoleGrant(role, ScopeKind.PROGRAM, program)], employer, ORGANIZATION)
    for permission, client, _, of_program in _may(held):
        assert permission in PERMISSIONS[role]
        assert client in (None, ORGANIZATION.client_of_program[program])
        assert of_program in (None, program)


def test_who_has_no_grant_may_nothing() -> None:
    assert _may(reaches([], PROVIDERS[0], ORGANIZATION)) == set()
    assert Actor("nobody", ()).client_ids == frozenset()
    assert Actor("nobody", ()).provider_ids == frozenset()


def test_a_scope_that_is_gone_reaches_nothing() -> None:
    gone = UUID(int=99)
    for scope in (ScopeKind.PROVIDER, ScopeKind.PROGRAM):
        actor = Actor("someone", reaches([RoleGrant(Role.ADMIN, scope, gone)], None, ORGANIZATION))
        assert actor.client_ids == frozenset()


def test_only_the_admin_role_holds_what_changes_the_installation() -> None:
    for permission in (
        Permission.PEOPLE_WRITE,
        Permission.ROLES_WRITE,
        Permission.API_KEYS_WRITE,
        Permission.EVENTS_REPAIR,
    ):
        assert [role for role in Role if permission in PERMISSIONS[role]] == [Role.ADMIN]


_SETS = st.one_of(st.none(), st.frozensets(st.sampled_from([UUID(int=number) for number in range(1, 4)])))
_REACHES = st.lists(
    st.builds(Reach, st.frozensets(st.sampled_from(list(Permission)[:3])), _SETS, _SETS, _SETS), max_size=4
)


@given(_REACHES, _REACHES, st.sampled_from(list(Permission)[:3]), *[st.integers(1, 3)] * 3)
def test_what_is_shared_is_what_both_may(
    some: list[Reach], others: list[Reach], permission: Permission, client: int, provider: int, program: int
) -> None:
    where = {"client_id": UUID(int=client), "provider_id": UUID(int=provider), "program_id": UUID(int=program)}
    one, other = Actor("one", tuple(some)), Actor("other", tuple(others))
    both = Actor("both", shared(some, others))
    assert both.may(permission, **where) == (one.may(permission, **where) and other.may(permission, **where))


def _by(*grants: RoleGrant) -> Actor:
    return Actor("someone", reaches(grants, PROVIDERS[0], ORGANIZATION))


def test_who_serves_a_program_does_not_act_for_its_whole_client() -> None:
    for grant in (
        RoleGrant(Role.ADMIN, ScopeKind.PROVIDER, PROVIDERS[0]),
        RoleGrant(Role.ADMIN, ScopeKind.PROGRAM, PROGRAMS[1]),
    ):
        one = _by(grant)
        assert one.may(Permission.COMPLIANCE_WRITE, client_id=CLIENTS[1], program_id=PROGRAMS[1])
        assert not one.may(Permission.COMPLIANCE_WRITE, client_id=CLIENTS[1], program_id=PROGRAMS[2])
        assert not one.may(Permission.COMPLIANCE_WRITE, client_id=CLIENTS[1])
        assert one.may_somewhere(Permission.CUSTOMERS_READ, CLIENTS[1])
        assert not one.may_somewhere(Permission.CUSTOMERS_READ, CLIENTS[2])


def test_serving_every_program_is_not_to_be_answerable_for_the_client() -> None:
    everything_there_is = [RoleGrant(Role.ADMIN, ScopeKind.PROGRAM, one) for one in PROGRAMS]
    assert not _by(*everything_there_is).may(Permission.COMPLIANCE_WRITE, client_id=CLIENTS[1])


def test_a_grant_over_a_client_reaches_all_of_it_and_one_over_everything_the_installation() -> None:
    over_client = _by(RoleGrant(Role.ADMIN, ScopeKind.CLIENT, CLIENTS[1]))
    assert over_client.may(Permission.COMPLIANCE_WRITE, client_id=CLIENTS[1])
    assert over_client.may(Permission.COMPLIANCE_WRITE, client_id=CLIENTS[1], program_id=PROGRAMS[2])
    with pytest.raises(ForbiddenError):
        over_client.require_everything(Permission.DATA_RESTORE)
    _by(RoleGrant(Role.ADMIN, ScopeKind.EVERYTHING)).require_everything(Permission.DATA_RESTORE)


@given(st.lists(_reach, max_size=4), st.sampled_from(list(Permission)), st.sampled_from(CLIENTS))
def test_who_may_over_a_client_may_in_each_of_its_programs(
    held: list[Reach], permission: Permission, client: UUID
) -> None:
    actor = Actor("someone", tuple(held))
    if actor.may(permission, client_id=client):
        assert all(actor.may(permission, client_id=client, program_id=one) for one in PROGRAMS)
        assert actor.may_somewhere(permission, client)
