"""Codes of authenticator apps against the vectors of RFC 6238, and their one-time use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.identity.core.totp import code_at, matching_step, step_of

_RFC_SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert code_at(_RFC_SECRET, step_of(datetime.fromtimestamp(seconds, UTC))) == code


@given(st.binary(min_size=10, max_size=40), st.integers(3_600, 2**32))
def test_a_code_is_found_in_its_time_and_never_again(secret: bytes, seconds: int) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    step = step_of(moment)
    found = matching_step(secret, code_at(secret, step), moment, 0)
    assert found is not None
    assert abs(found - step) <= 1
    assert matching_step(secret, code_at(secret, step), moment, step + 1) is None
    late = matching_step(secret, code_at(secret, step), moment + timedelta(minutes=5), 0)
    assert late is None or late != step
