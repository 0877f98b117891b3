"""Years of contacts, written straight into an installation's tables by its own PostgreSQL.

Texts are what customers and agents say in the demo's dialogues, each with an order number of its own. One contact in
25 is unresolved, every customer has four contacts, and a contact has five messages.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import psycopg
from msgspec import Struct
from psycopg import sql

from careloom.demo.library import load_dialogues

MESSAGES: Final = 5
_UNRESOLVED_EVERY: Final = 25
_TEXTS: Final = 20_000
_BATCH: Final = 20_000

# A version 7 id of a moment and a number; equal ones for equal arguments.
_FUNCTIONS = """
CREATE FUNCTION pg_temp.stock_id(at timestamptz, salt text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(salt), 1, 3)
        || '8' || substr(md5(salt), 4, 15))::uuid
$$;
CREATE TEMP TABLE stock_text (number integer PRIMARY KEY, text text NOT NULL);
"""

_CONTACTS = """
CREATE TEMP TABLE stock AS
SELECT number, at, person, over, held,
    pg_temp.stock_id(at, 'conversation' || client || number) AS id,
    pg_temp.stock_id(at, 'case' || client || number) AS case_id,
    pg_temp.stock_id(%(since)s + person * %(step)s * 4, 'customer' || client || person) AS customer_id,
    (ARRAY['email', 'chat', 'sms'])[1 + number %% 3] AS channel,
    (ARRAY['Mira', 'Tomas', 'Adaeze', 'Lucia', 'Kenji', 'Noor'])[1 + person %% 6] || ' '
        || (ARRAY['Okafor', 'Lindqvist', 'Moreau', 'Tanaka', 'Alvarez', 'Haddad', 'Novak'])[1 + person / 6 %% 7]
        || person AS name,
    CASE WHEN over OR held THEN (%(agents)s::uuid[])[1 + agent] END AS agent_id,
    CASE WHEN over OR held THEN 'Agent ' || agent END AS agent_name
FROM (
    SELECT number, %(since)s + number * %(step)s AS at, (number - 1) / 4 AS person, %(client)s::text AS client,
        hashint4(number) & 3 AS agent, number %% %(every)s <> 0 AS over, number %% (%(every)s * 2) = 0 AS held
    FROM generate_series(%(first)s::integer, %(last)s::integer) AS number
) AS counted
"""

_ROWS = (
    """
INSERT INTO customer (client_id, id, name, language, created_at)
SELECT %(client)s, customer_id, name, 'en', at FROM stock WHERE number %% 4 = 1
""",
    """
INSERT INTO customer_identity (client_id, id, customer_id, kind, value, verified, added_at)
SELECT %(client)s, id, customer_id, 'email', lower(replace(name, ' ', '.')) || '@customer.example', true, at
FROM stock WHERE number %% 4 = 1
""",
    """
INSERT INTO care_case (client_id, id, program_id, number, customer_id, subject, created_at)
SELECT %(client)s, case_id, %(program)s, number, customer_id, 'Order ' || number, at FROM stock
""",
    """
INSERT INTO conversation (client_id, id, program_id, case_id, case_number, customer_id, customer_name, channel,
    subject, preview, status, phase, language, tags, queue_id, assignee_id, assignee_name, last_seq, last_inbound_seq,
    read_seq, interval_seq, waiting_since, due_at, created_at, updated_at, resolved_at)
SELECT %(client)s, id, %(program)s, case_id, number, customer_id, name, channel, 'Order ' || number,
    'Order ' || number || ': where is it?', CASE WHEN over THEN 'resolved' ELSE 'open' END,
    CASE WHEN over THEN 'ended' WHEN held THEN 'with_agent' ELSE 'queued' END, 'en',
    CASE WHEN number %% 60 = 7 THEN ARRAY['refund'] WHEN number %% 6000 = 9 THEN ARRAY['recall']
        ELSE ARRAY[]::text[] END,
    %(queue)s, agent_id, agent_name, %(messages)s, %(messages)s, %(messages)s,
    CASE WHEN over THEN 3 WHEN held THEN 2 ELSE 1 END,
    CASE WHEN over THEN NULL ELSE at END, CASE WHEN over THEN NULL ELSE at + interval '8 hours' END,
    at, at + interval '1 hour', CASE WHEN over THEN at + interval '1 hour' END
FROM stock
""",
    """
INSERT INTO conversation_interval (client_id, conversation_id, seq, phase, queue_id, agent_id, began_at, ended_at,
    previous_ended_at)
