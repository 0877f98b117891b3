"""A visitor and an agent talk, over a real socket, and nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import json
from uuid import UUID

from websockets.asyncio.client import connect

from careloom.conversations.commands import lifecycle
from careloom.conversations.commands.notes import add_note
from careloom.conversations.commands.reply import reply
from careloom.identity.commands.sessions import start_session
from careloom.identity.types import Role, ScopeKind
from careloom.identity.types.sign_in import Origin
from careloom.platform.hub import send_signal
from careloom.platform.ids import new_id
from tests.channels.chat.conftest import PAGE, SYSTEM, Chat
from tests.conversations.desk import check_invariants
from tests.statements import sent_statements


async def test_a_message_is_acknowledged_stored_and_answered(chat: Chat) -> None:
    visitor = await chat.visitor()
    assert visitor["conversation"] is None
    async with chat.socket(visitor["visitor_secret"]) as socket:
        ack = await socket.say("My parcel is late", "m-1")
        assert (ack["seq"], ack["previous"]) == (1, 0)
        heard = await socket.heard("message")
        assert (heard["client_id"], heard["text"], heard["kind"]) == ("m-1", "My parcel is late", "inbound")
        row = (await chat.rows("SELECT channel, status, last_seq FROM conversation"))[0]
        assert (row.channel, row.status, row.last_seq) == ("chat", "open", 1)
        conversation_id = UUID(ack["conversation_id"])
        await chat.desk.do(reply, conversation_id, "I am looking into it")
        assigned = await socket.until("message", kind="event")
        assert (assigned["text"], assigned["details"]) == ("assigned", {"name": "Bo Agent"})
        answer = await socket.until("message", kind="outbound")
        assert (answer["text"], answer["author_name"]) == ("I am looking into it", "Bo Agent")
        assert (answer["previous"], answer["seq"]) == (assigned["seq"], assigned["seq"] + 1)
        await socket.heard("status", agent={"name": "Bo Agent"})
        await socket.heard("read", seq=answer["seq"])
        await socket.silence()
        assert [frame for frame in socket.seen if frame["type"] == "status"][-1]["agent"] == {"name": "Bo Agent"}
        assert [frame["seq"] for frame in socket.seen if frame["type"] == "read"][-1] == answer["seq"]
    async with chat.desk.database.transaction(SYSTEM) as tx:
        await check_invariants(tx)


async def test_a_message_sent_again_after_a_lost_connection_is_stored_once(chat: Chat) -> None:
    visitor = await chat.visitor()
    key = str(new_id())
    async with chat.socket(visitor["visitor_secret"]) as socket:
        await socket.send(type="message", client_id=key, text="only once", file_ids=[])
        socket.connection.transport.abort()
    async with chat.socket(visitor["visitor_secret"]) as socket:
        first = await socket.say("only once", key)
        second = await socket.say("only once", key)
        assert first["seq"] == second["seq"] == 1
    assert (await chat.rows("SELECT count(*) AS n FROM message WHERE kind = 'inbound'"))[0].n == 1


async def test_order_is_kept_and_what_was_missed_is_replayed(chat: Chat) -> None:
    visitor = await chat.visitor()
    async with chat.socket(visitor["visitor_secret"]) as socket:
        for number in range(5):
            await socket.send(type="message", client_id=f"m-{number}", text=f"line {number}", file_ids=[])
        seqs = [(await socket.until("ack"))["seq"] for _ in range(5)]
        assert seqs == [1, 2, 3, 4, 5]
        conversation_id = (await socket.heard("message", seq=5))["conversation_id"]
    await chat.desk.do(reply, UUID(conversation_id), "while you were away")
    await chat.desk.do(add_note, UUID(conversation_id), "not for customers", [])
    async with chat.socket() as socket:
        welcome = await socket.hello(visitor["visitor_secret"], after_seq=3, conversation_id=conversation_id)
        assert (welcome["base_seq"], welcome["last_seq"], welcome["agent"]) == (3, 7, {"name": "Bo Agent"})
        replay = [await socket.until("message") for _ in range(4)]
        assert [(one["previous"], one["seq"]) for one in replay] == [(3, 4), (4, 5), (5, 6), (6, 7)]
        assert (await socket.until("upto"))["seq"] == 7
        assert "not for customers" not in str(socket.seen)
        await chat.desk.do(reply, UUID(conversation_id), "after the note")
        after = await socket.until("message", kind="outbound")
        assert (after["previous"], after["seq"]) == (7, 9)
        again = await socket.hello(visitor["visitor_secret"], after_seq=7, conversation_id=conversation_id)
        assert again["last_seq"] == 9
        assert (await socket.until("message"))["seq"] == 9


async def test_only_the_latest_two_hundred_entries_are_replayed(chat: Chat) -> None:
    visitor = await chat.visitor()
    async with chat.socket(visitor["visitor_secret"]) as socket:
        ack = await socket.say("first")
    await chat.rows(
        "INSERT INTO message (client_id, conversation_id, seq, id, kind, channel, author_name, text, at) "
        "SELECT client_id, id, n, gen_random_uuid(), 'inbound', 'chat', 'V', 'x', now() FROM conversation, "
        "generate_series(2, 250) AS n RETURNING seq"
    )
    await chat.rows("UPDATE conversation SET last_seq = 250 RETURNING id")
    async with chat.socket() as socket:
        welcome = await socket.hello(visitor["visitor_secret"])
        assert (welcome["conversation_id"], welcome["base_seq"]) == (ack["conversation_id"], 50)
        first = await socket.until("message")
        assert (first["previous"], first["seq"]) == (50, 51)
        assert (await socket.until("upto"))["seq"] == 250


async def test_all_tabs_of_a_visitor_hear_everything(chat: Chat) -> None:
    visitor = await chat.visitor()
    secret = visitor["visitor_secret"]
    async with chat.socket(secret) as one, chat.socket(secret) as two:
        ack = await one.say("from the first tab", "tab-1")
        heard = await two.until("message")
        assert (heard["client_id"], heard["conversation_id"]) == ("tab-1", ack["conversation_id"])
        await two.say("from the second tab", "tab-2")
        assert (await one.until("message", client_id="tab-2"))["previous"] == 1
        assert next(frame for frame in two.seen if frame["type"] == "ack")["client_id"] == "tab-2"


async def test_another_visitor_hears_nothing(chat: Chat) -> None:
    one, other = await chat.visitor(), await chat.visitor()
    async with chat.socket(one["visitor_secret"]) as mine, chat.socket(other["visitor_secret"]) as theirs:
        await mine.say("secret")
        await mine.heard("message")
        assert [frame for frame in await theirs.silence() if frame["type"] != "ping"] == []


async def test_typing_goes_both_ways(chat: Chat) -> None:
    visitor = await chat.visitor()
    signals: list[dict[str, object]] = []
    with chat.runtime.hub.listen(signals.append):
        async with chat.socket(visitor["visitor_secret"]) as socket:
            ack = await socket.say("hello")
            for _ in range(20):
                await socket.send(type="typing", typing=True)
            async with chat.desk.database.transaction(SYSTEM) as tx:
                who = {"conversation_id": ack["conversation_id"], "person_id": str(new_id()), "name": "Bo Agent"}
                await send_signal(tx, {"kind": "typing", "who": "agent", "typing": True, **who})
            heard = await socket.until("typing")
            assert heard == {"type": "typing", "typing": True, "name": "Bo Agent"}
            theirs: list[dict[str, object]] = []
            async with asyncio.timeout(60):
                while not theirs:  # what is waited for comes by the database
                    await socket.silence(0.2)
                    theirs = [signal for signal in signals if signal.get("who") == "customer"]
    assert len(theirs) == 1
    assert theirs[0]["conversation_id"] == ack["conversation_id"]


async def test_a_customer_hears_of_the_typing_of_those_alone_who_may_answer(chat: Chat) -> None:
    visitor, desk = await chat.visitor(), chat.desk
    reader = await desk.world.person(Role.CLIENT_VIEWER, ScopeKind.CLIENT, desk.client.id, client=desk.client)
    async with chat.socket(visitor["visitor_secret"]) as socket:
        one = (await socket.say("hello"))["conversation_id"]
        for person, heard in ((reader, False), (desk.agent, True)):
            async with desk.database.transaction(SYSTEM) as tx:
                started = await start_session(tx, person.id, Origin(None, None), 1)
            cookie = {"Cookie": f"careloom_session={started.secret}"}
            url = f"{chat.base.replace('http', 'ws', 1)}/api/live/socket"
            async with connect(url, additional_headers=cookie, proxy=None) as seat:
                for frame in ({"type": "viewing"}, {"type": "typing", "typing": True}):
                    await seat.send(json.dumps({**frame, "conversation_id": one}))
                if heard:
                    await socket.until("typing", typing=True)
                else:
                    got = await socket.silence(1.0)
                    assert [frame for frame in got if frame["type"] == "typing" and frame["typing"]] == [], person.name


async def test_what_the_visitor_has_read_is_marked_as_read(chat: Chat) -> None:
    visitor = await chat.visitor()
    async with chat.socket(visitor["visitor_secret"]) as socket:
        ack = await socket.say("hello")
        await chat.desk.do(reply, UUID(ack["conversation_id"]), "good morning")
        answer = await socket.until("message", kind="outbound")
        await socket.send(type="read", seq=1_000_000)
        delivery = ""
        for _ in range(200):
            await asyncio.sleep(0.1)
            delivery = (await chat.rows("SELECT delivery FROM message WHERE kind = 'outbound'"))[0].delivery
            if delivery == "read":
                break
        assert delivery == "read"
    assert (await chat.rows("SELECT read_seq FROM visitor"))[0].read_seq == answer["seq"]
    async with chat.socket() as socket:
        assert (await socket.hello(visitor["visitor_secret"]))["own_read_seq"] == answer["seq"]


async def test_an_end_by_the_visitor_makes_the_next_message_a_new_conversation(chat: Chat) -> None:
    visitor = await chat.visitor()
    async with chat.socket(visitor["visitor_secret"]) as socket:
        first = await socket.say("first matter")
        await chat.desk.do(reply, UUID(first["conversation_id"]), "done?")
        await socket.send(type="end", client_id="e-1", conversation_id=first["conversation_id"])
        assert (await socket.until("ack", client_id="e-1"))["seq"] is None
        ended = await socket.heard("message", text="ended")
        assert ended["details"] == {"by": "visitor"}
        await socket.send(type="end", client_id="e-1", conversation_id=first["conversation_id"])
        await socket.until("ack", client_id="e-1")
        second = await socket.say("another matter")
        assert second["conversation_id"] != first["conversation_id"]
        assert (second["seq"], second["previous"]) == (1, 0)
        heard = await socket.heard("message", conversation_id=second["conversation_id"])
        assert heard["text"] == "another matter"
    phases = {row.id: row.phase for row in await chat.rows("SELECT id, phase FROM conversation")}
    assert phases[UUID(first["conversation_id"])] == "after_call_work"


async def test_a_late_message_reopens_or_begins_anew_by_the_programs_rule(chat: Chat) -> None:
    visitor = await chat.visitor()
    async with chat.socket(visitor["visitor_secret"]) as socket:
        first = await socket.say("hello")
        conversation_id = UUID(first["conversation_id"])
        async with chat.desk.database.transaction(SYSTEM) as tx:
            await lifecycle.abandon(tx, SYSTEM, conversation_id)
        assert (await socket.until("status", status="resolved"))["ended"] is True
        socket.seen.clear()
        again = await socket.say("are you there?")
        assert again["conversation_id"] == first["conversation_id"]
        assert (await socket.heard("message", text="reopened"))["kind"] == "event"
        assert (await socket.heard("status", status="open"))["ended"] is False
        async with chat.desk.database.transaction(SYSTEM) as tx:
            await lifecycle.abandon(tx, SYSTEM, conversation_id)
        await chat.rows("UPDATE conversation SET resolved_at = now() - interval '30 days' RETURNING id")
        new = await socket.say("much later")
        assert new["conversation_id"] != first["conversation_id"]
        await socket.heard("message", conversation_id=new["conversation_id"], text="much later")


async def test_a_profile_names_the_customer_and_merges_nobody(chat: Chat) -> None:
    known = await chat.desk.customer("ada@example.org", "Ada Known")
    visitor = await chat.visitor()
    async with chat.socket(visitor["visitor_secret"]) as socket:
        await socket.send(type="profile", client_id="p-1", name="Ada", email="Ada@Example.org")
        await socket.until("ack", client_id="p-1")
        ack = await socket.say("hello")
        await socket.send(type="profile", client_id="p-2", name="Ada", email="no address")
        refused = await socket.until("error", client_id="p-2")
        assert refused["code"] == "invalid"
    row = (await chat.rows("SELECT customer_id, customer_name FROM conversation"))[0]
    assert row.customer_name == "Ada"
    assert row.customer_id != known.id
    claims = await chat.rows("SELECT customer_id, value FROM customer_claim")
    assert [(one.customer_id, one.value) for one in claims] == [(row.customer_id, "ada@example.org")]
    assert ack["seq"] == 1
    assert (await chat.visitor(visitor_secret=visitor["visitor_secret"]))["email_known"] is True


async def test_a_reload_finds_the_same_visitor_and_conversation(chat: Chat) -> None:
    visitor = await chat.visitor()
    async with chat.socket(visitor["visitor_secret"]) as socket:
        ack = await socket.say("hello")
    again = await chat.visitor(visitor_secret=visitor["visitor_secret"], page_url=f"{PAGE}/cart")
    assert again["visitor_id"] == visitor["visitor_id"]
    assert again["conversation"] == {"id": ack["conversation_id"], "last_seq": 1, "status": "open"}


async def test_a_message_costs_few_statements(chat: Chat) -> None:
    visitor = await chat.visitor()
    async with chat.socket(visitor["visitor_secret"]) as socket:
        await socket.say("first")
        with sent_statements() as sent:
            await socket.say("second")
    # Beside it, others pass on what is new and follow the log.
    (stored,) = [one for one in sent if "INSERT INTO message" in one.statement]
    mine = [one.statement for one in sent if one.task is stored.task]
    assert len(mine) <= 10, mine


async def test_neither_a_profile_nor_a_page_keeps_a_card(chat: Chat) -> None:
    card = "4111 1111 1111 1111"
    visitor = await chat.visitor(page_url=f"{PAGE}/?pay=4111%201111%201111%201111", page_title=f"Pay {card}")
    secret = visitor["visitor_secret"]
    seen = "SELECT page_url, page_title, name FROM visitor"
    assert list(await chat.rows(seen)) == [(f"{PAGE}/?pay=[card ×××× 1111]", "Pay [card ×××× 1111]", None)]
    async with chat.socket(secret) as socket:
        await socket.say("hello")
        await socket.send(type="profile", client_id="p-1", name=f"Ada {card}", email="ada@example.org")
        await socket.until("ack", client_id="p-1")
    assert list(await chat.rows(seen)) == [(PAGE, "Pay [card ×××× 1111]", "Ada [card ×××× 1111]")]
    assert list(await chat.rows("SELECT name FROM customer")) == [("Ada [card ×××× 1111]",)]
