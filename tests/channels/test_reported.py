"""What becomes of answers on channels that a program serves: it reports, agents see it, everything else is refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from careloom.conversations.commands import reply
from careloom.conversations.queries.messages import get_message
from careloom.conversations.types import Delivery, MessageKind
from careloom.identity.commands.people import create_person
from careloom.identity.types import NewPerson, Person, Role, RoleGrant, ScopeKind
from careloom.organizations.types import Channel
from careloom.platform.database.transactions import Database
from tests.conversations.desk import SYSTEM, Desk, make_desk

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await make_desk(database)


@pytest.fixture
async def program(desk: Desk, api: httpx.AsyncClient, sign_in: SignIn) -> httpx.AsyncClient:
    """The program that serves the channel: it may hand messages in, and nothing else."""
    await sign_in(api, await desk.world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    sheet = {"provider_id": str(desk.provider.id), "name": "SMS gateway", "permissions": ["messages.ingest"]}
    role = (await api.post("/api/roles", json=sheet)).json()
    async with desk.world.database.transaction(SYSTEM) as tx:
        grant = RoleGrant(role["id"], ScopeKind.CLIENT, desk.client.id)
        gateway = await create_person(tx, SYSTEM, NewPerson("SMS", "sms@x.example", desk.provider.id, grants=(grant,)))
    await sign_in(api, gateway)
    return api


async def answered(desk: Desk, **more: Any) -> str:
    """The path of an answer's delivery."""
    one = await desk.opened(channel=Channel.SMS, **more)
    sent = await desk.do(reply.reply, one, "On its way.")
    return f"/api/conversations/{one}/messages/{sent.message.seq}/delivery"


async def stored(desk: Desk, path: str) -> Any:
    parts = path.split("/")
    async with desk.world.database.transaction(SYSTEM) as tx:
        return await get_message(tx, desk.client.id, UUID(parts[3]), int(parts[5]))


async def entries(desk: Desk) -> int:
    return len(await desk.rows("SELECT id FROM audit_entry WHERE action = 'message.report_delivery'"))


async def test_an_answer_is_on_its_way_until_its_program_reports_it(desk: Desk, program: httpx.AsyncClient) -> None:
    path = await answered(desk)
    assert (await stored(desk, path)).delivery is Delivery.SENDING
    for number, state in enumerate(("sent", "delivered", "read"), 1):
        answer = await program.put(path, json={"delivery": state})
        assert (answer.status_code, answer.json()["delivery"]) == (200, state), answer.text
        assert (await stored(desk, path)).delivery == state
        assert await entries(desk) == number
    assert (await program.put(path, json={"delivery": "delivered"})).json()["delivery"] == "read"
    assert (await program.put(path, json={"delivery": "read"})).json()["delivery"] == "read"
    assert await entries(desk) == 3
    told = [what for kind, what in await desk.events() if kind == "delivery_changed"]
    assert [one["delivery"] for one in told] == ["sent", "delivered", "read"]


async def test_a_failure_is_told_once_in_the_conversation_with_its_reason(
    desk: Desk, program: httpx.AsyncClient
) -> None:
    path = await answered(desk)
    report = {"delivery": "failed", "reason": "The number is out of service. Card 4111 1111 1111 1111."}
    for _ in range(2):
        assert (await program.put(path, json=report)).json()["delivery"] == "failed"
    assert (await program.put(path, json={"delivery": "delivered"})).json()["delivery"] == "failed"
    message = await stored(desk, path)
    assert message.details["delivery_reason"].startswith("The number is out of service.")
    assert "4111" not in message.details["delivery_reason"]
    events = await desk.rows("SELECT text, details FROM message WHERE kind = 'event' AND text = 'answer_failed'")
    (event,) = events
    assert event.details == {"seq": str(message.seq), "reason": message.details["delivery_reason"]}
    assert await entries(desk) == 1
    (kept,) = await desk.rows("SELECT one::text AS words FROM audit_entry one WHERE action = 'message.report_delivery'")
    assert "out of service" not in kept.words


@pytest.mark.parametrize(
    "body",
    [
        {"delivery": "failed"},
        {"delivery": "failed", "reason": "  "},
        {"delivery": "delivered", "reason": "because"},
        {"delivery": "sending"},
        {"delivery": "bounced"},
        {"delivery": "failed", "reason": "x" * 501},
    ],
)
async def test_what_cannot_be_a_report_is_refused(desk: Desk, program: httpx.AsyncClient, body: dict[str, str]) -> None:
    path = await answered(desk)
    assert (await program.put(path, json=body)).status_code == 400
    assert (await stored(desk, path)).delivery is Delivery.SENDING


async def test_mail_and_what_is_no_answer_are_not_reported(desk: Desk, program: httpx.AsyncClient) -> None:
    mail = await desk.opened(channel=Channel.EMAIL)
    sent = await desk.do(reply.reply, mail, "Done.")
    path = f"/api/conversations/{mail}/messages/{sent.message.seq}/delivery"
    refused = await program.put(path, json={"delivery": "delivered"})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_reported")
    question = (await answered(desk)).rsplit("/", 2)[0] + "/1/delivery"
    assert (await stored(desk, question)).kind is MessageKind.INBOUND
    assert (await program.put(question, json={"delivery": "read"})).status_code == 409
    beyond = question.replace("/1/", "/99/")
    assert (await program.put(beyond, json={"delivery": "read"})).status_code == 404


async def test_who_may_not_hand_messages_in_reports_nothing(
    desk: Desk, api: httpx.AsyncClient, sign_in: SignIn
) -> None:
    path = await answered(desk)
    await sign_in(api, desk.agent)
    assert (await api.put(path, json={"delivery": "read"})).status_code in (403, 404)
    stranger = await make_desk(desk.world.database)
    await sign_in(api, await desk.world.person(Role.ADMIN, ScopeKind.CLIENT, stranger.client.id))
    assert (await api.put(path, json={"delivery": "read"})).status_code == 404
    assert (await stored(desk, path)).delivery is Delivery.SENDING
