"""Replies that can still be recalled, for as long as what is built is looked at."""

from __future__ import annotations

from sqlalchemy import text

from careloom.conversations.commands.reply import SEND_PENDING
from careloom.evidence.isolation.kept import SYSTEM
from careloom.platform.database.transactions import Database


async def hold_replies_back(database: Database) -> None:
    """Lets no reply that can be recalled leave before tomorrow: a minute, the most that a program has, is soon over."""
    async with database.transaction(SYSTEM) as tx:
        await tx.execute(text("UPDATE pending_reply SET send_at = send_at + interval '1 day'"))
        later = text(
            "UPDATE procrastinate_jobs SET scheduled_at = scheduled_at + interval '1 day' "
            "WHERE task_name = :task AND status = 'todo'"
        )
        await tx.execute(later, {"task": SEND_PENDING})
