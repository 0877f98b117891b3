"""Chat widgets are made and changed by those who may, and leave a trail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest

from careloom.identity.types import Person, Role, ScopeKind
from careloom.platform.database.transactions import Database
from tests.conversations.desk import make_desk

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]


async def test_a_widget_is_made_changed_and_given_a_secret(
    database: Database, api: httpx.AsyncClient, sign_in: SignIn
) -> None:
    desk = await make_desk(database)
    await sign_in(api, await desk.world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    new = {"program_id": str(desk.program.id), "name": "Shop", "origins": ["https://Shop.example"]}
    made = await api.post("/api/chat-widgets", json=new)
    assert made.status_code == 201, made.text
    widget = made.json()
    assert widget["key"].startswith("wk_")
    assert widget["origins"] == ["https://shop.example"]
    assert "secret" not in str(widget)
    changed = await api.patch(
        f"/api/chat-widgets/{widget['id']}", json={"theme": {"color": "#112233"}, "require_email": True}
    )
    assert changed.status_code == 200, changed.text
    assert (changed.json()["theme"]["color"], changed.json()["require_email"]) == ("#112233", True)
    assert changed.json()["key"] == widget["key"]
    first = (await api.post(f"/api/chat-widgets/{widget['id']}/secret")).json()["secret"]
    second = (await api.post(f"/api/chat-widgets/{widget['id']}/secret")).json()["secret"]
    assert first != second
    listed = (await api.get("/api/chat-widgets", params={"client_id": str(desk.client.id)})).json()
    assert [one["id"] for one in listed["items"]] == [widget["id"]]
    trail = (await api.get("/api/audit", params={"subject_id": widget["id"]})).json()["items"]
    assert [one["action"] for one in trail] == [
        "chat_widget.renew_secret",
        "chat_widget.renew_secret",
        "chat_widget.change",
        "chat_widget.create",
    ]
    assert first not in str(trail)
    assert second not in str(trail)


@pytest.mark.parametrize(
    "change",
    [
        {"origins": ["shop.example"]},
        {"origins": ["https://shop.example/path"]},
        {"origins": ["https://shop.example:99999"]},
        {"origins": ["https://1.2.3.999"]},
        {"theme": {"color": "red"}},
        {"language": "english"},
        {"name": ""},
        {"queue_id": "00000000-0000-0000-0000-000000000001"},
        {"key": "wk_mine"},
    ],
)
async def test_what_is_not_valid_is_refused(
    database: Database, api: httpx.AsyncClient, sign_in: SignIn, change: dict[str, object]
) -> None:
    desk = await make_desk(database)
    await sign_in(api, await desk.world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    new = {"program_id": str(desk.program.id), "name": "Shop"}
    assert (await api.post("/api/chat-widgets", json=new | change)).status_code == 400
    made = (await api.post("/api/chat-widgets", json=new)).json()
    assert (await api.patch(f"/api/chat-widgets/{made['id']}", json=change)).status_code == 400


async def test_an_agent_and_people_of_other_clients_may_not(
    database: Database, api: httpx.AsyncClient, sign_in: SignIn
) -> None:
    desk = await make_desk(database)
    await sign_in(api, await desk.world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    new = {"program_id": str(desk.program.id), "name": "Shop"}
    made = (await api.post("/api/chat-widgets", json=new)).json()
    await sign_in(api, desk.agent)
    assert (await api.post("/api/chat-widgets", json=new)).status_code == 403
    assert (await api.post(f"/api/chat-widgets/{made['id']}/secret")).status_code in (403, 404)
    foreign = await desk.world.client("Foreign")
    outsider = await desk.world.person(Role.ADMIN, ScopeKind.CLIENT, foreign.id, client=foreign)
    await sign_in(api, outsider)
    assert (await api.post("/api/chat-widgets", json=new)).status_code == 404
    assert (await api.patch(f"/api/chat-widgets/{made['id']}", json={"name": "Mine"})).status_code == 404
    assert (await api.post(f"/api/chat-widgets/{made['id']}/secret")).status_code == 404
    assert (await api.get("/api/chat-widgets")).json()["items"] == []
