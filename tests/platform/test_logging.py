"""Logs: one JSON object a line, with request ids, without anybody's data."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Collection, Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar, get
from litestar.exceptions import InternalServerException
from sqlalchemy import text

from careloom.identity.types import Person, Role, ScopeKind
from careloom.organizations import jobs as organizations_jobs
from careloom.organizations.jobs import follow_own_rules, know_own_rules
from careloom.platform.database.transactions import Tx
from careloom.platform.hub import Hub
from careloom.platform.logging import scrub
from careloom.platform.redaction.logs import hold_rules
from careloom.platform.redaction.types import Rule
from careloom.platform.runtime import Runtime
from careloom.platform.web.problem import EXCEPTION_HANDLERS
from tests.application import http_client
from tests.logs import Logs
from tests.world import PASSWORD, SYSTEM, World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]

NAME, EMAIL, PHONE, TEXT = "Wilhelmina Quartz", "wilhelmina@quartz.example", "+351 912 345 678", "my knee hurts a lot"


@pytest.mark.parametrize(
    "text",
    [
        "mail to wilhelmina@quartz.example failed",
        "called +351 912 345 678",
        "card 4111 1111 1111 1111",
        "(0351) 912-345-678",
        "key clk_0a1b2c3d4e5f_Zx-Yw_9876543210abcdef",
        "Authorization: Bearer abc.def.ghi",
        "password=hunter2!x token: tok-en_1",
    ],
)
def test_what_identifies_people_or_opens_doors_is_taken_out(text: str) -> None:
    scrubbed = scrub(text)
    for secret in ("quartz", "912", "345", "4111", "Zx-Yw", "9876", "abc.def", "hunter2", "tok-en_1"):
        assert secret not in scrubbed


@given(st.emails())
def test_no_address_survives(address: str) -> None:
    assert scrub(f"could not reach {address} today") == "could not reach [address] today"


@given(st.uuids())
def test_an_id_stays_whole_whatever_its_digits_look_like(one: UUID) -> None:
    assert scrub(str(one)) == str(one)


@given(st.binary(min_size=32, max_size=32), st.booleans())
def test_a_hash_a_key_and_a_signature_stay_whole(one: bytes, twice: bool) -> None:
    text = one.hex() * (1 + twice)
    assert scrub(text) == text or text.isdecimal()


@pytest.mark.parametrize("text", ["2030-01-31T12:00:00.000001Z", "127.0.0.1", "10.111.112.113", "::1", "0.0.0.0"])
def test_a_moment_and_an_address_of_the_inside_stay_whole(text: str) -> None:
    assert scrub(text) == text


@pytest.mark.parametrize("text", ["4" * 64, "5" * 128, "192.0.2.112, 4111 1111 1111 1111", "203.0.113.112 213.9.9.9"])
def test_what_only_looks_like_one_is_taken_out(text: str) -> None:
    assert scrub(text) != text


def test_a_card_is_taken_out_also_beside_an_id() -> None:
    assert "4111" not in scrub("01a20530-0532-7345-8123-001122334455 4111 1111 1111 1111")


def test_messages_of_other_libraries_are_cleaned_as_well(logs: Logs) -> None:
    logging.getLogger("some.library").warning("rejected %s", EMAIL)
    (entry,) = logs()
    assert EMAIL not in json.dumps(entry)
    assert "[address]" in entry["event"]


def test_a_traceback_is_cleaned(logs: Logs) -> None:
    try:
        raise ValueError(f"no such person: {EMAIL}")
    except ValueError as error:
        structlog.get_logger().error("failed", exc_info=error)
    (entry,) = logs()
    assert "Traceback" in entry["exception"]
    assert EMAIL not in entry["exception"]


async def test_requests_are_logged_with_their_id_and_without_what_they_carry(
    runtime: Runtime, world: World, logs: Logs
) -> None:
    client = await world.client("Brand")
    person = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, password=PASSWORD, name=NAME)
    async with http_client(runtime) as api:
        await _use(api, person, str(client.id))
    entries = logs()
    text = json.dumps(entries)
    phone = ("912 345", "351912345", "912345678")  # fewer digits may stand in a moment or an id
    for secret in (NAME, "Wilhelmina", EMAIL, person.email, *phone, TEXT, PASSWORD, api.cookies["careloom_session"]):
        assert secret not in text, secret
    requests = [one for one in entries if one["event"] == "request"]
    assert len(requests) >= 8
    assert all(one["request_id"] and one["timestamp"] and "route" in one and "status" in one for one in requests)
    assert {"/api/customers/{customer_id}", "unmatched"} <= {one["route"] for one in requests}


async def _use(api: httpx.AsyncClient, person: Person, client_id: str) -> None:
    await api.post("/api/session", json={"email": person.email, "password": "not the password"})
    signed = await api.post("/api/session", json={"email": person.email, "password": PASSWORD})
    api.headers["X-CSRF-Token"] = signed.json()["csrf_token"]
    identities = [{"kind": "email", "value": EMAIL}, {"kind": "phone", "value": PHONE}]
    new = {"client_id": client_id, "name": NAME, "identities": identities}
    made = await api.post("/api/customers", json=new)
    assert made.status_code == 201, made.text
    path = f"/api/customers/{made.json()['id']}"
    await api.get(path)
    await api.post(f"{path}/notes", json={"text": TEXT})
    await api.post("/api/customers", json=new)
    await api.get("/api/customers", params={"search": EMAIL})
    await api.get("/api/search", params={"q": TEXT})
    await api.get(f"/api/{EMAIL}")
    await api.post("/api/customers", json={"client_id": client_id, "name": NAME, "phone": PHONE})


async def test_a_failure_inside_is_logged_with_the_id_that_the_answer_shows_and_without_values(
    runtime: Runtime, world: World, sign_in: SignIn, logs: Logs
) -> None:
    async with http_client(runtime) as api:
        await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("careloom.organizations.commands.provider", _broken_table())
            answer = await api.post("/api/providers", json={"name": NAME})
    assert answer.status_code == 500
    assert NAME not in answer.text
    failures = [one for one in logs() if one["event"] == "unexpected_error"]
    assert [one["request_id"] for one in failures] == [answer.json()["instance"]]
    assert "Traceback" in failures[0]["exception"]
    assert NAME not in json.dumps(failures)


async def test_a_failure_of_the_web_framework_is_logged_as_any_other(logs: Logs) -> None:
    @get("/broken")
    async def broken() -> None:
        raise InternalServerException(f"no dependency for {NAME}")

    app = Litestar([broken], exception_handlers=EXCEPTION_HANDLERS)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport, base_url="http://careloom.test") as api:
        answer = await api.get("/broken")
    assert (answer.status_code, answer.json()["title"]) == (500, "Something went wrong.")
    assert NAME not in answer.text
    (failure,) = [one for one in logs() if one["event"] == "unexpected_error"]
    assert (failure["path"], failure["error"]) == ("/broken", "InternalServerException")
    assert "Traceback" in failure["exception"]


def _broken_table() -> Any:
    from sqlalchemy import Column, MetaData, Table, Text, Uuid

    return Table("no_such_table", MetaData(), Column("id", Uuid), Column("name", Text))


@pytest.fixture
def forgetting() -> Iterator[None]:
    """Own rules of the test's clients are forgotten behind it: logs are the whole process's."""
    yield
    hold_rules({})


@pytest.mark.usefixtures("forgetting")
@pytest.mark.parametrize("pattern", ["[a-z]+_[a-z]+", "[A-Za-z]+", r"\w+"])
def test_no_clients_rule_hides_the_programs_own_names(logs: Logs, pattern: str) -> None:
    hold_rules({uuid4(): (Rule(name="all", pattern=pattern),)})
    log = structlog.get_logger()
    named = {
        "error": "OperationalError",
        "part": "consumer:channels.mail",
        "setting": "CARELOOM_FILES_REGION",
        "problem": "sign_in",
        "role": "team_lead",
        "parts": ["hub", "own_rules"],
        "route": "/api/customers/{customer_id}",
    }
    log.error("audit_chain_broken", **named, answer="wilhelmina_quartz", why="Wilhelmina fell")
    logging.getLogger("some.library").warning("wilhelmina_quartz")
    ours, theirs = logs()
    assert {name: ours[name] for name in named} == named
    assert ours["event"] == "audit_chain_broken"
    assert "wilhelmina_quartz" not in json.dumps([ours, theirs])


def test_what_stands_in_lists_and_objects_is_cleaned_as_well(logs: Logs) -> None:
    found = {"address": EMAIL, "more": [{"to": (EMAIL,)}, {EMAIL}, 7, None, True], EMAIL: 1}
    structlog.get_logger().warning("told", found=found, why=[EMAIL], other=ValueError(EMAIL))
    (entry,) = logs()
    assert EMAIL not in json.dumps(entry)
    assert entry["found"]["more"][2:] == [7, None, True]


@pytest.mark.usefixtures("forgetting")
async def test_what_any_clients_own_rules_take_out_stands_in_no_log(
    api: httpx.AsyncClient, world: World, sign_in: SignIn, runtime: Runtime, logs: Logs
) -> None:
    client = await world.client()
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    told = "badge BDG-1234 was refused"
    structlog.get_logger().warning("before", answer=told)
    path = f"/api/clients/{client.id}/privacy"
    rule = {"name": "badge", "pattern": r"BDG-\d{4}"}
    policy = (await api.get(path)).json()
    assert (await api.put(path, json={**policy, "rules": [rule]})).is_success
    await know_own_rules(runtime.database)
    structlog.get_logger().warning("after", answer=told)
    try:
        raise ValueError(told)
    except ValueError:
        structlog.get_logger().exception("failed")
    before, after, failed = [one for one in logs() if one["event"] in ("before", "after", "failed")]
    assert before["answer"] == told
    assert after["answer"] == "badge [badge \u00d7\u00d7\u00d7\u00d7] was refused"
    assert "BDG" not in failed["exception"]


@pytest.mark.usefixtures("forgetting")
@pytest.mark.parametrize("broken", ["null", '"x"', '{"a": 1}', '[{"pattern": 7}]', "[null]"])
async def test_rules_that_cannot_be_read_leave_the_former_ones_and_are_told_once(
    world: World, runtime: Runtime, logs: Logs, broken: str
) -> None:
    async def store(client_id: UUID, rules: str) -> None:
        async with runtime.database.transaction(SYSTEM) as tx:
            values = {"rules": rules, "id": client_id}
            query = "UPDATE client SET privacy = jsonb_set(privacy, '{rules}', CAST(:rules AS jsonb)) WHERE id = :id"
            await tx.execute(text(query), values)
        await know_own_rules(runtime.database)

    first, second = (await world.client()).id, (await world.client()).id
    await store(first, r'[{"name": "badge", "pattern": "BDG-[0-9]{4}"}]')
    await store(first, broken)
    await store(second, r'[{"name": "seat", "pattern": "SEAT-[0-9]{4}"}]')
    structlog.get_logger().warning("after", answer="BDG-1234 and SEAT-1234")
    told = [one for one in logs() if one["event"] == "own_rules_unread"]
    assert [one["client_id"] for one in told] == [str(first)]
    (after,) = [one for one in logs() if one["event"] == "after"]
    assert "1234" not in after["answer"]
    await store(first, "[]")
    structlog.get_logger().warning("free", answer="BDG-1234")
    assert [one["answer"] for one in logs() if one["event"] == "free"] == ["BDG-1234"]


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.mark.usefixtures("forgetting")
async def test_a_running_process_reads_the_rules_of_whom_they_changed_for_and_all_after_a_loss(
    api: httpx.AsyncClient,
    world: World,
    sign_in: SignIn,
    runtime: Runtime,
    logs: Logs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A reading that fails is logged and tried again, and is then one of all clients' rules."""
    real, asked, failing = organizations_jobs.own_rules, list[set[UUID] | None](), True

    async def noted(tx: Tx, client_ids: Collection[UUID] | None = None) -> dict[UUID, tuple[Rule, ...] | None]:
        asked.append(None if client_ids is None else set(client_ids))
        if failing:
            raise RuntimeError(f"{EMAIL} is in the way")
        return await real(tx, client_ids)

    async def change(client_id: UUID, name: str) -> None:
        path = f"/api/clients/{client_id}/privacy"
        rule = {"name": name.lower(), "pattern": name + r"-\d{4}"}
        policy = {**(await api.get(path)).json(), "rules": [rule]}
        assert (await api.put(path, json=policy)).is_success

    monkeypatch.setattr(organizations_jobs, "own_rules", noted)
    monkeypatch.setattr(organizations_jobs, "_AGAIN_SECONDS", 0.01)
    first, second = (await world.client()).id, (await world.client()).id
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    await change(first, "BDG")
    hub = Hub(runtime.database.links)
    following = asyncio.create_task(follow_own_rules(runtime.database, hub))
    listening = asyncio.create_task(hub.run())
    try:
        await _until(hub.ready.is_set)
        asked.clear()
        await _until(lambda: len(asked) >= 3)
        failing = False
        await _until(lambda: "BDG-1234" not in scrub("BDG-1234"))
        assert set(map(str, asked)) == {"None"}
        asked.clear()
        await change(second, "SEAT")
        await _until(lambda: "SEAT-1234" not in scrub("SEAT-1234"))
        await change(first, "ROW")
        await _until(lambda: "ROW-1234" not in scrub("ROW-1234"))
        assert asked == [{second}, {first}]
        assert (scrub("BDG-1234"), "1234" in scrub("SEAT-1234")) == ("BDG-1234", False)
        hold_rules({})
        runtime.database.links.cut()
        await _until(lambda: "1234" not in scrub("ROW-1234 and SEAT-1234"))
        assert None in asked
    finally:
        for one in (following, listening):
            one.cancel()
        await asyncio.gather(following, listening, return_exceptions=True)
    told = [one for one in logs() if one["event"] == "own_rules_not_read"]
    assert len(told) >= 3
    assert "RuntimeError" in {one["error"] for one in told}
    assert EMAIL not in json.dumps(told)
