"""Who polls a mailbox: one process at a time, by a lease that ends by itself; and what came of it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy import case, func, or_, select, update

from careloom.channels.commands.mailbox.setup import NO_TROUBLE, storable_answer
from careloom.channels.queries.mailboxes import read_mailbox
from careloom.channels.tables import mailbox
from careloom.channels.types.mailbox import Mailbox, MailboxAuth, MailboxProblem
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.ids import new_id

LEASE_SECONDS: Final = 180
_LONGEST_PAUSE: Final = 1_800
_LEASE = timedelta(seconds=LEASE_SECONDS)


class LeaseLostError(Exception):
    """Another process polls this mailbox, or it was changed: what is not stored yet is not ours to store."""


class Lease(Struct, frozen=True):
    """The right to poll `mailbox`, and how far it was polled: see the table's columns."""

    id: UUID
    mailbox: Mailbox
    sealed: str
    take_existing: bool
    uid_validity: int | None
    last_uid: int
    unsettled_uid: int | None
    stuck_uid: int | None
    stuck_times: int
    since: date | None
    failures: int

    def stumbles(self, uid: int) -> int:
        """How often in a row the polling ended at the mail of number `uid`."""
        return self.stuck_times if self.stuck_uid == uid else 0


async def lease_due(tx: Tx, limit: int) -> Sequence[Lease]:
    """Leases at most `limit` mailboxes that are due and that nobody polls, the longest due first. Those to which nobody
    has consented yet are not due.
    """
    table, lease_id = mailbox.c, new_id()
    free = or_(table.leased_until.is_(None), table.leased_until < func.now())
    connected = or_(table.auth != MailboxAuth.REFRESH_TOKEN, table.connected_at.is_not(None))
    due = (
        select(table.id)
        .where(table.active, table.next_at <= func.now(), free, connected)
        .order_by(table.next_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    statement = update(mailbox).where(table.id.in_(due.scalar_subquery()))
    statement = statement.values(lease=lease_id, leased_until=func.now() + _LEASE)
    return [_read(lease_id, row) for row in await tx.execute(statement.returning(*table))]


async def advance(tx: Tx, lease: Lease, uid: int, *, stored: bool, settles: bool = True) -> None:
    """Notes, with the mail that is stored in this transaction, that everything up to `uid` was taken; `settles`: what
    the mailbox's rule asks for is still to be done with it.

    Raises LeaseLostError.
    """
    values: dict[str, Any] = {"last_uid": uid, "stuck_uid": None, "leased_until": func.now() + _LEASE}
    if stored:
        values |= {"unsettled_uid": uid if settles else None, "taken": mailbox.c.taken + 1}
    await _hold(tx, lease, values)


async def stumble(tx: Tx, lease: Lease, uid: int) -> None:
    """Counts that the polling ended at the mail of number `uid`; raises LeaseLostError."""
    table = mailbox.c
    times = case((table.stuck_uid == uid, table.stuck_times + 1), else_=1)
    await _hold(tx, lease, {"stuck_uid": uid, "stuck_times": times})


async def begin_folder(tx: Tx, lease: Lease, uid_validity: int, last_uid: int, since: date | None) -> None:
    """Notes that the folder's numbers are those of `uid_validity`, taken up to `last_uid`; raises LeaseLostError.

    `since`: mail from before that day is not new, until the folder was gone through once.
    """
    values = {
        "uid_validity": uid_validity,
        "last_uid": last_uid,
        "unsettled_uid": None,
        "stuck_uid": None,
        "since": since,
    }
    await _hold(tx, lease, values)


async def succeed(tx: Tx, lease: Lease, *, more: bool) -> None:
    """Ends the lease after a poll; `more`: there is mail left, go on at once. A lost lease is nobody's loss."""
    pause = 0 if more else lease.mailbox.poll_seconds
    values: dict[str, Any] = {
        "lease": None,
        "leased_until": None,
        "unsettled_uid": None,
        "checked_at": now(),
        "next_at": now() + timedelta(seconds=pause),
        **NO_TROUBLE,
    }
    if not more:
        values["since"] = None
    await tx.execute(_of(lease).values(**values))


async def fail(tx: Tx, lease: Lease, problem: MailboxProblem, answer: str) -> None:
    """Ends the lease after a failure; the pause doubles with each, up to half an hour."""
    pause = min(lease.mailbox.poll_seconds * 2 ** min(lease.failures, 10), _LONGEST_PAUSE)
    at = now()
    values: dict[str, Any] = {
        "lease": None,
        "leased_until": None,
        "next_at": at + timedelta(seconds=pause),
        "failures": mailbox.c.failures + 1,
        "failing_since": func.coalesce(mailbox.c.failing_since, at),
        "problem": problem,
    }
    values["answer"] = await storable_answer(tx, lease.mailbox.client_id, "answer", answer) or None
    await tx.execute(_of(lease).values(**values))


async def _hold(tx: Tx, lease: Lease, values: dict[str, Any]) -> None:
    if (await tx.execute(_of(lease).values(**values).returning(mailbox.c.id))).one_or_none() is None:
        raise LeaseLostError


def _of(lease: Lease) -> Any:
    table, one = mailbox.c, lease.mailbox
    return update(mailbox).where(table.client_id == one.client_id, table.id == one.id, table.lease == lease.id)


def _read(lease_id: UUID, row: Any) -> Lease:
    return Lease(
        id=lease_id,
        mailbox=read_mailbox(row),
        sealed=row.secret,
        take_existing=row.take_existing,
        uid_validity=row.uid_validity,
        last_uid=row.last_uid,
        unsettled_uid=row.unsettled_uid,
        stuck_uid=row.stuck_uid,
        stuck_times=row.stuck_times,
        since=row.since,
        failures=row.failures,
    )
