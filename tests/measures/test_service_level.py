"""Service level: the six variants on the golden day, and what is undefined."""

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.measures.core.service_level import service_level
from careloom.measures.types import ServiceLevelCounts, ServiceLevelVariant

GOLDEN = ServiceLevelCounts(answered=1000, answered_within=860, abandoned=60, abandoned_within=20, abandoned_short=10)
EXPECTED = {"a": 81.1, "b": 82.7, "c": 86.0, "d": 81.9, "e": 83.0, "f": 82.1}


@st.composite
def counts(draw: st.DrawFn) -> ServiceLevelCounts:
    answered = draw(st.integers(0, 500))
    abandoned = draw(st.integers(0, 500))
    within = draw(st.integers(0, abandoned))
    return ServiceLevelCounts(
        answered=answered,
        answered_within=draw(st.integers(0, answered)),
        abandoned=abandoned,
        abandoned_within=within,
        abandoned_short=draw(st.integers(0, within)),
    )


@pytest.mark.parametrize("variant", list(ServiceLevelVariant))
def test_each_variant_gives_the_golden_share(variant: ServiceLevelVariant) -> None:
    share = service_level(GOLDEN, variant)
    assert share is not None
    assert round(100 * share, 1) == EXPECTED[variant.value]


def test_the_same_day_costs_from_8000_to_18000_by_variant() -> None:
    shares = [service_level(GOLDEN, variant) for variant in ServiceLevelVariant]
    costs = [2000 * ceil(90 - 100 * share) for share in shares if share is not None]
    assert (min(costs), max(costs)) == (8000, 18000)


@pytest.mark.parametrize("variant", list(ServiceLevelVariant))
def test_no_contact_is_undefined_and_not_zero(variant: ServiceLevelVariant) -> None:
    assert service_level(ServiceLevelCounts(0, 0, 0, 0, 0), variant) is None


@given(counts())
def test_every_share_lies_between_zero_and_one_and_no_variant_is_below_the_plain_one(
    some: ServiceLevelCounts,
) -> None:
    shares = {variant: service_level(some, variant) for variant in ServiceLevelVariant}
    plain = shares[ServiceLevelVariant.A]
    for share in shares.values():
        assert share is None or 0 <= share <= 1
        assert share is None or plain is None or share >= plain - 1e-12
