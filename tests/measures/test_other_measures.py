"""Staffing, resolution, surveys, sentiment, forecast, quality, agreement, retention and cost."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import sqrt
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.measures.core.agreement import cohens_kappa, share_within
from careloom.measures.core.cost import cost_per_contact
from careloom.measures.core.forecast_error import forecast_bias, wape
from careloom.measures.core.qa_score import qa_score
from careloom.measures.core.resolution import resolution_by_repeat, resolution_by_survey
from careloom.measures.core.retention import churn, retention
from careloom.measures.core.sentiment import contact_sentiment, sentiment_trend
from careloom.measures.core.shrinkage import shrinkage, staff_to_schedule
from careloom.measures.core.survey import effort_mean, effort_share, net_promoter, satisfaction
from careloom.measures.types import QaItem, QaScore, RepeatContact

DAY = datetime(2025, 3, 1, 12, tzinfo=UTC)
BRAND, OTHER_BRAND, ANNA, BORIS = (UUID(int=number) for number in range(1, 5))
WEEK = timedelta(days=7)


def contact(
    day: float,
    customer: UUID = ANNA,
    client: UUID = BRAND,
    reason: str | None = None,
    *,
    eligible: bool = True,
) -> RepeatContact:
    began = DAY + timedelta(days=day)
    return RepeatContact(client, customer, reason, began, began + timedelta(hours=1), eligible)


def test_staff_is_divided_by_presence_and_not_multiplied_by_absence() -> None:
    assert staff_to_schedule(70, 0.3) == pytest.approx(100)
    assert staff_to_schedule(70, 1) is None
    assert shrinkage(30, 100) == 0.3
    assert shrinkage(0, 0) is None
    with pytest.raises(ValueError, match="not between 0 and 1"):
        staff_to_schedule(70, 1.2)


def test_a_contact_followed_within_the_window_was_not_resolved() -> None:
    contacts = [contact(0), contact(5), contact(20), contact(0, customer=BORIS)]
    assert resolution_by_repeat(contacts, WEEK) == 3 / 4


def test_another_client_or_customer_is_no_repeat() -> None:
    contacts = [contact(0), contact(1, client=OTHER_BRAND), contact(2, customer=BORIS)]
    assert resolution_by_repeat(contacts, WEEK) == 1


def test_another_reason_is_no_repeat_only_where_the_contract_says_so() -> None:
    contacts = [contact(0, reason="bill"), contact(1, reason="delivery")]
    assert resolution_by_repeat(contacts, WEEK) == 0.5
    assert resolution_by_repeat(contacts, WEEK, same_reason=True) == 1


def test_a_contact_that_is_not_eligible_can_still_be_the_repeat() -> None:
    contacts = [contact(0), contact(1, eligible=False)]
    assert resolution_by_repeat(contacts, WEEK) == 0
    assert resolution_by_repeat(contacts[1:], WEEK) is None


def test_the_window_runs_from_the_end_of_a_contact_and_includes_its_last_moment() -> None:
    last = contact(7 + 1 / 24)
    assert resolution_by_repeat([contact(0), last], WEEK) == 0.5
    assert resolution_by_repeat([contact(0), contact(7.05)], WEEK) == 1


def test_survey_measures_are_shares_and_means_of_valid_answers() -> None:
    assert resolution_by_survey(3, 4) == 0.75
    assert satisfaction([5, 4, 3, 1]) == 0.5
    assert effort_mean([7, 5, 3]) == 5
    assert effort_share([7, 5, 3, 4]) == 0.5
    with pytest.raises(ValueError, match="an answer of 6 is not between 1 and 5"):
        satisfaction([6])


def test_no_answers_is_undefined() -> None:
    assert satisfaction([]) is None
    assert effort_mean([]) is None
    assert effort_share([]) is None
    assert net_promoter([]) is None
    assert resolution_by_survey(0, 0) is None


def test_nps_has_the_adjusted_wald_interval() -> None:
    result = net_promoter([10] * 60 + [8] * 20 + [3] * 20, z=1.96)
    assert result is not None
    up, down = 60.75 / 103, 20.75 / 103
    margin = 1.96 * sqrt((up + down - (up - down) ** 2) / 103)
    assert result.score == 40
    assert result.low == pytest.approx(100 * (up - down - margin))
    assert result.high == pytest.approx(100 * (up - down + margin))


@given(st.lists(st.integers(0, 10), min_size=1))
def test_the_nps_interval_holds_its_centre_and_narrows_with_more_answers(answers: list[int]) -> None:
    once, often = net_promoter(answers), net_promoter(answers * 10)
    assert once is not None
    assert often is not None
    assert -100 <= once.score <= 100
    assert once.low < once.high
    assert often.low <= often.score <= often.high
    assert often.high - often.low < once.high - once.low


def test_sentiment_weighs_the_end_and_the_trend_compares_the_ends() -> None:
    assert contact_sentiment([-100, 100]) == pytest.approx(100 / 3)
    assert contact_sentiment([]) is None
    assert sentiment_trend([-80, -40, 0, 0, 40, 80]) == 60
    assert sentiment_trend([50]) is None


@given(st.lists(st.floats(-100, 100), min_size=2))
def test_sentiment_and_trend_stay_on_the_scale(scores: list[float]) -> None:
    score, trend = contact_sentiment(scores), sentiment_trend(scores)
    assert score is not None
    assert trend is not None
    assert -100 - 1e-9 <= score <= 100 + 1e-9
    assert -100 <= trend <= 100


def test_forecast_error_is_weighted_and_bias_keeps_its_sign() -> None:
    pairs = [(90, 100), (60, 50), (5, 0)]
    assert wape(pairs) == pytest.approx(25 / 150)
    assert forecast_bias(pairs) == pytest.approx(5 / 150)
    assert wape([(5, 0)]) is None
    assert forecast_bias([]) is None


def test_items_that_do_not_apply_are_out_of_both_sums() -> None:
    score = qa_score([QaItem(2, 5, 4), QaItem(1, 5, None), QaItem(1, 10, 10)])
    assert score == QaScore(quality=18 / 20, compliance=None, auto_failed=False)


def test_a_failed_critical_item_makes_quality_zero_and_compliance_is_apart() -> None:
    items = [
        QaItem(1, 5, 5),
        QaItem(1, 1, 1, compliance=True),
        QaItem(1, 1, 0, critical=True, compliance=True),
    ]
    assert qa_score(items) == QaScore(quality=0, compliance=0.5, auto_failed=True)
    assert qa_score([QaItem(1, 1, None, critical=True)]) == QaScore(None, None, auto_failed=False)


def test_kappa_is_agreement_beyond_chance() -> None:
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert cohens_kappa(pairs) == pytest.approx(0.4)
    assert cohens_kappa([]) is None
    assert cohens_kappa([("y", "y")]) is None
    assert share_within([(80, 90), (80, 91)]) == 0.5


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc"))))
def test_kappa_stays_on_its_scale_and_does_not_depend_on_who_is_first(pairs: list[tuple[str, str]]) -> None:
    kappa = cohens_kappa(pairs)
    assert kappa is None or -1 <= kappa <= 1
    assert cohens_kappa([(other, one) for one, other in pairs]) == kappa


def test_retention_and_churn_leave_new_customers_out() -> None:
    assert retention(200, 210, 30) == 0.9
    assert churn(200, 210, 30) == 0.1
    assert retention(0, 5, 5) is None


def test_cost_per_contact_is_exact_and_undefined_without_contacts() -> None:
    assert cost_per_contact(Decimal("125.00"), 50) == Decimal("2.5")
    assert cost_per_contact(Decimal(1), 0) is None
