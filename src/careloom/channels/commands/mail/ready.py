"""Puts together the mail of an agent's message, ready for the relay."""

import asyncio
import re
from datetime import datetime
from uuid import UUID

from msgspec import Struct, structs

from careloom.channels.commands.mail.incoming import loop_mark
from careloom.channels.core.email.compose import OutgoingMail, Quoted, compose, reply_subject
from careloom.channels.core.email.dkim import Signer, sign_mail
from careloom.channels.core.email.mail import Address, MailAttachment
from careloom.channels.core.email.thread import plus_address
from careloom.channels.queries.mail import Outgoing, Reference, get_mail_address, get_outgoing, references_of
from careloom.channels.queries.signing import signers_of
from careloom.channels.types import MailAddress
from careloom.conversations.queries.conversation import get_conversation
from careloom.conversations.queries.files import file_key
from careloom.conversations.queries.messages import get_message
from careloom.conversations.types import Attachment, Conversation, Message
from careloom.organizations.queries import get_program
from careloom.platform.access import Actor
from careloom.platform.database.transactions import Tx
from careloom.platform.files import FileStore
from careloom.platform.texts.languages import Language, language_for
from careloom.platform.texts.text import render as in_words
from careloom.platform.texts.text import say

_FILE_IMAGE = re.compile(r'(src=")/api/files/([0-9a-f-]{36})"')


class ReadyMail(Struct, frozen=True):
    """A mail without the bytes of its files; `envelope_sender` is where failures are reported to."""

    outgoing: Outgoing
    envelope_sender: str
    mail: OutgoingMail
    files: tuple[Attachment, ...]
    signers: tuple[Signer, ...]


async def load_ready(tx: Tx, actor: Actor, secret: bytes, client_id: UUID, outgoing_id: UUID) -> ReadyMail | None:
    """What is to be sent; None where it was sent or given up. Raises NotFoundError."""
    outgoing = await get_outgoing(tx, client_id, outgoing_id)
    if outgoing.sent_at is not None or outgoing.failed_at is not None:
        return None
    one = await get_conversation(tx, actor, outgoing.conversation_id)
    message = await get_message(tx, client_id, one.id, outgoing.seq)
    address = await get_mail_address(tx, actor, outgoing.mail_address_id)
    references = list(await references_of(tx, client_id, one.id, outgoing.seq))
    signature = address.signature or (await get_program(tx, actor, one.program_id)).voice.signature
    answered = next((known for known in reversed(references) if known.sender is not None), None)
    quoted = None if answered is None else await _quoted(tx, one, answered)
    reply_to = plus_address(address.address, one.id, secret)
    ids = tuple(known.message_id for known in references if not known.message_id.endswith("@made.invalid>"))
    mail = OutgoingMail(
        sender=Address(address.address, address.display_name),
        to=(Address(outgoing.recipient, one.customer_name),),
        subject=one.subject if answered is None else reply_subject(one.subject),
        message_id=outgoing.message_id,
        date=message.at,
        text=message.text,
        loop_id=loop_mark(secret),
        reply_to=Address(reply_to, address.display_name),
        in_reply_to=ids[-1] if ids else None,
        references=ids,
        html=_with_inline_files(message),
        signature=signature,
        quoted=quoted,
        language=language_for(one.language or ""),
    )
    signers = await signers_of(tx, client_id, address.address.rpartition("@")[2])
    return ReadyMail(outgoing, reply_to, mail, message.attachments, signers)


async def render(ready: ReadyMail, files: FileStore) -> bytes:
    """The mail as it goes over SMTP; raises ValueError where an address cannot stand in a mail."""
    shown = ready.mail.html or ""
    attachments: list[MailAttachment] = []
    for one in ready.files:
        content = await files.get(file_key(ready.outgoing.client_id, one.file_id))
        content_id = str(one.file_id)
        inline = f"cid:{content_id}" in shown
        attachments.append(MailAttachment(one.name, one.media_type, content, content_id, inline))
    mail = structs.replace(ready.mail, attachments=tuple(attachments))
    return await asyncio.to_thread(_signed, mail, ready.signers)


async def render_test(
    address: MailAddress,
    secret: bytes,
    to: str,
    message_id: str,
    at: datetime,
    signers: tuple[Signer, ...],
    language: Language,
) -> bytes:
    """A mail that shows whether the relay takes mail from an address; raises ValueError for a bad `to`."""
    mail = OutgoingMail(
        sender=Address(address.address, address.display_name),
        to=(Address(to),),
        subject=in_words(say("Test mail from {address}", address=address.address), language),
        message_id=message_id,
        date=at,
        text=in_words(say("This is a test. If you can read it, mail from this address arrives."), language),
        language=language,
        loop_id=loop_mark(secret),
        signature=address.signature,
        automatic=True,
    )
    return await asyncio.to_thread(_signed, mail, signers)


def _signed(mail: OutgoingMail, signers: tuple[Signer, ...]) -> bytes:
    raw = compose(mail)
    for signer in signers:
        raw = sign_mail(raw, signer, mail.date)
    return raw


async def _quoted(tx: Tx, one: Conversation, answered: Reference) -> Quoted:
    message = await get_message(tx, one.client_id, one.id, answered.seq)
    author = Address(answered.sender or "", "" if "<" in message.author_name else message.author_name)
    return Quoted(author, message.at, message.text, message.html)


def _with_inline_files(message: Message) -> str | None:
    """Images that the agent placed in the text travel with the mail."""
    if message.html is None:
        return None
    ours = {str(one.file_id) for one in message.attachments}

    def place(match: re.Match[str]) -> str:
        return f'{match[1]}cid:{match[2]}"' if match[2] in ours else match[0]

    return _FILE_IMAGE.sub(place, message.html)
