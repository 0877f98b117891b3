"""What becomes of a mail, by its verdict: a message, a failed delivery, an automatic answer, or nothing."""

from msgspec.structs import replace
from sqlalchemy.dialects.postgresql import insert

from careloom.channels.commands.inbound import Arrival, accept_inbound
from careloom.channels.commands.mail.fate import fail, settle_complaint, settle_delayed
from careloom.channels.commands.mail.files import KeptFile, record_files
from careloom.channels.commands.mail.thread import Thread, find_thread
from careloom.channels.core.email.cause import cause_of
from careloom.channels.core.email.letter import Letter, show_inline
from careloom.channels.core.email.mail import Address
from careloom.channels.core.email.thread import read_message_id
from careloom.channels.queries.mail import Outgoing, find_outgoing
from careloom.channels.tables import mail_reference
from careloom.channels.types import MailAddress, MailVerdict
from careloom.conversations.commands.asides import add_automatic
from careloom.conversations.commands.message import find_message
from careloom.conversations.commands.privacy import cleaned, keep_originals
from careloom.conversations.commands.receive import Inbound
from careloom.conversations.types import ConversationId, Delivery
from careloom.customers.commands.recognise import recognise
from careloom.customers.core.addresses import normalised
from careloom.customers.types import IdentityKind
from careloom.organizations.queries import privacy_of
from careloom.organizations.types import Channel
from careloom.platform.access import Actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import InvalidInputError
from careloom.platform.redaction.redact import shortened

_FILE_URL = "/api/files/"
_LONGEST_NAME, _LONGEST_SUBJECT = 200, 1_000


async def handle_letter(
    tx: Tx, actor: Actor, secret: bytes, address: MailAddress, letter: Letter, files: tuple[KeptFile, ...]
) -> ConversationId | None:
    """Does what the mail's verdict asks for; answers the conversation that it belongs to."""
    letter = await _shortened(tx, address, letter)
    verdict = letter.judgement.verdict
    if verdict is MailVerdict.LOOP:
        return None
    if verdict is MailVerdict.COMPLAINT:
        return await _complaint(tx, actor, secret, address, letter)
    if verdict is MailVerdict.BOUNCE:
        return await _bounce(tx, actor, secret, address, letter)
    thread = await find_thread(tx, actor, address.client_id, letter.keys, letter.sender.address)
    if verdict is MailVerdict.AUTO_REPLY:
        return None if thread is None else await _automatic(tx, actor, address, letter, files, thread)
    return await _message(tx, actor, address, letter, files, thread)


async def _shortened(tx: Tx, address: MailAddress, letter: Letter) -> Letter:
    """The letter with no longer a subject and name of its sender than are kept."""
    sender, mail = letter.sender, letter.mail
    policy = await privacy_of(tx, address.client_id)
    return replace(
        letter,
        sender=Address(sender.address, shortened(policy, sender.name, _LONGEST_NAME)),
        mail=replace(mail, subject=shortened(policy, mail.subject, _LONGEST_SUBJECT)),
    )


async def _message(
    tx: Tx, actor: Actor, address: MailAddress, letter: Letter, files: tuple[KeptFile, ...], thread: Thread | None
) -> ConversationId:
    external_id = _external_id(address, letter, thread)
    stored = await find_message(tx, address.client_id, Channel.EMAIL, external_id)
    if stored is not None:
        return stored.conversation_id
    kind, identity = _identity(letter)
    stranger = thread is not None and not thread.is_customers
    if stranger and kind is IdentityKind.EMAIL:
        # The address becomes a customer of its own, unverified: joining the two is a person's decision.
        await recognise(tx, actor, address.client_id, kind, identity, name=letter.sender.name)
    arrival = Arrival(
        client_id=address.client_id,
        program_id=address.program_id if thread is None else thread.conversation.program_id,
        channel=Channel.EMAIL,
        external_id=external_id,
        text=letter.folded.text,
        at=now(),
        identity_kind=kind,
        identity=identity,
        verified=thread is not None and thread.proven and thread.is_customers,
        customer_id=thread.conversation.customer_id if thread is not None and stranger else None,
        customer_name=letter.sender.name or None,
        author_name=_author(letter) if stranger else None,
        conversation_id=None if thread is None else thread.conversation.id,
        queue_id=address.queue_id if thread is None else thread.conversation.queue_id or address.queue_id,
        subject=letter.mail.subject or None,
        html=_shown(letter, files),
        folded_text=letter.folded.folded_text,
        attachments=await record_files(tx, address.client_id, files),
        details=_details(letter, files, stranger=stranger),
    )
    accepted = await accept_inbound(tx, actor, arrival)
    await _refer(tx, address, letter, accepted.conversation_id, accepted.seq)
    return accepted.conversation_id


