"""What goes out: once, whole, and with its fate told in the conversation."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from careloom.channels.jobs import mail as mail_jobs
from careloom.channels.jobs.mail import send_mail
from careloom.conversations.commands.files import store_file
from careloom.conversations.commands.reply import reply
from tests.channels.email.post_office import PostOffice, answer, mail


async def _opened(office: PostOffice) -> UUID:
    await office.address()
    await office.post(mail())
    return (await office.conversations())[0].id


async def test_files_go_along_and_placed_images_inline(office: PostOffice) -> None:
    conversation_id = await _opened(office)
    png = b"\x89PNG\r\n\x1a\n" + bytes(40)
    client_id = office.desk.client.id
    picture = await office.desk.do(store_file, office.runtime.files, client_id, "label.png", png)
    paper = await office.desk.do(store_file, office.runtime.files, client_id, "invoice.txt", b"1 parcel")
    html = f'<p>See <img src="/api/files/{picture.file_id}"></p>'
    await office.desk.do(reply, conversation_id, "See", html, [picture.file_id, paper.file_id])
    await office.work()
    (sent,) = office.sink.mails
    parts = {part.get_filename(): part for part in sent.walk() if part.get_filename()}
    assert parts["invoice.txt"].get_content().strip() in ("1 parcel", b"1 parcel")
    assert parts["label.png"].get_content_disposition() == "inline"
    body = sent.get_body(("html",)).get_content()  # pyright: ignore[reportOptionalMemberAccess]
    assert f"cid:{picture.file_id}" in body


async def test_a_refusal_for_good_fails_the_message_and_says_why(office: PostOffice) -> None:
    conversation_id = await _opened(office)
    office.sink.answers = ["554 5.7.1 we do not like you"]
    await office.desk.do(reply, conversation_id, "Tomorrow.")
    await office.work()
    rows = await office.messages()
    assert rows[2].delivery == "failed"
    assert rows[-1].text == "delivery_failed"
    assert "we do not like you" in rows[-1].details["reason"]
    assert (await office.desk.rows("SELECT status FROM procrastinate_jobs"))[0].status == "succeeded"


async def test_a_refusal_for_now_is_tried_again(office: PostOffice) -> None:
    conversation_id = await _opened(office)
    office.sink.answers = ["451 4.7.1 come again"]
    await office.desk.do(reply, conversation_id, "Tomorrow.")
    await office.work()
    assert office.sink.mails == []
    (waiting,) = [row for row in await office.messages() if row.kind == "outbound"]
    assert (waiting.delivery, waiting.details["delivery_reason"]) == ("deferred", "451 4.7.1 come again")
    (job,) = await office.desk.rows("SELECT scheduled_at FROM procrastinate_jobs")
    told = datetime.fromisoformat(waiting.details["delivery_next_at"])
    assert abs((job.scheduled_at - told).total_seconds()) < 5
    await office.desk.rows("UPDATE procrastinate_jobs SET scheduled_at = now() RETURNING id")
    await office.work()
    assert len(office.sink.mails) == 1
    assert [row.delivery for row in await office.messages() if row.kind == "outbound"] == ["sent"]


async def test_a_mail_that_nobody_takes_for_hours_has_failed(office: PostOffice) -> None:
    conversation_id = await _opened(office)
    office.sink.answers = ["451 4.7.1 come again"] * 2
    await office.desk.do(reply, conversation_id, "Tomorrow.")
    await office.work()
    await office.desk.rows("UPDATE outgoing_mail SET made_at = now() - interval '9 hours' RETURNING id")
    await office.desk.rows("UPDATE procrastinate_jobs SET scheduled_at = now() RETURNING id")
    await office.work()
    assert [row.delivery for row in await office.messages() if row.kind == "outbound"] == ["failed"]


async def test_a_job_that_runs_again_after_its_success_sends_nothing(office: PostOffice) -> None:
    conversation_id = await _opened(office)
    await office.desk.do(reply, conversation_id, "Tomorrow.")
    await office.work()
    (row,) = await office.desk.rows("SELECT client_id, id FROM outgoing_mail")
    await send_mail(office.runtime, row.client_id, row.id)
    assert len(office.sink.mails) == 1


async def test_a_crash_between_the_relays_yes_and_our_note_repeats_under_the_same_message_id(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation_id = await _opened(office)
    real = mail_jobs.settle_sent

    async def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    await office.desk.do(reply, conversation_id, "Tomorrow.")
    await office.follow()
    (row,) = await office.desk.rows("SELECT client_id, id FROM outgoing_mail")
    monkeypatch.setattr(mail_jobs, "settle_sent", killed)
    with pytest.raises(KeyboardInterrupt):
        await send_mail(office.runtime, row.client_id, row.id)
    monkeypatch.setattr(mail_jobs, "settle_sent", real)
    await send_mail(office.runtime, row.client_id, row.id)
    first, second = office.sink.raws
    assert first == second


async def test_an_answer_by_chance_to_a_program_without_address_fails_visibly(office: PostOffice) -> None:
    conversation_id = await _opened(office)
    await office.desk.rows("UPDATE mail_address SET active = false RETURNING id")
    await office.desk.do(reply, conversation_id, "Tomorrow.")
    await office.work()
    rows = await office.messages()
    assert rows[-1].text == "delivery_failed"
    assert "no active mail address" in rows[-1].details["reason"]


async def test_an_event_told_twice_makes_one_mail(office: PostOffice) -> None:
    conversation_id = await _opened(office)
    await office.desk.do(reply, conversation_id, "Tomorrow.")
    await office.work()
    await office.desk.rows("UPDATE consumer_cursor SET position = 0 RETURNING consumer")
    await office.work()
    assert len(office.sink.mails) == 1


async def test_a_bounce_by_the_plus_address_alone_finds_its_message(office: PostOffice) -> None:
    conversation_id = await _opened(office)
    await office.desk.do(reply, conversation_id, "Tomorrow.")
    await office.work()
    back = mail(
        "550 5.1.1 no such user",
        From="mailer-daemon@old.example",
        Subject="failure notice",
        Message_ID="<qmail@old.example>",
    )
    await office.post(back, office.sink.envelopes[0][0], sender="")
    assert [row.delivery for row in await office.messages() if row.kind == "outbound"] == ["bounced"]


async def test_a_late_answer_to_an_agent_reopens_and_is_answered_at_the_same_address(office: PostOffice) -> None:
    conversation_id = await _opened(office)
    await office.desk.do(reply, conversation_id, "Tomorrow.")
    await office.work()
    await office.post(answer(office.sink.mails[0], "And today?"))
    rows = await office.conversations()
    assert [row.id for row in rows] == [conversation_id]
    assert rows[0].waiting_since is not None
