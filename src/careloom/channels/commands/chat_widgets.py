"""Makes and changes chat widgets."""

from typing import Any
from uuid import UUID

from sqlalchemy import update

from careloom.channels.core.chat.signatures import token_secret
from careloom.channels.queries.chat_widgets import get_widget
from careloom.channels.tables import chat_widget
from careloom.channels.types import ChatWidget, ChatWidgetChanges, NewChatWidget, WidgetId, WidgetSecret
from careloom.conversations.types import QueueId
from careloom.organizations.commands import merged, set_fields
from careloom.organizations.queries import as_stored, get_program
from careloom.organizations.types import ClientId, ProgramId
from careloom.platform import audit
from careloom.platform.access import Actor, Permission, system_actor
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, InvalidInputError, NotFoundError
from careloom.platform.ids import new_id, new_secret
from careloom.platform.outbound import require_addresses
from careloom.platform.wire import to_plain
from careloom.routing.queries.queues import get_queue

_WRITE = Permission.CHANNELS_WRITE


async def create_widget(tx: Tx, actor: Actor, new: NewChatWidget) -> ChatWidget:
    """A new widget of a program, with a key of its own. Raises NotFoundError, ForbiddenError, InvalidInputError."""
    actor.require(_WRITE)
    program = await get_program(tx, system_actor("channels"), new.program_id)
    if not actor.may(Permission.CHANNELS_READ, client_id=program.client_id, program_id=program.id):
        raise NotFoundError
    actor.require(_WRITE, client_id=program.client_id, program_id=program.id)
    if new.client_id not in (None, program.client_id):
        raise InvalidInputError(errors=(FieldError("/client_id", "Choose the program's own client."),))
    await _check_queue(tx, program.client_id, new.queue_id)
    made = ChatWidget(
        id=WidgetId(new_id()),
        client_id=program.client_id,
        program_id=program.id,
        queue_id=new.queue_id,
        key=f"wk_{new_secret(18)}",
        name=new.name,
        origins=_unique(new.origins),
        language=new.language,
        theme=new.theme,
        require_email=new.require_email,
        active=new.active,
    )
    values = await as_stored(tx, made.client_id, chat_widget, to_plain(made))
    await tx.execute(chat_widget.insert().values(**values))
    await audit.record(tx, actor, "chat_widget.create", made.id, client_id=made.client_id, after=made)
    return await get_widget(tx, actor, made.id)


async def change_widget(tx: Tx, actor: Actor, widget_id: UUID, changes: ChatWidgetChanges) -> ChatWidget:
    """Changes the fields that are given. Raises NotFoundError, ForbiddenError, InvalidInputError."""
    before = await _writable(tx, actor, widget_id)
    after: ChatWidget = merged(before, changes)
    await _check_program(tx, actor, before.client_id, after.program_id)
    await _check_queue(tx, before.client_id, after.queue_id)
    values: dict[str, Any] = {name: to_plain(value) for name, value in set_fields(changes).items()}
    if "origins" in values:
        values["origins"] = list(_unique(after.origins))
    if values:
        values = await as_stored(tx, before.client_id, chat_widget, values)
        await tx.execute(update(chat_widget).where(chat_widget.c.id == widget_id).values(**values))
    await audit.record(
        tx, actor, "chat_widget.change", before.id, client_id=before.client_id, before=before, after=after
    )
    return await get_widget(tx, actor, widget_id)


async def renew_secret(tx: Tx, actor: Actor, widget_id: UUID, key: bytes) -> WidgetSecret:
    """A new secret for visitor tokens, derived from the installation's `key`; earlier tokens are refused from now on.

    Raises NotFoundError, ForbiddenError.
    """
    widget = await _writable(tx, actor, widget_id)
    statement = (
        update(chat_widget)
        .where(chat_widget.c.id == widget_id)
        .values(secret_version=chat_widget.c.secret_version + 1)
        .returning(chat_widget.c.secret_version)
    )
    version = int((await tx.execute(statement)).scalar_one())
    await audit.record(
        tx, actor, "chat_widget.renew_secret", widget.id, client_id=widget.client_id, after={"version": version}
    )
    return WidgetSecret(token_secret(key, widget.id, version))


async def _writable(tx: Tx, actor: Actor, widget_id: UUID) -> ChatWidget:
    widget = await get_widget(tx, actor, widget_id)
    actor.require(_WRITE, client_id=widget.client_id, program_id=widget.program_id)
    return widget


async def _check_program(tx: Tx, actor: Actor, client_id: ClientId, program_id: ProgramId) -> None:
    program = await get_program(tx, system_actor("channels"), program_id)
    if program.client_id != client_id:
        raise InvalidInputError(errors=(FieldError("/program_id", "Choose a program of the widget's client."),))
    actor.require(_WRITE, client_id=client_id, program_id=program_id)


async def _check_queue(tx: Tx, client_id: ClientId, queue_id: QueueId | None) -> None:
    if queue_id is None:
        return
    try:
        queue = await get_queue(tx, system_actor("channels"), queue_id)
    except NotFoundError:
        queue = None
    if queue is None or queue.client_id != client_id:
        raise InvalidInputError(errors=(FieldError("/queue_id", "Choose a queue of the program's client."),))


def _unique(origins: tuple[str, ...]) -> tuple[str, ...]:
    require_addresses({f"/origins/{at}": one for at, one in enumerate(origins)})
    return tuple(dict.fromkeys(one.lower() for one in origins))
