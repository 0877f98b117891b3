"""Tables of retention rules, holds, records of purges, requests of data subjects, incidents,
and of clients' keys: their rotations, and who wants them destroyed.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from careloom.platform.database.schema import Writer, client_table, system_table, words

retention_default = system_table(
    "retention_default",
    Column("region", Text, nullable=False),
    Column("data_class", Text, nullable=False),
    Column("days", Integer),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("region", "data_class"),
)

retention_rule = client_table(
    "retention_rule",
    Column("data_class", Text, nullable=False),
    Column("days", Integer),
    Column("reason", Text, nullable=False, info=words(Writer.STAFF)),
    Column("version", Integer, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("client_id", "data_class"),
)

legal_hold = client_table(
    "legal_hold",
    Column("id", Uuid, nullable=False),
    Column("scope", Text, nullable=False),
    Column("subject_id", Uuid),
    Column("reason", Text, nullable=False, info=words(Writer.STAFF)),
    Column("placed_by", Text, nullable=False),
    Column("placed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("until", DateTime(timezone=True)),
    Column("lifted_by", Text),
    Column("lifted_at", DateTime(timezone=True)),
    Column("lifted_why", Text, info=words(Writer.STAFF)),
    PrimaryKeyConstraint("client_id", "id"),
    Index("ix_legal_hold_client_id_active", "client_id", "id", postgresql_where=text("lifted_at IS NULL")),
)

purge_record = client_table(
    "purge_record",
    Column("id", Uuid, nullable=False),
    Column("data_class", Text, nullable=False),
    Column("before", DateTime(timezone=True), nullable=False),
    Column("rule", Text, nullable=False),
    Column("counts", JSONB, nullable=False, server_default=text("'{}'")),
    Column("items", Integer, nullable=False, server_default=text("0")),
    Column("digest", Text, nullable=False, server_default=text("''")),
    Column("oldest", DateTime(timezone=True)),
    Column("newest", DateTime(timezone=True)),
    Column("spared", Integer, nullable=False, server_default=text("0")),
    Column("left_over", Integer),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("finished_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("client_id", "id"),
    Index("ix_purge_record_client_id_data_class", "client_id", "data_class", "id"),
)

key_rotation = client_table(
    "key_rotation",
    Column("id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("look", Integer, nullable=False, server_default=text("1")),
    Column("place", Text, nullable=False),
    Column("after", Text),
    Column("seen", BigInteger, nullable=False, server_default=text("0")),
    Column("renewed", BigInteger, nullable=False, server_default=text("0")),
    Column("broken", BigInteger, nullable=False, server_default=text("0")),
    Column("begun_by", Text, nullable=False),
    Column("begun_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("client_id", "id"),
    Index("uq_key_rotation_open", "client_id", unique=True, postgresql_where=text("finished_at IS NULL")),
)

shredding = client_table(
    "shredding",
    Column("id", Uuid, nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_by_id", Uuid),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
    Column("confirmed_by", Text),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("withdrawn_by", Text),
    Column("withdrawn_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("client_id", "id"),
    Index("ix_shredding_id", "id"),
)

privacy_request = client_table(
    "privacy_request",
    Column("id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("status", Text, nullable=False),
    Column("origin", Text, nullable=False, info=words(Writer.STAFF)),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("extended_why", Text, info=words(Writer.STAFF)),
    Column("opened_by", Text, nullable=False),
    Column("verified_how", Text, info=words(Writer.STAFF)),
    Column("verified_by", Text),
    Column("verified_at", DateTime(timezone=True)),
    Column("answer", Text, info=words(Writer.STAFF)),
    Column("outcome", JSONB, info=words(Writer.STAFF)),
    Column("export_bytes", Integer),
    Column("export_sha256", Text),
    Column("export_until", DateTime(timezone=True)),
    Column("closed_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("client_id", "id"),
    ForeignKeyConstraint(["client_id", "customer_id"], ["customer.client_id", "customer.id"]),
    Index("ix_privacy_request_client_id_customer_id", "client_id", "customer_id"),
    Index("ix_privacy_request_client_id_due_at", "client_id", "due_at", postgresql_where=text("closed_at IS NULL")),
    Index("ix_privacy_request_export_until", "export_until", postgresql_where=text("export_until IS NOT NULL")),
    Index("ix_privacy_request_id", "id"),
)

incident = client_table(
    "incident",
    Column("id", Uuid, nullable=False),
    Column("group_id", Uuid, nullable=False),
    Column("title", Text, nullable=False, info=words(Writer.STAFF)),
    Column("description", Text, nullable=False, info=words(Writer.STAFF)),
    Column("severity", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("regimes", ARRAY(Text), nullable=False),
    Column("data_kinds", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("customers_estimate", Integer, nullable=False, server_default=text("0")),
    Column("time_zone", Text, nullable=False),
    Column("occurred_at", DateTime(timezone=True)),
    Column("aware_at", DateTime(timezone=True), nullable=False),
    Column("contract_hours", Integer),
    Column("opened_by", Text, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("closed_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("client_id", "id"),
    Index("ix_incident_id", "id"),
    Index("ix_incident_client_id_status_id", "client_id", "status", "id"),
)

incident_duty = client_table(
    "incident_duty",
    Column("id", Uuid, nullable=False),
    Column("incident_id", Uuid, nullable=False),
    Column("key", Text, nullable=False),
    Column("place", Integer, nullable=False),
    Column("required", Boolean, nullable=False),
    Column("recipient", Text, info=words(Writer.STAFF)),
    Column("draft", Text, info=words(Writer.STAFF)),
    Column("due_at", DateTime(timezone=True)),
    Column("done_at", DateTime(timezone=True)),
    Column("done_by", Text),
    Column("waived", Boolean, nullable=False, server_default=text("false")),
    Column("note", Text, info=words(Writer.STAFF)),
    Column("alerts", Integer, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("client_id", "id"),
    ForeignKeyConstraint(["client_id", "incident_id"], ["incident.client_id", "incident.id"]),
    Index("ix_incident_duty_client_id_incident_id", "client_id", "incident_id", "place"),
    Index("ix_incident_duty_due_at", "due_at", postgresql_where=text("done_at IS NULL AND due_at IS NOT NULL")),
)

incident_entry = client_table(
    "incident_entry",
    Column("id", Uuid, nullable=False),
    Column("incident_id", Uuid, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("by", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False, info=words(Writer.STAFF)),
    PrimaryKeyConstraint("client_id", "id"),
    ForeignKeyConstraint(["client_id", "incident_id"], ["incident.client_id", "incident.id"]),
    Index("ix_incident_entry_client_id_incident_id", "client_id", "incident_id", "id"),
)
