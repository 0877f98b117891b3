"""Which pages may use a widget."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.channels.core.chat.origins import may_use

OWN = "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("origin", "allowed", "answer"),
    [
        ("https://shop.example", ["https://shop.example"], True),
        ("https://SHOP.example:443", ["https://shop.example"], True),
        ("https://shop.example:8443", ["https://shop.example"], False),
        ("http://shop.example", ["https://shop.example"], False),
        ("https://www.shop.example", ["https://shop.example"], False),
        ("https://www.shop.example", ["https://*.shop.example"], True),
        ("https://shop.example", ["https://*.shop.example"], False),
        ("https://evilshop.example", ["https://*.shop.example"], False),
        ("https://shop.example.evil.example", ["https://shop.example"], False),
        ("https://evil.example#shop.example", ["https://shop.example"], False),
        ("https://shop.example@evil.example", ["https://shop.example"], False),
        ("null", ["https://shop.example"], False),
        ("", ["https://shop.example"], False),
        (OWN, ["https://shop.example"], True),
        ("https://any.example", [], True),
        (None, [], True),
    ],
)
def test_a_page_is_allowed_by_scheme_host_and_port(origin: str | None, allowed: list[str], answer: bool) -> None:
    assert may_use(origin, allowed, own=OWN, required=True) is answer


def test_without_an_origin_it_depends_on_whether_one_is_required() -> None:
    assert may_use(None, ["https://shop.example"], own=OWN, required=False)
    assert not may_use(None, ["https://shop.example"], own=OWN, required=True)


@given(st.text(max_size=60))
def test_no_text_is_taken_for_an_allowed_page_by_accident(origin: str) -> None:
    assert not may_use(f"https://{origin}", ["https://shop.example"], own=OWN, required=True) or (
        "shop.example" in origin.lower()
    )
    may_use(origin, ["https://shop.example"], own=OWN, required=True)