SELECT %(client)s, id, seq, CASE seq WHEN 1 THEN 'queued' WHEN 2 THEN 'with_agent' ELSE 'ended' END,
    CASE seq WHEN 1 THEN %(queue)s::uuid END, CASE seq WHEN 2 THEN agent_id END,
    at + (seq - 1) * interval '20 minutes', CASE WHEN seq < last THEN at + seq * interval '20 minutes' END,
    CASE WHEN seq > 1 THEN at + (seq - 1) * interval '20 minutes' END
FROM (SELECT *, CASE WHEN over THEN 3 WHEN held THEN 2 ELSE 1 END AS last FROM stock) AS one,
    generate_series(1, last) AS seq
""",
    """
INSERT INTO message (client_id, conversation_id, seq, id, kind, channel, author_name, subject, text, delivery, at)
SELECT %(client)s, one.id, seq, pg_temp.stock_id(at + seq * interval '5 minutes', 'message' || seq || one.id),
    CASE seq %% 2 WHEN 1 THEN 'inbound' ELSE 'outbound' END, channel, CASE seq %% 2 WHEN 1 THEN name ELSE 'Agent' END,
    CASE seq WHEN 1 THEN 'Order ' || one.number END,
    'Order ' || one.number || ', ' || stock_text.text,
    'sent', at + seq * interval '5 minutes'
FROM stock AS one CROSS JOIN generate_series(1, %(messages)s) AS seq
JOIN stock_text ON stock_text.number = (hashint8(one.number::bigint * 16 + seq) & 2147483647) %% %(texts)s
""",
    """
INSERT INTO timeline_entry
    (client_id, id, customer_id, at, kind, channel, program_id, conversation_id, actor_name, summary)
SELECT %(client)s, pg_temp.stock_id(moment, 'line' || which || one.id), customer_id, moment,
    CASE which WHEN 1 THEN 'conversation_started' ELSE 'conversation_ended' END, channel, %(program)s, one.id, 'Agent',
    'Order ' || number
FROM stock AS one, generate_series(1, CASE WHEN over THEN 2 ELSE 1 END) AS which,
    LATERAL (SELECT at + (which - 1) * interval '1 hour' AS moment) AS when_it_was
""",
    "DROP TABLE stock",
)


class Brand(Struct, frozen=True):
    """One client and where its contacts are; `agents` are four people whose names the contacts bear."""

    client_id: UUID
    program_id: UUID
    queue_id: UUID
    agents: tuple[UUID, ...]


def fill(sockets: str, brands: Sequence[Brand], contacts: int, done: int = 0) -> None:
    """Writes contacts `done + 1` to `contacts` of each brand, over the last 365 days, and lets PostgreSQL count them.

    Foreign keys are not checked meanwhile: the rows are made together.
    """
    with psycopg.connect(f"postgresql://postgres@/careloom?host={sockets}", autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        connection.execute(_FUNCTIONS)
        texts = _texts()
        with connection.cursor().copy("COPY stock_text FROM STDIN") as copy:
            for row in enumerate(texts):
                copy.write_row(row)
        connection.execute("ANALYZE stock_text")
        for brand in brands:
            _fill_one(connection, brand, done, contacts, len(texts))
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _fill_one(connection: "psycopg.Connection[Any]", brand: Brand, done: int, contacts: int, texts: int) -> None:
    step = timedelta(days=364) / contacts
    values = {
        "client": brand.client_id,
        "program": brand.program_id,
        "queue": brand.queue_id,
        "agents": list(brand.agents),
        "since": datetime.now(UTC) - timedelta(days=365),
        "step": step,
        "every": _UNRESOLVED_EVERY,
        "messages": MESSAGES,
        "texts": texts,
    }
    for first in range(done + 1, contacts + 1, _BATCH):
        part = {**values, "first": first, "last": min(first + _BATCH - 1, contacts)}
        for statement in (_CONTACTS, *_ROWS):
            psycopg.ClientCursor(connection).execute(statement, part)
    numbers = sql.Identifier(f"case_number_{brand.client_id.hex}")
    connection.execute(sql.SQL("CREATE SEQUENCE IF NOT EXISTS {}").format(numbers))
    connection.execute(sql.SQL("ALTER SEQUENCE {} RESTART {}").format(numbers, contacts + 1))
    connection.execute(sql.SQL("ALTER SEQUENCE {} OWNER TO careloom_owner").format(numbers))


def _texts() -> list[str]:
    said = dict.fromkeys(line.text for dialogue in load_dialogues() for line in dialogue.lines)
    return list(said)[:_TEXTS]
