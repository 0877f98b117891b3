"""What roles hold, built in and own."""

from __future__ import annotations

from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from careloom.identity.core.roles import PERMISSIONS, known_verbs, permissions_of, stands_for
from careloom.platform.access import Permission

_verbs = st.frozensets(st.sampled_from(list(Permission)))


@given(_verbs)
def test_an_own_role_never_changes_what_a_built_in_one_holds(verbs: frozenset[Permission]) -> None:
    for name, held in PERMISSIONS.items():
        assert permissions_of(name, {name: verbs}) == held
    assert permissions_of(str(uuid4()), {}) == frozenset()


@given(_verbs, st.lists(st.text(max_size=20), max_size=5))
def test_verbs_that_nobody_knows_give_nothing(verbs: frozenset[Permission], more: list[str]) -> None:
    stored = [*(one.value for one in verbs), *(one for one in more if one not in list(Permission))]
    assert known_verbs(stored) == verbs


@given(_verbs)
def test_an_own_role_stands_for_each_built_in_one_that_it_includes(verbs: frozenset[Permission]) -> None:
    own = str(uuid4())
    assert stands_for(own, {own: verbs}) == {own, *(one for one, held in PERMISSIONS.items() if held <= verbs)}
    assert stands_for("team_lead", {own: verbs}) == {"team_lead"}
