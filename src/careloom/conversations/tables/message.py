"""Messages with their gapless numbers, files, and replies that can still be recalled."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from careloom.platform.database.schema import Form, Writer, client_table, words

SEARCH_VECTOR = (
    "setweight(to_tsvector('simple'::regconfig, coalesce(subject, '')), 'A') "
    "|| setweight(to_tsvector('simple'::regconfig, left(text, 100000)), 'B') "
    "|| array_to_tsvector(ARRAY['client:' || client_id::text])"
)

message = client_table(
    "message",
    Column("conversation_id", Uuid, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("external_id", Text),
    Column("author_id", Uuid),
    Column("author_name", Text, nullable=False, info=words(Writer.KIND)),
    Column("subject", Text, info=words(Writer.KIND)),
    Column("text", Text, nullable=False, info=words(Writer.KIND)),
    Column("html", Text, info=words(Writer.KIND, Form.MARKUP)),
    Column("folded_text", Text, info=words(Writer.KIND)),
    Column("attachments", JSONB, nullable=False, server_default=text("'[]'"), info=words(Writer.KIND)),
    Column("details", JSONB, nullable=False, server_default=text("'{}'"), info=words(Writer.KIND)),
    Column("delivery", Text, nullable=False, server_default=text("'none'")),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("previous_seq", Integer, Computed("NULLIF(seq - 1, 0)", persisted=True)),
    Column("search", TSVECTOR, Computed(SEARCH_VECTOR, persisted=True)),
    PrimaryKeyConstraint("client_id", "conversation_id", "seq"),
    ForeignKeyConstraint(["client_id", "conversation_id"], ["conversation.client_id", "conversation.id"]),
    ForeignKeyConstraint(
        ["client_id", "conversation_id", "previous_seq"],
        ["message.client_id", "message.conversation_id", "message.seq"],
        name="fk_message_previous",
    ),
    CheckConstraint("seq >= 1", name="seq_from_one"),
    Index("uq_message_id", "client_id", "id", unique=True),
    Index(
        "uq_message_external_id",
        "client_id",
        "channel",
        "external_id",
        unique=True,
        postgresql_where=text("external_id IS NOT NULL"),
    ),
    # In kilobytes: every search reads through what waits to be sorted in, so that little may wait.
    Index("ix_message_search", "search", postgresql_using="gin", postgresql_with={"gin_pending_list_limit": 256}),
)

file = client_table(
    "file",
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False, info=words(Writer.CUSTOMER)),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("made_by", Uuid),
    Column("conversation_id", Uuid),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("client_id", "id"),
    Index("ix_file_id", "id"),
    Index("ix_file_client_id_conversation_id", "client_id", "conversation_id"),
    Index("ix_file_client_id_made_at", "client_id", "made_at", "id"),
)

pending_reply = client_table(
    "pending_reply",
    Column("id", Uuid, nullable=False),
    Column("conversation_id", Uuid, nullable=False),
    Column("author_id", Uuid, nullable=False),
    Column("author_name", Text, nullable=False),
    Column("text", Text, nullable=False, info=words(Writer.STAFF)),
    Column("html", Text, info=words(Writer.STAFF, Form.MARKUP)),
    Column("attachments", JSONB, nullable=False, server_default=text("'[]'"), info=words(Writer.STAFF)),
    Column("send_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("client_id", "id"),
    ForeignKeyConstraint(["client_id", "conversation_id"], ["conversation.client_id", "conversation.id"]),
    Index("ix_pending_reply_client_id_conversation_id", "client_id", "conversation_id"),
)
