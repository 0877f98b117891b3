"""What must hold of an installation whatever was killed: read from its database, past its program."""

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from msgspec.structs import replace

from careloom.conversations.queries.work import FRONT, Stretch
from careloom.conversations.types import Priority
from careloom.identity.queries.actors import actors_of
from careloom.organizations.types import Channel
from careloom.platform.access import Actor, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database, Tx
from careloom.routing.core.decision import Decision
from careloom.routing.core.promise import is_at_work
from careloom.routing.core.round import decide_round
from careloom.routing.queries.snapshot import agents_at_work, lines_of, page_of, reach_of
from tests.chaos.watcher import Watcher

_log = logging.getLogger(__name__)

GAPS: dict[str, LiteralString] = {
    "messages are numbered without gaps": """
        SELECT conversation_id, count(*), max(seq) FROM message GROUP BY 1 HAVING count(*) <> max(seq) OR min(seq) <> 1
    """,
    "a conversation knows its last message": """
        SELECT c.id, c.last_seq, max(m.seq) FROM conversation c JOIN message m ON m.conversation_id = c.id
        GROUP BY c.client_id, c.id HAVING c.last_seq <> max(m.seq)
    """,
    "no conversation is empty": """
        SELECT id FROM conversation c WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.conversation_id = c.id)
    """,
    "no message is stored twice": """
        SELECT details->>'client_id', count(*) FROM message
        WHERE kind = 'inbound' AND channel = 'chat' GROUP BY 1 HAVING count(*) > 1
    """,
    "no letter is stored twice": """
        SELECT split_part(external_id, ' ', 1), count(*) FROM message
        WHERE kind = 'inbound' AND channel = 'email' GROUP BY 1 HAVING count(*) > 1
    """,
    "a conversation's intervals are contiguous": """
        SELECT * FROM (
            SELECT conversation_id, seq, began_at, ended_at,
                   lag(seq) OVER w AS before, lag(ended_at) OVER w AS ended_before, lead(seq) OVER w AS next
            FROM conversation_interval WINDOW w AS (PARTITION BY conversation_id ORDER BY seq)
        ) i WHERE (before IS NULL AND seq <> 1)
               OR (before IS NOT NULL AND (seq <> before + 1 OR began_at <> ended_before))
               OR (next IS NOT NULL AND ended_at IS NULL)
    """,
    "a conversation's phase is its last interval's": """
        SELECT c.id, c.phase, i.phase FROM conversation c
        JOIN conversation_interval i ON i.conversation_id = c.id AND i.seq = c.interval_seq WHERE c.phase <> i.phase
    """,
    "with an agent there is exactly that agent": """
        SELECT c.id, c.phase, c.assignee_id, i.agent_id FROM conversation c
        JOIN conversation_interval i ON i.conversation_id = c.id AND i.seq = c.interval_seq
        WHERE c.phase IN ('with_agent', 'on_hold', 'waiting_customer', 'after_call_work')
          AND c.assignee_id IS DISTINCT FROM i.agent_id
    """,
    "what is offered has one open offer, and nothing else has": """
        SELECT c.id, c.phase, o.id FROM conversation c
        FULL JOIN (SELECT * FROM offer WHERE outcome IS NULL) o ON o.conversation_id = c.id
        WHERE (c.phase = 'offered' OR o.id IS NOT NULL) AND (c.phase IS DISTINCT FROM 'offered' OR o.id IS NULL)
    """,
    "whoever waits is in a queue": "SELECT id FROM conversation WHERE phase = 'queued' AND queue_id IS NULL",
    "agents' states are contiguous": """
        SELECT * FROM (
            SELECT person_id, seq, began_at, ended_at,
                   lag(seq) OVER w AS before, lag(ended_at) OVER w AS ended_before, lead(seq) OVER w AS next
            FROM agent_state WINDOW w AS (PARTITION BY person_id ORDER BY seq)
        ) s WHERE (before IS NULL AND seq <> 1)
               OR (before IS NOT NULL AND (seq <> before + 1 OR began_at <> ended_before))
               OR (next IS NULL) <> (ended_at IS NULL)
    """,
    "no event is parked": "SELECT consumer, type, error FROM parked_event WHERE settled_at IS NULL",
    "every job that was due has run": """
        SELECT id, task_name, status, scheduled_at FROM procrastinate_jobs
        WHERE status IN ('todo', 'doing') AND coalesce(scheduled_at, now()) <= now() OR status = 'failed'
    """,
    "every mail went out": "SELECT id, made_at, error FROM outgoing_mail WHERE sent_at IS NULL",
    "every answer to a letter is a mail": """
        SELECT m.conversation_id, m.seq FROM message m
        LEFT JOIN outgoing_mail o ON o.conversation_id = m.conversation_id AND o.seq = m.seq
        WHERE m.kind = 'outbound' AND m.channel = 'email' AND (o.id IS NULL OR m.delivery <> 'sent')
    """,
    "every letter taken in was handled": "SELECT id, error FROM incoming_mail WHERE handled_at IS NULL",
    "no reply waits beyond its time": "SELECT id, send_at FROM pending_reply WHERE send_at < now()",
    "every reader of the log is at its end": """
        SELECT consumer, position FROM consumer_cursor WHERE position < (SELECT max(id) FROM event_log)
    """,
}
"""Statements that find nothing where all is well."""


