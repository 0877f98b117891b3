"""What a client's policy takes out of messages is nowhere in the database but where it may be revealed."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from sqlalchemy import select

from careloom.channels.commands.inbound import Arrival, accept_inbound
from careloom.channels.commands.mail.incoming import Envelope, prepare, take_in
from careloom.channels.tables import incoming_mail
from careloom.channels.types import Accepted, MailAddress
from careloom.conversations.commands import drafts, notes, privacy, recordings, reply
from careloom.conversations.core.privacy import clean
from careloom.conversations.queries.messages import get_message
from careloom.conversations.queries.recordings import list_pauses
from careloom.conversations.types import Message
from careloom.conversations.types.privacy import PauseReason
from careloom.customers.types import IdentityKind
from careloom.identity.types import Role, ScopeKind
from careloom.organizations.commands import change_privacy
from careloom.organizations.types import Channel
from careloom.platform.access import Actor
from careloom.platform.clock import now
from careloom.platform.errors import ConflictError, ForbiddenError, InvalidInputError
from careloom.platform.ids import new_id
from careloom.platform.keys.places import bytes_in
from careloom.platform.keys.ring import keys_of
from careloom.platform.redaction.redact import redactor
from careloom.platform.redaction.types import Action, ClassPolicy, Policy, Rule
from careloom.platform.runtime import Runtime
from tests.channels.email.post_office import open_post_office
from tests.channels.planted import CARD, IBAN, places_of
from tests.conftest import FreshDatabase
from tests.conversations.desk import SYSTEM, Desk, make_desk


@pytest.fixture
async def desk(runtime: Runtime) -> Desk:
    return await make_desk(runtime.database)


@pytest.fixture
async def lead(desk: Desk) -> Actor:
    person = await desk.world.person(Role.TEAM_LEAD, ScopeKind.CLIENT, desk.client.id, provider=desk.provider)
    return await desk.world.actor(person)


async def arrive(desk: Desk, text: str, **more: object) -> Accepted:
    arrival = Arrival(
        client_id=desk.client.id,
        program_id=desk.program.id,
        channel=Channel.SMS,
        external_id=new_id().hex,
        text=text,
        at=now(),
        identity_kind=IdentityKind.PHONE,
        identity="+351912345678",
        **more,  # pyright: ignore[reportArgumentType]
    )
    async with desk.database.transaction(SYSTEM) as tx:
        return await accept_inbound(tx, SYSTEM, arrival)


async def stored(desk: Desk, accepted: Accepted) -> Message:
    async with desk.database.transaction(SYSTEM) as tx:
        return await get_message(tx, desk.client.id, accepted.conversation_id, accepted.seq)


async def test_what_is_removed_or_masked_stands_nowhere_in_plain(desk: Desk, fresh_database: FreshDatabase) -> None:
    text = f"pay with {CARD}, refund to {IBAN}"
    accepted = await arrive(
        desk, text, subject=f"my {CARD}", html=f"<p>{CARD}</p>", folded_text=f"> {CARD}", customer_name=f"Ada {CARD}",
        details={"page_url": "https://shop.example/?token=abcdef123"},
    )  # fmt: skip
    message = await stored(desk, accepted)
    assert message.text == "pay with [card ×××× 1111], refund to [bank account •••• 3000]"
    assert (message.html, message.folded_text) == ("<p>[card ×××× 1111]</p>", "> [card ×××× 1111]")
    assert "abcdef123" not in message.details["page_url"]
    url = fresh_database.superuser_url
    assert places_of(url, CARD) == set()
    assert places_of(url, IBAN) == set()
    assert await desk.rows("SELECT value FROM masked_value WHERE value LIKE 'k1.1.%'")


async def test_a_programs_own_key_is_left_alone_whatever_its_digits_look_like(desk: Desk) -> None:
    key = "1b124f54-dea1-4ab9-8fee-5e46ef3a2df1"
    message = await stored(
        desk, await arrive(desk, "hello", details={"client_id": key, "page_url": f"/?dea={key[14:]}"})
    )
    assert message.details["client_id"] == key
    assert key[14:] not in message.details["page_url"]


async def test_a_number_hidden_behind_a_character_that_is_not_stored_is_found(
    desk: Desk, fresh_database: FreshDatabase
) -> None:
    await arrive(desk, "4111\x001111\x0011111111")
    assert places_of(fresh_database.superuser_url, "4111111111111111") == set()


async def test_only_those_who_may_reveal_what_was_masked_and_each_time_is_audited(desk: Desk, lead: Actor) -> None:
    accepted = await arrive(desk, f"refund to {IBAN}")
    with pytest.raises(ForbiddenError):
        await desk.do(privacy.reveal, accepted.conversation_id, accepted.seq)
    (one,) = await desk.do(privacy.reveal, accepted.conversation_id, accepted.seq, actor=lead)
    assert (one.field, one.index, one.data_class, one.kind, one.value) == ("text", 0, "bank_account", "iban", IBAN)
    entries = await desk.rows("SELECT after, person_id FROM audit_entry WHERE action = 'conversation.reveal'")
    assert [row.person_id for row in entries] == [lead.person_id]
    assert entries[0].after["data_classes"] == ["bank_account"]
    assert IBAN not in str(entries)


async def test_a_change_of_the_policy_holds_for_what_arrives_after(desk: Desk) -> None:
    async with desk.database.transaction(SYSTEM) as tx:
        await change_privacy(tx, SYSTEM, desk.client.id, Policy(bank_account=ClassPolicy(Action.KEEP)))
    assert (await stored(desk, await arrive(desk, f"refund to {IBAN}"))).text == f"refund to {IBAN}"
    rule = Rule(name="loyalty card", pattern=r"LC-\d{6}")
    async with desk.database.transaction(SYSTEM) as tx:
        await change_privacy(tx, SYSTEM, desk.client.id, Policy(rules=(rule,)))
    assert (await stored(desk, await arrive(desk, "LC-123456"))).text == "[loyalty card ••••]"


@pytest.mark.parametrize(
    "rules",
    [(Rule(name="bad", pattern="("),), (Rule(name="twice", pattern="a"), Rule(name="twice", pattern="b"))],
)
async def test_rules_that_cannot_be_used_are_refused(desk: Desk, rules: tuple[Rule, ...]) -> None:
    async with desk.database.transaction(SYSTEM) as tx:
        with pytest.raises(InvalidInputError) as refused:
            await change_privacy(tx, SYSTEM, desk.client.id, Policy(rules=rules))
    assert "missing" not in str(refused.value.errors), "words of the library"


async def test_replies_notes_and_drafts_follow_the_policy_for_agents(desk: Desk, fresh_database: FreshDatabase) -> None:
    conversation_id = (await arrive(desk, "hello")).conversation_id
    await desk.do(drafts.save_draft, conversation_id, f"card {CARD}")
    await desk.do(notes.add_note, conversation_id, f"card {CARD}")
    outcome = await desk.do(reply.reply, conversation_id, f"card {CARD}, ours is {IBAN}", f"<p>{CARD}, {IBAN}</p>")
    assert outcome.message.text == f"card [card ×××× 1111], ours is {IBAN}"
    assert places_of(fresh_database.superuser_url, CARD) == set()


async def kept(desk: Desk) -> bytes:
    """The one mail as it was kept, opened."""
    async with desk.database.transaction(SYSTEM) as tx:
        row = (await tx.execute(select(incoming_mail.c.id, incoming_mail.c.raw))).one()
        keys = await keys_of(tx, desk.client.id)
    return keys.open_file(bytes_in(incoming_mail.c.raw, row.id), row.raw)


async def arrive_by_mail(desk: Desk, runtime: Runtime, raw: bytes) -> MailAddress:
    """Takes a mail in; answers the address that it came to."""
    async with open_post_office(desk, runtime) as office:
        address = await office.address()
    envelope = Envelope("ada@example.org", "care@brand.example", raw)
    prepared = await prepare(runtime.files, runtime.secret, address, envelope)
    async with runtime.database.transaction(SYSTEM) as tx:
        await take_in(tx, SYSTEM, runtime.secret, address, envelope, prepared)
    return address


async def test_mail_is_kept_as_the_policy_says_also_as_it_came_in(
    desk: Desk, runtime: Runtime, fresh_database: FreshDatabase
) -> None:
    mail = EmailMessage()
    mail["From"] = "Ada <ada@example.org>"
    mail["To"] = "care@brand.example"
    mail["Subject"] = f"card {CARD}"
    mail["Message-ID"] = "<1@example.org>"
    mail.set_content(f"pay with {CARD}\nthanks", cte="base64")
    mail.add_alternative(f"<p>pay with <b>{CARD[:9]}</b>{CARD[9:]}</p>", subtype="html")
    address = await arrive_by_mail(desk, runtime, mail.as_bytes())
    (row,) = await desk.rows("SELECT error FROM incoming_mail")
    assert row.error is None
    again = await prepare(runtime.files, runtime.secret, address, Envelope("", "care@brand.example", await kept(desk)))
    assert again.letter is not None
    assert again.letter.mail.text.strip() == "pay with [card ×××× 1111]\nthanks"
    assert again.letter.mail.subject == "card [card ×××× 1111]"
    assert places_of(fresh_database.superuser_url, CARD) == set()


async def test_of_a_name_that_is_cut_no_half_of_a_card_stays(
    desk: Desk, runtime: Runtime, fresh_database: FreshDatabase
) -> None:
    name = f"{'Ada ' * 48}{CARD} of Lisbon"
    raw = f'From: "{name}" <ada@example.org>\r\nMessage-ID: <4@example.org>\r\n\r\nhello\r\n'
    await arrive_by_mail(desk, runtime, raw.encode())
    (row,) = await desk.rows("SELECT author_name FROM message")
    assert row.author_name == f"{'Ada ' * 48}[card ××"
    assert places_of(fresh_database.superuser_url, CARD, CARD[:7]) == set()
    assert CARD[:7].encode() not in await kept(desk)


async def test_of_a_subject_that_is_cut_no_half_of_a_card_stays(
    desk: Desk, runtime: Runtime, fresh_database: FreshDatabase
) -> None:
    subject = f"{'late ' * 198}{CARD} of mine"
    raw = f"From: ada@example.org\r\nSubject: {subject}\r\nMessage-ID: <5@example.org>\r\n\r\nhello\r\n"
    await arrive_by_mail(desk, runtime, raw.encode())
    (row,) = await desk.rows("SELECT subject FROM message")
    assert row.subject == f"{'late ' * 198}[card ××××"
    assert places_of(fresh_database.superuser_url, CARD, CARD[:7]) == set()


async def test_neither_a_files_name_nor_a_mail_within_a_mail_keeps_a_card(
    desk: Desk, runtime: Runtime, fresh_database: FreshDatabase
) -> None:
    inner = EmailMessage()
    inner["From"], inner["Subject"] = f'"Bo {CARD}" <bo@example.org>', "Fwd"
    inner.set_content("see there")
    mail = EmailMessage()
    mail["From"], mail["To"] = f'"Ada {CARD}" <ada@example.org>', "care@brand.example"
    mail["Subject"], mail["Message-ID"] = "my card", "<3@example.org>"
    mail.set_content("hello")
    mail.add_attachment(b"%PDF-1.4\n", "application", "pdf", filename=f"card_{CARD.replace(' ', '_')}.pdf")
    mail.add_attachment(inner)
    await arrive_by_mail(desk, runtime, mail.as_bytes())
    (row,) = await desk.rows("SELECT author_name, attachments FROM message")
    assert row.author_name == "Ada [card ×××× 1111]"
    assert [one["name"] for one in row.attachments] == ["card [card ×××× 1111].pdf", "Fwd.eml"]
    assert places_of(fresh_database.superuser_url, CARD, CARD.replace(" ", "_")) == set()
    raw = await kept(desk)
    assert b"JVBERi0xLjQK" in raw
    assert not any(one.encode() in raw for one in (CARD, CARD.replace(" ", "_")))


async def test_mail_without_anything_is_kept_to_the_byte(desk: Desk, runtime: Runtime) -> None:
    raw = b"From: ada@example.org\r\nTo: care@brand.example\r\nMessage-ID: <2@x.org>\r\n\r\nwhere is it\r\n"
    await arrive_by_mail(desk, runtime, raw)
    (row,) = await desk.rows("SELECT raw FROM incoming_mail")
    assert b"where is it" not in row.raw
    assert await kept(desk) == raw


async def test_a_message_that_holds_nothing_costs_no_statement_more(desk: Desk) -> None:
    await arrive(desk, "hello")
    assert clean(redactor(Policy()), {"text": "hello"}).texts["text"] == "hello"
    assert await desk.rows("SELECT 1 FROM masked_value") == []


async def test_recording_is_paused_and_resumed_once_and_the_thread_says_so(desk: Desk) -> None:
    conversation_id = (await arrive(desk, "hello")).conversation_id
    paused = await desk.do(recordings.pause_recording, conversation_id, PauseReason.PAYMENT)
    assert paused.ended_at is None
    with pytest.raises(ConflictError):
        await desk.do(recordings.pause_recording, conversation_id, PauseReason.ASKED)
    resumed = await desk.do(recordings.resume_recording, conversation_id)
    assert resumed.ended_at is not None
    assert resumed.ended_at >= paused.began_at
    with pytest.raises(ConflictError):
        await desk.do(recordings.resume_recording, conversation_id)
    listed = await desk.do(list_pauses, conversation_id)
    assert listed.items == (resumed,)
    texts = [row.text for row in await desk.rows("SELECT text FROM message WHERE kind = 'event' ORDER BY seq")]
    assert texts[-2:] == ["recording_paused", "recording_resumed"]
