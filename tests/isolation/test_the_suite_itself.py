"""The suite notices what it is there for: each hole that is made on purpose is found."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, LiteralString
from uuid import UUID

import httpx
import psycopg
import pytest
from sqlalchemy import ColumnElement, true

from careloom.evidence.isolation.operations import Operation
from careloom.evidence.isolation.outcome import Outcome, Tally
from careloom.evidence.isolation.probes import counts as counting
from careloom.evidence.isolation.probes import timing
from careloom.evidence.isolation.probes.endpoints import endpoints, send_own
from careloom.evidence.isolation.probes.jobs import NOT_TRIED, jobs
from careloom.evidence.isolation.probes.program import programs
from careloom.evidence.isolation.probes.provider import providers
from careloom.evidence.isolation.probes.scim import scim
from careloom.evidence.isolation.probes.tables import tables
from careloom.evidence.isolation.report import markdown, page, report_of
from careloom.evidence.isolation.stage import Stage
from careloom.main import tasks
from careloom.platform.access import Reach
from careloom.platform.clock import now
from careloom.platform.jobs import Task
from careloom.platform.runtime import Runtime


def alter(stage: Stage, statement: LiteralString) -> None:
    with psycopg.connect(stage.superuser_url, autocommit=True) as connection:
        connection.execute(statement)


async def test_a_table_without_its_policy_is_found(stage: Stage) -> None:
    alter(stage, "ALTER TABLE customer_note DISABLE ROW LEVEL SECURITY")
    found = (await tables(stage)).findings
    assert {"SELECT customer_note", "UPDATE customer_note", "DELETE customer_note"} <= set(found)


async def test_a_table_that_nobody_told_of_is_found(stage: Stage) -> None:
    alter(stage, "CREATE TABLE secret_notes (id uuid)")
    assert "secret_notes is no table whose owner is known" in (await tables(stage)).findings


async def test_a_table_that_nothing_was_put_into_is_found(stage: Stage) -> None:
    alter(stage, "DELETE FROM saved_view")
    assert any("saved_view is not covered" in one for one in (await tables(stage)).findings)


async def test_a_table_whose_policy_lets_everyone_in_is_found(stage: Stage) -> None:
    _open_to_all(stage)
    assert {"SELECT macro", "UPDATE macro", "DELETE macro"} <= set((await tables(stage)).findings)


async def test_an_endpoint_that_shows_too_much_is_found(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the policy of macros is gone and their queries check nothing, those of B open at A."""
    _open_to_all(stage)

    def lenient(*_: object) -> ColumnElement[bool]:
        return true()

    monkeypatch.setattr("careloom.knowledge.queries.within_shared", lenient)
    stage.operations = [one for one in stage.operations if one.path.startswith("/api/macros")]
    found = (await endpoints(stage, "wide_key")).findings
    for name in ("GET /api/macros", "GET /api/macros/{macro_id}"):
        assert any(one.startswith(f"{name} ") for one in found), found


def _open_to_all(stage: Stage) -> None:
    alter(stage, "DROP POLICY owner ON macro")
    alter(stage, "CREATE POLICY owner ON macro USING (true) WITH CHECK (true)")


async def test_a_provider_that_sees_the_others_people_is_found(stage: Stage) -> None:
    alter(stage, "DROP POLICY owner ON person")
    alter(stage, "CREATE POLICY owner ON person USING (true) WITH CHECK (true)")
    assert any("sees" in one for one in (await providers(stage)).findings)


