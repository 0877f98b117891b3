"""Follows customers: their names, merges, and merges undone."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from careloom.conversations.events import ConversationChanged, facts
from careloom.conversations.queries.conversation import COLUMNS, read_conversation
from careloom.conversations.tables.contact import care_case, conversation, customer_move
from careloom.customers.events import CustomerChanged, CustomersMerged, CustomersUnmerged
from careloom.customers.queries.customer import name_of
from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.event import publish

_C = conversation.c


async def follow_name(tx: Tx, event: CustomerChanged) -> bool:
    """Gives the customer's conversations the present name; answers whether it locked some."""
    name = await name_of(tx, event.client_id, event.customer_id)
    mine = (_C.client_id == event.client_id) & (_C.customer_id == event.customer_id)
    return await _change(tx, mine & (_C.customer_name != name), customer_name=name)


async def follow_merge(tx: Tx, event: CustomersMerged) -> bool:
    """Moves conversations and cases to the customer who stays, once, and notes which they were; answers whether it
    locked some.
    """
    cases = (care_case.c.client_id == event.client_id) & (care_case.c.customer_id == event.merged_id)
    conversations = (_C.client_id == event.client_id) & (_C.customer_id == event.merged_id)
    noted = insert(customer_move).values(
        client_id=event.client_id,
        merge_id=event.merge_id,
        case_ids=(await tx.execute(select(care_case.c.id).where(cases))).scalars().all(),
        conversation_ids=(await tx.execute(select(_C.id).where(conversations))).scalars().all(),
    )
    noted = noted.on_conflict_do_nothing().returning(customer_move.c.merge_id)
    if (await tx.execute(noted)).one_or_none() is None:
        return False
    await _change(
        tx, conversations, customer_id=event.kept_id, customer_name=await name_of(tx, event.client_id, event.kept_id)
    )
    await tx.execute(update(care_case).where(cases).values(customer_id=event.kept_id))
    return True


async def follow_unmerge(tx: Tx, event: CustomersUnmerged) -> bool:
    """Moves back what the merge had moved, and nothing else; answers whether it locked some."""
    c = customer_move.c
    taking = delete(customer_move).where(c.client_id == event.client_id, c.merge_id == event.merge_id)
    row = (await tx.execute(taking.returning(c.case_ids, c.conversation_ids))).one_or_none()
    if row is None:
        return False
    conversations = (_C.client_id == event.client_id) & _C.id.in_(row.conversation_ids)
    await _change(
        tx,
        conversations,
        customer_id=event.merged_id,
        customer_name=await name_of(tx, event.client_id, event.merged_id),
    )
    cases = (care_case.c.client_id == event.client_id) & care_case.c.id.in_(row.case_ids)
    await tx.execute(update(care_case).where(cases).values(customer_id=event.merged_id))
    return True


async def _change(tx: Tx, where: Any, **values: str | UUID) -> bool:
    locking = select(_C.id).where(where).order_by(_C.id).with_for_update()
    ids = (await tx.execute(locking)).scalars().all()
    if not ids:
        return False
    statement = update(conversation).where(_C.id.in_(ids)).values(**values).returning(*COLUMNS)
    changed = [read_conversation(row) for row in await tx.execute(statement)]
    await publish(tx, *(ConversationChanged(**facts(one), changed=tuple(values)) for one in changed))
    return True
