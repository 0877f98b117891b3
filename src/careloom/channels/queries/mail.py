"""Mail addresses, mail as it came in, and the threads that mail belongs to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, func, select

from careloom.channels.core.email.letter import base_address
from careloom.channels.tables import incoming_mail, mail_address, mail_reference, outgoing_mail
from careloom.channels.types import IncomingMail, IncomingMailId, MailAddress, MailAddressId, OutgoingMailId
from careloom.conversations.types import ConversationId
from careloom.organizations.types import ClientId, ProgramId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.scope import within
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.wire import reader

_READ = Permission.CHANNELS_READ


class Reference(Struct, frozen=True):
    """A mail of a conversation: its Message-ID, and who wrote it to which of our addresses (None: we did)."""

    message_id: str
    conversation_id: ConversationId
    seq: int
    mail_address_id: MailAddressId
    sender: str | None


class Outgoing(Struct, frozen=True):
    """A mail to be sent, or sent, or given up."""

    id: OutgoingMailId
    client_id: ClientId
    conversation_id: ConversationId
    seq: int
    mail_address_id: MailAddressId
    message_id: str
    recipient: str
    made_at: datetime
    sent_at: datetime | None
    failed_at: datetime | None
    attempts: int


read_address = reader(MailAddress)
read_incoming = reader(IncomingMail)
read_outgoing = reader(Outgoing)
_read_reference = reader(Reference)
_INCOMING = tuple(column for column in incoming_mail.c if column.name not in ("key", "raw"))
_REFERENCE = tuple(column for column in mail_reference.c if column.name != "client_id")


async def list_mail_addresses(
    tx: Tx, actor: Actor, client_id: ClientId | None = None, limit: int = 50, after: str | None = None
) -> Page[MailAddress]:
    """Addresses whose programs the actor sees, oldest first."""
    actor.require_somewhere(_READ, client_id)
    statement = select(mail_address).where(_seen(actor, _READ))
    if client_id is not None:
        statement = statement.where(mail_address.c.client_id == client_id)
    rows = await tx.execute(keyset(statement, [mail_address.c.id], after, limit))
    return cut([read_address(row) for row in rows], limit, lambda one: [one.id])


async def own_addresses(tx: Tx, actor: Actor, client_id: ClientId, most: int = 100) -> list[str]:
    """The client's own addresses, of those programs that the actor sees."""
    mine = (mail_address.c.client_id == client_id, _seen(actor, _READ))
    statement = select(mail_address.c.address).where(*mine).order_by(mail_address.c.id).limit(most)
    return list((await tx.execute(statement)).scalars())


async def get_mail_address(tx: Tx, actor: Actor, mail_address_id: UUID, permission: Permission = _READ) -> MailAddress:
    """One address; raises NotFoundError, ForbiddenError."""
    row = (await tx.execute(select(mail_address).where(mail_address.c.id == mail_address_id))).one_or_none()
    if row is None or not actor.may(_READ, client_id=row.client_id, program_id=row.program_id):
        raise NotFoundError
    actor.require(permission, client_id=row.client_id, program_id=row.program_id)
    return read_address(row)


async def find_recipient(tx: Tx, recipient: str) -> MailAddress | None:
    """The address that mail to `recipient` is for: the same one, else the same one without its plus part."""
    wanted = recipient.lower()
    rows = await tx.execute(select(mail_address).where(mail_address.c.address.in_([wanted, base_address(wanted)])))
    found = {row.address: read_address(row) for row in rows}
    return found.get(wanted) or found.get(base_address(wanted))


async def address_for(
    tx: Tx, client_id: UUID, program_id: ProgramId, preferred: MailAddressId | None
) -> MailAddress | None:
    """The active address from which a program writes: `preferred`, else its oldest."""
    statement = select(mail_address).where(
        mail_address.c.client_id == client_id, mail_address.c.program_id == program_id, mail_address.c.active
    )
    rows = await tx.execute(statement.order_by(mail_address.c.id != preferred, mail_address.c.id).limit(1))
    row = rows.one_or_none()
    return None if row is None else read_address(row)


