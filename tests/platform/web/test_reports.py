"""What browsers report of forbidden attempts is counted and logged, and can do no harm."""

from __future__ import annotations

import contextlib
import json

import httpx
import pytest
import structlog
from hypothesis import example, given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from careloom.platform.errors import InvalidInputError
from careloom.platform.web import reports
from careloom.platform.web.reports import read_report
from careloom.platform.web.throttle import Throttle

TYPE = {"Content-Type": "application/csp-report"}


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "_strangers", Throttle(per_minute=0.001, burst=30))


def report(**values: str) -> bytes:
    return json.dumps({"csp-report": values}).encode()


def counted(directive: str) -> float:
    return REGISTRY.get_sample_value("careloom_csp_violations_total", {"directive": directive}) or 0.0


async def test_a_report_is_counted_by_directive_and_logged_without_what_it_held(api: httpx.AsyncClient) -> None:
    before = counted("script-src-elem")
    sent = report(
        **{
            "effective-directive": "script-src-elem",
            "blocked-uri": "https://user:word@evil.example/path?secret=1",
            "document-uri": "https://care.example.com/customers/0190?name=Ana",
            "script-sample": "alert(document.cookie)",
        }
    )
    with structlog.testing.capture_logs() as logs:
        answer = await api.post("/api/csp-reports", content=sent, headers=TYPE)
    assert (answer.status_code, answer.content) == (204, b"")
    assert counted("script-src-elem") == before + 1
    (line,) = [one for one in logs if one["event"] == "csp_violation"]
    assert (line["blocked"], line["place"]) == ("https://evil.example", "/customers")
    assert [word for word in ("secret", "Ana", "alert", "word") if word in str(line)] == []


async def test_made_up_directives_share_one_counter(api: httpx.AsyncClient) -> None:
    before = counted("other")
    for number in range(3):
        sent = report(**{"effective-directive": f"made-up-{number}"})
        assert (await api.post("/api/csp-reports", content=sent, headers=TYPE)).status_code == 204
    assert counted("other") == before + 3


async def test_many_reports_and_long_ones_are_refused(api: httpx.AsyncClient) -> None:
    assert (await api.post("/api/csp-reports", content=report(a="x" * 20_000), headers=TYPE)).status_code == 413
    statuses = [(await api.post("/api/csp-reports", content=report(), headers=TYPE)).status_code for _ in range(40)]
    assert statuses.count(204) <= 30
    assert statuses[-1] == 429


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=40),
    lambda one: (
        st.lists(one, max_size=3)
        | st.dictionaries(
            st.sampled_from(["csp-report", "blocked-uri", "document-uri", "effective-directive"]) | st.text(max_size=9),
            one,
        )
    ),
    max_leaves=8,
)


@given(st.binary(max_size=300) | _JSON.map(lambda value: json.dumps(value).encode()))
@example(b"[" * 5000)
def test_whatever_is_sent_is_read_or_refused(content: bytes) -> None:
    with contextlib.suppress(InvalidInputError):
        read_report(content)


@given(st.text(max_size=200) | st.sampled_from(["inline", "http://[::1", "x" * 5000, "https://a@b/c?d#e", "data:,A"]))
def test_of_addresses_only_what_says_where_is_kept(address: str) -> None:
    found = read_report(report(**{"blocked-uri": address, "document-uri": address}))
    assert len(found.blocked) <= 200
    assert len(found.place) <= 41
    assert "@" not in found.blocked.partition("://")[2]
