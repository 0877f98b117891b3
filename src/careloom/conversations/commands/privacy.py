"""What a client's policy takes out of messages: kept apart, and shown to those who may."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select

from careloom.conversations.commands.journal import audit_act
from careloom.conversations.core.privacy import Taken, clean
from careloom.conversations.queries.conversation import get_conversation
from careloom.conversations.queries.messages import get_message
from careloom.conversations.tables.privacy import masked_value
from careloom.conversations.types.privacy import Original
from careloom.organizations.queries import privacy_of
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.ids import new_id
from careloom.platform.keys.places import place_in
from careloom.platform.keys.ring import ClientKeys, keys_of, sealing_keys
from careloom.platform.redaction.redact import redact, redactor
from careloom.platform.redaction.values import storable

_TEXTS = ("text", "html", "folded_text", "subject", "author_name", "customer_name")
T = TypeVar("T", bound=Struct)


class Words(Struct, frozen=True):
    """What an agent wrote, as it is stored, and what of it is to be kept apart."""

    text: str
    html: str | None
    taken: tuple[Taken, ...]


async def cleaned(tx: Tx, client_id: UUID, arriving: T, *, agents: bool = False) -> tuple[T, tuple[Taken, ...]]:
    """A customer's message, or what a channel made of it, as the client's policy lets it be stored; `agents`: an
    agent wrote it.

    Answers with it what is to be kept apart. Nothing is asked of the database where this process knows the policy.
    """
    policy = await privacy_of(tx, client_id)
    chosen = redactor(policy, agents=agents)
    if chosen.idle:
        return arriving, ()
    fields: dict[str, str | None] = {  # as PostgreSQL can hold it: what it cannot must not hide a number
        name: storable(getattr(arriving, name) or "") or None for name in _TEXTS if name in arriving.__struct_fields__
    }
    done = clean(chosen, fields)
    details: dict[str, str] = getattr(arriving, "details", {})
    kept = {
        key: value if _is_key(value) else redact(policy, value, agents=agents).text for key, value in details.items()
    }
    changes: dict[str, Any] = {name: text for name, text in done.texts.items() if text != fields[name]}
    if kept != details:
        changes["details"] = kept
    return (replace(arriving, **changes) if changes else arriving), done.taken


def _is_key(value: str) -> bool:
    """A program's random key says nothing of anyone, though now and then its digits look as if they did."""
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False


async def cleaned_words(tx: Tx, client_id: UUID, text: str, html: str | None = None) -> Words:
    """The same for what an agent writes."""
    policy = await privacy_of(tx, client_id)
    words = {"text": storable(text), "html": None if html is None else storable(html)}
    done = clean(redactor(policy, agents=True), words)
    return Words(done.texts["text"] or "", done.texts["html"], done.taken)


async def keep_originals(
    tx: Tx, client_id: UUID, conversation_id: UUID, message_id: UUID, taken: tuple[Taken, ...]
) -> None:
    """Keeps what was masked in a message, sealed, for as long as the client's policy says; nothing of a client whose
    keys were destroyed.
    """
    await keep_many_originals(tx, client_id, [(conversation_id, message_id, taken)])


async def keep_many_originals(tx: Tx, client_id: UUID, masked: Sequence[tuple[UUID, UUID, tuple[Taken, ...]]]) -> None:
    """The same for many messages: each with its conversation's id and its own."""
    if not any(taken for _, _, taken in masked):
        return
    keys = await sealing_keys(tx, client_id)
    if keys.shredded:
        return
    until = now() + timedelta(days=(await privacy_of(tx, client_id)).keep_days)
    rows = [
        {
            "client_id": client_id,
            "conversation_id": conversation_id,
            "message_id": message_id,
            "id": (original_id := new_id()),
            "field": one.field,
            "index": one.index,
            "data_class": one.data_class,
            "kind": one.kind,
            "value": keys.seal(place_in(masked_value.c.value, original_id), one.value),
            "kept_until": until,
        }
        for conversation_id, message_id, taken in masked
        for one in taken
    ]
    await tx.execute(masked_value.insert(), rows)


async def reveal(tx: Tx, actor: Actor, conversation_id: UUID, seq: int) -> tuple[Original, ...]:
    """What stood in the places of a message's marks, as far as it is kept; each time leaves an audit entry.

    Raises NotFoundError, ForbiddenError, ShreddedError.
    """
    one = await get_conversation(tx, actor, conversation_id)
    actor.require(Permission.PRIVACY_REVEAL, client_id=one.client_id, program_id=one.program_id)
    message = await get_message(tx, one.client_id, one.id, seq)
    table = masked_value.c
    statement = (
        select(table.id, table.field, table.index, table.data_class, table.kind, table.value)
        .where(table.client_id == one.client_id, table.message_id == message.id)
        .order_by(table.field, table.index)
    )
    rows = list(await tx.execute(statement))
    keys = await keys_of(tx, one.client_id) if rows else None
    found = tuple(_opened(keys, row) for row in rows) if keys else ()
    classes = sorted({each.data_class for each in found})
    await audit_act(tx, actor, "conversation.reveal", one, message_id=message.id, seq=seq, data_classes=classes)
    return found


def _opened(keys: ClientKeys, row: Any) -> Original:
    value = keys.open(place_in(masked_value.c.value, row.id), row.value)
    return Original(row.field, row.index, row.data_class, row.kind, value)
