"""A customer writes, an agent answers, the customer answers: one conversation, over real SMTP."""

from __future__ import annotations

from careloom.conversations.commands.reply import reply
from careloom.conversations.commands.start import FirstMail, start_conversation
from tests.channels.email.post_office import PostOffice, answer, mail
from tests.conversations.desk import SYSTEM, check_invariants


async def test_mail_in_reply_out_and_the_answer_joins_the_conversation(office: PostOffice) -> None:
    await office.address()
    await office.post(mail("Where is my parcel?"))
    (one,) = await office.conversations()
    assert (one.channel, one.subject, one.customer_name, one.status) == ("email", "Parcel", "Ada Lopes", "open")

    await office.desk.do(reply, one.id, "It arrives tomorrow.", "<p>It arrives <b>tomorrow</b>.</p>")
    await office.work()

    (sent,) = office.sink.mails
    (sender, recipients) = office.sink.envelopes[0]
    assert recipients == ["ada@example.org"]
    assert sender.startswith("care+c")
    assert sent["From"] == "Brand Care <care@brand.example>"
    assert sent["Subject"] == "Re: Parcel"
    assert sent["In-Reply-To"] == "<first@example.org>"
    assert sent["References"] == "<first@example.org>"
    text = sent.get_body(("plain",)).get_content()  # pyright: ignore[reportOptionalMemberAccess]
    assert text.startswith("It arrives tomorrow.")
    assert "Brand, Lisbon" in text
    assert "> Where is my parcel?" in text
    assert [row.delivery for row in await office.messages() if row.kind == "outbound"] == ["sent"]

    await office.post(answer(sent, "Thank you!\r\n\r\n> It arrives tomorrow."))
    (one,) = await office.conversations()
    assert one.status == "open"
    last = (await office.messages())[-1]
    assert (last.kind, last.text, last.author_name) == ("inbound", "Thank you!", "Ada Lopes")
    assert last.folded_text == "> It arrives tomorrow."
    assert (await office.desk.rows("SELECT verified FROM customer_identity"))[0].verified

    await office.desk.do(reply, one.id, "You are welcome.")
    await office.work()
    again = office.sink.mails[-1]
    assert str(again["References"]).split()[:2] == ["<first@example.org>", str(sent["Message-ID"])]
    async with office.runtime.database.transaction(SYSTEM) as tx:
        await check_invariants(tx)


async def test_an_answer_to_the_plain_address_joins_by_its_headers(office: PostOffice) -> None:
    await office.address()
    await office.post(mail())
    (one,) = await office.conversations()
    await office.desk.do(reply, one.id, "Tomorrow.")
    await office.work()
    await office.post(answer(office.sink.mails[0], "Thanks", To="care@brand.example"))
    assert len(await office.conversations()) == 1


async def test_a_customers_second_thought_joins_by_their_own_message_id(office: PostOffice) -> None:
    await office.address()
    await office.post(mail())
    more = mail("It is blue.", Message_ID="<second@example.org>", In_Reply_To="<first@example.org>")
    await office.post(more)
    assert len(await office.conversations()) == 1
    assert len(await office.messages()) == 2


async def test_a_stranger_who_knows_a_message_id_does_not_write_into_the_thread(office: PostOffice) -> None:
    await office.address()
    await office.post(mail())
    more = mail(
        "Send it to me instead.",
        From="Eve <eve@evil.example>",
        Message_ID="<evil@evil.example>",
        In_Reply_To="<first@example.org>",
    )
    await office.post(more, sender="eve@evil.example")
    first, second = await office.conversations()
    assert first.customer_id != second.customer_id


async def test_an_answer_from_another_address_stays_in_the_thread_under_its_own_name(office: PostOffice) -> None:
    await office.address()
    await office.post(mail())
    (one,) = await office.conversations()
    await office.desk.do(reply, one.id, "Tomorrow.")
    await office.work()
    other = answer(office.sink.mails[0], "I am his wife.", From="Eva Lopes <eva@example.org>")
    await office.post(other, sender="eva@example.org")

    (one,) = await office.conversations()
    last = (await office.messages())[-1]
    assert last.author_name == "Eva Lopes <eva@example.org>"
    assert last.details == {"from": "eva@example.org"}
    identities = await office.desk.rows("SELECT customer_id, value, verified FROM customer_identity ORDER BY value")
    assert [(row.value, row.verified) for row in identities] == [("ada@example.org", False), ("eva@example.org", False)]
    assert identities[0].customer_id == one.customer_id != identities[1].customer_id

    await office.desk.do(reply, one.id, "Noted.")
    await office.work()
    assert office.sink.envelopes[-1][1] == ["ada@example.org"]


async def test_an_agent_writes_first(office: PostOffice) -> None:
    await office.address()
    customer = await office.desk.customer("bob@example.org", "Bob")
    first = FirstMail(
        customer_id=customer.id, program_id=office.desk.program.id, subject="Your order", text="We have news."
    )
    one = await office.desk.do(start_conversation, first)
    await office.work()
    (sent,) = office.sink.mails
    assert (sent["Subject"], sent["To"], sent["In-Reply-To"]) == ("Your order", "Bob <bob@example.org>", None)
    await office.post(answer(sent, "Which?", From="bob@example.org"), sender="bob@example.org")
    (found,) = await office.conversations()
    assert found.id == one.id
    assert found.last_seq == len(await office.messages())


async def test_replies_of_one_conversation_go_out_in_their_order(office: PostOffice) -> None:
    await office.address()
    await office.post(mail())
    (one,) = await office.conversations()
    office.sink.answers = ["451 4.7.1 greylisted"]
    for word in ("one", "two", "three"):
        await office.desk.do(reply, one.id, word)
    await office.work()
    assert office.sink.mails == []
    await office.desk.rows("UPDATE procrastinate_jobs SET scheduled_at = now() RETURNING id")
    await office.work()
    texts = [sent.get_content().split()[0] for sent in office.sink.mails]
    assert texts == ["one", "two", "three"]
