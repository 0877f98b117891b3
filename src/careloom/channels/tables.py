"""Tables of mail addresses, mail in and out, chat widgets and visitors."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from careloom.platform.database.schema import client_table

mail_address = client_table(
    "mail_address",
    Column("id", Uuid, primary_key=True),
    Column("program_id", Uuid, ForeignKey("program.id"), nullable=False),
    Column("queue_id", Uuid, ForeignKey("queue.id")),
    Column("address", Text, nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("signature", Text, nullable=False, server_default=text("''")),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Index("ix_mail_address_client_id", "client_id"),
)

incoming_mail = client_table(
    "incoming_mail",
    Column("id", Uuid, nullable=False),
    Column("mail_address_id", Uuid, ForeignKey("mail_address.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("return_path", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("verdict", Text),
    Column("conversation_id", Uuid),
    Column("error", Text),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("handled_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("client_id", "id"),
    UniqueConstraint("client_id", "key"),
    Index("ix_incoming_mail_unhandled", "received_at", postgresql_where=text("handled_at IS NULL")),
)

mail_reference = client_table(
    "mail_reference",
    Column("message_id", Text, nullable=False),
    Column("conversation_id", Uuid, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("mail_address_id", Uuid, ForeignKey("mail_address.id"), nullable=False),
    Column("sender", Text),
    PrimaryKeyConstraint("client_id", "message_id"),
    ForeignKeyConstraint(["client_id", "conversation_id"], ["conversation.client_id", "conversation.id"]),
    Index("ix_mail_reference_client_id_conversation_id", "client_id", "conversation_id", "seq"),
)

outgoing_mail = client_table(
    "outgoing_mail",
    Column("id", Uuid, nullable=False),
    Column("conversation_id", Uuid, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("mail_address_id", Uuid, ForeignKey("mail_address.id"), nullable=False),
    Column("message_id", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("sent_at", DateTime(timezone=True)),
    Column("failed_at", DateTime(timezone=True)),
    Column("error", Text),
    PrimaryKeyConstraint("client_id", "id"),
    UniqueConstraint("client_id", "conversation_id", "seq"),
    UniqueConstraint("client_id", "message_id"),
    ForeignKeyConstraint(["client_id", "conversation_id"], ["conversation.client_id", "conversation.id"]),
)

chat_widget = client_table(
    "chat_widget",
    Column("id", Uuid, primary_key=True),
    Column("program_id", Uuid, ForeignKey("program.id"), nullable=False),
    Column("queue_id", Uuid, ForeignKey("queue.id")),
    Column("key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("origins", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("language", Text, nullable=False),
    Column("theme", JSONB, nullable=False, server_default=text("'{}'")),
    Column("require_email", Boolean, nullable=False, server_default=text("false")),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("secret_version", Integer, nullable=False, server_default=text("0")),
    Index("ix_chat_widget_client_id", "client_id"),
)

visitor = client_table(
    "visitor",
    Column("id", Uuid, nullable=False),
    Column("widget_id", Uuid, ForeignKey("chat_widget.id"), nullable=False),
    Column("external_id", Text),
    Column("customer_id", Uuid),
    Column("conversation_id", Uuid),
    Column("name", Text),
    Column("email", Text),
    Column("language", Text),
    Column("page_url", Text),
    Column("page_title", Text),
    Column("read_seq", Integer, nullable=False, server_default=text("0")),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("seen_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("present", Boolean, nullable=False, server_default=text("false")),
    PrimaryKeyConstraint("client_id", "id"),
    ForeignKeyConstraint(["client_id", "conversation_id"], ["conversation.client_id", "conversation.id"]),
    Index("ix_visitor_client_id_conversation_id", "client_id", "conversation_id"),
    Index(
        "uq_visitor_external_id",
        "client_id",
        "widget_id",
        "external_id",
        unique=True,
        postgresql_where=text("external_id IS NOT NULL"),
    ),
    Index("ix_visitor_present_seen_at", "seen_at", postgresql_where=text("present")),
)