async def test_a_provider_that_acts_for_a_whole_client_is_found(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """As before a client without a program was meant whole."""
    real = Reach.covers

    def lenient(reach: Reach, client_id: UUID | None, provider_id: UUID | None, program_id: UUID | None) -> bool:
        every = reach if program_id else Reach(reach.permissions, reach.client_ids, reach.provider_ids)
        return real(every, client_id, provider_id, program_id)

    monkeypatch.setattr(Reach, "covers", lenient)
    stage.operations = [one for one in stage.operations if "holds" in one.path or one.path.endswith("/privacy")]
    found = (await programs(stage)).findings
    for name in ("POST /api/holds", "POST /api/holds/{hold_id}/lift", "PUT /api/clients/{client_id}/privacy"):
        assert any(one.startswith(f"{name} as ") for one in found), found


async def test_a_job_that_names_someone_is_found(stage: Stage) -> None:
    alter(stage, 'UPDATE procrastinate_jobs SET args = args || \'{"name": "amber"}\'')
    assert any("hold words of amber" in one for one in (await jobs(stage)).findings)


async def test_work_in_the_background_that_nobody_told_of_is_found(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(NOT_TRIED, "channels.mail")
    monkeypatch.delitem(NOT_TRIED, "compliance.defer_purges")
    found = (await jobs(stage)).findings
    assert [one.partition(" ")[0] for one in found] == ["channels.mail", "compliance.defer_purges"]


async def test_a_job_that_looks_at_no_client_is_found(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def rename(client_id: str, customer_id: str) -> None:
        with psycopg.connect(stage.superuser_url, autocommit=True) as connection:
            connection.execute("UPDATE customer SET name = 'changed' WHERE id = %s", [customer_id])

    async def unfilled(client_id: str, planet_id: str) -> None:
        """Names what the two worlds have none of."""

    asked = [*tasks(stage.runtime), Task("rename", rename), Task("unfilled", unfilled)]

    def known(_: Runtime) -> list[Task]:
        return asked

    monkeypatch.setattr("careloom.evidence.isolation.probes.jobs.tasks", known)
    found = (await jobs(stage)).findings
    assert "a job of A changed customer of B" in found
    assert "unfilled is not covered: nothing to name in ['planet_id']" in found


async def test_a_job_that_holds_words_is_found(stage: Stage) -> None:
    alter(stage, 'UPDATE procrastinate_jobs SET args = args || \'{"note": "Two words"}\'')
    assert any("holds more than ids and plain values in note" in one for one in (await jobs(stage)).findings)


async def test_what_stands_without_row_level_security_and_holds_or_allows_more_is_found(stage: Stage) -> None:
    alter(stage, "ALTER TABLE macro NO FORCE ROW LEVEL SECURITY")
    alter(stage, "ALTER TABLE procrastinate_jobs ADD COLUMN subject text")
    alter(stage, "GRANT UPDATE ON procrastinate_events TO careloom_app")
    found = (await tables(stage)).findings
    assert "macro has no forced row-level security" in found
    assert any(one.startswith("procrastinate_jobs has no row-level security, and ") for one in found)
    assert any("INSERT SELECT UPDATE" in one and "procrastinate_events" in one for one in found)


async def test_a_number_that_moves_with_the_other_client_is_found(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = counting._ask  # pyright: ignore[reportPrivateUsage]
    wrong = "GET /api/compliance/deadlines/overdue"

    async def leaky(stage: Stage, operation: Operation, who: str) -> Any:
        return await (send_own(stage, operation, who) if operation.name == wrong else real(stage, operation, who))

    monkeypatch.setattr(counting, "_ask", leaky)
    stage.operations = [one for one in stage.operations if one.path.startswith(("/api/compliance", "/api/queues"))]
    (found,) = (await counting.counts(stage)).findings
    assert found.startswith(f"('owner', '{wrong}') of A changed by what happened at B: /")


async def test_an_endpoint_of_numbers_that_nobody_compared_is_found(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(counting.NOT_COMPARED, "GET /api/restores")
    found = (await counting.counts(stage)).findings
    assert found == ("GET /api/restores answers numbers, and nobody of A was answered",)


async def test_work_that_is_handed_to_the_other_providers_people_is_found(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def everyone(_tx: object, person_ids: list[UUID]) -> dict[UUID, str]:
        return dict.fromkeys(person_ids, "")

    monkeypatch.setattr("careloom.routing.commands.assignment.names_of", everyone)
    stage.operations = [one for one in stage.operations if one.path.endswith("/assign")]
    found = (await providers(stage)).findings
    wanted = "may POST /api/conversations/{conversation_id}/assign with the other's body:/person_id"
    assert any(one.startswith(f"team_lead of the other provider {wanted}") for one in found)
    assert any(one.startswith(f"team_lead of A {wanted}") for one in found)


async def test_a_directory_that_reaches_another_providers_groups_is_found(stage: Stage) -> None:
    alter(stage, "DROP POLICY owner ON scim_group")
    alter(stage, "CREATE POLICY owner ON scim_group USING (true) WITH CHECK (true)")
    found = (await scim(stage)).findings
    for one in ("GET /Groups/", "PUT /Groups/", "DELETE /Groups/"):
        assert any(each.startswith(one) for each in found), found


@pytest.fixture
def slow_for_b(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that takes longer where the id is B's, by a clock that nothing else moves."""
    real, seconds = timing.send, 0.0

    async def slow(api: Any, bearer: str, request: Any) -> Any:
        nonlocal seconds
        named = f"{request.path} {request.params} {request.json}"
        seconds += 0.03 if str(stage.b.ids["customer_id"]) in named else 0.01
        return await real(api, bearer, request)

    monkeypatch.setattr(timing, "send", slow)
    monkeypatch.setattr(timing, "time", SimpleNamespace(perf_counter=lambda: seconds))


@pytest.mark.usefixtures("slow_for_b")
async def test_an_answer_that_takes_longer_for_what_there_is_is_found(stage: Stage) -> None:
    only = [one for one in stage.operations if one.path == "/api/customers/{customer_id}"]
    stage.operations = only
    found = (await timing.timing(stage)).findings
    assert [one.split(":")[0] for one in found] == [
        "GET /api/customers/{customer_id}",
        "PATCH /api/customers/{customer_id}",
    ]


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        ("theirs", "too often is said of their id alone"),
        ("all", "not measured: too often still, after waiting 3 times"),
        ("every third", None),
    ],
)
async def test_a_throttle_that_one_id_alone_meets_or_that_never_ends_is_found(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, refused: str, told: str | None
) -> None:
    real, asked = timing.send, 0

    async def throttled(api: Any, bearer: str, request: Any) -> Any:
        nonlocal asked
        if not request.path.startswith("/api/customers/"):
            return await real(api, bearer, request)
        asked += 1
        theirs = str(stage.b.ids["customer_id"]) in request.path
        if {"theirs": theirs, "all": True, "every third": asked % 3 == 0}[refused]:
            return httpx.Response(429, headers={"Retry-After": "0"})
        return await real(api, bearer, request)

    monkeypatch.setattr(timing, "send", throttled)
    monkeypatch.setattr(timing, "time", SimpleNamespace(perf_counter=lambda: 0.0))
    path = "/api/customers/{customer_id}"
    stage.operations = [one for one in stage.operations if (one.method, one.path) == ("GET", path)]
    found = [one for one in (await timing.timing(stage)).findings if one.startswith("GET /api/customers/")]
    assert found == ([] if told is None else [f"GET {path}: {told}"])


@pytest.mark.usefixtures("slow_for_b")
async def test_an_answer_that_takes_longer_for_what_a_body_or_a_query_names_is_found(stage: Stage) -> None:
    paths = ("/api/privacy-requests", "/api/conversations")
    stage.operations = [one for one in stage.operations if one.path in paths]
    found = (await timing.timing(stage)).findings
    assert [one.partition(": their id")[0] for one in found] == [
        "GET /api/conversations (query:customer_id)",
        "POST /api/privacy-requests (body:/customer_id)",
    ]


async def test_an_answer_that_takes_longer_for_what_another_program_has_is_found(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, seconds = timing.send, 0.0

    async def slow(api: Any, bearer: str, request: Any) -> Any:
        nonlocal seconds
        mine = bearer in stage.a.secrets.values()
        seconds += 0.03 if str(stage.a.ids["conversation_id"]) in request.path and not mine else 0.01
        return await real(api, bearer, request)

    monkeypatch.setattr(timing, "send", slow)
    monkeypatch.setattr(timing, "time", SimpleNamespace(perf_counter=lambda: seconds))
    stage.operations = [one for one in stage.operations if one.path.endswith("/conversations/{conversation_id}")]
    found = (await timing.timing(stage)).findings
    assert [one.split(":")[0] for one in found] == [
        "GET /api/conversations/{conversation_id} of another program",
        "PATCH /api/conversations/{conversation_id} of another program",
    ]


def test_the_report_names_what_is_left_out_with_its_reason() -> None:
    report = report_of([], now())
    for name in ("procrastinate_jobs", "/scim/v2/Users", "compliance.defer_purges", "POST /api/session"):
        assert f"`{name}`" in markdown(report)
        assert name in page(report)
    assert "holds jobs, whose arguments are ids and plain values" in markdown(report)
    assert all(one.reason for limit in report.limits for one in limit.exemptions)


def test_the_report_says_what_was_tried_and_found() -> None:
    tally = Tally()
    tally.probe(None)
    tally.probe("GET /<script> shows amber")
    right = Outcome("right", "Right", "All of it.", 3, ())
    report = report_of([right, tally.outcome("wrong", "Wrong", "More.")], now())
    assert (report.probes, report.findings, report.passed) == (5, 1, False)
    assert "| Wrong | 2 | 1 |" in markdown(report)
    assert "GET /<script> shows amber" in markdown(report)
    assert "&lt;script&gt;" in page(report)
    assert "<script>" not in page(report)
    assert report_of([right], now()).passed
