"""What agents keep beside conversations: dispositions, drafts, mentions, saved views."""

from sqlalchemy import (
    Boolean,
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
from sqlalchemy.dialects.postgresql import JSONB

from careloom.platform.database.schema import Form, Writer, client_table, person_table, words

disposition = client_table(
    "disposition",
    Column("id", Uuid, nullable=False),
    Column("program_id", Uuid, ForeignKey("program.id")),
    Column("name", Text, nullable=False, info=words(Writer.STAFF)),
    Column("resolved", Boolean, nullable=False),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("client_id", "id"),
    Index("ix_disposition_client_id_name", "client_id", "name", "id"),
)

draft = client_table(
    "draft",
    Column("conversation_id", Uuid, nullable=False),
    Column("person_id", Uuid, ForeignKey("person.id"), nullable=False),
    Column("text", Text, nullable=False, info=words(Writer.STAFF)),
    Column("html", Text, info=words(Writer.STAFF, Form.MARKUP)),
    Column("attachments", JSONB, nullable=False, server_default=text("'[]'"), info=words(Writer.STAFF)),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("client_id", "conversation_id", "person_id"),
    ForeignKeyConstraint(["client_id", "conversation_id"], ["conversation.client_id", "conversation.id"]),
)

mention = client_table(
    "mention",
    Column("conversation_id", Uuid, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("person_id", Uuid, ForeignKey("person.id"), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("seen_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("client_id", "conversation_id", "seq", "person_id"),
    ForeignKeyConstraint(["client_id", "conversation_id"], ["conversation.client_id", "conversation.id"]),
    Index("ix_mention_person_id_at", "person_id", "at", postgresql_where=text("seen_at IS NULL")),
)

saved_view = person_table(
    "saved_view",
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("filter", JSONB, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("ix_saved_view_person_id", "person_id"),
)
