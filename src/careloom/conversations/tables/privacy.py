"""What was masked in messages, kept apart from them, and when recordings were paused."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    Uuid,
    func,
    text,
)

from careloom.platform.database.schema import client_table

masked_value = client_table(
    "masked_value",
    Column("id", Uuid, nullable=False),
    Column("conversation_id", Uuid, nullable=False),
    Column("message_id", Uuid, nullable=False),
    Column("field", Text, nullable=False),
    Column("index", Integer, nullable=False),
    Column("data_class", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("kept_until", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("client_id", "id"),
    ForeignKeyConstraint(["client_id", "conversation_id"], ["conversation.client_id", "conversation.id"]),
    Index("ix_masked_value_client_id_message_id", "client_id", "message_id"),
    Index("ix_masked_value_client_id_conversation_id", "client_id", "conversation_id"),
    Index("ix_masked_value_kept_until", "kept_until"),
)


recording_pause = client_table(
    "recording_pause",
    Column("id", Uuid, nullable=False),
    Column("conversation_id", Uuid, nullable=False),
    Column("reason", Text, nullable=False),
    Column("paused_by", Uuid, ForeignKey("person.id")),
    Column("paused_by_name", Text, nullable=False),
    Column("began_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("ended_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("client_id", "id"),
    ForeignKeyConstraint(["client_id", "conversation_id"], ["conversation.client_id", "conversation.id"]),
    CheckConstraint("ended_at >= began_at", name="forward"),
    Index("ix_recording_pause_client_id_conversation_id", "client_id", "conversation_id", "began_at"),
    Index(
        "uq_recording_pause_open",
        "client_id",
        "conversation_id",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
    ),
)
