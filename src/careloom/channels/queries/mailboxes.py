"""Mailboxes that are polled."""

from uuid import UUID

from sqlalchemy import select

from careloom.channels.tables import mail_address, mailbox
from careloom.channels.types.mailbox import Mailbox
from careloom.organizations.types import ClientId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.scope import within
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.wire import reader

_WRITE = Permission.CHANNELS_WRITE
read_mailbox = reader(Mailbox)
_SHOWN = tuple(mailbox.c[name] for name in Mailbox.__struct_fields__)


async def list_mailboxes(
    tx: Tx, actor: Actor, client_id: ClientId | None = None, limit: int = 50, after: str | None = None
) -> Page[Mailbox]:
    """Mailboxes whose programs the actor sets up, oldest first."""
    actor.require_somewhere(_WRITE, client_id)
    statement = select(*_SHOWN).join(mail_address, mailbox.c.mail_address_id == mail_address.c.id)
    statement = statement.where(within(actor, _WRITE, mail_address.c.client_id, mail_address.c.program_id))
    if client_id is not None:
        statement = statement.where(mailbox.c.client_id == client_id)
    rows = await tx.execute(keyset(statement, [mailbox.c.id], after, limit))
    return cut([read_mailbox(row) for row in rows], limit, lambda one: [one.id])


async def get_mailbox(tx: Tx, actor: Actor, mailbox_id: UUID) -> Mailbox:
    """One mailbox; raises NotFoundError."""
    statement = select(*_SHOWN).join(mail_address, mailbox.c.mail_address_id == mail_address.c.id)
    seen = within(actor, _WRITE, mail_address.c.client_id, mail_address.c.program_id)
    row = (await tx.execute(statement.where(mailbox.c.id == mailbox_id, seen))).one_or_none()
    if row is None:
        raise NotFoundError
    return read_mailbox(row)
