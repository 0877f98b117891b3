"""Customers' messages that arrive together: stored in a few statements, whatever their number."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from sqlalchemy import text

from careloom.conversations.commands.held import Held, hold_conversations
from careloom.conversations.commands.opening import Owner, only_cases
from careloom.conversations.commands.receive import Inbound, Received
from careloom.conversations.commands.strand import JOINED, Strand, strand_continued, strand_opened
from careloom.conversations.commands.strands import write_strands
from careloom.conversations.queries.conversation import current_intervals
from careloom.conversations.tables.message import message
from careloom.conversations.types import CaseId, Phase, Status
from careloom.customers.commands.hold import HeldCustomer, hold_customers
from careloom.customers.types import CustomerId
from careloom.organizations.commands import take_case_numbers
from careloom.platform.access import Actor, Permission
from careloom.platform.database.prepared import Prepared
from careloom.platform.database.rows import recordset
from careloom.platform.database.transactions import Tx
from careloom.platform.ids import new_id
from careloom.platform.wire import json_text

_KEY: Final = (message.c.client_id, message.c.channel, message.c.external_id)
_STORED: Final = Prepared(
    text(f"""
    SELECT client_id, channel, external_id FROM {recordset(*_KEY)} JOIN message USING (client_id, channel, external_id)
"""),  # noqa: S608
    planned_anew=True,
)

Together = Sequence[Inbound]
"""Messages of one customer for one conversation, in their order: `conversation_id`, or a new one where that is None."""

_Placed = dict[int, Together]
"""Some of the strands, by their place in what was asked for."""


async def receive_many(tx: Tx, actor: Actor, strands: Sequence[Together]) -> list[tuple[Received, ...] | None]:
    """Stores messages as `receive_message` would one after the other, in as many statements as for a single one.

    None stands for messages that it left alone, because they are more than an addition to an open conversation or
    the beginning of a new one (a repeat, files, a reopening, a customer merged meanwhile), or are of the same customer
    as such a message. `receive_message` takes those, in a transaction of their own. Raises ForbiddenError;
    IntegrityError where someone else stored one of the messages at the same time.
    """
    for one in strands:
        actor.require(Permission.MESSAGES_INGEST, client_id=one[0].client_id, program_id=one[0].program_id)
    plain = await _unstored(tx, {place: one for place, one in enumerate(strands) if _is_plain(one)})
    held = await _held(tx, actor, plain)
    customers = await _customers(tx, plain)
    fitting = {place: one for place, one in plain.items() if place in held or _begins(one, customers)}
    left = {_customer(one) for place, one in enumerate(strands) if place not in fitting}
    fitting = {place: one for place, one in fitting.items() if _customer(one) not in left}
    written = {**await _continued(tx, held, fitting), **await _opened(tx, customers, fitting)}
    await write_strands(tx, list(written.values()))
    return [_received(written[place]) if place in written else None for place in range(len(strands))]


def _is_plain(together: Together) -> bool:
    first = together[0]
    routed = first.queue_id is None or first.due_at is not None or first.conversation_id is not None
    return routed and not any(one.attachments for one in together)


async def _unstored(tx: Tx, strands: _Placed) -> _Placed:
    """Those of `strands` of whose messages none is stored, and none was named before."""
    rows = [
        {"client_id": one.client_id, "channel": one.channel, "external_id": one.external_id}
        for together in strands.values()
        for one in together
    ]
    if not rows:
        return {}
    stored = await _STORED.rows(tx, rows=json_text(rows))
    seen = {(one.client_id, one.channel, one.external_id) for one in stored}
    found: _Placed = {}
    for place, together in strands.items():
        keys = {(one.client_id, one.channel.value, one.external_id) for one in together}
        if len(keys) == len(together) and seen.isdisjoint(keys):
            found[place] = together
        seen |= keys
    return found


async def _held(tx: Tx, actor: Actor, strands: _Placed) -> dict[int, Held]:
    """Locks the conversations to which messages only add, by the place of their strand."""
    places = {one[0].conversation_id: place for place, one in strands.items()}
    held = await hold_conversations(tx, [one for one in places if one is not None])
    found = {places[one.conversation.id]: one for one in held}
    return {place: one for place, one in found.items() if _joins(actor, one, strands[place][0])}


def _joins(actor: Actor, held: Held, inbound: Inbound) -> bool:
    one = held.conversation
    mine = actor.may(Permission.MESSAGES_INGEST, client_id=one.client_id, program_id=one.program_id)
    fits = one.phase in JOINED or one.phase is Phase.WAITING_CUSTOMER
    return mine and one.client_id == inbound.client_id and one.status is not Status.RESOLVED and fits


async def _customers(tx: Tx, strands: _Placed) -> dict[Owner, HeldCustomer]:
    """Locks the customers who begin one conversation each, by program."""
    beginning = Counter(_owner(one) for one in strands.values() if one[0].conversation_id is None)
    owners = [owner for owner, conversations in beginning.items() if conversations == 1]
    held = await hold_customers(tx, {(client_id, customer_id) for client_id, _, customer_id in owners})
    return {owner: held[owner[2]] for owner in owners if owner[2] in held}


def _begins(together: Together, customers: dict[Owner, HeldCustomer]) -> bool:
    return together[0].conversation_id is None and _owner(together) in customers


async def _continued(tx: Tx, held: dict[int, Held], strands: _Placed) -> dict[int, Strand]:
    held = {place: one for place, one in held.items() if place in strands}
    turning = [one.conversation for one in held.values() if one.conversation.phase is Phase.WAITING_CUSTOMER]
    current = await current_intervals(tx, [(one.client_id, one.id) for one in turning])
    return {
        place: strand_continued(one, strands[place], current.get(one.conversation.id)) for place, one in held.items()
    }


async def _opened(tx: Tx, customers: dict[Owner, HeldCustomer], strands: _Placed) -> dict[int, Strand]:
    places = {_owner(one): place for place, one in strands.items() if one[0].conversation_id is None}
    cases = await only_cases(tx, list(places))
    new = [owner for owner in places if owner not in cases]
    numbers = await take_case_numbers(tx, [client_id for client_id, _, _ in new]) if new else []
    made = {owner: (CaseId(new_id()), number) for owner, number in zip(new, numbers, strict=True)}
    of = {**cases, **made}
    return {
        place: strand_opened(customers[owner], strands[place], of[owner], opens_case=owner in made)
        for owner, place in places.items()
    }


def _owner(together: Together) -> Owner:
    return together[0].client_id, together[0].program_id, together[0].customer_id


def _customer(together: Together) -> CustomerId:
    return together[0].customer_id


def _received(strand: Strand) -> tuple[Received, ...]:
    opened = strand.before is None
    return tuple(Received(strand.after, one, opened=opened and place == 0) for place, one in enumerate(strand.messages))