async def _automatic(
    tx: Tx, actor: Actor, address: MailAddress, letter: Letter, files: tuple[KeptFile, ...], thread: Thread
) -> ConversationId:
    one = thread.conversation
    external_id = _external_id(address, letter, thread)
    if await find_message(tx, address.client_id, Channel.EMAIL, external_id) is not None:
        return one.id
    details = _details(letter, files, stranger=not thread.is_customers) | {"auto_reply": letter.judgement.reason}
    inbound = Inbound(
        client_id=one.client_id,
        program_id=one.program_id,
        channel=Channel.EMAIL,
        external_id=external_id,
        customer_id=one.customer_id,
        author_name=one.customer_name if thread.is_customers and one.customer_name else _author(letter),
        text=letter.folded.text,
        at=now(),
        subject=letter.mail.subject or None,
        html=_shown(letter, files),
        folded_text=letter.folded.folded_text,
        attachments=await record_files(tx, address.client_id, files),
        details=details,
    )
    inbound, taken = await cleaned(tx, one.client_id, inbound)
    stored = await add_automatic(tx, actor, one.id, inbound)
    await keep_originals(tx, one.client_id, one.id, stored.id, taken)
    return one.id


async def _bounce(tx: Tx, actor: Actor, secret: bytes, address: MailAddress, letter: Letter) -> ConversationId | None:
    bounce = letter.judgement.bounce
    outgoing = await _bounced(tx, secret, address, letter)
    if outgoing is None or bounce is None:
        return None
    reason = " ".join(part for part in (bounce.status, bounce.diagnostic) if part) or "The mail came back."
    if not bounce.permanent:
        await settle_delayed(tx, outgoing, bounce.status, reason)
    elif _concerns(outgoing, bounce.recipients):
        cause = cause_of(bounce.status, bounce.diagnostic)
        await fail(tx, actor, outgoing, reason, delivery=Delivery.BOUNCED, cause=cause)
    return outgoing.conversation_id


async def _complaint(
    tx: Tx, actor: Actor, secret: bytes, address: MailAddress, letter: Letter
) -> ConversationId | None:
    complaint = letter.judgement.complaint
    outgoing = None if complaint is None else await _about(tx, secret, address, complaint.original_message_id)
    if complaint is None or outgoing is None:
        return None
    if _concerns(outgoing, () if complaint.recipient is None else (complaint.recipient,)):
        await settle_complaint(tx, actor, outgoing, complaint.kind)
    return outgoing.conversation_id


def _concerns(outgoing: Outgoing, recipients: tuple[str, ...]) -> bool:
    """A report that names others is not about our mail, whatever Message-ID it shows; one that names nobody may be."""
    return not recipients or outgoing.recipient.lower() in {one.lower() for one in recipients}


async def _bounced(tx: Tx, secret: bytes, address: MailAddress, letter: Letter) -> Outgoing | None:
    bounce = letter.judgement.bounce
    found = None if bounce is None else await _about(tx, secret, address, bounce.original_message_id)
    if found is not None:
        return found
    named = next((key.conversation_id for key in letter.keys if key.conversation_id is not None), None)
    return None if named is None else await find_outgoing(tx, address.client_id, conversation_id=named)


async def _about(tx: Tx, secret: bytes, address: MailAddress, original: str | None) -> Outgoing | None:
    if original is not None:
        ours = read_message_id(original, secret)
        if ours is not None:
            return await find_outgoing(tx, address.client_id, conversation_id=ours[0], seq=ours[1])
        return await find_outgoing(tx, address.client_id, message_id=original)
    return None


async def _refer(tx: Tx, address: MailAddress, letter: Letter, conversation_id: ConversationId, seq: int) -> None:
    statement = insert(mail_reference).values(
        client_id=address.client_id,
        message_id=letter.mail.message_id,
        conversation_id=conversation_id,
        seq=seq,
        mail_address_id=address.id,
        sender=letter.sender.address,
    )
    key = [mail_reference.c.client_id, mail_reference.c.message_id]
    await tx.execute(statement.on_conflict_do_nothing(index_elements=key))


def _external_id(address: MailAddress, letter: Letter, thread: Thread | None) -> str:
    """One mail is one message of a conversation, and one of each program that it opens a conversation in."""
    place = address.program_id if thread is None else thread.conversation.id
    return f"{letter.mail.message_id} {letter.digest} {place}"


def _identity(letter: Letter) -> tuple[IdentityKind, str]:
    try:
        return IdentityKind.EMAIL, normalised(IdentityKind.EMAIL, letter.sender.address)
    except InvalidInputError:
        return IdentityKind.EXTERNAL, letter.mail.message_id[:500]


def _author(letter: Letter) -> str:
    sender = letter.sender
    return f"{sender.name} <{sender.address}>" if sender.name else sender.address


def _details(letter: Letter, files: tuple[KeptFile, ...], *, stranger: bool) -> dict[str, str]:
    details = {"from": letter.sender.address} if stranger else {}
    if letter.mail.truncated:
        details["truncated"] = "true"
    kept = {id(one.source) for one in files}
    refused = [one.name for one in letter.mail.attachments if id(one) not in kept]
    if refused:
        details["refused_files"] = ", ".join(refused)[:500]
    return details


def _shown(letter: Letter, files: tuple[KeptFile, ...]) -> str | None:
    html = letter.folded.html
    if html is None:
        return None
    return show_inline(html, tuple((one.source, one.attachment.file_id) for one in files), _FILE_URL)
