"""A database that refuses a mail by itself, each time, as it does with what goes beyond its limits."""

from __future__ import annotations

import psycopg

from tests.postgres import FreshDatabase

REFUSED = "beyond a limit of the database"


def refuse_messages(database: FreshDatabase, subject: str, state: str = "54000") -> None:
    """Lets no message of this subject be stored; `state` is the SQLSTATE of the refusal."""
    _refuse(database, "INSERT ON message", f"NEW.subject = '{subject}'", state)


def refuse_handling(database: FreshDatabase, state: str) -> None:
    """Lets no mail be noted as handled."""
    _refuse(database, "UPDATE ON incoming_mail", "NEW.handled_at IS NOT NULL", state)


def accept_all(database: FreshDatabase) -> None:
    """Ends every refusal."""
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        connection.execute("DROP FUNCTION refuse CASCADE")


def _refuse(database: FreshDatabase, what: str, when: str, state: str) -> None:
    body = f"BEGIN IF {when} THEN RAISE '{REFUSED}' USING ERRCODE = '{state}'; END IF; RETURN NEW; END"
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        connection.execute(f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $${body}$$".encode())
        connection.execute(f"CREATE TRIGGER refuse BEFORE {what} FOR EACH ROW EXECUTE FUNCTION refuse()".encode())
