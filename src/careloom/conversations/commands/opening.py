"""Begins a conversation, in a case of its own or in one that exists."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, text

from careloom.conversations.commands.held import open_interval
from careloom.conversations.core.intervals import first_interval
from careloom.conversations.queries.conversation import COLUMNS, read_conversation
from careloom.conversations.tables.contact import care_case, conversation
from careloom.conversations.types import CaseId, Conversation, Phase, QueueId, Status
from careloom.customers.commands.hold import HeldCustomer
from careloom.customers.types import CustomerId
from careloom.identity.types import PersonId
from careloom.organizations.commands import take_case_number
from careloom.organizations.types import Channel, ClientId, ProgramId
from careloom.platform.database.prepared import Prepared
from careloom.platform.database.rows import recordset
from careloom.platform.database.transactions import Tx
from careloom.platform.ids import new_id
from careloom.platform.wire import json_text

SUBJECT_LENGTH: Final = 200
# Made once: building a statement costs more than sending it.
_INSERT: Final = conversation.insert().returning(*COLUMNS)
_INSERT_CASE: Final = care_case.insert()
_OWNER: Final = (conversation.c.client_id, conversation.c.program_id, conversation.c.customer_id)
_ONLY_CASES: Final = Prepared(
    text(f"""
    SELECT given.client_id, given.program_id, given.customer_id, one.case_id, one.case_number
    FROM {recordset(*_OWNER)},
    LATERAL (
        SELECT min(case_id::text)::uuid AS case_id, min(case_number) AS case_number, count(DISTINCT case_id) AS cases
        FROM conversation
        WHERE client_id = given.client_id AND customer_id = given.customer_id
            AND program_id = given.program_id AND status <> 'resolved'
    ) AS one
    WHERE one.cases = 1
"""),  # noqa: S608
    planned_anew=True,
)


async def open_conversation(
    tx: Tx,
    customer: HeldCustomer,
    *,
    client_id: ClientId,
    program_id: ProgramId,
    channel: Channel,
    subject: str,
    at: datetime,
    case: tuple[CaseId, int] | None,
    queue_id: QueueId | None = None,
    agent: tuple[PersonId, str] | None = None,
    **values: Any,
) -> Conversation:
    """Stores a new conversation with its first interval: with `agent` where given, else queued.

    Without `case` a new one is opened. Publishes nothing.
    """
    subject = subject[:SUBJECT_LENGTH]
    if case is None:
        case = await open_case(tx, client_id, program_id, customer.id, subject, at)
    phase = Phase.QUEUED if agent is None else Phase.WITH_AGENT
    agent_id, agent_name = agent or (None, None)
    values |= {
        "client_id": client_id,
        "id": new_id(),
        "program_id": program_id,
        "case_id": case[0],
        "case_number": case[1],
        "customer_id": customer.id,
        "customer_name": customer.name,
        "channel": channel,
        "subject": subject,
        "status": Status.OPEN,
        "phase": phase,
        "queue_id": queue_id,
        "assignee_id": agent_id,
        "assignee_name": agent_name,
        "interval_seq": 1,
        "created_at": at,
        "updated_at": at,
    }
    one = read_conversation((await tx.execute(_INSERT, values)).one())
    first = first_interval(one.id, phase, channel, at, queue_id=queue_id, agent_id=agent_id)
    await open_interval(tx, client_id, first, None)
    return one


async def open_case(
    tx: Tx, client_id: ClientId, program_id: ProgramId, customer_id: CustomerId, subject: str, at: datetime
) -> tuple[CaseId, int]:
    """Stores a new case under the client's next number; answers both."""
    case_id = CaseId(new_id())
    number = await take_case_number(tx, client_id)
    values = {
        "client_id": client_id,
        "id": case_id,
        "program_id": program_id,
        "number": number,
        "customer_id": customer_id,
        "subject": subject,
        "created_at": at,
    }
    await tx.execute(_INSERT_CASE, values)
    return case_id, number


Owner = tuple[ClientId, ProgramId, CustomerId]
"""Of whom a case is, and in which program."""


async def only_cases(tx: Tx, owners: Sequence[Owner]) -> dict[Owner, tuple[CaseId, int]]:
    """`only_case` for each of `owners` that has one; their customers are locked."""
    if not owners:
        return {}
    rows = [
        {"client_id": client_id, "program_id": program_id, "customer_id": customer_id}
        for client_id, program_id, customer_id in owners
    ]
    found = await _ONLY_CASES.rows(tx, rows=json_text(rows))
    return {(row.client_id, row.program_id, row.customer_id): (row.case_id, row.case_number) for row in found}


async def only_case(
    tx: Tx, customer: HeldCustomer, client_id: ClientId, program_id: ProgramId
) -> tuple[CaseId, int] | None:
    """The id and number of the customer's only unresolved case of the program; None for none or several."""
    table = conversation.c
    statement = (
        select(table.case_id, table.case_number)
        .where(
            table.client_id == client_id,
            table.customer_id == customer.id,
            table.program_id == program_id,
            table.status != Status.RESOLVED,
        )
        .distinct()
        .limit(2)
    )
    rows = (await tx.execute(statement)).all()
    return (rows[0].case_id, rows[0].case_number) if len(rows) == 1 else None
