"""Tables of customers, their sensitive attributes, identities, addresses named without proof, merges, notes, consents
and the timeline.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Computed,
    DateTime,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from careloom.platform.database.schema import Writer, client_table, kept_back, opened, words


def _of_customer(column: str = "customer_id") -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["client_id", column], ["customer.client_id", "customer.id"])


customer = client_table(
    "customer",
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False, info=words(Writer.CUSTOMER)),
    Column("name_key", Text, Computed("lower(name)", persisted=True), nullable=False),
    Column("language", Text),
    Column("attributes", JSONB, nullable=False, server_default=text("'{}'"), info=words(Writer.STAFF)),
    Column("merged_into", Uuid),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("erased_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("client_id", "id"),
    _of_customer("merged_into"),
    Index("ix_customer_id", "id"),
    Index(
        "ix_customer_client_id_merged_into",
        "client_id",
        "merged_into",
        postgresql_where=text("merged_into IS NOT NULL"),
    ),
    Index("ix_customer_client_id_name", "client_id", "name_key", postgresql_ops={"name_key": "text_pattern_ops"}),
)

customer_secret = client_table(
    "customer_secret",
    Column("customer_id", Uuid, nullable=False),
    Column("key", Text, nullable=False),
    Column("revision", Uuid, nullable=False),
    Column("value", Text, nullable=False, info=opened()),
    Column("blind", Text, info=kept_back("NULL")),
    PrimaryKeyConstraint("client_id", "customer_id", "key"),
    _of_customer(),
    Index("ix_customer_secret_client_id_key", "client_id", "key", "blind"),
)

customer_identity = client_table(
    "customer_identity",
    Column("id", Uuid, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("verified", Boolean, nullable=False, server_default=text("false")),
    Column("added_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("client_id", "id"),
    UniqueConstraint("client_id", "kind", "value"),
    _of_customer(),
    Index("ix_customer_identity_client_id_customer_id", "client_id", "customer_id"),
    Index("ix_customer_identity_client_id_value", "client_id", "value", postgresql_ops={"value": "text_pattern_ops"}),
)

customer_claim = client_table(
    "customer_claim",
    Column("customer_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("client_id", "customer_id", "kind", "value"),
    _of_customer(),
    Index("ix_customer_claim_client_id_value", "client_id", "value"),
)

customer_merge = client_table(
    "customer_merge",
    Column("id", Uuid, nullable=False),
    Column("kept_id", Uuid, nullable=False),
    Column("merged_id", Uuid, nullable=False),
    Column("merged_name", Text, nullable=False, info=words(Writer.CUSTOMER)),
    Column("automatic", Boolean, nullable=False),
    Column("reason", Text, nullable=False, info=words(Writer.STAFF)),
    Column("moved", JSONB, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("undone_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("client_id", "id"),
    _of_customer("kept_id"),
    _of_customer("merged_id"),
    Index("ix_customer_merge_client_id_kept_id", "client_id", "kept_id"),
    Index("ix_customer_merge_client_id_merged_id", "client_id", "merged_id"),
    Index(
        "uq_customer_merge_merged_id", "client_id", "merged_id", unique=True, postgresql_where=text("undone_at IS NULL")
    ),
)

customer_note = client_table(
    "customer_note",
    Column("id", Uuid, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("author_id", Uuid),
    Column("author_name", Text, nullable=False),
    Column("text", Text, nullable=False, info=words(Writer.STAFF)),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("client_id", "id"),
    _of_customer(),
    Index("ix_customer_note_client_id_customer_id", "client_id", "customer_id", "id"),
)

customer_consent = client_table(
    "customer_consent",
    Column("id", Uuid, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("channel", Text),
    Column("granted", Boolean, nullable=False),
    Column("source", Text, nullable=False, info=words(Writer.STAFF)),
    Column("basis", Text, nullable=False, server_default=text("'consent'")),
    Column("wording", Text, info=words(Writer.STAFF)),
    Column("recorded_by", Text, nullable=False, server_default=text("''")),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("client_id", "id"),
    _of_customer(),
    Index("ix_customer_consent_client_id_customer_id", "client_id", "customer_id", "at"),
)

timeline_entry = client_table(
    "timeline_entry",
    Column("id", Uuid, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("kind", Text, nullable=False),
    Column("channel", Text),
    Column("program_id", Uuid),
    Column("conversation_id", Uuid),
    Column("actor_name", Text),
    Column("summary", Text, nullable=False, info=words(Writer.CUSTOMER)),
    PrimaryKeyConstraint("client_id", "id"),
    _of_customer(),
    Index("ix_timeline_entry_client_id_customer_id_at", "client_id", "customer_id", "at", "id"),
)
