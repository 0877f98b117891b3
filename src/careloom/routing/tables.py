"""Tables of queues, skills, agents' states, offers and the figures of the live board."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from careloom.platform.database.schema import client_table, provider_table

skill = provider_table(
    "skill",
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    UniqueConstraint("provider_id", "name"),
)

queue = client_table(
    "queue",
    Column("id", Uuid, primary_key=True),
    Column("program_id", Uuid, ForeignKey("program.id"), nullable=False),
    Column("provider_id", Uuid, ForeignKey("provider.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("channels", ARRAY(Text), nullable=False),
    Column("language", Text),
    Column("priority", Text, nullable=False),
    Column("skills", JSONB, nullable=False, server_default=text("'[]'")),
    Column("target_seconds", Integer, nullable=False),
    Column("target_share", Double, nullable=False),
    Column("accept_mode", Text, nullable=False),
    Column("offer_seconds", Integer, nullable=False),
    Column("overflow_after_seconds", Integer),
    Column("overflow_queue_id", Uuid),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("always_open", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint("target_seconds > 0 AND target_share > 0 AND target_share <= 1", name="promise"),
    CheckConstraint("offer_seconds > 0", name="offer_seconds"),
    Index("ix_queue_client_id_name", "client_id", "name", "id"),
    Index("ix_queue_provider_id", "provider_id"),
)

agent_profile = provider_table(
    "agent_profile",
    Column("person_id", Uuid, ForeignKey("person.id"), primary_key=True),
    Column("skills", JSONB, nullable=False, server_default=text("'[]'")),
    Column("languages", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("capacity", JSONB, nullable=False, server_default=text("'{}'")),
    Column("last_seen_at", DateTime(timezone=True)),
    Index("ix_agent_profile_provider_id", "provider_id"),
)

agent_state = provider_table(
    "agent_state",
    Column("person_id", Uuid, ForeignKey("person.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("set_by", Uuid),
    Column("began_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("previous_ended_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("provider_id", "person_id", "seq"),
    UniqueConstraint("person_id", "ended_at"),
    UniqueConstraint("person_id", "previous_ended_at", postgresql_nulls_not_distinct=True),
    ForeignKeyConstraint(
        ["person_id", "previous_ended_at"],
        ["agent_state.person_id", "agent_state.ended_at"],
        name="fk_agent_state_previous",
    ),
    CheckConstraint("ended_at > began_at", name="forward"),
    CheckConstraint("(seq = 1) = (previous_ended_at IS NULL)", name="first_has_no_previous"),
    CheckConstraint("previous_ended_at IS NULL OR previous_ended_at = began_at", name="contiguous"),
    Index("uq_agent_state_open", "person_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    Index("ix_agent_state_open_state", "provider_id", "state", postgresql_where=text("ended_at IS NULL")),
)

offer = client_table(
    "offer",
    Column("id", Uuid, nullable=False),
    Column("conversation_id", Uuid, nullable=False),
    Column("queue_id", Uuid, ForeignKey("queue.id"), nullable=False),
    Column("agent_id", Uuid, ForeignKey("person.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("reason", JSONB, nullable=False, server_default=text("'{}'")),
    Column("offered_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("outcome", Text),
    Column("ended_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("client_id", "id"),
    ForeignKeyConstraint(["client_id", "conversation_id"], ["conversation.client_id", "conversation.id"]),
    CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name="ended"),
    Index("uq_offer_open_conversation", "conversation_id", unique=True, postgresql_where=text("outcome IS NULL")),
    Index("uq_offer_open_agent", "agent_id", unique=True, postgresql_where=text("outcome IS NULL")),
    Index("ix_offer_conversation_id_offered_at", "conversation_id", "offered_at"),
    Index("ix_offer_expires_at", "expires_at", postgresql_where=text("outcome IS NULL")),
)

queue_figure = client_table(
    "queue_figure",
    Column("queue_id", Uuid, ForeignKey("queue.id"), nullable=False),
    Column("quarter", DateTime(timezone=True), nullable=False),
    Column("entered", Integer, nullable=False, server_default=text("0")),
    Column("answered", Integer, nullable=False, server_default=text("0")),
    Column("answered_in_target", Integer, nullable=False, server_default=text("0")),
    Column("abandoned", Integer, nullable=False, server_default=text("0")),
    Column("wait_seconds", Double, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("client_id", "queue_id", "quarter"),
    Index("ix_queue_figure_queue_id_quarter", "queue_id", "quarter"),
)
