"""Mail waits in the queue that its address names, else in the program's own, with that queue's promise."""

from __future__ import annotations

from datetime import timedelta

from careloom.channels.commands.mail.addresses import change_mail_address
from careloom.channels.types import MailAddressChanges
from careloom.conversations.commands.lifecycle import end_contact
from careloom.conversations.commands.reply import reply
from careloom.organizations.types import Channel
from careloom.routing.commands.queues import create_queue
from careloom.routing.types import NewQueue, Queue
from tests.channels.email.post_office import PostOffice, answer, mail
from tests.conversations.desk import SYSTEM


async def _queue(office: PostOffice, name: str, **more: object) -> Queue:
    new = NewQueue(
        client_id=office.desk.client.id,
        program_id=office.desk.program.id,
        provider_id=office.desk.provider.id,
        name=name,
        channels=(Channel.EMAIL,),
        target_seconds=3600,
        **more,  # pyright: ignore[reportArgumentType]
    )
    async with office.runtime.database.transaction(SYSTEM) as tx:
        return await create_queue(tx, SYSTEM, new)


async def test_mail_waits_in_the_queue_that_its_address_names(office: PostOffice) -> None:
    await _queue(office, "General")
    special = await _queue(office, "Special")
    address = await office.address()
    async with office.runtime.database.transaction(SYSTEM) as tx:
        await change_mail_address(tx, SYSTEM, address.id, MailAddressChanges(queue_id=special.id))
    await office.post(mail())
    (one,) = await office.conversations()
    assert (one.queue_id, one.phase) == (special.id, "queued")
    assert one.due_at - one.waiting_since == timedelta(hours=1)


async def test_mail_to_an_address_without_a_queue_waits_in_that_of_its_language(office: PostOffice) -> None:
    await _queue(office, "English", language="en")
    german = await _queue(office, "Deutsch", language="de")
    await office.address()
    await office.post(mail("Guten Tag, wo bleibt mein Paket? Ich warte schon seit einer Woche darauf."))
    (one,) = await office.conversations()
    assert (one.language, one.queue_id) == ("de", german.id)


async def test_an_answer_after_the_end_waits_again_where_it_waited_before(office: PostOffice) -> None:
    queue = await _queue(office, "General")
    await office.address()
    await office.post(mail())
    (one,) = await office.conversations()
    await office.desk.do(reply, one.id, "Tomorrow.")
    await office.work()
    await office.desk.do(end_contact, one.id)
    await office.post(answer(office.sink.mails[0], "And today?"))
    (one,) = await office.conversations()
    assert (one.status, one.queue_id) == ("open", queue.id)
