"""Who comes in, how often, and how much."""

from __future__ import annotations

import asyncio
import contextlib
import json
from datetime import timedelta

import httpx
from websockets.exceptions import ConnectionClosed

from careloom.channels.http.chat.limits import Limits
from careloom.channels.types import ChatWidget
from careloom.organizations.types import Channel
from careloom.platform.clock import now
from careloom.platform.web.static import StaticFolder
from careloom.platform.web.throttle import Throttle
from careloom.routing.commands.queues import create_queue
from careloom.routing.types import NewQueue
from tests.channels.chat.conftest import PAGE, SYSTEM, Chat, Socket


async def _close_code(socket: Socket) -> int:
    with contextlib.suppress(ConnectionClosed):
        while True:
            await socket.next()
    return socket.connection.close_code or 0


async def _close(chat: Chat) -> None:
    """Leaves the program one minute, on a day that is neither today nor next to it."""
    hours = [{"weekday": (now() + timedelta(days=3)).weekday(), "opens": 0, "closes": 1}]
    await chat.rows("UPDATE program SET hours = CAST(:hours AS jsonb) RETURNING id", hours=json.dumps(hours))


async def test_the_configuration_says_what_the_widget_shows(chat: Chat) -> None:
    response = await chat.http.get(chat.url("config"))
    assert response.status_code == 200
    config = response.json()
    assert (config["name"], config["brand"], config["language"], config["online"]) == ("Shop", "Brand", "en", True)
    assert config["theme"]["position"] == "right"
    assert response.headers["cache-control"] == "public, max-age=60"
    assert response.headers["access-control-allow-origin"] == PAGE
    assert "Origin" in response.headers["vary"]
    assert "access-control-allow-credentials" not in response.headers


async def test_closed_hours_and_a_program_without_chat_are_offline(chat: Chat) -> None:
    await _close(chat)
    chat.gateway.directory.forget()
    assert (await chat.http.get(chat.url("config"))).json()["online"] is False
    await chat.rows("UPDATE program SET hours = '[]', channels = '{email}' RETURNING id")
    chat.gateway.directory.forget()
    assert (await chat.http.get(chat.url("config"))).json()["online"] is False


async def test_a_queue_that_never_closes_keeps_its_widget_online(chat: Chat) -> None:
    async def online(widget: ChatWidget) -> bool:
        chat.gateway.directory.forget()
        return (await chat.http.get(chat.url("config", widget))).json()["online"]

    desk = chat.desk
    first, second = (
        NewQueue(desk.client.id, desk.program.id, desk.provider.id, name, (Channel.CHAT,), always_open=name == "Night")
        for name in ("Day", "Night")
    )
    async with desk.database.transaction(SYSTEM) as tx:
        await create_queue(tx, SYSTEM, first)
        night = await create_queue(tx, SYSTEM, second)
    named = await chat.make_widget(queue_id=night.id)
    await _close(chat)
    assert (await online(chat.widget), await online(named)) == (False, True)
    await chat.rows("UPDATE queue SET active = false WHERE NOT always_open RETURNING id")
    assert await online(chat.widget) is True
    await chat.rows("UPDATE queue SET active = false WHERE always_open RETURNING id")
    assert (await online(chat.widget), await online(named)) == (False, False)


async def test_browsers_may_ask_before_they_post(chat: Chat) -> None:
    headers = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-visitor-secret"}
    response = await chat.http.options(chat.url("files"), headers=headers)
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == PAGE
    assert "X-Visitor-Secret" in response.headers["access-control-allow-headers"]
    assert response.headers["access-control-max-age"] == "86400"


async def test_another_page_is_refused_everywhere(chat: Chat) -> None:
    headers = {"Origin": "https://evil.example"}
    body = {"page_url": "https://evil.example", "email": "a@example.org", "text": "hi"}
    async with httpx.AsyncClient(headers=headers, trust_env=False) as evil:
        answers = [
            await evil.get(chat.url("config")),
            await evil.post(chat.url("visitors"), json=body),
            await evil.post(chat.url("offline"), json=body),
            await evil.post(chat.url("files"), files={"file": b"x"}),
        ]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert {answer.headers["access-control-allow-origin"] for answer in answers} == {"https://evil.example"}
    async with httpx.AsyncClient(trust_env=False) as nobody:
        assert (await nobody.post(chat.url("visitors"), json=body)).status_code == 403
    for origin in ("https://evil.example", "https://shop.example.evil.example", "http://shop.example", "null", None):
        async with chat.socket(origin=origin) as socket:
            assert await _close_code(socket) == 4403


async def test_a_widget_without_origins_serves_any_page(chat: Chat) -> None:
    widget = await chat.make_widget(origins=())
    async with httpx.AsyncClient(headers={"Origin": "https://any.example"}, trust_env=False) as any_page:
        assert (await any_page.post(chat.url("visitors", widget), json={"page_url": ""})).status_code == 200


async def test_unknown_and_inactive_keys_look_alike(chat: Chat) -> None:
    inactive = await chat.make_widget(active=False)
    missing = await chat.http.get(f"{chat.base}/chat/wk_{'a' * 24}/config")
    off = await chat.http.get(chat.url("config", inactive))
    assert (missing.status_code, off.status_code) == (404, 404)
    strip = {"instance": None}
    assert missing.json() | strip == off.json() | strip
    async with chat.socket(widget=inactive) as socket:
        assert await _close_code(socket) == 4403


