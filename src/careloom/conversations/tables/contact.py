"""The contact itself: case, conversation, the intervals of its life, and what a merge of customers moved."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from careloom.platform.database.schema import Writer, client_table, words

care_case = client_table(
    "care_case",
    Column("id", Uuid, nullable=False),
    Column("program_id", Uuid, ForeignKey("program.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("subject", Text, nullable=False, info=words(Writer.CUSTOMER)),
    Column("merged_into", Uuid),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("client_id", "id"),
    UniqueConstraint("client_id", "number"),
    UniqueConstraint("client_id", "id", "number"),
    ForeignKeyConstraint(["client_id", "customer_id"], ["customer.client_id", "customer.id"]),
    ForeignKeyConstraint(["client_id", "merged_into"], ["care_case.client_id", "care_case.id"]),
    Index("ix_care_case_client_id_customer_id", "client_id", "customer_id"),
    Index(
        "ix_care_case_client_id_merged_into",
        "client_id",
        "merged_into",
        postgresql_where=text("merged_into IS NOT NULL"),
    ),
)

UNRESOLVED = text("status <> 'resolved'")
RESOLVED = text("status = 'resolved'")
UNASSIGNED = text("status <> 'resolved' AND assignee_id IS NULL")
URGENT_AT = "COALESCE(due_at, waiting_since, to_timestamp(253370764800))"
"""What lists sort by: the promise, else since when the customer waits, else the end of time."""

conversation = client_table(
    "conversation",
    Column("id", Uuid, nullable=False),
    Column("program_id", Uuid, ForeignKey("program.id"), nullable=False),
    Column("case_id", Uuid, nullable=False),
    Column("case_number", Integer, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("customer_name", Text, nullable=False, server_default=text("''"), info=words(Writer.CUSTOMER)),
    Column("channel", Text, nullable=False),
    Column("subject", Text, nullable=False, info=words(Writer.CUSTOMER)),
    Column("preview", Text, nullable=False, server_default=text("''"), info=words(Writer.CUSTOMER)),
    Column("status", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("priority", Text, nullable=False, server_default=text("'normal'")),
    Column("language", Text),
    Column("tags", ARRAY(Text), nullable=False, server_default=text("'{}'"), info=words(Writer.STAFF)),
    Column("queue_id", Uuid),
    Column("assignee_id", Uuid, ForeignKey("person.id")),
    Column("assignee_name", Text),
    Column("disposition_id", Uuid),
    Column("last_seq", Integer, nullable=False, server_default=text("0")),
    Column("last_inbound_seq", Integer, nullable=False, server_default=text("0")),
    Column("read_seq", Integer, nullable=False, server_default=text("0")),
    Column("interval_seq", Integer, nullable=False, server_default=text("0")),
    Column("sentiment", SmallInteger),
    Column("waiting_since", DateTime(timezone=True)),
    Column("due_at", DateTime(timezone=True)),
    Column("urgent_at", DateTime(timezone=True), Computed(URGENT_AT, persisted=True), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("resolved_at", DateTime(timezone=True)),
    Column("erased_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("client_id", "id"),
    ForeignKeyConstraint(
        ["client_id", "case_id", "case_number"],
        ["care_case.client_id", "care_case.id", "care_case.number"],
        name="fk_conversation_case",
    ),
    ForeignKeyConstraint(["client_id", "customer_id"], ["customer.client_id", "customer.id"]),
    CheckConstraint("last_inbound_seq <= last_seq AND read_seq <= last_seq", name="seqs_in_range"),
    CheckConstraint("(assignee_id IS NULL) = (assignee_name IS NULL)", name="assignee_named"),
    Index("ix_conversation_id", "id"),
    Index("ix_conversation_client_id_updated_at", "client_id", "updated_at", "id"),
    Index("ix_conversation_client_id_status_updated_at", "client_id", "status", "updated_at", "id"),
    Index("ix_conversation_client_id_customer_id", "client_id", "customer_id", "updated_at"),
    Index("ix_conversation_client_id_case_id", "client_id", "case_id"),
    Index("ix_conversation_client_id_resolved_at", "client_id", "resolved_at", "id", postgresql_where=RESOLVED),
    Index("ix_conversation_client_id_urgent_at", "client_id", "urgent_at", "id", postgresql_where=UNRESOLVED),
    Index("ix_conversation_client_id_unassigned", "client_id", "urgent_at", "id", postgresql_where=UNASSIGNED),
    Index("ix_conversation_assignee_id_open", "assignee_id", "urgent_at", "id", postgresql_where=UNRESOLVED),
    Index("ix_conversation_queue_id_open", "queue_id", "urgent_at", "id", postgresql_where=UNRESOLVED),
    Index("ix_conversation_assignee_id", "assignee_id", "updated_at", "id"),
    Index(
        "ix_conversation_queue_id_waiting",
        "queue_id",
        "waiting_since",
        "id",
        postgresql_where=text("phase IN ('queued', 'offered')"),
    ),
    Index(
        "ix_conversation_queue_id_queued",
        "queue_id",
        "priority",
        "urgent_at",
        "id",
        postgresql_where=text("phase = 'queued'"),
    ),
    Index(
        "ix_conversation_queue_id_worked_on",
        "queue_id",
        postgresql_where=text("phase IN ('with_agent', 'on_hold', 'after_call_work')"),
    ),
)

conversation_interval = client_table(
    "conversation_interval",
    Column("conversation_id", Uuid, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("phase", Text, nullable=False),
    Column("queue_id", Uuid),
    Column("agent_id", Uuid),
    Column("began_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("previous_ended_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("client_id", "conversation_id", "seq"),
    ForeignKeyConstraint(["client_id", "conversation_id"], ["conversation.client_id", "conversation.id"]),
    UniqueConstraint("client_id", "conversation_id", "ended_at"),
    UniqueConstraint("client_id", "conversation_id", "previous_ended_at", postgresql_nulls_not_distinct=True),
    ForeignKeyConstraint(
        ["client_id", "conversation_id", "previous_ended_at"],
        [
            "conversation_interval.client_id",
            "conversation_interval.conversation_id",
            "conversation_interval.ended_at",
        ],
        name="fk_conversation_interval_previous",
    ),
    CheckConstraint("ended_at > began_at", name="forward"),
    CheckConstraint("(seq = 1) = (previous_ended_at IS NULL)", name="first_has_no_previous"),
    CheckConstraint("previous_ended_at IS NULL OR previous_ended_at = began_at", name="contiguous"),
    CheckConstraint(
        "(phase IN ('offered', 'with_agent', 'on_hold', 'waiting_customer', 'after_call_work', 'transferred')) "
        "OR agent_id IS NULL",
        name="agent_only_where_one_works",
    ),
    Index(
        "uq_conversation_interval_open",
        "client_id",
        "conversation_id",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index("ix_conversation_interval_agent_id_began_at", "agent_id", "began_at"),
)

customer_move = client_table(
    "customer_move",
    Column("merge_id", Uuid, nullable=False),
    Column("conversation_ids", ARRAY(Uuid), nullable=False),
    Column("case_ids", ARRAY(Uuid), nullable=False),
    PrimaryKeyConstraint("client_id", "merge_id"),
)
