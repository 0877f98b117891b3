"""Chat widgets, and what a widget's public key opens."""

from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import select

from careloom.channels.tables import chat_widget
from careloom.channels.types import ChatWidget
from careloom.organizations.queries import get_client, get_program
from careloom.organizations.types import Channel, ClientId, Program
from careloom.platform.access import Actor, Permission, system_actor
from careloom.platform.database.scope import within
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.wire import row_fields
from careloom.routing.core.hours import is_open
from careloom.routing.core.promise import is_at_work
from careloom.routing.queries.queues import line_for
from careloom.routing.types import Queue

_READ = Permission.CHANNELS_READ


class ChatEntry(Struct, frozen=True):
    """What strangers reach by a widget's key: the widget, its program, the queue of its new chats, the brand's name."""

    widget: ChatWidget
    secret_version: int
    program: Program
    queue: Queue | None
    brand: str

    @property
    def actor(self) -> Actor:
        """The widget at work: over its client and nothing else."""
        return system_actor("chat", self.widget.client_id)

    def is_online(self, at: Any) -> bool:
        """Whether someone may be expected to answer at `at`: chat is offered and its queue is at work."""
        if Channel.CHAT not in self.program.channels:
            return False
        return is_open(self.program, at) if self.queue is None else is_at_work(self.queue, self.program, at)


def read_widget(row: Any) -> ChatWidget:
    """A widget from its row."""
    return msgspec.convert(row_fields(row), ChatWidget, strict=False)


async def list_widgets(
    tx: Tx, actor: Actor, client_id: ClientId | None = None, limit: int = 50, after: str | None = None
) -> Page[ChatWidget]:
    """Widgets of the programs that the actor may read, by age."""
    actor.require_somewhere(_READ, client_id)
    table = chat_widget.c
    statement = select(chat_widget).where(within(actor, _READ, table.client_id, table.program_id))
    if client_id is not None:
        statement = statement.where(table.client_id == client_id)
    rows = await tx.execute(keyset(statement, [table.id], after, limit))
    return cut([read_widget(row) for row in rows], limit, lambda one: [one.id])


async def get_widget(tx: Tx, actor: Actor, widget_id: UUID) -> ChatWidget:
    """One widget; raises NotFoundError, also where the actor may not read its program's channels."""
    row = (await tx.execute(select(chat_widget).where(chat_widget.c.id == widget_id))).one_or_none()
    if row is None or not actor.may(_READ, client_id=row.client_id, program_id=row.program_id):
        raise NotFoundError
    return read_widget(row)


async def find_entry(tx: Tx, key: str) -> ChatEntry | None:
    """What the active widget with this key opens; None for any other key. Needs a system transaction."""
    row = (await tx.execute(select(chat_widget).where(chat_widget.c.key == key))).one_or_none()
    if row is None or not row.active:
        return None
    widget = read_widget(row)
    system = system_actor("chat")
    program = await get_program(tx, system, widget.program_id)
    client = await get_client(tx, system, widget.client_id)
    queue = await line_for(tx, widget.client_id, widget.program_id, Channel.CHAT, None, widget.queue_id)
    return ChatEntry(widget, row.secret_version, program, queue, client.name)
