"""The desk's endpoints, over HTTP, as the contract has them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from careloom.conversations.commands.dispositions import create_disposition
from careloom.identity.types import Person, Role, ScopeKind
from careloom.organizations.types import Channel
from careloom.platform.database.transactions import Database
from careloom.platform.ids import new_id
from tests.conversations.desk import SYSTEM, Desk, make_desk

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
async def desk(database: Database, api: httpx.AsyncClient, sign_in: SignIn) -> Desk:
    made = await make_desk(database)
    await sign_in(api, made.agent)
    return made


async def post(api: httpx.AsyncClient, path: str, expected: int = 200, /, **body: Any) -> Any:
    answer = await api.post(f"/api/{path}", json=body)
    assert answer.status_code == expected, answer.text
    return answer.json() if answer.content else None


async def get(api: httpx.AsyncClient, path: str, expected: int = 200, /, **query: Any) -> Any:
    answer = await api.get(f"/api/{path}", params=query)
    assert answer.status_code == expected, answer.text
    return answer.json()


async def test_who_may_not_answer_tells_nobody_that_they_type(
    desk: Desk, api: httpx.AsyncClient, sign_in: SignIn
) -> None:
    one = f"conversations/{await desk.opened('where is my parcel')}"
    await sign_in(api, await desk.world.person(Role.QA_ANALYST, ScopeKind.CLIENT, desk.client.id))
    assert (await get(api, one))["id"] in one
    refused = await post(api, f"{one}/typing", 403, typing=True)
    assert "conversations.reply" in refused["detail"]


async def test_an_agents_whole_way_through_a_conversation(desk: Desk, api: httpx.AsyncClient) -> None:
    one = f"conversations/{await desk.opened('where is my parcel', queue_id=desk.queue_id)}"
    solved = await desk.do(create_disposition, desk.client.id, None, "Solved", actor=SYSTEM, resolved=True)
    listed = await get(api, "conversations", view="unassigned")
    assert [f"conversations/{each['id']}" for each in listed["items"]] == [one]
    sent = await post(api, f"{one}/replies", 201, text="On its way")
    assert sent["message"]["kind"] == "outbound"
    assert sent["pending"] is None
    await post(api, f"{one}/notes", 201, text="checked", mentions=[])
    assert (await post(api, f"{one}/hold", on=True))["phase"] == "on_hold"
    assert (await post(api, f"{one}/hold", on=False))["phase"] == "with_agent"
    assert (await post(api, f"{one}/status", status="pending"))["status"] == "pending"
    await post(api, f"{one}/status", 409, status="resolved")
    assert (await post(api, f"{one}/read", seq=1))["unread"] is False
    await post(api, f"{one}/typing", 204, typing=True)
    assert (await api.patch(f"/api/{one}", json={"tags": ["vip"], "priority": "high"})).json()["tags"] == ["vip"]
    assert (await api.put(f"/api/{one}/draft", json={"text": "half"})).json()["text"] == "half"
    assert (await get(api, f"{one}/draft"))["text"] == "half"
    assert (await api.delete(f"/api/{one}/draft")).status_code == 204
    assert await get(api, f"{one}/draft") is None
    assert (await post(api, f"{one}/end"))["phase"] == "after_call_work"
    resolved = await post(api, f"{one}/wrap-up", disposition_id=str(solved.id), note="well")
    assert (resolved["status"], resolved["disposition_id"]) == ("resolved", str(solved.id))
    assert (await post(api, f"{one}/reopen"))["assignee_id"] == str(desk.agent.id)
    intervals = (await get(api, f"{one}/intervals"))["items"]
    assert intervals[0]["phase"] == "queued"
    assert intervals[-1]["ended_at"] is None
    seqs = [each["seq"] for each in (await get(api, f"{one}/messages"))["items"]]
    assert seqs == list(range(1, len(seqs) + 1))
    hits = (await get(api, "search", q="parc"))["items"]
    assert "«parcel»" in hits[0]["snippet"]


async def test_a_reply_waits_in_the_list_of_its_author_until_it_is_recalled(
    database: Database, api: httpx.AsyncClient, sign_in: SignIn
) -> None:
    desk = await make_desk(database, undo_send_seconds=30)
    await sign_in(api, desk.agent)
    one = await desk.opened()
    pending = (await post(api, f"conversations/{one}/replies", 201, text="soon"))["pending"]
    assert (await get(api, "pending-replies"))["items"] == [pending]
    assert (await api.delete(f"/api/pending-replies/{pending['id']}")).status_code == 204
    assert (await get(api, "pending-replies"))["items"] == []
    assert (await get(api, f"conversations/{one}/draft"))["text"] == "soon"


async def test_bad_input_is_a_problem_and_unknown_ids_are_not_there(desk: Desk, api: httpx.AsyncClient) -> None:
    one = await desk.opened()
    await get(api, "conversations/by-ids", 400, ids="x")
    await post(api, f"conversations/{one}/replies", 400, text=" ")
    await post(api, f"conversations/{one}/replies", 400, text="x" * 50_001)
    await post(api, f"conversations/{one}/replies", 400, text="x", nonsense=1)
    await post(api, f"conversations/{new_id()}/replies", 404, text="x")
    await get(api, "conversations", 400, view="everything")
    found = await get(api, "conversations/by-ids", ids=f"{one},{new_id()}")
    assert [each["id"] for each in found["items"]] == [str(one)]


async def test_one_idempotency_key_sends_one_reply(desk: Desk, api: httpx.AsyncClient) -> None:
    one = await desk.opened()
    headers = {"Idempotency-Key": "k1"}
    answers = [
        (await api.post(f"/api/conversations/{one}/replies", json={"text": "once"}, headers=headers)).json()
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert len(await desk.rows("SELECT 1 FROM message WHERE kind = 'outbound'")) == 1


async def test_cases_are_read_merged_and_split(desk: Desk, api: httpx.AsyncClient) -> None:
    customer = await desk.customer()
    first = (await desk.write(customer)).conversation
    second = (await desk.write(customer, channel=Channel.EMAIL)).conversation
    case = await get(api, f"cases/{first.case_id}")
    assert (case["status"], len(case["conversations"])) == ("open", 2)
    split = await post(
        api, f"cases/{first.case_id}/split", 201, conversation_ids=[str(second.id)], subject="The other thing"
    )
    assert split["number"] == 2
    assert [each["id"] for each in split["conversations"]] == [str(second.id)]
    assert split["conversations"][0]["case_number"] == 2
    await post(api, f"cases/{split['id']}/split", 400, conversation_ids=[str(second.id)], subject="x")
    merged = await post(api, f"cases/{split['id']}/merge", into_id=str(first.case_id))
    assert len(merged["conversations"]) == 2
    assert (await get(api, f"cases/{split['id']}"))["merged_into"] == str(first.case_id)
    await post(api, f"cases/{split['id']}/merge", 409, into_id=str(first.case_id))
    renamed = await api.patch(f"/api/cases/{first.case_id}", json={"subject": "Parcel"})
    assert renamed.json()["subject"] == "Parcel"


async def test_views_are_a_persons_own(desk: Desk, api: httpx.AsyncClient, sign_in: SignIn) -> None:
    made = await post(api, "views", 201, name="VIP", filter={"tag": "vip", "channel": "chat"})
    assert made["filter"] == {"tag": "vip", "channel": "chat"}
    await sign_in(api, await desk.world.agent(desk.provider, desk.client))
    assert (await get(api, "views"))["items"] == []
    assert (await api.delete(f"/api/views/{made['id']}")).status_code == 404


async def test_an_image_is_shown_and_anything_active_is_downloaded(desk: Desk, api: httpx.AsyncClient) -> None:
    async def upload(name: str, content: bytes, status: int = 201) -> Any:
        answer = await api.post("/api/files", files={"file": (name, content)}, data={"client_id": str(desk.client.id)})
        assert answer.status_code == status, answer.text
        return answer.json()

    image = await upload("pixel.exe.png", PNG)
    shown = await api.get(f"/api/files/{image['file_id']}")
    assert shown.content == PNG
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["content-disposition"].startswith("inline")
    assert shown.headers["x-content-type-options"] == "nosniff"
    for name, content in (("a.png", b"<html><script>x</script>"), ("b.svg", b"<svg onload='x()'/>"), ("c.txt", b"c")):
        stored = await upload(name, content)
        fetched = await api.get(f"/api/files/{stored['file_id']}")
        assert fetched.headers["content-type"] == "application/octet-stream"
        assert fetched.headers["content-disposition"].startswith("attachment")
    for name, content in (("x.txt", b"MZ\x00"), ("run.sh", b"echo"), ("y", b"#!/bin/sh"), ("z.JS", b"1")):
        await upload(name, content, 415)
    quoted = await upload('na"me\u00e9.txt', b"x")
    assert "%C3%A9" in (await api.get(f"/api/files/{quoted['file_id']}")).headers["content-disposition"]


async def test_an_upload_sent_again_under_its_key_is_stored_once(desk: Desk, api: httpx.AsyncClient) -> None:
    async def upload() -> httpx.Response:
        files, data = {"file": ("a.txt", b"hello", "text/plain")}, {"client_id": str(desk.client.id)}
        return await api.post("/api/files", files=files, data=data, headers={"Idempotency-Key": "one"})

    first, second = await upload(), await upload()
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()


async def test_a_strangers_file_is_not_there(desk: Desk, api: httpx.AsyncClient, sign_in: SignIn) -> None:
    answer = await api.post("/api/files", files={"file": ("a.png", PNG)}, data={"client_id": str(desk.client.id)})
    file_id = answer.json()["file_id"]
    one = await desk.opened()
    elsewhere = await desk.world.client("Elsewhere")
    stranger = await desk.world.agent(desk.provider, elsewhere)
    colleague = await desk.world.agent(desk.provider, desk.client)
    await sign_in(api, colleague)
    assert (await api.get(f"/api/files/{file_id}")).status_code == 404
    await sign_in(api, desk.agent)
    await post(api, f"conversations/{one}/replies", 201, text="", file_ids=[file_id])
    await sign_in(api, colleague)
    assert (await api.get(f"/api/files/{file_id}")).status_code == 200
    await sign_in(api, stranger)
    assert (await api.get(f"/api/files/{file_id}")).status_code == 404
    await get(api, f"conversations/{one}", 404)
    await get(api, f"conversations/{one}/messages", 404)


async def test_customers_over_http(desk: Desk, api: httpx.AsyncClient) -> None:
    made = await post(
        api,
        "customers",
        201,
        client_id=str(desk.client.id),
        name="Ada",
        identities=[{"kind": "email", "value": "Ada@example.org"}],
    )
    one = f"customers/{made['id']}"
    assert made["identities"][0]["value"] == "ada@example.org"
    assert (await get(api, "customers", search="ada"))["items"][0]["primary_identity"] == "ada@example.org"
    assert (await api.patch(f"/api/{one}", json={"name": "Ada King"})).json()["name"] == "Ada King"
    await post(api, f"{one}/notes", 201, text="likes trains")
    consent = {"purpose": "survey", "granted": True, "source": "call"}
    assert (await api.put(f"/api/{one}/consents", json=consent)).json()["channel"] is None
    assert len((await get(api, f"{one}/timeline"))["items"]) == 2
    other = await post(api, "customers", 201, client_id=str(desk.client.id), name="Ada K.")
    merge = await post(api, f"{one}/merge", 201, other_id=other["id"], reason="same")
    assert (await get(api, f"customers/{other['id']}"))["merged_into"] == made["id"]
    undone = await post(api, f"customer-merges/{merge['id']}/undo", 201)
    assert undone["undone_at"] is not None
    assert (await get(api, f"{one}/merge-suggestions"))["items"] == []
    assert (await get(api, f"clients/{desk.client.id}/attribute-schema"))["items"] == []
    fields = {"items": [{"key": "x", "label": "X", "kind": "text"}]}
    answer = await api.put(f"/api/clients/{desk.client.id}/attribute-schema", json=fields)
    assert answer.status_code == 403


async def test_an_agent_writes_first_over_http(desk: Desk, api: httpx.AsyncClient) -> None:
    customer = await desk.customer()
    body = {"customer_id": str(customer.id), "program_id": str(desk.program.id), "subject": "Hi", "text": "Hello"}
    made = await post(api, "conversations/start", 201, **body)
    assert (made["channel"], made["assignee_id"]) == ("email", str(desk.agent.id))
    await post(api, "conversations/start", 400, **body, channel="chat")
