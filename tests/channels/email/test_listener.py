"""The listener takes what is for us, once, and answers after the commit."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import aiosmtplib
import pytest
from sqlalchemy.exc import OperationalError

from careloom.channels.commands.mail import incoming
from careloom.channels.commands.mail.addresses import change_mail_address
from careloom.channels.jobs import smtp
from careloom.channels.jobs.mail import retry_mail
from careloom.channels.jobs.smtp import MailListener
from careloom.channels.types import MailAddressChanges
from careloom.platform.database.transactions import Database
from careloom.platform.redaction.redact import Redactor
from careloom.platform.runtime import Runtime
from careloom.platform.texts.languages import Language
from tests.channels.email.post_office import MAILS, PostOffice, mail, open_post_office
from tests.channels.email.refusing import REFUSED, accept_all, refuse_handling, refuse_messages
from tests.conversations.desk import SYSTEM, Desk, check_invariants
from tests.postgres import FreshDatabase

FIELDS = "From: Ada <ada@example.org>\r\nTo: care@brand.example\r\nSubject: Parcel\r\n"
STRANGE = {
    "many headers": FIELDS + "".join(f"X-{n}: y\r\n" for n in range(30_000)) + "\r\nhello",
    "deep parts": FIELDS
    + "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(400))
    + "\r\nhello",
    "deep mails": FIELDS + "Content-Type: message/rfc822\r\n\r\n" * 600 + "Subject: x\r\n\r\nhello",
}


def _refused(error: pytest.ExceptionInfo[aiosmtplib.SMTPRecipientsRefused]) -> tuple[int, str]:
    one = error.value.recipients[0]
    return one.code, one.message


async def test_an_unknown_recipient_is_refused(office: PostOffice) -> None:
    await office.address()
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as error:
        await office.post(mail(), "nobody@brand.example")
    assert _refused(error)[0] == 550
    assert _refused(error)[1].startswith("5.1.1")


async def test_an_inactive_address_is_refused(office: PostOffice) -> None:
    address = await office.address()
    async with office.runtime.database.transaction(SYSTEM) as tx:
        await change_mail_address(tx, SYSTEM, address.id, MailAddressChanges(active=False))
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as error:
        await office.post(mail())
    assert _refused(error)[0] == 550


@pytest.mark.parametrize("recipient", ["care+anything@brand.example", "CARE@Brand.Example"])
async def test_plus_parts_and_capitals_reach_the_address(office: PostOffice, recipient: str) -> None:
    await office.address()
    await office.post(mail(), recipient)
    assert len(await office.conversations()) == 1


async def test_what_is_no_address_is_refused_for_good(office: PostOffice) -> None:
    await office.address()
    reader, writer = await asyncio.open_connection("127.0.0.1", office.listener.port)
    await reader.readline()
    for line in (b"HELO x", b"MAIL FROM:<a@b.example>", b"RCPT TO:<c\xff\xfe@brand.example>"):
        writer.write(line + b"\r\n")
        said = await reader.readline()
    assert said.startswith(b"553")  # pyright: ignore[reportPossiblyUnboundVariable]
    writer.close()


async def test_a_mail_too_large_is_refused(desk: Desk, runtime: Runtime) -> None:
    async with open_post_office(desk, runtime, max_upload_bytes=20_000) as office:
        await office.address()
        with pytest.raises(aiosmtplib.SMTPResponseException) as error:
            await office.post(mail("x " * 20_000))
        assert error.value.code == 552
        assert await office.incoming() == []


async def test_every_kind_of_mail_is_kept_and_none_is_doubled(office: PostOffice) -> None:
    await office.address()
    names = sorted(MAILS.glob("*.eml"))
    assert len(names) > 40
    for _ in range(2):
        for path in names:
            await office.post(path.read_bytes())
    kept = await office.incoming()
    assert len(kept) == len(names)
    assert [(row.error, row.id) for row in kept if row.error or row.handled_at is None] == []
    persons = [row for row in kept if row.verdict == "message"]
    assert all(row.conversation_id is not None for row in persons)
    inbound = [row for row in await office.messages() if row.kind == "inbound"]
    assert len(inbound) == len(persons)
    async with office.runtime.database.transaction(SYSTEM) as tx:
        await check_invariants(tx)


@pytest.mark.parametrize("name", STRANGE)
async def test_a_mail_that_cannot_be_looked_through_is_taken_and_shown(office: PostOffice, name: str) -> None:
    await office.address()
    began = time.process_time()
    await office.post(STRANGE[name])
    assert time.process_time() - began < 10
    (kept,) = await office.incoming()
    assert (kept.error, kept.verdict) == (None, "message")
    assert [row.subject for row in await office.messages()] == ["Parcel"]


async def test_nothing_is_redacted_while_a_transaction_is_open(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.address()
    real, open_ones = incoming.redact_mail, list[int]()
    pool: Any = office.runtime.database.engine.pool

    def told(raw: bytes, chosen: Redactor, language: Language) -> bytes:
        open_ones.append(pool.checkedout())
        return real(raw, chosen, language)

    monkeypatch.setattr(incoming, "redact_mail", told)
    await office.post(mail())
    assert open_ones == [0]


async def test_a_mail_delivered_twice_with_other_trace_headers_is_one_message(office: PostOffice) -> None:
    await office.address()
    await office.post("Received: from a by b; Tue, 23 Apr 2024 12:00:01 +0000\r\n" + mail())
    await office.post("Received: from c by b; Tue, 23 Apr 2024 12:00:09 +0000\r\n" + mail())
    assert len(await office.messages()) == 1
    assert len(await office.incoming()) == 2


async def test_two_mails_that_share_a_message_id_by_mistake_are_two_messages(office: PostOffice) -> None:
    await office.address()
    await office.post(mail("one"))
    await office.post(mail("two"))
    assert sorted(row.text for row in await office.messages()) == ["one", "two"]


async def test_the_same_mail_at_once_is_one_message(office: PostOffice) -> None:
    await office.address()
    await asyncio.gather(*(office.post(mail()) for _ in range(8)))
    assert len(await office.messages()) == 1
    assert len(await office.incoming()) == 1


async def test_one_mail_to_two_clients_lands_at_each_apart(office: PostOffice) -> None:
    await office.address()
    world = office.desk.world
    other = await world.client("Other")
    program = await world.program(other, office.desk.provider, name="Other care")
    await office.address("help@other.example", program)
    await office.post(mail(), "care@brand.example", "help@other.example")
    rows = await office.conversations()
    assert {row.client_id for row in rows} == {office.desk.client.id, other.id}
    assert len({row.customer_id for row in rows}) == 2
    agent = office.desk.actor
    async with office.runtime.database.transaction(agent) as tx:
        seen = (await tx.exec_driver_sql("SELECT client_id FROM incoming_mail")).all()
    assert [row.client_id for row in seen] == [office.desk.client.id]


async def test_a_database_that_is_away_asks_the_sender_to_come_again(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.address()
    real = smtp.take_in

    async def lost(*_: Any) -> None:
        raise OperationalError("INSERT", {}, OSError("server closed the connection"))

    monkeypatch.setattr(smtp, "take_in", lost)
    with pytest.raises(aiosmtplib.SMTPDataError) as error:
        await office.post(mail())
    assert error.value.code == 451
    assert await office.incoming() == []
    monkeypatch.setattr(smtp, "take_in", real)
    await office.post(mail())
    assert len(await office.messages()) == 1


@pytest.mark.parametrize(
    ("refuse", "state"),
    [(partial(refuse_messages, subject="Parcel"), "54000"), (refuse_handling, "22001"), (refuse_handling, "54000")],
    ids=["a message beyond a limit", "data", "a mail beyond a limit"],
)
async def test_a_mail_that_the_database_refuses_each_time_is_kept_answered_for_and_tried_again_by_the_clock(
    office: PostOffice, fresh_database: FreshDatabase, refuse: Callable[..., None], state: str
) -> None:
    await office.address()
    refuse(fresh_database, state=state)
    await office.post(mail())
    await office.post(mail("Thanks.", Subject="Later", Message_ID="<2@example.org>"))
    kept = await office.incoming()
    assert [REFUSED in (one.error or "") for one in kept] == [True, refuse is refuse_handling]
    assert kept[0].handled_at is None
    waiting = "UPDATE incoming_mail SET received_at = now() - interval '1 hour' RETURNING id"
    await office.desk.rows(waiting)
    await retry_mail(office.runtime)
    assert (await office.incoming())[0].attempts == 2
    accept_all(fresh_database)
    await office.desk.rows(waiting)
    await retry_mail(office.runtime)
    assert [one.error for one in await office.incoming()] == [None, None]
    assert sorted(row.subject for row in await office.messages()) == ["Later", "Parcel"]


async def test_a_recipient_that_cannot_be_checked_is_asked_to_come_again(
    office: PostOffice, desk: Desk, runtime: Runtime
) -> None:
    away = Runtime(
        office.runtime.settings,
        Database("postgresql://nobody@127.0.0.1:1/nothing"),
        runtime.store,
        runtime.hub,
        runtime.secret,
    )
    listener = MailListener(away)
    await listener.start()
    there = PostOffice(desk, away, listener, office.sink)
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as error:
        await there.post(mail())
    assert _refused(error)[0] == 451
    await listener.stop()
    await away.database.close()


async def test_a_sender_who_never_heard_our_yes_sends_again_and_it_is_one_message(office: PostOffice) -> None:
    await office.address()
    raw = mail().encode()
    lines = [b"HELO x", b"MAIL FROM:<ada@example.org>", b"RCPT TO:<care@brand.example>", b"DATA"]
    with socket.create_connection(("127.0.0.1", office.listener.port)) as connection:
        connection.settimeout(0)
        loop = asyncio.get_running_loop()
        for line in lines:
            await loop.sock_recv(connection, 500)
            await loop.sock_sendall(connection, line + b"\r\n")
        await loop.sock_recv(connection, 500)
        await loop.sock_sendall(connection, raw + b"\r\n.\r\n")
    for _ in range(100):
        if await office.incoming():
            break
        await asyncio.sleep(0.02)
    await office.post(raw + b"\r\n")
    assert len(await office.messages()) == 1


async def test_lmtp_answers_for_each_recipient(desk: Desk, runtime: Runtime) -> None:
    async with open_post_office(desk, runtime, smtp_protocol="lmtp") as office:
        await office.address()
        world = desk.world
        second = await world.program(desk.client, desk.provider, name="Second")
        await office.address("second@brand.example", second)
        reader, writer = await asyncio.open_connection("127.0.0.1", office.listener.port)
        await reader.readline()
        writer.write(b"LHLO x\r\n")
        while (await reader.readline())[3:4] == b"-":
            continue
        for line in (
            b"MAIL FROM:<a@b.example>",
            b"RCPT TO:<care@brand.example>",
            b"RCPT TO:<second@brand.example>",
            b"DATA",
        ):
            writer.write(line + b"\r\n")
            await reader.readline()
        writer.write(mail().encode() + b"\r\n.\r\n")
        assert [(await reader.readline())[:3] for _ in range(2)] == [b"250", b"250"]
        writer.close()
        assert len(await office.conversations()) == 2


async def test_more_connections_than_allowed_are_turned_away(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "_MOST_CONNECTIONS", 2)
    opened = [await asyncio.open_connection("127.0.0.1", office.listener.port) for _ in range(3)]
    said = [await reader.readline() for reader, _ in opened]
    assert [line[:3] for line in said] == [b"220", b"220", b"421"]
    first, goodbye = opened[0]
    goodbye.write(b"QUIT\r\n")
    assert (await first.read()).startswith(b"221")
    goodbye.close()
    reader, writer = await asyncio.open_connection("127.0.0.1", office.listener.port)
    assert (await reader.readline()).startswith(b"220")
    writer.close()
    for _, one in opened[1:]:
        one.close()


async def test_files_that_come_with_a_mail_are_kept_and_shown_in_place(office: PostOffice) -> None:
    await office.address()
    await office.post((MAILS / "apple_mail_macos_inline.eml").read_bytes())
    (row,) = await office.messages()
    inline = [one for one in row.attachments if one["inline_id"]]
    assert inline
    assert f"/api/files/{inline[0]['file_id']}" in row.html
    assert "cid:" not in row.html
    stored = await office.runtime.files.get(f"{row.client_id}/{inline[0]['file_id']}")
    assert len(stored) == inline[0]["size"]
    files = await office.desk.rows("SELECT conversation_id FROM file")
    assert {one.conversation_id for one in files} == {row.conversation_id}
