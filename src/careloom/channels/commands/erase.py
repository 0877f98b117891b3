"""Erases mail as it came, the threads it belonged to, where answers went, and visitors of chats."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update

from careloom.channels.queries.disposal import mail_naming, visits
from careloom.channels.tables import incoming_mail, mail_reference, outgoing_mail, suppressed_address, visitor
from careloom.platform.database.transactions import Tx
from careloom.platform.disposal import Counts


async def forget_contacts(tx: Tx, client_id: UUID, conversation_ids: Sequence[UUID]) -> Counts:
    """Removes the mail of these conversations, in and out; a visitor who shows one shows none any more.

    Mail that continues one of them begins anew afterwards: by which Message-IDs it was known is gone.
    """
    counts: Counts = {}
    for table in (incoming_mail, mail_reference, outgoing_mail):
        where = (table.c.client_id == client_id) & table.c.conversation_id.in_(conversation_ids)
        counts[table.name] = (await tx.execute(delete(table).where(where))).rowcount
    v = visitor.c
    showing = update(visitor).where(v.client_id == client_id, v.conversation_id.in_(conversation_ids))
    await tx.execute(showing.values(conversation_id=None, read_seq=0))
    return {name: count for name, count in counts.items() if count}


async def forget_people(tx: Tx, client_id: UUID, customer_ids: Sequence[UUID], addresses: Collection[str]) -> Counts:
    """Removes visitors who are these customers, mail of theirs that no conversation has, their names in threads, and
    that their addresses take no mail.
    """
    counts: Counts = {}
    gone = delete(visitor).where(visits(client_id, customer_ids, addresses))
    counts["visitor"] = (await tx.execute(gone)).rowcount
    loose = await mail_naming(tx, client_id, addresses, None)
    counts["incoming_mail"] = await remove_raw_mail(tx, client_id, loose)
    s = suppressed_address.c
    resting = delete(suppressed_address).where(s.client_id == client_id, s.address.in_(sorted(addresses)))
    counts["suppressed_address"] = (await tx.execute(resting)).rowcount
    r = mail_reference.c
    threads = delete(mail_reference).where(r.client_id == client_id, r.sender.in_(sorted(addresses)))
    counts["mail_reference"] = (await tx.execute(threads)).rowcount
    return {name: count for name, count in counts.items() if count}


async def forget_mail_of(tx: Tx, client_id: UUID, conversation_id: UUID, addresses: Collection[str]) -> int:
    """Removes mail as it came of somebody else's conversation in which one of these addresses stands."""
    return await remove_raw_mail(tx, client_id, await mail_naming(tx, client_id, addresses, conversation_id))


async def remove_raw_mail(tx: Tx, client_id: UUID, ids: Sequence[UUID]) -> int:
    """Removes mail as it came; what it said stays in its conversation."""
    return await _remove(tx, incoming_mail, client_id, ids)


async def remove_visitors(tx: Tx, client_id: UUID, ids: Sequence[UUID]) -> int:
    """Removes visitors; a browser that comes back is a new one."""
    return await _remove(tx, visitor, client_id, ids)


async def remove_suppressed_addresses(tx: Tx, client_id: UUID, ids: Sequence[UUID]) -> int:
    """Removes addresses that mail was not sent to: from now on it is."""
    return await _remove(tx, suppressed_address, client_id, ids)


async def _remove(tx: Tx, table: Any, client_id: UUID, ids: Sequence[UUID]) -> int:
    return (await tx.execute(delete(table).where(table.c.client_id == client_id, table.c.id.in_(ids)))).rowcount
