"""Whom the client vouches for, and who only says so."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest

from tests.channels.chat.conftest import PAGE, Chat, token


async def _identities(chat: Chat) -> dict[tuple[str, str], Any]:
    rows = await chat.rows("SELECT kind, value, verified, customer_id FROM customer_identity")
    return {(row.kind, row.value): row for row in rows}


async def test_a_signed_token_makes_the_visitor_that_person_on_every_browser(chat: Chat) -> None:
    key = await chat.token_key()
    signed = token(key, "u-77", time.time() + 600, email="Ada@example.org", name="Ada")
    first = await chat.visitor(token=signed)
    other_browser = await chat.visitor(token=signed)
    assert other_browser["visitor_id"] == first["visitor_id"]
    assert (first["name"], first["email_known"]) == ("Ada", True)
    known = await _identities(chat)
    assert known["external", "u-77"].verified
    assert known["email", "ada@example.org"].verified
    async with chat.socket(other_browser["visitor_secret"]) as socket:
        await socket.say("hello")
    row = (await chat.rows("SELECT customer_id, customer_name FROM conversation"))[0]
    assert (row.customer_id, row.customer_name) == (known["external", "u-77"].customer_id, "Ada")


async def test_what_was_said_before_signing_in_stays_with_the_person(chat: Chat) -> None:
    mailed = await chat.desk.customer("ada@example.org", "Ada")
    key = await chat.token_key()
    anonymous = await chat.visitor()
    async with chat.socket(anonymous["visitor_secret"]) as socket:
        ack = await socket.say("before signing in")
    signed = token(key, "u-77", time.time() + 600, email="ada@example.org")
    person = await chat.visitor(token=signed, visitor_secret=anonymous["visitor_secret"])
    assert person["visitor_id"] == anonymous["visitor_id"]
    assert person["conversation"]["id"] == ack["conversation_id"]
    owners = {row.customer_id for row in (await _identities(chat)).values()}
    assert owners == {mailed.id}
    merges = await chat.rows("SELECT automatic FROM customer_merge")
    assert [row.automatic for row in merges] == [True, True]


async def test_a_conversation_moves_to_the_person_known_from_another_browser(chat: Chat) -> None:
    key = await chat.token_key()
    signed = token(key, "u-77", time.time() + 600)
    person = await chat.visitor(token=signed)
    anonymous = await chat.visitor()
    async with chat.socket(anonymous["visitor_secret"]) as socket:
        ack = await socket.say("from my telephone")
    again = await chat.visitor(token=signed, visitor_secret=anonymous["visitor_secret"])
    assert again["visitor_id"] == person["visitor_id"]
    assert again["conversation"]["id"] == ack["conversation_id"]


async def test_on_a_shared_computer_the_next_person_sees_nothing_of_the_last(chat: Chat) -> None:
    key = await chat.token_key()
    first = await chat.visitor(token=token(key, "u-1", time.time() + 600))
    async with chat.socket(first["visitor_secret"]) as socket:
        await socket.say("mine")
    second = await chat.visitor(token=token(key, "u-2", time.time() + 600), visitor_secret=first["visitor_secret"])
    assert second["visitor_id"] != first["visitor_id"]
    assert second["conversation"] is None


@pytest.mark.parametrize("kind", ["forged", "expired", "unsigned", "no_exp", "no_sub", "old_secret", "garbage"])
async def test_a_token_that_is_not_genuine_is_refused(chat: Chat, kind: str) -> None:
    old = await chat.token_key()
    key = await chat.token_key()
    later = time.time() + 600
    tokens = {
        "forged": token("x" * 40, "u-77", later),
        "expired": token(key, "u-77", time.time() - 60),
        "unsigned": jwt.encode({"sub": "u-77", "exp": later}, "", algorithm="none"),
        "no_exp": jwt.encode({"sub": "u-77"}, key, algorithm="HS256"),
        "no_sub": jwt.encode({"exp": later}, key, algorithm="HS256"),
        "old_secret": token(old, "u-77", later),
        "garbage": "not.a.token",
    }
    response = await chat.http.post(chat.url("visitors"), json={"page_url": PAGE, "token": tokens[kind]})
    assert response.status_code == 401
    assert (await chat.rows("SELECT count(*) AS n FROM visitor"))[0].n == 0


async def test_a_widget_without_a_secret_accepts_no_token(chat: Chat) -> None:
    guess = token("wks_" + "A" * 32, "u-77", time.time() + 600)
    response = await chat.http.post(chat.url("visitors"), json={"page_url": PAGE, "token": guess})
    assert response.status_code == 401


async def test_an_unknown_or_foreign_secret_makes_a_new_visitor(chat: Chat) -> None:
    other_widget = await chat.make_widget(name="Other")
    mine = await chat.visitor()
    foreign = await chat.visitor(other_widget, visitor_secret=mine["visitor_secret"])
    assert foreign["visitor_id"] != mine["visitor_id"]
    tampered = mine["visitor_secret"][:-1] + ("A" if mine["visitor_secret"][-1] != "A" else "B")
    assert (await chat.visitor(visitor_secret=tampered))["visitor_id"] != mine["visitor_id"]
    assert (await chat.visitor(visitor_secret="🦊"))["visitor_id"] != mine["visitor_id"]
