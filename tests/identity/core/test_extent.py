"""Over how much of a client a grant holds a permission."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.identity.core.extent import EVERYTHING, LISTED, OWN, SHARED, WHOLE, Extent, counts, extent
from careloom.platform.access import Permission, Reach

CLIENT, ELSEWHERE, PROGRAM, OTHER = (UUID(int=one) for one in range(1, 5))
ALL_OF_IT = Reach(frozenset(Permission), frozenset({CLIENT}))
ONE_PROGRAM = Reach(frozenset(Permission), frozenset({CLIENT}), program_ids=frozenset({PROGRAM}))
INSTALLATION = Reach(frozenset(Permission), None, None)


@pytest.mark.parametrize("permission", [one for one in Permission if one not in OWN | EVERYTHING])
def test_a_grant_over_the_client_gives_all_of_it_and_nothing_of_another(permission: Permission) -> None:
    assert extent(ALL_OF_IT, permission, CLIENT) is Extent.ALL
    assert extent(ALL_OF_IT, permission, CLIENT, PROGRAM) is Extent.ALL
    assert extent(ALL_OF_IT, permission, ELSEWHERE) is Extent.NONE


@pytest.mark.parametrize("permission", [one for one in Permission if one not in OWN | EVERYTHING])
def test_a_grant_over_a_program_gives_what_is_asked_for_there(permission: Permission) -> None:
    found = [extent(ONE_PROGRAM, permission, CLIENT, one) for one in (None, PROGRAM, OTHER)]
    if permission in SHARED:
        assert found == [Extent.ALL] * 3
    elif permission in WHOLE:
        assert found == [Extent.SOME_PROGRAMS] * 3
        assert not counts(ONE_PROGRAM, permission, CLIENT)
    else:
        assert found == [Extent.SOME_PROGRAMS, Extent.ALL, Extent.NONE]
        assert counts(ONE_PROGRAM, permission, CLIENT)


def test_what_is_of_the_installation_takes_a_grant_over_everything() -> None:
    for permission in EVERYTHING:
        assert extent(INSTALLATION, permission, CLIENT) is Extent.ALL
        assert extent(ALL_OF_IT, permission, CLIENT) is Extent.NONE
        assert extent(ALL_OF_IT, permission, None) is Extent.NONE


def test_what_is_ones_own_takes_a_grant_over_anything() -> None:
    assert {extent(ONE_PROGRAM, one, ELSEWHERE) for one in OWN} == {Extent.ALL}


def test_the_kinds_have_nothing_in_common() -> None:
    kinds = (OWN, SHARED, LISTED, WHOLE, EVERYTHING)
    assert sum(len(one) for one in kinds) == len(frozenset[Permission]().union(*kinds))


@given(permission=st.sampled_from(Permission), where=st.sampled_from([None, CLIENT, ELSEWHERE]))
def test_a_grant_gives_nothing_that_its_role_does_not_hold(permission: Permission, where: UUID | None) -> None:
    lacking = Reach(frozenset(Permission) - {permission}, None, None)
    assert extent(lacking, permission, where, PROGRAM) is Extent.NONE
    assert not counts(lacking, permission, where)