async def test_a_socket_needs_a_secret_of_its_own_widget(chat: Chat) -> None:
    other = await chat.make_widget(name="Other")
    foreign = await chat.visitor(other)
    for secret in (foreign["visitor_secret"], "", "x" * 64):
        async with chat.socket() as socket:
            await socket.send(type="hello", visitor_secret=secret, after_seq=0, conversation_id=None)
            assert await _close_code(socket) == 4401
    async with chat.socket() as socket:
        await socket.send(type="message", client_id="m-1", text="before hello", file_ids=[])
        assert await _close_code(socket) == 1008


async def test_nobody_is_shown_anothers_conversation(chat: Chat) -> None:
    mine, other = await chat.visitor(), await chat.visitor()
    async with chat.socket(mine["visitor_secret"]) as socket:
        ack = await socket.say("mine alone")
    async with chat.socket() as socket:
        welcome = await socket.hello(other["visitor_secret"], conversation_id=ack["conversation_id"])
        assert welcome["conversation_id"] is None
        await socket.send(type="end", client_id="e-1", conversation_id=ack["conversation_id"])
        await socket.until("ack", client_id="e-1")
    assert (await chat.rows("SELECT phase FROM conversation"))[0].phase == "queued"


async def test_frames_that_are_none_are_told_so_and_do_no_harm(chat: Chat) -> None:
    visitor = await chat.visitor()
    async with chat.socket(visitor["visitor_secret"]) as socket:
        await socket.connection.send("{")
        assert (await socket.until("error"))["code"] == "invalid"
        await socket.connection.send(b"\xff\x00")
        assert (await socket.until("error"))["code"] == "invalid"
        await socket.send(type="message", client_id="long", text="x" * 8_001, file_ids=[])
        assert await socket.until("error") | {"message": ""} == {
            "type": "error",
            "code": "too_large",
            "client_id": "long",
            "message": "",
        }
        await socket.send(type="ping")
        await socket.until("pong")
        await socket.say("x" * 8_000)
        await socket.say("\x00 null and \ud800 half".encode("utf-8", "replace").decode())
        await socket.connection.send("x" * 70_000)
        assert await _close_code(socket) == 1009


async def test_a_visitor_who_writes_too_fast_is_asked_to_wait(chat: Chat) -> None:
    visitor = await chat.visitor()
    chat.gateway.limits = Limits(messages=Throttle(per_minute=0.001, burst=3))
    async with chat.socket(visitor["visitor_secret"]) as socket:
        for number in range(3):
            await socket.say("hello", f"m-{number}")
        await socket.send(type="message", client_id="m-3", text="too fast", file_ids=[])
        refused = await socket.until("error")
        assert (refused["code"], refused["client_id"]) == ("rate_limited", "m-3")
        assert refused["retry_after"] >= 1
    assert (await chat.rows("SELECT count(*) AS n FROM message"))[0].n == 3


async def test_an_address_gets_so_many_requests_and_sockets(chat: Chat) -> None:
    few = Limits(
        exempt=frozenset(),
        sockets_per_address=2,
        visitors=Throttle(per_minute=0.001, burst=2),
        offline=Throttle(per_minute=0.001, burst=1),
    )
    chat.gateway.limits = few
    answers = [await chat.http.post(chat.url("visitors"), json={"page_url": PAGE}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) > 0
    first, second = (one.json()["visitor_secret"] for one in answers[:2])
    async with chat.socket(first), chat.socket(second), chat.socket() as third:
        assert await _close_code(third) == 4429
    async with asyncio.timeout(60):
        while vars(chat.gateway)["_addresses"]:  # noqa: ASYNC110 - the server hears of it on this loop
            await asyncio.sleep(0.01)
    async with chat.socket(first) as socket:
        await socket.say("room again")


async def test_a_flood_of_frames_closes_the_socket(chat: Chat) -> None:
    chat.gateway.limits = Limits(frames=Throttle(per_minute=0.001, burst=5))
    visitor = await chat.visitor()
    async with chat.socket(visitor["visitor_secret"]) as socket:
        for _ in range(10):
            await socket.send(type="ping")
        assert await _close_code(socket) == 1008


async def test_a_widget_that_does_not_keep_up_is_let_go(chat: Chat) -> None:
    visitor = await chat.visitor()
    async with chat.socket(visitor["visitor_secret"]) as socket:
        ack = await socket.say("hello")
        await socket.heard("message")
        signal = {"kind": "typing", "who": "agent", "conversation_id": ack["conversation_id"], "typing": True}
        for _ in range(700):
            chat.gateway.on_signal(signal)
        assert await _close_code(socket) == 1013
    async with chat.socket(visitor["visitor_secret"]) as socket:
        assert (await socket.until("message"))["text"] == "hello"


async def test_the_script_is_served_to_any_page(chat: Chat) -> None:
    folder = chat.runtime.settings.home / "static"
    folder.mkdir(parents=True)
    (folder / "widget.js").write_text("/* widget */")
    chat.app.state.static_folder = StaticFolder(folder)
    response = await chat.http.get(f"{chat.base}/widget.js")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "max-age" in response.headers["cache-control"]
    again = await chat.http.get(f"{chat.base}/widget.js", headers={"If-None-Match": response.headers["etag"]})
    assert again.status_code == 304
