"""Files of visitors: judged by content, usable once, by their owner, shown to whoever has the link."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from careloom.channels.http.chat.limits import Limits
from careloom.conversations.commands.files import store_file
from careloom.conversations.commands.reply import reply
from careloom.platform.ids import new_id
from careloom.platform.web.throttle import Throttle
from tests.channels.chat.conftest import SYSTEM, Chat

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


async def _upload(chat: Chat, secret: str, name: str = "photo.png", content: bytes = PNG) -> Any:
    return await chat.http.post(
        chat.url("files"), files={"file": (name, content, "image/png")}, headers={"X-Visitor-Secret": secret}
    )


async def test_a_file_goes_with_a_message_and_can_be_fetched_by_its_link(chat: Chat) -> None:
    visitor = await chat.visitor()
    secret = visitor["visitor_secret"]
    response = await _upload(chat, secret)
    assert response.status_code == 201, response.text
    file = response.json()
    assert (file["name"], file["media_type"], file["size"]) == ("photo.png", "image/png", len(PNG))
    async with chat.socket(secret) as socket:
        ack = await socket.say("", "m-1", file_ids=[file["file_id"]])
        heard = await socket.heard("message")
        assert heard["attachments"][0] | {"url": ""} == {
            "url": "",
            "name": "photo.png",
            "media_type": "image/png",
            "size": len(PNG),
        }
        assert (await socket.say("", "m-1", file_ids=[file["file_id"]]))["seq"] == ack["seq"]
        await socket.send(type="message", client_id="m-2", text="again", file_ids=[file["file_id"]])
        assert (await socket.until("error", client_id="m-2"))["code"] == "bad_file"
    fetched = await chat.http.get(chat.base + heard["attachments"][0]["url"])
    assert (fetched.status_code, fetched.content) == (200, PNG)
    assert fetched.headers["content-type"] == "image/png"
    assert fetched.headers["content-disposition"].startswith("inline")
    assert fetched.headers["cross-origin-resource-policy"] == "cross-origin"
    assert fetched.headers["x-content-type-options"] == "nosniff"
    assert (await chat.http.get(chat.url(f"files/{file['file_id']}?s=1.x"))).status_code == 404
    assert (await chat.http.get(chat.url(f"files/{file['file_id']}"))).status_code == 404


async def test_what_a_browser_could_run_is_downloaded_or_refused(chat: Chat) -> None:
    secret = (await chat.visitor())["visitor_secret"]
    page = (await _upload(chat, secret, "page.png", b"<html><script>alert(1)</script></html>")).json()
    fetched = await chat.http.get(chat.base + page["url"])
    assert fetched.headers["content-type"] == "application/octet-stream"
    assert fetched.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in fetched.headers["content-security-policy"]
    assert (await _upload(chat, secret, "tool.png", b"MZ" + b"\x00" * 99)).status_code == 415


async def test_a_file_needs_a_visitor_and_a_size_within_bounds(chat: Chat) -> None:
    assert (await _upload(chat, "nobody")).status_code == 401
    secret = (await chat.visitor())["visitor_secret"]
    assert (await _upload(chat, secret, content=b"x" * 20_050_000)).status_code == 413
    empty = await chat.http.post(chat.url("files"), data={"file": "text"}, headers={"X-Visitor-Secret": secret})
    assert empty.status_code == 400
    chat.gateway.limits = Limits(uploads=Throttle(per_minute=0.001, burst=1))
    assert [(await _upload(chat, secret)).status_code for _ in range(2)] == [201, 429]


async def test_another_visitors_and_another_clients_file_are_refused(chat: Chat) -> None:
    mine, other = await chat.visitor(), await chat.visitor()
    theirs = (await _upload(chat, other["visitor_secret"])).json()["file_id"]
    foreign = await chat.desk.world.client("Foreign")
    async with chat.desk.database.transaction(SYSTEM) as tx:
        stored = await store_file(tx, SYSTEM, chat.runtime.files, foreign.id, "x.png", PNG, made_by=new_id())
    async with chat.socket(mine["visitor_secret"]) as socket:
        for number, file_id in enumerate((theirs, str(stored.file_id), str(new_id()))):
            await socket.send(type="message", client_id=f"m-{number}", text="look", file_ids=[file_id])
            refused = await socket.until("error", client_id=f"m-{number}")
            assert refused["code"] == "bad_file"
    assert await chat.rows("SELECT 1 FROM message") == []
    assert (await chat.http.get(chat.url(f"files/{stored.file_id}?s=9999999999.{'x' * 32}"))).status_code == 404


async def test_an_agents_file_reaches_the_visitor(chat: Chat) -> None:
    visitor = await chat.visitor()
    async with chat.socket(visitor["visitor_secret"]) as socket:
        ack = await socket.say("send me the form")
        stored = await chat.desk.do(store_file, chat.runtime.files, chat.desk.client.id, "form.pdf", b"%PDF-1.7 form")
        await chat.desk.do(reply, UUID(ack["conversation_id"]), "here", None, [stored.file_id])
        answer = await socket.until("message", kind="outbound")
    fetched = await chat.http.get(chat.base + answer["attachments"][0]["url"])
    assert fetched.content == b"%PDF-1.7 form"
    assert fetched.headers["content-disposition"] == "attachment; filename*=UTF-8''form.pdf"
