"""Tables of imports with the keys and refusals of their entries, of exports, and of archives on their way back."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from careloom.platform.database.schema import Writer, client_table, system_table, words

data_import = client_table(
    "data_import",
    Column("id", Uuid, nullable=False),
    Column("program_id", Uuid, ForeignKey("program.id"), nullable=False),
    Column("name", Text, nullable=False, info=words(Writer.STAFF)),
    Column("format", Text, nullable=False),
    Column("options", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("size", BigInteger, nullable=False, server_default=text("0")),
    Column("parts", Integer, nullable=False, server_default=text("0")),
    Column("stored_as", Uuid),
    Column("loose", JSONB, nullable=False, server_default=text("'[]'")),
    Column("columns", JSONB, nullable=False, server_default=text("'[]'")),
    Column("total", BigInteger, nullable=False, server_default=text("0")),
    Column("done", BigInteger, nullable=False, server_default=text("0")),
    Column("counts", JSONB, nullable=False, server_default=text("'{}'")),
    Column("preview", JSONB, nullable=False, server_default=text("'[]'")),
    Column("error", JSONB(none_as_null=True)),
    Column("made_by", Uuid),
    Column("made_by_name", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("client_id", "id"),
    Index("ix_data_import_id", "id"),
)

import_key = client_table(
    "import_key",
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("import_id", Uuid, nullable=False),
    Column("record_id", Uuid, nullable=False),
    Column("made", Boolean, nullable=False),
    Column("stamp", DateTime(timezone=True)),
    Column("given", JSONB),
    PrimaryKeyConstraint("client_id", "kind", "key"),
    Index("ix_import_key_client_id_import_id", "client_id", "import_id", "kind", "key"),
    Index("ix_import_key_client_id_record_id", "client_id", "record_id"),
)

import_refusal = client_table(
    "import_refusal",
    Column("import_id", Uuid, nullable=False),
    Column("row", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", JSONB, nullable=False),
    PrimaryKeyConstraint("client_id", "import_id", "row", "number"),
)

data_export = client_table(
    "data_export",
    Column("id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("done", Integer, nullable=False, server_default=text("0")),
    Column("total", Integer, nullable=False, server_default=text("0")),
    Column("rows", BigInteger, nullable=False, server_default=text("0")),
    Column("size", BigInteger, nullable=False, server_default=text("0")),
    Column("parts", Integer, nullable=False, server_default=text("0")),
    Column("progress", JSONB, nullable=False, server_default=text("'{}'")),
    Column("error", JSONB(none_as_null=True)),
    Column("made_by", Uuid),
    Column("made_by_name", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("client_id", "id"),
    Index("ix_data_export_id", "id"),
    Index("ix_data_export_expires_at", "expires_at", postgresql_where=text("state <> 'expired'")),
)

data_restore = system_table(
    "data_restore",
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("size", BigInteger, nullable=False, server_default=text("0")),
    Column("parts", Integer, nullable=False, server_default=text("0")),
    Column("stored_as", Uuid),
    Column("loose", JSONB, nullable=False, server_default=text("'[]'")),
    Column("restored_id", Uuid),
    Column("client_name", Text),
    Column("taken_at", DateTime(timezone=True)),
    Column("tables", JSONB, nullable=False, server_default=text("'{}'")),
    Column("files", Integer, nullable=False, server_default=text("0")),
    Column("missing", Integer, nullable=False, server_default=text("0")),
    Column("done", BigInteger, nullable=False, server_default=text("0")),
    Column("total", BigInteger, nullable=False, server_default=text("0")),
    Column("error", JSONB(none_as_null=True)),
    Column("made_by", Uuid),
    Column("made_by_name", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)
