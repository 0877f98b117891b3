"""Lists, counts and search: each shows what it says, to whom it may, from an index."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from sqlalchemy import text

from careloom.conversations.commands import desk as desk_commands
from careloom.conversations.commands import lifecycle, notes
from careloom.conversations.core.search_words import SearchWords, search_words
from careloom.conversations.queries import lists, search
from careloom.conversations.queries.conversation import get_conversations
from careloom.conversations.queries.lists import Asked, count_views, list_conversations
from careloom.conversations.queries.messages import list_messages
from careloom.conversations.queries.search import search_conversations
from careloom.conversations.tables.message import message
from careloom.conversations.types import ConversationChanges, Priority, Sort, Status, View, ViewFilter
from careloom.customers.commands.notes import add_customer_note
from careloom.customers.queries.history import list_notes, list_timeline
from careloom.identity.types import Role, ScopeKind
from careloom.organizations.types import Channel
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database
from careloom.platform.errors import InvalidInputError
from careloom.platform.ids import new_id
from tests.conversations.desk import SYSTEM, Desk, ids, make_desk
from tests.statements import sent_statements


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await make_desk(database)


async def listed(desk: Desk, **asked: Any) -> list[Any]:
    return ids(list((await desk.do(list_conversations, Asked(**asked))).items))


async def test_each_view_holds_its_own(desk: Desk) -> None:
    mine, queued, loose = await desk.opened(), await desk.opened(queue_id=desk.queue_id), await desk.opened()
    await desk.do(lifecycle.give_to, mine, desk.agent.id, desk.agent.name)
    await desk.do(notes.add_note, loose, "look", [desk.agent.id])
    assert await listed(desk, view=View.MINE, sort=Sort.WAITING) == [mine]
    assert await listed(desk, view=View.MY_QUEUES, queue_ids=[desk.queue_id], sort=Sort.WAITING) == [queued]
    assert set(await listed(desk, view=View.UNASSIGNED, sort=Sort.WAITING)) == {queued, loose}
    assert await listed(desk, view=View.MENTIONED) == [loose]
    assert set(await listed(desk)) == {mine, queued, loose}
    counts = await desk.do(count_views, [desk.queue_id])
    assert (counts.mine, counts.my_queues, counts.unassigned, counts.mentioned) == (1, 1, 2, 1)


async def test_whoever_waits_longest_is_first_and_a_promise_counts(desk: Desk) -> None:
    third, first = await desk.opened(at=now() - timedelta(hours=1)), await desk.opened(at=now() - timedelta(hours=3))
    second = await desk.opened()
    await desk.do(lifecycle.enter_queue, second, desk.queue_id, now() - timedelta(hours=2), actor=SYSTEM)
    assert await listed(desk, view=View.UNASSIGNED, sort=Sort.WAITING) == [first, second, third]


@pytest.mark.parametrize("sort", list(Sort))
async def test_pages_follow_each_other_over_all_clients(desk: Desk, sort: Sort) -> None:
    other = await desk.world.client("Other")
    program = await desk.world.program(other, desk.provider)
    both = await desk.world.actor(await desk.world.agent(desk.provider, desk.client, other))
    expected = {await desk.opened() for _ in range(4)}
    for index in range(3):
        async with desk.database.transaction(SYSTEM) as tx:
            from careloom.customers.commands.recognise import recognise
            from careloom.customers.types import IdentityKind

            customer = await recognise(tx, SYSTEM, other.id, IdentityKind.HANDLE, f"c{index}")
        inbound = desk.inbound(customer, client_id=other.id, program_id=program.id)
        expected.add((await desk.receive(inbound)).conversation.id)
    seen: list[Any] = []
    after = None
    while True:
        page = await desk.do(list_conversations, Asked(sort=sort), 2, after, actor=both)
        seen += ids(list(page.items))
        after = page.next
        if after is None:
            break
    assert len(seen) == 7
    assert set(seen) == expected


async def test_filters_narrow_and_a_foreign_cursor_is_refused(desk: Desk) -> None:
    chat, mail = await desk.opened(), await desk.opened(channel=Channel.EMAIL)
    changes = ConversationChanges(priority=Priority.URGENT, tags=("vip", "vip", "refund"))
    changed = await desk.do(desk_commands.change_conversation, mail, changes)
    assert changed.tags == ("vip", "refund")
    for one in (
        ViewFilter(channel=Channel.EMAIL),
        ViewFilter(tag="vip"),
        ViewFilter(priority=Priority.URGENT),
    ):
        assert await listed(desk, filter=one) == [mail]
    assert await listed(desk, filter=ViewFilter(status=Status.RESOLVED), sort=Sort.WAITING) == []
    assert set(await listed(desk, filter=ViewFilter(unassigned=True))) == {chat, mail}
    with pytest.raises(InvalidInputError):
        await desk.do(list_conversations, Asked(), 10, "bm9uc2Vuc2U")


@pytest.mark.parametrize("sort", list(Sort))
async def test_a_filter_without_an_index_looks_at_some_at_a_time_and_misses_none(
    desk: Desk, sort: Sort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "_MOST_LOOKED_AT", 4)
    every = [await desk.opened(at=now() - timedelta(hours=20 - index)) for index in range(12)]
    other = await desk.world.program(desk.client, desk.provider, name="Other")
    await desk.opened(program_id=other.id)
    for one in (every[1], every[2], every[11]):
        await desk.do(desk_commands.change_conversation, one, ConversationChanges(tags=("rare",)))
    rare = Asked(sort=sort, filter=ViewFilter(tag="rare"))
    seen: list[Any] = []
    sizes: list[int] = []
    after = None
    while True:
        page = await desk.do(list_conversations, rare, 2, after)
        seen += ids(list(page.items))
        sizes.append(len(page.items))
        after = page.next
        if after is None:
            break
    in_order = [one for one in await listed(desk, sort=sort) if one in seen]
    assert set(seen) == {every[1], every[2], every[11]}
    assert seen == in_order
    assert len(sizes) > 2
    nothing = await desk.do(list_conversations, Asked(sort=sort, filter=ViewFilter(tag="nothing")), 2)
    assert nothing.items == ()
    assert nothing.next is not None


async def test_a_customers_own_are_listed_whole_however_old(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "_MOST_LOOKED_AT", 2)
    customer = await desk.customer()
    first = (await desk.write(customer, "long ago")).conversation.id
    for _ in range(6):
        await desk.opened()
    assert await listed(desk, customer_id=customer.id) == [first]
    assert await listed(desk, customer_id=new_id()) == []


async def test_a_grant_for_one_program_shows_that_program_alone(desk: Desk) -> None:
    other = await desk.world.program(desk.client, desk.provider, name="Other")
    person = await desk.world.person(Role.AGENT, ScopeKind.PROGRAM, other.id, provider=desk.provider)
    actor = await desk.world.actor(person)
    hidden = await desk.opened("secret parcel")
    shown = await desk.opened("open parcel", program_id=other.id)
    page = await desk.do(list_conversations, Asked(), actor=actor)
    assert ids(list(page.items)) == [shown]
    found = await desk.do(get_conversations, [hidden, shown], actor=actor)
    assert ids(found) == [shown]
    hits = await desk.do(search_conversations, "parcel", actor=actor)
    assert [one.conversation.id for one in hits.items] == [shown]


async def test_a_customers_timeline_shows_contacts_of_ones_own_programs_and_what_is_about_the_customer(
    desk: Desk,
) -> None:
    other = await desk.world.program(desk.client, desk.provider, name="Other")
    person = await desk.world.person(Role.AGENT, ScopeKind.PROGRAM, other.id, provider=desk.provider)
    actor = await desk.world.actor(person)
    customer = await desk.customer()
    hidden = (await desk.write(customer, "secret parcel")).conversation.id
    shown = (await desk.write(customer, "open parcel", program_id=other.id)).conversation.id
    await desk.do(add_customer_note, customer.id, "Likes it short")
    every = (await desk.do(list_timeline, customer.id)).items
    assert {one.conversation_id for one in every} == {hidden, shown, None}
    first = await desk.do(list_timeline, customer.id, 1, actor=actor)
    rest = await desk.do(list_timeline, customer.id, 10, first.next, actor=actor)
    assert [one.conversation_id for one in (*first.items, *rest.items)] == [None, shown]
    assert [one.text for one in (await desk.do(list_notes, customer.id, actor=actor)).items] == ["Likes it short"]


async def test_messages_come_by_number_in_both_directions(desk: Desk) -> None:
    customer = await desk.customer()
    one = (await desk.write(customer, "1")).conversation.id
    for index in range(2, 8):
        await desk.write(customer, str(index), conversation_id=one)

    async def seqs(**asked: Any) -> tuple[list[int], str | None]:
        page = await desk.do(list_messages, one, limit=3, **asked)
        return [message.seq for message in page.items], page.next

    assert await seqs() == ([5, 6, 7], "5")
    assert await seqs(before_seq=5) == ([2, 3, 4], "2")
    assert await seqs(before_seq=2) == ([1], None)
    assert await seqs(after_seq=4) == ([5, 6, 7], None)


async def test_search_ranks_marks_and_completes_the_last_word(desk: Desk) -> None:
    once = await desk.opened("my parcel is late")
    often = await desk.opened("parcel parcel parcel, where is the parcel")
    await desk.opened("a refund please")
    hits = await desk.do(search_conversations, "parc")
    assert [one.conversation.id for one in hits.items] == [often, once]
    assert "«parcel»" in hits.items[1].snippet
    assert [one.conversation.id for one in (await desk.do(search_conversations, "parcel -late")).items] == [often]
    assert [one.conversation.id for one in (await desk.do(search_conversations, '"parcel is"')).items] == [once]


async def test_a_word_in_most_messages_is_looked_for_in_the_newest_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_MOST_RANKED", 3)
    monkeypatch.setattr(search, "_SAMPLED", 2)
    monkeypatch.setattr(search, "_COMMON", 2)
    monkeypatch.setattr(search, "_LEAST_OF_EACH", 1)
    old, rare = await desk.opened("parcel"), await desk.opened("a parcel and a heron")
    newest = [await desk.opened("parcel") for _ in range(3)]
    found = await desk.do(search_conversations, "parcel")
    assert {one.conversation.id for one in found.items} == set(newest)
    assert old not in [one.conversation.id for one in found.items]
    assert [one.conversation.id for one in (await desk.do(search_conversations, "heron")).items] == [rare]


@pytest.mark.parametrize("typed", ["", "  ", "!!!", "' & | ! (", '"', "a:*b", "\\", "<->", "-", "OR", "x OR", "🦊"])
async def test_no_search_text_is_a_syntax_error(desk: Desk, typed: str) -> None:
    await desk.opened("anything")
    assert (await desk.do(search_conversations, typed)).items == ()


def test_an_unfinished_last_word_is_a_prefix_unless_it_is_quoted() -> None:
    assert search_words("late parc") == SearchWords("late", "parc")
    assert search_words('"late parc') == SearchWords('"late parc', "")
    assert search_words("late or") == SearchWords("late or", "")
    assert search_words("ada@example.org") == SearchWords("ada@example.org", "")


async def test_another_clients_agent_finds_nothing(desk: Desk) -> None:
    one = await desk.opened("my parcel")
    elsewhere = await desk.world.client("Elsewhere")
    stranger = await desk.world.actor(await desk.world.agent(desk.provider, elsewhere))
    assert (await desk.do(search_conversations, "parcel", actor=stranger)).items == ()
    assert (await desk.do(list_conversations, Asked(), actor=stranger)).items == ()
    assert await desk.do(get_conversations, [one], actor=stranger) == []


_READS_ALL = re.compile("Seq Scan on (conversation|message)|Sort Key: message.id")


def test_the_newest_messages_of_a_client_lie_together_in_an_index() -> None:
    """A search looks at them, and a plan of a small table says nothing of how it reads a large one."""
    leads = [tuple(column.name for column in one.columns)[:2] for one in message.indexes]
    assert ("client_id", "id") in leads


async def test_a_search_is_planned_alike_for_rare_and_frequent_words(desk: Desk) -> None:
    """So one plan is kept for all, and none is made for each."""
    await _fill(desk, 3000)
    with sent_statements() as sent:
        await desk.do(search_conversations, '"w7"')
    statement, asked, _ = next(one for one in sent if "ts_headline" in one.statement)
    async with desk.database.transaction(desk.actor) as tx:
        plans = [
            (await tx.exec_driver_sql(f"EXPLAIN {statement}", {**asked, "whole": word})).scalars().all()
            for word in ("w7", "hello")
        ]
    assert plans[0] == plans[1]


async def test_a_search_reads_through_little_that_is_not_sorted_into_its_index_yet(desk: Desk) -> None:
    await _fill(desk, 6000)
    with sent_statements() as sent:
        await desk.do(search_conversations, '"w7"')
    statement, asked, _ = next(one for one in sent if "ts_headline" in one.statement)
    async with desk.database.transaction(desk.actor) as tx:
        await tx.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF)"
        plan = (await tx.exec_driver_sql(f"{explain} {statement}", asked)).scalars().all()
    began = next(place for place, line in enumerate(plan) if "Index Scan on ix_message_search" in line)
    pages = next(int(found[1]) for line in plan[began:] if (found := re.search(r"shared hit=(\d+)", line)))
    assert pages < 60, "\n".join(plan)


async def test_no_list_reads_a_whole_table(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("careloom.conversations.queries.search._MOST_RANKED", 300)
    await _fill(desk, 3000)
    with sent_statements() as sent:
        for asked in (
            Asked(sort=Sort.NEWEST),
            Asked(sort=Sort.WAITING),
            Asked(view=View.MINE, sort=Sort.WAITING),
            Asked(view=View.UNASSIGNED, sort=Sort.WAITING),
            Asked(view=View.MY_QUEUES, queue_ids=[desk.queue_id], sort=Sort.WAITING),
            Asked(filter=ViewFilter(status=Status.RESOLVED)),
        ):
            await desk.do(list_conversations, asked)
        await desk.do(count_views, [desk.queue_id])
        await desk.do(search_conversations, "w7")
        await desk.do(search_conversations, "hello")
    statements = [one for one in sent if re.search("(FROM|JOIN) (conversation|message)", one.statement)]
    assert len(statements) == 12
    for statement, parameters, _ in statements:
        async with desk.database.transaction(desk.actor) as tx:
            plan = (await tx.exec_driver_sql(f"EXPLAIN {statement}", parameters)).scalars().all()
        assert not [line for line in plan if _READS_ALL.search(line)], "\n".join(plan)


async def _fill(desk: Desk, count: int) -> None:
    one = await desk.opened()
    names = "client_id, program_id, case_id, case_number, customer_id, channel, subject, interval_seq"
    async with desk.database.transaction(SYSTEM) as tx:
        await tx.execute(
            text(
                f"INSERT INTO conversation (id, status, phase, queue_id, assignee_id, assignee_name, last_seq, "
                f"waiting_since, {names}) SELECT gen_random_uuid(), "
                "CASE WHEN n % 20 = 0 THEN 'open' ELSE 'resolved' END, "
                "CASE WHEN n % 20 = 0 THEN 'queued' ELSE 'ended' END, "
                "CASE WHEN n % 3 = 0 THEN CAST(:queue AS uuid) END, "
                "CASE WHEN n % 50 = 0 THEN CAST(:agent AS uuid) END, CASE WHEN n % 50 = 0 THEN 'Bo' END, 1, "
                f"now() - n * interval '1 minute', {names} FROM conversation, generate_series(1, :count) n "
                "WHERE id = :id"
            ),
            {"queue": desk.queue_id, "agent": desk.agent.id, "count": count, "id": one},
        )
        await tx.execute(
            text(
                "INSERT INTO message (client_id, conversation_id, seq, id, kind, channel, author_name, text, at) "
                "SELECT client_id, id, 1, gen_random_uuid(), 'inbound', 'chat', 'x', "
                "'hello w' || (row_number() OVER ()), now() FROM conversation WHERE id <> :id"
            ),
            {"id": one},
        )
    superuser = make_conninfo(desk.database.url, user="postgres")
    async with await psycopg.AsyncConnection.connect(superuser, autocommit=True) as connection:
        await connection.execute("ANALYZE")
