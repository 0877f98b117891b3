"""The endpoints of mail and of inbound messages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from prometheus_client import REGISTRY

from careloom.channels.commands.mail import incoming
from careloom.channels.jobs.mail import retry_mail
from careloom.identity.types import Person, Role, ScopeKind
from tests.application import http_client
from tests.channels.email.post_office import PostOffice, mail

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]


@pytest.fixture
async def web(office: PostOffice, sign_in: SignIn) -> AsyncIterator[httpx.AsyncClient]:
    """Signed in as an administrator of the client."""
    admin = await office.desk.world.person(
        Role.ADMIN, ScopeKind.CLIENT, office.desk.client.id, client=office.desk.client
    )
    async with http_client(office.runtime) as client:
        await sign_in(client, admin)
        yield client


def _inbound(office: PostOffice, **more: Any) -> dict[str, Any]:
    return {
        "program_id": str(office.desk.program.id),
        "channel": "sms",
        "external_id": "sms-1",
        "identity_kind": "phone",
        "identity": "+351 910 000 000",
        "text": "Where is my parcel? I have been waiting for a week.",
        "customer_name": "Ada",
    } | more


async def test_an_inbound_message_is_stored_and_its_repeat_answers_where_it_went(
    office: PostOffice, web: httpx.AsyncClient
) -> None:
    first = await web.post("/api/inbound", json=_inbound(office))
    assert first.status_code == 201, first.text
    assert first.json()["seq"] == 1
    again = await web.post("/api/inbound", json=_inbound(office))
    assert again.status_code == 200
    assert again.json() == first.json() | {"duplicate": True}
    (row,) = await office.conversations()
    assert (row.language, row.customer_name, row.channel) == ("en", "Ada", "sms")


async def test_a_message_with_an_idempotency_key_is_answered_as_one_without(
    office: PostOffice, web: httpx.AsyncClient
) -> None:
    await web.post("/api/inbound", json=_inbound(office, external_id="before"))
    plain = await web.post("/api/inbound", json=_inbound(office))
    keyed = await web.post("/api/inbound", json=_inbound(office, external_id="2"), headers={"Idempotency-Key": "k"})
    assert keyed.json() == plain.json() | {"seq": 3, "message_id": keyed.json()["message_id"]}
    assert keyed.status_code == plain.status_code == 201
    own = {"x-request-id", "content-length"}
    shown = [{name: value for name, value in one.headers.items() if name not in own} for one in (plain, keyed)]
    assert shown[0] == shown[1]
    assert len(plain.headers["x-request-id"]) == len(keyed.headers["x-request-id"]) > 0


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"text": "\xff"}', b'{"channel": "sms"}', b'{"unknown": 1}', b"[" * 90_000]
)
async def test_what_is_no_message_is_told_what_is_wrong(web: httpx.AsyncClient, body: bytes) -> None:
    answer = await web.post("/api/inbound", content=body)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["detail"]


async def test_messages_are_counted_once_by_channel(office: PostOffice, web: httpx.AsyncClient) -> None:
    before = REGISTRY.get_sample_value("careloom_messages_accepted_total", {"channel": "sms"}) or 0.0
    for _ in range(3):
        await web.post("/api/inbound", json=_inbound(office))
    shown = (await web.get("/metrics")).text
    assert f'careloom_messages_accepted_total{{channel="sms"}} {before + 1}' in shown


async def test_the_same_inbound_message_at_once_is_stored_once(office: PostOffice, web: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(web.post("/api/inbound", json=_inbound(office)) for _ in range(6)))
    assert sorted(one.status_code for one in answers) == [200] * 5 + [201]
    assert len(await office.messages()) == 1


async def test_a_customers_next_text_message_joins_the_conversation_that_runs(
    office: PostOffice, web: httpx.AsyncClient
) -> None:
    first = (await web.post("/api/inbound", json=_inbound(office))).json()
    second = (await web.post("/api/inbound", json=_inbound(office, external_id="next"))).json()
    assert (second["conversation_id"], second["seq"]) == (first["conversation_id"], 2)
    another = {"external_id": "another", "identity": "+49 171 7654321"}
    third = (await web.post("/api/inbound", json=_inbound(office, **another))).json()
    assert third["conversation_id"] != first["conversation_id"]


async def test_text_messages_of_one_customer_at_once_open_one_conversation(
    office: PostOffice, web: httpx.AsyncClient
) -> None:
    bodies = [_inbound(office, external_id=f"burst-{number}") for number in range(6)]
    answers = await asyncio.gather(*(web.post("/api/inbound", json=one) for one in bodies))
    assert len({one.json()["conversation_id"] for one in answers}) == 1
    assert sorted(one.json()["seq"] for one in answers) == [1, 2, 3, 4, 5, 6]


async def test_many_at_once_are_stored_in_their_order_and_one_refused_holds_no_other_up(
    office: PostOffice, web: httpx.AsyncClient
) -> None:
    await web.post("/api/inbound", json=_inbound(office, external_id="many-0"))
    bodies = [_inbound(office, external_id=f"many-{number}", text=f"Line {number}") for number in range(4)]
    bodies.insert(2, _inbound(office, external_id="lost", program_id=str(uuid4())))
    bodies.insert(4, _inbound(office, external_id="odd", identity="no number"))
    answer = await web.post("/api/inbound/many", json={"messages": bodies})
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    assert [one["problem"] and one["problem"]["status"] for one in items] == [None, None, 404, None, 400, None]
    taken = [one["accepted"] for one in items if one["accepted"]]
    assert [(one["seq"], one["duplicate"]) for one in taken] == [(1, True), (2, False), (3, False), (4, False)]
    again = (await web.post("/api/inbound/many", json={"messages": bodies})).json()["items"]
    assert [one["accepted"] and one["accepted"]["duplicate"] for one in again] == [True, True, None, True, None, True]
    assert [one.text for one in await office.messages()][1:] == ["Line 1", "Line 2", "Line 3"]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({"messages": []}, {}),
        ({"messages": [{"channel": "sms"}]}, {}),
        ({"messages": "all"}, {}),
        (None, {"Idempotency-Key": "k2"}),
    ],
)
async def test_a_list_that_is_not_valid_is_refused_as_a_whole(
    office: PostOffice, web: httpx.AsyncClient, body: dict[str, Any] | None, headers: dict[str, str]
) -> None:
    asked = body if body is not None else {"messages": [_inbound(office)]}
    assert (await web.post("/api/inbound/many", json=asked, headers=headers)).status_code == 400
    too_many = {"messages": [_inbound(office, external_id=f"n-{number}") for number in range(201)]}
    assert (await web.post("/api/inbound/many", json=too_many)).status_code == 400
    assert await office.messages() == []


async def test_mail_that_another_system_hands_in_opens_a_conversation_each(
    office: PostOffice, web: httpx.AsyncClient
) -> None:
    mail = {"channel": "email", "identity_kind": "email", "identity": "ada@example.org"}
    bodies = [_inbound(office, external_id=f"mail-{number}", **mail) for number in range(2)]
    answers = [(await web.post("/api/inbound", json=one)).json() for one in bodies]
    assert answers[0]["conversation_id"] != answers[1]["conversation_id"]


async def test_an_idempotency_key_answers_alike(office: PostOffice, web: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "k1"}
    one = await web.post("/api/inbound", json=_inbound(office), headers=headers)
    two = await web.post("/api/inbound", json=_inbound(office), headers=headers)
    assert (one.status_code, two.status_code) == (201, 201)
    assert one.json() == two.json()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"program_id": str(uuid4())}, 404),
        ({"text": ""}, 400),
        ({"text": "x" * 100_001}, 400),
        ({"external_id": "x" * 501}, 400),
        ({"identity": "no number"}, 400),
        ({"channel": "pigeon"}, 400),
        ({"unknown": 1}, 400),
    ],
)
async def test_what_cannot_be_taken_is_refused(
    office: PostOffice, web: httpx.AsyncClient, change: dict[str, Any], status: int
) -> None:
    refused = await web.post("/api/inbound", json=_inbound(office, **change))
    assert refused.status_code == status, refused.text
    assert await office.messages() == []


async def test_agents_may_not_hand_in_messages(office: PostOffice, web: httpx.AsyncClient, sign_in: SignIn) -> None:
    await sign_in(web, office.desk.agent)
    assert (await web.post("/api/inbound", json=_inbound(office))).status_code == 403


async def test_another_clients_program_is_not_there(office: PostOffice, web: httpx.AsyncClient) -> None:
    world = office.desk.world
    program = await world.program(await world.client("Other"), name="Other care")
    refused = await web.post("/api/inbound", json=_inbound(office, program_id=str(program.id)))
    assert refused.status_code == 404


async def test_addresses_are_made_listed_changed_and_tested(office: PostOffice, web: httpx.AsyncClient) -> None:
    new = {
        "program_id": str(office.desk.program.id),
        "address": "Help@Brand.Example",
        "display_name": "Brand",
        "signature": "Brand team",
    }
    made = await web.post("/api/mail-addresses", json=new)
    assert made.status_code == 201, made.text
    one = made.json()
    assert one["address"] == "help@brand.example"
    taken = await web.post("/api/mail-addresses", json=new)
    assert (taken.status_code, [one["path"] for one in taken.json()["errors"]]) == (409, ["/address"])
    listed = await web.get("/api/mail-addresses", params={"client_id": str(office.desk.client.id)})
    assert listed.json()["items"] == [one]
    plus = await web.post("/api/mail-addresses", json=new | {"address": "help+x@brand.example"})
    assert plus.status_code == 400

    tested = await web.post(f"/api/mail-addresses/{one['id']}/test", json={"to": "me@example.org"})
    assert tested.json()["sent"] is True
    assert "queued as 4711" in tested.json()["answer"]
    assert office.sink.mails[0]["Auto-Submitted"] == "auto-generated"
    office.sink.answers = ["550 5.7.1 relaying denied"]
    tested = await web.post(f"/api/mail-addresses/{one['id']}/test", json={"to": "me@example.org"})
    assert tested.json()["sent"] is False
    assert "relaying denied" in tested.json()["answer"]

    changed = await web.patch(f"/api/mail-addresses/{one['id']}", json={"active": False})
    assert changed.json()["active"] is False
    bad = await web.patch(f"/api/mail-addresses/{one['id']}", json={"queue_id": str(uuid4())})
    assert bad.status_code == 400


async def test_mail_that_cannot_be_handled_is_kept_shown_and_handled_later(
    office: PostOffice, web: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.address()
    real = incoming.handle_letter

    async def broken(*_: Any) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(incoming, "handle_letter", broken)
    await office.post(mail())
    assert await office.messages() == []
    (kept,) = (await web.get("/api/incoming-mails", params={"failed": "true"})).json()["items"]
    assert kept["error"] == "RuntimeError: a defect"
    assert (kept["attempts"], kept["handled_at"]) == (1, None)
    again = await web.post(f"/api/incoming-mails/{kept['id']}/retry")
    assert (again.status_code, again.json()["attempts"]) == (200, 2)

    monkeypatch.setattr(incoming, "handle_letter", real)
    done = await web.post(f"/api/incoming-mails/{kept['id']}/retry")
    assert done.json()["error"] is None
    assert done.json()["handled_at"] is not None
    assert len(await office.messages()) == 1
    assert (await web.get("/api/incoming-mails", params={"failed": "true"})).json()["items"] == []
    assert len((await web.get("/api/incoming-mails")).json()["items"]) == 1
    assert (await web.post(f"/api/incoming-mails/{kept['id']}/retry")).status_code == 409


async def test_kept_mail_is_handled_again_by_the_clock(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    await office.address()
    real = incoming.handle_letter

    async def broken(*_: Any) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(incoming, "handle_letter", broken)
    await office.post(mail())
    monkeypatch.setattr(incoming, "handle_letter", real)
    await retry_mail(office.runtime)
    assert await office.messages() == []
    await office.desk.rows("UPDATE incoming_mail SET received_at = now() - interval '2 minutes' RETURNING id")
    await retry_mail(office.runtime)
    assert len(await office.messages()) == 1


async def test_agents_see_addresses_but_do_not_change_them(
    office: PostOffice, web: httpx.AsyncClient, sign_in: SignIn
) -> None:
    address = await office.address()
    await sign_in(web, office.desk.agent)
    assert len((await web.get("/api/mail-addresses")).json()["items"]) == 1
    assert (await web.patch(f"/api/mail-addresses/{address.id}", json={"active": False})).status_code == 403
    assert (await web.post(f"/api/mail-addresses/{address.id}/test", json={"to": "a@b.c"})).status_code == 403