class Ledger:
    """The database of a home, read as its superuser."""

    def __init__(self, url: str) -> None:
        self._url = url

    def rows(self, statement: LiteralString) -> list[Any]:
        with psycopg.connect(self._url) as connection:
            return connection.execute(statement).fetchall()

    def violations(self) -> dict[str, list[Any]]:
        """What does not hold, with examples."""
        found = {name: self.rows(statement)[:5] for name, statement in GAPS.items()}
        return {name: rows for name, rows in found.items() if rows}

    def stored(self) -> list[tuple[Channel, str]]:
        """Channel and the sender's own id of every customer's message, as often as it is stored."""
        rows = self.rows("SELECT channel, external_id, details->>'client_id' FROM message WHERE kind = 'inbound'")
        return [
            (Channel(channel), client_id if channel == "chat" else re.split(" ", external_id)[0])
            for channel, external_id, client_id in rows
        ]

    def lost(self, accepted: Iterable[tuple[Channel, str]]) -> set[tuple[Channel, str]]:
        """Messages that were accepted and are not stored."""
        return set(accepted) - set(self.stored())

    def unsaid(self, answers: Iterable[UUID]) -> set[UUID]:
        """Answers of agents that were taken, as messages of these ids, and are not stored."""
        return set(answers) - {one for (one,) in self.rows("SELECT id FROM message WHERE kind = 'outbound'")}

    def doubled(self) -> list[tuple[Channel, str]]:
        """Messages that are stored more than once."""
        return [key for key, count in Counter(self.stored()).items() if count > 1]

    def messages(self) -> set[tuple[str, int]]:
        """Conversation and number of every message."""
        return {(str(one), seq) for one, seq in self.rows("SELECT conversation_id, seq FROM message")}


async def settled(ledger: Ledger, watchers: Sequence[Watcher], seconds: float) -> dict[str, Any]:
    """What does not hold of the data, and whether every desk was shown all of it; waits until nothing is wrong, or for
    so many `seconds` in which nothing has come nearer to it."""
    loop = asyncio.get_running_loop()
    until, before = loop.time() + seconds, {}
    while (wrong := await asyncio.to_thread(_unsettled, ledger, watchers)) and loop.time() < until:
        if wrong != before:
            until, before = loop.time() + seconds, wrong
        _log.info("not yet: %s", list(wrong))
        await asyncio.sleep(1.0)
    return wrong


def _unsettled(ledger: Ledger, watchers: Sequence[Watcher]) -> dict[str, Any]:
    try:
        wrong: dict[str, Any] = dict(ledger.violations())
        stored = ledger.messages()
    except psycopg.OperationalError as error:
        return {"the database answers": str(error)}
    if unseen := [sorted(stored - one.messages)[:5] for one in watchers if stored - one.messages]:
        wrong["every desk was shown every message"] = unseen
    return wrong


async def wanted(database: Database) -> list[Decision]:
    """What the routing engine would do now for the contacts that wait; nothing where the dispatcher has done it."""
    async with database.transaction(system_actor("test")) as tx:
        rows = await tx.exec_driver_sql("SELECT id FROM provider")
        return [one for provider_id in rows.scalars() for one in await _wanted(tx, provider_id)]


async def _wanted(tx: Tx, provider_id: Any) -> list[Decision]:
    at = now()
    lines = await lines_of(tx, provider_id)
    at_work = [one.id for one in lines.queues.values() if is_at_work(one, lines.openings[one.program_id], at)]
    stretches = [Stretch(one, priority, FRONT, 500) for one in at_work for priority in Priority]
    works = (await page_of(tx, lines, stretches, at)).works
    found = await agents_at_work(tx, provider_id)
    actors: dict[Any, Actor] = await actors_of(tx, list(found))
    clients = {one.client_id for one in lines.queues.values()}
    reaches = {key: reach_of(actor, clients) for key, actor in actors.items()}
    agents = [
        replace(one, client_ids=reaches[key][0], program_ids=reaches[key][1])
        for key, one in found.items()
        if key in reaches
    ]
    return list(decide_round(works, agents, at).made)
