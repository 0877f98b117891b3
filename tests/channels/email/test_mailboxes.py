"""Mailboxes at other providers: their mail comes in once, whatever fails in between."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg.errors import ProgramLimitExceeded
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from careloom.channels.commands.mail.incoming import retry_incoming
from careloom.channels.commands.mailbox import poll as polling
from careloom.channels.commands.mailbox.poll import Poller
from careloom.channels.commands.mailbox.setup import change_mailbox
from careloom.channels.jobs.mailboxes import due, run_mailboxes
from careloom.channels.types.mailbox import (
    AfterTaking,
    MailboxAuth,
    MailboxChanges,
)
from careloom.platform.errors import InvalidInputError
from careloom.platform.keys.lives import destroy_versions
from tests.application import replace_settings
from tests.channels.email.branch import Branch, by_token
from tests.channels.email.imap_server import PASSWORD, Refusal
from tests.channels.email.oauth_server import OAuthServer
from tests.channels.email.post_office import MAILS, mail
from tests.channels.email.refusing import REFUSED, refuse_messages
from tests.conversations.desk import SYSTEM
from tests.postgres import FreshDatabase

MIXED = "Content-Type: multipart/mixed; boundary=b{0}\r\n\r\n--b{0}\r\n"
RFC822 = "Content-Type: message/rfc822\r\n\r\n"


def _letter(number: int, **more: str) -> str:
    fields = {"Subject": f"Parcel {number}", "Message_ID": f"<{number}@example.org>"} | more
    return mail(f"Where is parcel {number}?", **fields)


async def test_new_mail_becomes_messages_once(branch: Branch) -> None:
    await branch.mailbox()
    await branch.imap.deliver(_letter(1))
    await branch.imap.deliver(_letter(2))
    row = await branch.poll()
    assert (row.taken, row.problem, row.failing_since) == (2, None, None)
    assert row.checked_at is not None
    await branch.poll()
    await branch.imap.deliver(_letter(3))
    row = await branch.poll()
    assert row.taken == 3
    assert await branch.subjects() == ["Parcel 1", "Parcel 2", "Parcel 3"]


async def test_what_lay_there_before_is_left_unless_it_was_asked_for(branch: Branch) -> None:
    await branch.mailbox(take_existing=False)
    await branch.imap.deliver(_letter(1))
    await branch.poll()
    await branch.imap.deliver(_letter(2))
    await branch.poll()
    assert await branch.subjects() == ["Parcel 2"]


async def test_polling_leaves_mail_unread(branch: Branch) -> None:
    await branch.mailbox()
    await branch.imap.deliver(_letter(1))
    await branch.poll()
    assert await branch.imap.flags() == [set()]


async def test_taken_mail_is_marked_seen_where_wanted(branch: Branch) -> None:
    await branch.mailbox(after_taking=AfterTaking.MARK_SEEN)
    await branch.imap.deliver(_letter(1))
    await branch.poll()
    assert await branch.imap.flags() == [{"\\Seen"}]


async def test_taken_mail_is_moved_where_wanted(branch: Branch) -> None:
    await branch.mailbox(after_taking=AfterTaking.MOVE, move_to="Taken")
    await branch.imap.deliver(_letter(1))
    await branch.imap.deliver(_letter(2))
    await branch.poll()
    assert await branch.imap.flags() == []
    assert len(await branch.imap.flags("Taken")) == 2


async def test_the_same_mail_by_smtp_and_from_the_mailbox_is_one_message(branch: Branch) -> None:
    await branch.mailbox()
    await branch.office.post(_letter(1))
    await branch.imap.deliver("Received: from elsewhere\r\n" + _letter(1))
    await branch.poll()
    assert await branch.subjects() == ["Parcel 1"]


async def test_a_death_before_the_mark_is_made_up_for_and_repeats_nothing(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    await branch.mailbox(after_taking=AfterTaking.MOVE, move_to="Taken")
    for number in (1, 2):
        await branch.imap.deliver(_letter(number))
    real = polling.ImapSession.settle

    async def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(polling.ImapSession, "settle", killed)
    with pytest.raises(KeyboardInterrupt):
        await branch.poll()
    monkeypatch.setattr(polling.ImapSession, "settle", real)
    assert await branch.subjects() == ["Parcel 1"]
    await branch.office.desk.rows("UPDATE mailbox SET leased_until = now() - interval '1 s' RETURNING id")
    await branch.poll()
    assert await branch.subjects() == ["Parcel 1", "Parcel 2"]
    assert len(await branch.imap.flags("Taken")) == 2


async def test_a_death_before_the_commit_takes_the_mail_the_next_time(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    await branch.mailbox()
    await branch.imap.deliver(_letter(1))
    real = polling.take_in

    async def killed(*values: Any) -> None:
        await real(*values)
        raise KeyboardInterrupt

    monkeypatch.setattr(polling, "take_in", killed)
    with pytest.raises(KeyboardInterrupt):
        await branch.poll()
    assert await branch.subjects() == []
    monkeypatch.setattr(polling, "take_in", real)
    await branch.office.desk.rows("UPDATE mailbox SET leased_until = NULL RETURNING id")
    await branch.poll()
    assert await branch.subjects() == ["Parcel 1"]


async def test_a_folder_numbered_anew_loses_and_repeats_nothing(branch: Branch) -> None:
    await branch.mailbox(take_existing=False)
    await branch.imap.deliver(_letter(1), at=datetime.now(UTC) - timedelta(days=30))
    await branch.poll()
    await branch.imap.deliver(_letter(2))
    await branch.poll()
    await branch.imap.deliver(_letter(3))
    await branch.imap.renumber()
    await branch.poll()
    assert await branch.subjects() == ["Parcel 2", "Parcel 3"]
    await branch.imap.deliver(_letter(4))
    await branch.poll()
    assert await branch.subjects() == ["Parcel 2", "Parcel 3", "Parcel 4"]


async def test_two_processes_never_poll_a_mailbox_at_the_same_time(branch: Branch) -> None:
    await branch.mailbox()
    leases = await asyncio.gather(*(due(branch.runtime, 5) for _ in range(4)))
    assert sum(len(one) for one in leases) == 1


async def test_whoever_lost_the_lease_stores_nothing(branch: Branch) -> None:
    await branch.mailbox()
    await branch.imap.deliver(_letter(1))
    (old,) = await due(branch.runtime, 1)
    await branch.office.desk.rows("UPDATE mailbox SET leased_until = now() - interval '1 s' RETURNING id")
    (new,) = await due(branch.runtime, 1)
    await branch.poller.poll(old)
    assert await branch.subjects() == []
    await branch.poller.poll(new)
    assert await branch.subjects() == ["Parcel 1"]


async def test_a_server_that_hangs_up_is_tried_again_from_where_it_stopped(branch: Branch) -> None:
    await branch.mailbox()
    for number in range(1, 4):
        await branch.imap.deliver(_letter(number))
    branch.imap.drop_after = 7
    row = await branch.poll()
    assert row.problem in ("server", "host")
    assert 0 < row.taken < 3
    assert row.failures == 1
    branch.imap.drop_after = None
    row = await branch.poll()
    assert (row.taken, row.problem, row.failures) == (3, None, 0)
    assert await branch.subjects() == ["Parcel 1", "Parcel 2", "Parcel 3"]


async def test_the_pause_grows_with_each_failure(branch: Branch) -> None:
    await branch.mailbox(password="wrong", poll_seconds=60)
    rows = [(await branch.poll(), datetime.now(UTC)) for _ in range(3)]
    assert {row.problem for row, _ in rows} == {"sign_in"}
    assert [round((row.next_at - at).total_seconds() / 60) for row, at in rows] == [1, 2, 4]
    assert len({row.failing_since for row, _ in rows}) == 1


async def test_a_large_mail_is_noted_and_left_where_it_is(branch: Branch) -> None:
    small = Branch(branch.office, branch.imap, branch.address)
    small.runtime = replace_settings(branch.runtime, max_upload_bytes=100_000)
    await small.mailbox()
    await small.imap.deliver(_letter(1) + "x" * 200_000)
    await small.imap.deliver(_letter(2))
    await small.poll(Poller(small.runtime, ThreadPoolExecutor(1)))
    rows = [row for row in await small.office.messages() if row.kind == "inbound"]
    assert [row.subject for row in rows] == ["Parcel 1", "Parcel 2"]
    assert "0.2 MB" in rows[0].text
    assert "INBOX" in rows[0].text


async def test_malformed_mails_stop_nothing(branch: Branch) -> None:
    await branch.mailbox()
    wrong = [b"", b"\r\n", b"\xff\xfe\x00 no header", b"From: \xc3\x28\r\nSubject: =?x?b?!?=\r\n\r\n\x00"]
    wrong += [path.read_bytes() for path in sorted(MAILS.glob("malformed*.eml"))]
    for raw in wrong:
        await branch.imap.deliver(raw)
    await branch.imap.deliver(_letter(1))
    row = await branch.poll()
    assert row.problem is None
    assert "Parcel 1" in await branch.subjects()


@pytest.mark.parametrize(("nested", "levels"), [(MIXED, 260), (RFC822, 200)], ids=["parts", "mails"])
async def test_a_deeply_nested_mail_holds_up_none_behind_it(branch: Branch, nested: str, levels: int) -> None:
    await branch.mailbox()
    await branch.imap.deliver(_letter(1))
    deep = "From: ada@example.org\r\nSubject: Parcel 2\r\n" + "".join(nested.format(one) for one in range(levels))
    await branch.imap.deliver(deep + "\r\nhello")
    await branch.imap.deliver(_letter(3))
    row = await branch.poll()
    assert (row.taken, row.problem, row.failing_since) == (3, None, None)
    assert await branch.subjects() == ["Parcel 1", "Parcel 2", "Parcel 3"]


async def test_a_mail_that_the_database_refuses_each_time_is_kept_and_holds_up_none_behind_it(
    branch: Branch, fresh_database: FreshDatabase
) -> None:
    refuse_messages(fresh_database, "Parcel 2")
    await branch.mailbox()
    for number in (1, 2, 3):
        await branch.imap.deliver(_letter(number))
    rows = [await branch.poll() for _ in range(3)]
    assert [(row.taken, row.problem) for row in rows] == [(1, "ours"), (1, "ours"), (3, None)]
    assert await branch.subjects() == ["Parcel 1", "Parcel 3"]
    (kept,) = [one for one in await branch.office.incoming() if one.handled_at is None]
    assert REFUSED in kept.error


async def test_what_failed_elsewhere_before_does_not_count_against_a_mail(
    branch: Branch, fresh_database: FreshDatabase
) -> None:
    await branch.mailbox()
    branch.imap.drop_after = 1
    for _ in range(4):
        await branch.poll()
    branch.imap.drop_after = None
    refuse_messages(fresh_database, "Parcel 1")
    await branch.imap.deliver(_letter(1))
    assert ((await branch.poll()).taken, await branch.office.incoming()) == (0, [])


@pytest.mark.parametrize(
    ("refusal", "sender", "subject"),
    [
        (Refusal(b"BODY.PEEK[]"), "Ada Lopes", "Parcel 2"),
        (Refusal(b"BODY.PEEK"), "", None),
        (Refusal(b"FETCH"), "", None),
        (Refusal(b"BODY.PEEK[]", None), "Ada Lopes", "Parcel 2"),
        (Refusal(b"BODY.PEEK", None), "", None),
    ],
    ids=["no body", "no header", "no size", "hang up at the body", "hang up at the header"],
)
async def test_a_mail_that_the_server_does_not_give_is_named_and_holds_up_none_behind_it(
    branch: Branch, refusal: Refusal, sender: str, subject: str | None
) -> None:
    await branch.mailbox(after_taking=AfterTaking.MOVE, move_to="Taken")
    branch.imap.refused[102] = refusal
    for number in (1, 2, 3):
        await branch.imap.deliver(_letter(number))
    rows = [await branch.poll() for _ in range(5)]
    assert [row.taken for row in rows[:3]] == [1, 1, 1]
    assert rows[0].problem in ("server", "host")
    assert (rows[-1].taken, rows[-1].problem) == (3, None)
    assert set(await branch.subjects()) == {"Parcel 1", subject, "Parcel 3"}
    (note,) = [one for one in await branch.office.messages() if "does not give this mail" in one.text]
    assert "folder INBOX, UID 102" in note.text
    assert sender in note.author_name
    assert (len(await branch.imap.flags()), len(await branch.imap.flags("Taken"))) == (1, 2)


async def test_a_server_that_gives_no_mail_at_all_is_waited_for(branch: Branch) -> None:
    await branch.mailbox()
    for number in (1, 2):
        await branch.imap.deliver(_letter(number))
    branch.imap.refused |= {101: Refusal(b"BODY.PEEK"), 102: Refusal(b"BODY.PEEK")}
    for _ in range(6):
        assert (await branch.poll()).taken == 0
    branch.imap.refused.clear()
    assert (await branch.poll()).taken == 2
    assert await branch.subjects() == ["Parcel 1", "Parcel 2"]
    stood_in = "SELECT 1 FROM message WHERE text LIKE '%does not give%'"
    assert await branch.office.desk.rows(stood_in) == []


async def test_a_mail_that_was_long_refused_is_moved_once_it_is_taken(branch: Branch) -> None:
    await branch.mailbox(after_taking=AfterTaking.MOVE, move_to="Taken")
    await branch.imap.deliver(_letter(1))
    branch.imap.refused[101] = Refusal(b"BODY.PEEK")
    for _ in range(5):
        assert (await branch.poll()).taken == 0
    branch.imap.refused.clear()
    assert (await branch.poll()).taken == 1
    assert (len(await branch.imap.flags()), len(await branch.imap.flags("Taken"))) == (0, 1)


async def test_a_taken_mail_that_cannot_be_moved_is_left_and_holds_up_none_behind_it(branch: Branch) -> None:
    await branch.mailbox(after_taking=AfterTaking.MOVE, move_to="Taken")
    branch.imap.refused[101] = Refusal(b"MOVE")
    for number in (1, 2):
        await branch.imap.deliver(_letter(number))
    rows = [await branch.poll() for _ in range(4)]
    assert [(row.taken, row.problem) for row in rows] == [(1, "server")] * 3 + [(2, None)]
    assert await branch.subjects() == ["Parcel 1", "Parcel 2"]
    assert (len(await branch.imap.flags()), len(await branch.imap.flags("Taken"))) == (1, 1)


@pytest.mark.parametrize("failure", [RuntimeError("x"), OperationalError("INSERT", {}, ProgramLimitExceeded("y"))])
async def test_a_failure_of_ours_is_shown_and_a_mail_that_causes_it_is_kept_and_passed_in_the_end(
    branch: Branch, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    await branch.mailbox()
    for number in (1, 2, 3):
        await branch.imap.deliver(_letter(number))
    real = polling.take_in

    async def failing(*values: Any) -> bool:
        *_, envelope, prepared = values
        if b"<2@example.org>" in envelope.raw and prepared.letter is not None:
            raise failure
        return await real(*values)

    monkeypatch.setattr(polling, "take_in", failing)
    rows = [await branch.poll() for _ in range(2)]
    assert [(row.taken, row.problem, row.answer) for row in rows] == [(1, "ours", type(failure).__name__)] * 2
    assert rows[0].failing_since == rows[1].failing_since is not None
    row = await branch.poll()
    assert (row.taken, row.problem, row.failing_since) == (3, None, None)
    assert await branch.subjects() == ["Parcel 1", "Parcel 3"]
    kept = [one for one in await branch.office.incoming() if one.handled_at is None]
    assert [type(failure).__name__ in one.error for one in kept] == [True]
    async with branch.runtime.database.transaction(SYSTEM) as tx:
        await retry_incoming(tx, SYSTEM, branch.runtime.files, branch.runtime.secret, kept[0].id)
    assert sorted(await branch.subjects()) == ["Parcel 1", "Parcel 2", "Parcel 3"]


async def test_a_bounce_in_the_mailbox_is_no_message(branch: Branch) -> None:
    await branch.mailbox()
    daemon = {"From": "mailer-daemon@mx.example", "Subject": "Undelivered Mail Returned to Sender"}
    await branch.imap.deliver("Return-Path: <>\r\n" + _letter(1, **daemon))
    await branch.poll()
    assert [row.verdict for row in await branch.office.incoming()] == ["bounce"]
    assert await branch.subjects() == []


async def test_a_refresh_token_signs_in_and_its_successor_is_kept(branch: Branch, tokens: OAuthServer) -> None:
    await branch.mailbox(**by_token(tokens, client_secret="shh"))
    await branch.imap.deliver(_letter(1))
    await branch.poll()
    await branch.imap.deliver(_letter(2))
    await branch.poll()
    assert await branch.subjects() == ["Parcel 1", "Parcel 2"]
    assert len(tokens.asked) == 1, "a token is used until it ends"
    asked = tokens.asked[0]
    assert (asked["grant_type"], asked["client_secret"], asked["scope"]) == (
        "refresh_token",
        "shh",
        "imap offline_access",
    )
    fresh = Poller(branch.runtime, ThreadPoolExecutor(1))
    row = await branch.poll(fresh)
    assert row.problem is None, "the renewed refresh token is what counts after a restart"


async def test_client_credentials_sign_in(branch: Branch, tokens: OAuthServer) -> None:
    values = by_token(tokens, refresh_token=None, client_secret="shh", auth=MailboxAuth.CLIENT_CREDENTIALS)
    await branch.mailbox(**values)
    await branch.imap.deliver(_letter(1))
    assert (await branch.poll()).problem is None
    assert tokens.asked[0]["grant_type"] == "client_credentials"
    assert await branch.subjects() == ["Parcel 1"]


async def test_a_token_that_ends_is_asked_for_again(branch: Branch, tokens: OAuthServer) -> None:
    tokens.lasts = 0
    await branch.mailbox(**by_token(tokens))
    await branch.poll()
    assert (await branch.poll()).problem is None
    assert len(tokens.asked) == 2


async def test_a_token_that_the_server_ends_early_is_replaced_in_the_same_poll(
    branch: Branch, tokens: OAuthServer
) -> None:
    await branch.mailbox(**by_token(tokens))
    await branch.poll()
    branch.imap.access_tokens.clear()
    await branch.imap.deliver(_letter(1))
    assert (await branch.poll()).problem is None
    assert await branch.subjects() == ["Parcel 1"]


async def test_a_refused_refresh_token_says_so_in_the_providers_words(branch: Branch, tokens: OAuthServer) -> None:
    await branch.mailbox(**by_token(tokens, refresh_token="stale"))
    row = await branch.poll()
    assert row.problem == "consent"
    assert "invalid_grant" in row.answer


async def test_private_networks_are_refused_unless_the_operator_names_them(branch: Branch, tokens: OAuthServer) -> None:
    closed = Poller(branch.office.runtime, ThreadPoolExecutor(1))
    await branch.mailbox(**by_token(tokens))
    row = await branch.poll(closed)
    assert (row.problem, row.answer, branch.imap.connections, tokens.asked) == ("blocked", None, 0, [])


@pytest.mark.parametrize("host", ["a:b", "imap.example.org:993", "a:b:c", "127.0.0.1:1"])
async def test_a_host_with_a_port_is_refused_at_its_field(branch: Branch, host: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        await branch.mailbox(host=host)
    assert [one.path for one in refused.value.errors] == ["/host"]
    await branch.mailbox(host="2001:db8::1")


async def test_secrets_are_sealed_and_stay_with_the_place_that_they_were_given_for(branch: Branch) -> None:
    one = await branch.mailbox()
    (row,) = await branch.office.desk.rows("SELECT m::text AS whole FROM mailbox m")
    assert PASSWORD not in row.whole
    database = branch.runtime.database
    with pytest.raises(InvalidInputError) as caught:
        async with database.transaction(SYSTEM) as tx:
            await change_mailbox(tx, SYSTEM, one.id, MailboxChanges(host="imap.attacker.example"))
    assert [error.path for error in caught.value.errors] == ["/password"]
    async with database.transaction(SYSTEM) as tx:
        changed = await change_mailbox(tx, SYSTEM, one.id, MailboxChanges(poll_seconds=120))
    assert changed.poll_seconds == 120
    assert (await branch.poll()).problem is None


async def test_secrets_that_cannot_be_read_any_more_are_entered_again(branch: Branch) -> None:
    one, database = await branch.mailbox(), branch.runtime.database
    for broken in ("", "k1.1.broken"):
        async with database.transaction(SYSTEM) as tx:
            await tx.execute(text("UPDATE mailbox SET secret = :broken"), {"broken": broken})
        assert (await branch.poll()).problem == "secret"
        with pytest.raises(InvalidInputError):
            async with database.transaction(SYSTEM) as tx:
                await change_mailbox(tx, SYSTEM, one.id, MailboxChanges(poll_seconds=120))
        async with database.transaction(SYSTEM) as tx:
            await change_mailbox(tx, SYSTEM, one.id, MailboxChanges(password=PASSWORD))
        assert (await branch.poll()).problem is None


async def test_a_client_whose_keys_were_destroyed_signs_in_nowhere(branch: Branch) -> None:
    one = await branch.mailbox()
    async with branch.runtime.database.transaction(SYSTEM) as tx:
        await destroy_versions(tx, one.client_id)
    assert (await branch.poll()).problem == "secret"


async def test_another_folder_begins_anew(branch: Branch) -> None:
    one = await branch.mailbox()
    await branch.imap.deliver(_letter(1))
    await branch.poll()
    async with branch.runtime.database.transaction(SYSTEM) as tx:
        await change_mailbox(tx, SYSTEM, one.id, MailboxChanges(folder="Missing"))
    row = await branch.poll()
    assert row.problem == "folder"


async def test_the_loop_polls_what_is_due_and_stops_when_told(branch: Branch) -> None:
    await branch.mailbox()
    await branch.imap.deliver(_letter(1))
    async with AsyncExitStack() as stack:
        running = asyncio.create_task(run_mailboxes(branch.runtime))
        stack.callback(running.cancel)
        async with asyncio.timeout(60):
            while not await branch.subjects():  # noqa: ASYNC110 - what is waited for happens in the database
                await asyncio.sleep(0.05)
    with pytest.raises(asyncio.CancelledError):
        await running
