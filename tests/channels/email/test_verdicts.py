"""What becomes of mail that no person wrote."""

from __future__ import annotations

from typing import Any

from careloom.conversations.commands.lifecycle import end_contact, wrap_up
from careloom.conversations.commands.reply import reply
from tests.channels.email.post_office import PostOffice, answer, mail
from tests.conversations.desk import SYSTEM, check_invariants


async def _answered(office: PostOffice) -> Any:
    await office.address()
    await office.post(mail())
    (one,) = await office.conversations()
    await office.desk.do(reply, one.id, "Tomorrow.")
    await office.work()
    return one


def _report(original: str, recipient: str = "ada@example.org", action: str = "failed", status: str = "5.1.1") -> str:
    return "\r\n".join(
        [
            "From: Mail Delivery System <mailer-daemon@mx.example>",
            "To: care@brand.example",
            "Subject: Undelivered Mail Returned to Sender",
            "Message-ID: <report@mx.example>",
            "Auto-Submitted: auto-replied",
            "MIME-Version: 1.0",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
            "",
            "--b",
            "Content-Type: text/plain",
            "",
            "It could not be delivered.",
            "--b",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mx.example",
            "",
            f"Final-Recipient: rfc822; {recipient}",
            f"Action: {action}",
            f"Status: {status}",
            "Diagnostic-Code: smtp; 550 5.1.1 User unknown",
            "",
            "--b",
            "Content-Type: text/rfc822-headers",
            "",
            f"Message-ID: {original}",
            "Subject: Re: Parcel",
            "",
            "--b--",
            "",
        ]
    )


async def test_a_bounce_fails_the_message_and_is_no_message_of_the_customer(office: PostOffice) -> None:
    one = await _answered(office)
    sent = office.sink.mails[0]
    await office.post(_report(str(sent["Message-ID"])), office.sink.envelopes[0][0], sender="")
    rows = await office.messages()
    assert [row.delivery for row in rows if row.kind == "outbound"] == ["bounced"]
    event = rows[-1]
    assert (event.kind, event.text) == ("event", "delivery_failed")
    assert event.details["recipient"] == "ada@example.org"
    assert "User unknown" in event.details["reason"]
    assert [row.kind for row in rows].count("inbound") == 1
    assert [(row.verdict, row.conversation_id) for row in await office.incoming()][-1] == ("bounce", one.id)
    async with office.runtime.database.transaction(SYSTEM) as tx:
        await check_invariants(tx)


async def test_a_delay_is_told_and_fails_nothing(office: PostOffice) -> None:
    await _answered(office)
    original = str(office.sink.mails[0]["Message-ID"])
    await office.post(_report(original, action="delayed", status="4.4.1"), sender="")
    (sent,) = [row for row in await office.messages() if row.kind == "outbound"]
    assert (sent.delivery, sent.details["delivery_cause"]) == ("deferred", "unreachable")


async def test_a_forged_bounce_fails_nothing(office: PostOffice) -> None:
    await _answered(office)
    await office.post(_report("<made.up@brand.example>"), sender="")
    assert [row.delivery for row in await office.messages() if row.kind == "outbound"] == ["sent"]
    assert [(row.verdict, row.conversation_id) for row in await office.incoming()][-1] == ("bounce", None)


async def test_an_automatic_answer_joins_the_thread_and_moves_nothing(office: PostOffice) -> None:
    one = await _answered(office)
    (before,) = await office.conversations()
    away = answer(office.sink.mails[0], "I am away.", Auto_Submitted="auto-replied", Subject="Out of office")
    await office.post(away, sender="")
    (after,) = await office.conversations()
    assert after.last_seq == before.last_seq + 1
    for name in ("status", "phase", "waiting_since", "queue_id", "assignee_id", "interval_seq"):
        assert getattr(after, name) == getattr(before, name)
    last = (await office.messages())[-1]
    assert (last.kind, last.text) == ("inbound", "I am away.")
    assert "auto_reply" in last.details
    assert (await office.incoming())[-1].conversation_id == one.id


async def test_an_automatic_answer_does_not_reopen(office: PostOffice) -> None:
    one = await _answered(office)
    await office.desk.do(end_contact, one.id)
    disposition = await _disposition(office)
    await office.desk.do(wrap_up, one.id, disposition, None)
    away = answer(office.sink.mails[0], "I am away.", Auto_Submitted="auto-replied")
    await office.post(away, sender="")
    (after,) = await office.conversations()
    assert after.status == "resolved"


async def test_an_automatic_mail_without_a_thread_opens_nothing(office: PostOffice) -> None:
    await office.address()
    await office.post(mail("I am away.", Auto_Submitted="auto-replied"), sender="")
    assert await office.conversations() == []
    (kept,) = await office.incoming()
    assert (kept.verdict, kept.error, kept.handled_at is not None) == ("auto_reply", None, True)


async def test_our_own_mail_coming_back_is_kept_and_nothing_more(office: PostOffice) -> None:
    await _answered(office)
    before = len(await office.messages())
    await office.post(office.sink.raws[0], sender="care@brand.example")
    assert len(await office.messages()) == before
    assert (await office.incoming())[-1].verdict == "loop"


async def _disposition(office: PostOffice) -> Any:
    rows = await office.desk.rows(
        "INSERT INTO disposition (client_id, id, name, resolved) "
        f"VALUES ('{office.desk.client.id}', gen_random_uuid(), 'Done', true) RETURNING id"
    )
    return rows[0].id
