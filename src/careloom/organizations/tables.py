"""Tables of providers, sites, clients, programs and teams."""

from sqlalchemy import Column, DateTime, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from careloom.platform.database.schema import Ownership, client_table, metadata, provider_table


def _made_at() -> Column[object]:
    return Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now())


provider = Table(
    "provider",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    _made_at(),
    info={"ownership": Ownership.PROVIDER},
)

client = Table(
    "client",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("industry", Text, nullable=False),
    Column("color", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("countries", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("attribute_schema", JSONB, nullable=False, server_default=text("'[]'")),
    Column("privacy", JSONB, nullable=False, server_default=text("'{}'")),
    _made_at(),
    info={"ownership": Ownership.CLIENT},
)

site = provider_table(
    "site",
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("shore", Text, nullable=False),
    _made_at(),
    Index("ix_site_provider_id", "provider_id"),
)

team = provider_table(
    "team",
    Column("id", Uuid, primary_key=True),
    Column("site_id", Uuid, ForeignKey("site.id"), nullable=False),
    Column("name", Text, nullable=False),
    _made_at(),
    Index("ix_team_provider_id", "provider_id"),
)

program = client_table(
    "program",
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("languages", ARRAY(Text), nullable=False),
    Column("channels", ARRAY(Text), nullable=False),
    Column("hours", JSONB, nullable=False, server_default=text("'[]'")),
    Column("holidays", JSONB, nullable=False, server_default=text("'[]'")),
    Column("voice", JSONB, nullable=False, server_default=text("'{}'")),
    Column("reopen_days", Integer, nullable=False, server_default=text("7")),
    Column("undo_send_seconds", Integer, nullable=False, server_default=text("0")),
    _made_at(),
    Index("ix_program_client_id", "client_id"),
)

program_provider = client_table(
    "program_provider",
    Column("program_id", Uuid, ForeignKey("program.id", ondelete="CASCADE"), nullable=False),
    Column("provider_id", Uuid, ForeignKey("provider.id"), nullable=False),
    PrimaryKeyConstraint("client_id", "program_id", "provider_id"),
    Index("ix_program_provider_provider_id", "provider_id"),
)
