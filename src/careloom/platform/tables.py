"""The platform's own tables: event log, what was removed from it, cursors, parked events, audit and its chains,
clients' keys.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from careloom.platform.database.schema import client_table, either_table, no_secret, system_table

event_log = either_table(
    "event_log",
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("type", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("audience_id", Uuid),
    Column("data", JSONB, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    beside_its_subject=True,
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
    Column("glass_id", Uuid),
    Column("position", BigInteger, Identity(always=True), nullable=False),
    Column("salt", Uuid, server_default=func.gen_random_uuid(), info=no_secret("goes with every export of the trail")),
    Column("erased_at", DateTime(timezone=True)),
    UniqueConstraint("position"),
    Index("ix_audit_entry_client_id_id", "client_id", "id"),
    Index("ix_audit_entry_provider_id_id", "provider_id", "id"),
    Index("ix_audit_entry_subject_id_id", "subject_id", "id"),
    Index("ix_audit_entry_glass_id_id", "glass_id", "id", postgresql_where=text("glass_id IS NOT NULL")),
)

audit_seal = either_table(
    "audit_seal",
    Column("entry_id", Uuid, ForeignKey("audit_entry.id"), primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("content_hash", Text, nullable=False, info=no_secret("a digest of the trail")),
    Column("previous_hash", Text, nullable=False, info=no_secret("a digest of the trail")),
    Column("hash", Text, nullable=False, info=no_secret("a digest of the trail")),
    Column("sealed_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("client_id", "number", postgresql_nulls_not_distinct=True),
)

audit_progress = system_table(
    "audit_progress",
    Column("trail", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

audit_chain = either_table(
    "audit_chain",
    Column("id", Uuid, primary_key=True),
    Column("number", BigInteger, nullable=False, server_default=text("0")),
    Column("hash", Text, nullable=False),
    Column("sealed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("verified_number", BigInteger, nullable=False, server_default=text("0")),
    Column("verified_hash", Text, nullable=False),
    Column("verified_at", DateTime(timezone=True)),
    Column("verified_whole_at", DateTime(timezone=True)),
    Column("broken_at", DateTime(timezone=True)),
    Column("broken_number", BigInteger),
    Column("broken_entry_id", Uuid),
    Column("broken_why", Text),
    CheckConstraint("provider_id IS NULL", name="of_a_client_or_the_rest"),
    UniqueConstraint("client_id", postgresql_nulls_not_distinct=True),
)

audit_checkpoint = either_table(
    "audit_checkpoint",
    Column("id", Uuid, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("signature", Text, nullable=False),
    UniqueConstraint("client_id", "number", postgresql_nulls_not_distinct=True),
)

audit_read = either_table(
    "audit_read",
    Column("reader_id", Uuid, nullable=False),
    Column("action", Text, nullable=False),
    Column("what", Uuid, nullable=False),
    Column("read_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    PrimaryKeyConstraint("reader_id", "action", "what"),
    Index("ix_audit_read_read_at", "read_at"),
)

client_key = client_table(
    "client_key",
    Column("version", Integer, nullable=False),
    Column("master", Text, nullable=False),
    Column("wrapped", Text),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("retired_at", DateTime(timezone=True)),
    Column("destroyed_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("client_id", "version"),
    CheckConstraint("(wrapped IS NULL) = (destroyed_at IS NOT NULL)", name="kept_or_destroyed"),
    Index(
        "uq_client_key_current",
        "client_id",
        unique=True,
        postgresql_where=text("retired_at IS NULL AND destroyed_at IS NULL"),
    ),
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
