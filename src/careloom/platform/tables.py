"""The platform's own tables: event log, what was removed from it, cursors, parked events, audit, idempotency."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from careloom.platform.database.schema import client_table, either_table, system_table

event_log = either_table(
    "event_log",
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("type", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("audience_id", Uuid),
    Column("data", JSONB, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
)

event_purge = client_table(
    "event_purge",
    Column("upto", BigInteger, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("client_id"),
)

consumer_cursor = system_table(
    "consumer_cursor",
    Column("consumer", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

parked_event = either_table(
    "parked_event",
    Column("id", Uuid, primary_key=True),
    Column("consumer", Text, nullable=False),
    Column("event_id", BigInteger, nullable=False),
    Column("type", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("error", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("1")),
    Column("parked_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("settled_at", DateTime(timezone=True)),
    Index("uq_parked_event_consumer_event_id", "consumer", "event_id", unique=True),
)

audit_entry = either_table(
    "audit_entry",
    Column("id", Uuid, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("person_id", Uuid),
    Column("api_key_id", Uuid),
    Column("actor_name", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject_type", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("before", JSONB),
    Column("after", JSONB),
    Column("ip", Text),
    Column("request_id", Text),
    Index("ix_audit_entry_client_id_id", "client_id", "id"),
    Index("ix_audit_entry_provider_id_id", "provider_id", "id"),
    Index("ix_audit_entry_subject_id_id", "subject_id", "id"),
)

idempotency_key = system_table(
    "idempotency_key",
    Column("actor_id", Uuid, nullable=False),
    Column("key", Text, nullable=False),
    Column("request_hash", Text, nullable=False),
    Column("response", JSONB),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("actor_id", "key"),
    Index("ix_idempotency_key_made_at", "made_at"),
)