async def list_incoming(
    tx: Tx, actor: Actor, *, failed: bool, client_id: ClientId | None = None, limit: int = 50, after: str | None = None
) -> Page[IncomingMail]:
    """Mail as it came in, newest first; `failed`: only what could not be handled."""
    actor.require_somewhere(_READ, client_id)
    table = incoming_mail.c
    statement = _incoming().where(_seen(actor, _READ))
    if client_id is not None:
        statement = statement.where(table.client_id == client_id)
    if failed:
        statement = statement.where(table.handled_at.is_(None))
    rows = await tx.execute(keyset(statement, [table.id], after, limit, descending=True))
    return cut([read_incoming(row) for row in rows], limit, lambda one: [one.id])


async def get_incoming(tx: Tx, actor: Actor, incoming_id: UUID, permission: Permission = _READ) -> IncomingMail:
    """One mail as it came in; raises NotFoundError."""
    statement = _incoming().where(incoming_mail.c.id == incoming_id, _seen(actor, permission))
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise NotFoundError
    return read_incoming(row)


async def list_unhandled(tx: Tx, most_attempts: int, limit: int) -> list[tuple[ClientId, IncomingMailId]]:
    """Mail that is due to be handled again, oldest first; the pause grows with the square of the attempts."""
    table = incoming_mail.c
    pause = func.make_interval(0, 0, 0, 0, 0, table.attempts * table.attempts)
    statement = (
        select(table.client_id, table.id)
        .where(table.handled_at.is_(None), table.attempts < most_attempts, table.received_at + pause < func.now())
        .order_by(table.received_at)
        .limit(limit)
    )
    return [(row.client_id, row.id) for row in await tx.execute(statement)]


async def find_reference(tx: Tx, client_id: UUID, message_id: str) -> Reference | None:
    """The mail of the client that has this Message-ID."""
    statement = select(*_REFERENCE).where(
        mail_reference.c.client_id == client_id, mail_reference.c.message_id == message_id
    )
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else _read_reference(row)


async def references_of(tx: Tx, client_id: UUID, conversation_id: UUID, before_seq: int) -> Sequence[Reference]:
    """A conversation's mails before message `before_seq`, oldest first, at most the latest 200."""
    table = mail_reference.c
    statement = (
        select(*_REFERENCE)
        .where(table.client_id == client_id, table.conversation_id == conversation_id, table.seq < before_seq)
        .order_by(table.seq.desc())
        .limit(200)
    )
    return [_read_reference(row) for row in reversed((await tx.execute(statement)).all())]


async def find_outgoing(
    tx: Tx,
    client_id: UUID,
    *,
    conversation_id: UUID | None = None,
    seq: int | None = None,
    message_id: str | None = None,
) -> Outgoing | None:
    """The mail sent under `message_id`, or as message `seq`, else the conversation's latest."""
    table = outgoing_mail.c
    statement = select(outgoing_mail).where(table.client_id == client_id)
    if message_id is not None:
        statement = statement.where(table.message_id == message_id)
    else:
        statement = statement.where(table.conversation_id == conversation_id)
        if seq is not None:
            statement = statement.where(table.seq == seq)
    row = (await tx.execute(statement.order_by(table.seq.desc()).limit(1))).one_or_none()
    return None if row is None else read_outgoing(row)


async def get_outgoing(tx: Tx, client_id: UUID, outgoing_id: UUID) -> Outgoing:
    """One outgoing mail; raises NotFoundError."""
    table = outgoing_mail.c
    row = (await tx.execute(select(outgoing_mail).where(table.client_id == client_id, table.id == outgoing_id))).first()
    if row is None:
        raise NotFoundError
    return read_outgoing(row)


def _incoming() -> Select[Any]:
    of_address = incoming_mail.c.mail_address_id == mail_address.c.id
    return select(*_INCOMING).join(mail_address, of_address)


def _seen(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    return within(actor, permission, mail_address.c.client_id, mail_address.c.program_id)
