"""Tables of macros."""

from sqlalchemy import Column, Computed, DateTime, ForeignKey, Index, PrimaryKeyConstraint, Text, Uuid, func

from careloom.platform.database.schema import Writer, client_table, words

macro = client_table(
    "macro",
    Column("id", Uuid, nullable=False),
    Column("program_id", Uuid, ForeignKey("program.id")),
    Column("name", Text, nullable=False, info=words(Writer.STAFF)),
    Column("name_key", Text, Computed("lower(name)", persisted=True), nullable=False),
    Column("shortcut", Text, nullable=False),
    Column("body", Text, nullable=False, info=words(Writer.STAFF)),
    Column("language", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("client_id", "id"),
    Index("ix_macro_client_id_name", "client_id", "name_key", "id", postgresql_ops={"name_key": "text_pattern_ops"}),
    Index("ix_macro_client_id_shortcut", "client_id", "shortcut", postgresql_ops={"shortcut": "text_pattern_ops"}),
)
