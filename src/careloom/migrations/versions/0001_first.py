"""The first schema: every table, its row-level security, and the job library's own tables."""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

from careloom.platform.database.policies import APP_ROLE, root_condition, secure
from careloom.platform.database.schema import Ownership

revision = "0001"
down_revision = None

OWNERSHIP = {
    "client": Ownership.CLIENT,
    "consumer_cursor": Ownership.SYSTEM,
    "audit_progress": Ownership.SYSTEM,
    "idempotency_key": Ownership.SYSTEM,
    "provider": Ownership.PROVIDER,
    "sign_in_failure": Ownership.SYSTEM,
    "audit_entry": Ownership.EITHER,
    "audit_chain": Ownership.EITHER,
    "audit_checkpoint": Ownership.EITHER,
    "audit_read": Ownership.EITHER,
    "audit_seal": Ownership.EITHER,
    "customer": Ownership.CLIENT,
    "customer_move": Ownership.CLIENT,
    "event_log": Ownership.EITHER,
    "file": Ownership.CLIENT,
    "parked_event": Ownership.EITHER,
    "program": Ownership.CLIENT,
    "site": Ownership.PROVIDER,
    "skill": Ownership.PROVIDER,
    "care_case": Ownership.CLIENT,
    "customer_claim": Ownership.CLIENT,
    "customer_consent": Ownership.CLIENT,
    "customer_identity": Ownership.CLIENT,
    "customer_merge": Ownership.CLIENT,
    "customer_note": Ownership.CLIENT,
    "disposition": Ownership.CLIENT,
    "macro": Ownership.CLIENT,
    "program_provider": Ownership.CLIENT,
    "queue": Ownership.CLIENT,
    "team": Ownership.PROVIDER,
    "timeline_entry": Ownership.CLIENT,
    "chat_widget": Ownership.CLIENT,
    "mail_address": Ownership.CLIENT,
    "person": Ownership.EITHER,
    "queue_figure": Ownership.CLIENT,
    "agent_profile": Ownership.PROVIDER,
    "agent_state": Ownership.PROVIDER,
    "api_key": Ownership.PERSON,
    "break_glass": Ownership.CLIENT,
    "conversation": Ownership.CLIENT,
    "credential": Ownership.SYSTEM,
    "incoming_mail": Ownership.CLIENT,
    "role_grant": Ownership.PERSON,
    "own_role": Ownership.PROVIDER,
    "scim_token": Ownership.PROVIDER,
    "scim_user": Ownership.PERSON,
    "scim_group": Ownership.PROVIDER,
    "scim_member": Ownership.PROVIDER,
    "saved_view": Ownership.PERSON,
    "session": Ownership.SYSTEM,
    "conversation_interval": Ownership.CLIENT,
    "draft": Ownership.CLIENT,
    "mail_reference": Ownership.CLIENT,
    "mailbox": Ownership.CLIENT,
    "suppressed_address": Ownership.CLIENT,
    "signing_key": Ownership.CLIENT,
    "mention": Ownership.CLIENT,
    "message": Ownership.CLIENT,
    "offer": Ownership.CLIENT,
    "outgoing_mail": Ownership.CLIENT,
    "pending_reply": Ownership.CLIENT,
    "masked_value": Ownership.CLIENT,
    "client_key": Ownership.CLIENT,
    "customer_secret": Ownership.CLIENT,
    "key_rotation": Ownership.CLIENT,
    "shredding": Ownership.CLIENT,
    "recording_pause": Ownership.CLIENT,
    "visitor": Ownership.CLIENT,
    "data_export": Ownership.CLIENT,
    "data_restore": Ownership.SYSTEM,
    "data_import": Ownership.CLIENT,
    "import_key": Ownership.CLIENT,
    "import_refusal": Ownership.CLIENT,
    "client_network": Ownership.CLIENT,
    "identity_provider": Ownership.EITHER,
    "external_identity": Ownership.PERSON,
    "totp": Ownership.SYSTEM,
    "recovery_code": Ownership.SYSTEM,
    "passkey": Ownership.SYSTEM,
    "ceremony": Ownership.SYSTEM,
    "sign_in_policy": Ownership.EITHER,
    "event_purge": Ownership.CLIENT,
    "retention_default": Ownership.SYSTEM,
    "retention_rule": Ownership.CLIENT,
    "legal_hold": Ownership.CLIENT,
    "purge_record": Ownership.CLIENT,
    "privacy_request": Ownership.CLIENT,
    "incident": Ownership.CLIENT,
    "incident_duty": Ownership.CLIENT,
    "incident_entry": Ownership.CLIENT,
}


_NEXT_CASE_NUMBER = """
CREATE FUNCTION careloom_next_case_number(wanted uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE name text := 'case_number_' || replace(wanted::text, '-', '');
BEGIN
    IF NOT EXISTS (SELECT 1 FROM client WHERE id = wanted) THEN
        RETURN NULL;
    END IF;
    IF to_regclass(name) IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtext(name));
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I', name);
    END IF;
    RETURN nextval(name);
END $$
"""


_APPEND_ONLY = {"audit_entry", "audit_seal", "audit_checkpoint"}
"""Tables that only grow; of an entry, the content alone may be erased, once."""

_REFUSE_CHANGE = """
CREATE FUNCTION careloom_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'audit_entry' THEN
        IF OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL
            AND NEW.before IS NULL AND NEW.after IS NULL AND NEW.salt IS NULL
            AND to_jsonb(NEW) - '{before,after,salt,erased_at}'::text[]
                = to_jsonb(OLD) - '{before,after,salt,erased_at}'::text[]
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'rows of % are not changed and not removed', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$
"""


_NUMBERED = ("audit_entry", "event_log")
"""Tables that are read in the order of their numbers, up to what those who write to them may yet number."""

_HOLD_NUMBERING = """
CREATE FUNCTION careloom_hold_numbering() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7236, TG_RELID::integer);
    RETURN NULL;
END $$
"""


_NEXT_CASE_NUMBERS = """
CREATE FUNCTION careloom_next_case_numbers(wanted uuid, count integer) RETURNS bigint[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    name text := 'case_number_' || replace(wanted::text, '-', '');
    first bigint := careloom_next_case_number(wanted);
BEGIN
    IF first IS NULL OR count < 2 THEN
        RETURN CASE WHEN first IS NULL THEN NULL ELSE ARRAY[first] END;
    END IF;
    RETURN first || ARRAY(SELECT nextval(name) FROM generate_series(2, count));
END $$
"""


def _keep_for_good(table: str) -> None:
    op.execute(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION careloom_append_only()"
    )
    op.execute(
        f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION careloom_append_only()"
    )


def upgrade() -> None:
    """Makes the tables, forces row-level security on each, and lets the program's role use them."""
    _create_tables()
    _create_access()
    _create_sign_in_tables()
    _create_compliance()
    _create_import_tables()
    op.execute(_NEXT_CASE_NUMBER)
    op.execute(_NEXT_CASE_NUMBERS)
    for table, ownership in OWNERSHIP.items():
        condition = root_condition(table) if table in ("client", "provider") else None
        privileges = {"privileges": "SELECT, INSERT"} if table in _APPEND_ONLY else {}
        for statement in secure(table, ownership, condition, **privileges):
            op.execute(statement)
    op.execute(_REFUSE_CHANGE)
    for table in sorted(_APPEND_ONLY):
        _keep_for_good(table)
    op.execute(_HOLD_NUMBERING)
    for table in _NUMBERED:
        op.execute(
            f"CREATE TRIGGER hold_numbering BEFORE INSERT ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION careloom_hold_numbering()"
        )
    op.execute(f"GRANT UPDATE (before, after, salt, erased_at) ON audit_entry TO {APP_ROLE}")
    op.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}")
    _create_job_tables()


def _create_job_tables() -> None:
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    for table in ("jobs", "periodic_defers", "workers"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_{table} TO {APP_ROLE}")
    op.execute(f"GRANT SELECT, INSERT ON procrastinate_events TO {APP_ROLE}")
    op.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}")


def _create_key_tables() -> None:
    op.create_table(
        "client_key",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("master", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(wrapped IS NULL) = (destroyed_at IS NOT NULL)", name=op.f("ck_client_key_kept_or_destroyed")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_client_key_client_id")),
        sa.PrimaryKeyConstraint("client_id", "version", name=op.f("pk_client_key")),
    )
    op.create_index(
        "uq_client_key_current",
        "client_key",
        ["client_id"],
        unique=True,
        postgresql_where=sa.text("retired_at IS NULL AND destroyed_at IS NULL"),
    )
    op.create_table(
        "customer_secret",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("revision", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("blind", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id", "customer_id"],
            ["customer.client_id", "customer.id"],
            name=op.f("fk_customer_secret_client_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint("client_id", "customer_id", "key", name=op.f("pk_customer_secret")),
    )
    op.create_index("ix_customer_secret_client_id_key", "customer_secret", ["client_id", "key", "blind"])
    op.create_table(
        "key_rotation",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("look", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("seen", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("renewed", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("broken", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("begun_by", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_key_rotation_client_id")),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_key_rotation")),
    )
    op.create_index(
        "uq_key_rotation_open",
        "key_rotation",
        ["client_id"],
        unique=True,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "shredding",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_shredding_client_id")),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_shredding")),
    )
    op.create_index("ix_shredding_id", "shredding", ["id"])
    op.create_index(
        "ix_shredding_until",
        "shredding",
        ["until", "id"],
        postgresql_where=sa.text("confirmed_at IS NULL AND withdrawn_at IS NULL"),
    )


def _create_privacy_tables() -> None:
    op.create_table(
        "masked_value",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("data_class", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "conversation_id"],
            ["conversation.client_id", "conversation.id"],
            name=op.f("fk_masked_value_client_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_masked_value")),
    )
    op.create_index("ix_masked_value_client_id_message_id", "masked_value", ["client_id", "message_id"])
    op.create_index("ix_masked_value_client_id_conversation_id", "masked_value", ["client_id", "conversation_id"])
    op.create_index("ix_masked_value_kept_until", "masked_value", ["kept_until"])
    op.create_table(
        "recording_pause",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("paused_by", sa.Uuid(), nullable=True),
        sa.Column("paused_by_name", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ended_at >= began_at", name=op.f("ck_recording_pause_forward")),
        sa.ForeignKeyConstraint(
            ["client_id", "conversation_id"],
            ["conversation.client_id", "conversation.id"],
            name=op.f("fk_recording_pause_client_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(["paused_by"], ["person.id"], name=op.f("fk_recording_pause_paused_by")),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_recording_pause")),
    )
    op.create_index(
        "ix_recording_pause_client_id_conversation_id",
        "recording_pause",
        ["client_id", "conversation_id", "began_at"],
    )
    op.create_index(
        "uq_recording_pause_open",
        "recording_pause",
        ["client_id", "conversation_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _create_tables() -> None:
    op.create_table(
        "client",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("industry", sa.Text(), nullable=False),
        sa.Column("color", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column(
            "attribute_schema",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("privacy", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
    )
    op.create_table(
        "consumer_cursor",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("consumer", name=op.f("pk_consumer_cursor")),
    )
    op.create_table(
        "audit_progress",
        sa.Column("trail", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("trail", name=op.f("pk_audit_progress")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("response", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("actor_id", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_index("ix_idempotency_key_made_at", "idempotency_key", ["made_at"], unique=False)
    op.create_table(
        "provider",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("key", "at", "id", name=op.f("pk_sign_in_failure")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("api_key_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("ip", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("glass_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("salt", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_audit_entry_client_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_audit_entry_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("position", name=op.f("uq_audit_entry_position")),
    )
    op.create_index("ix_audit_entry_client_id_id", "audit_entry", ["client_id", "id"], unique=False)
    op.create_index(
        "ix_audit_entry_glass_id_id",
        "audit_entry",
        ["glass_id", "id"],
        unique=False,
        postgresql_where=sa.text("glass_id IS NOT NULL"),
    )
    op.create_index("ix_audit_entry_provider_id_id", "audit_entry", ["provider_id", "id"], unique=False)
    op.create_index("ix_audit_entry_subject_id_id", "audit_entry", ["subject_id", "id"], unique=False)
    _create_audit_chains()
    op.create_table(
        "customer",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), sa.Computed("lower(name)", persisted=True), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "merged_into"],
            ["customer.client_id", "customer.id"],
            name=op.f("fk_customer_client_id_merged_into"),
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_customer_client_id")),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_customer")),
    )
    op.create_index(
        "ix_customer_client_id_name",
        "customer",
        ["client_id", "name_key"],
        unique=False,
        postgresql_ops={"name_key": "text_pattern_ops"},
    )
    op.create_index("ix_customer_id", "customer", ["id"], unique=False)
    op.create_table(
        "customer_move",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("merge_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("case_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_customer_move_client_id")),
        sa.PrimaryKeyConstraint("client_id", "merge_id", name=op.f("pk_customer_move")),
    )
    op.create_table(
        "event_log",
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_log")),
    )
    op.create_table(
        "file",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_file_client_id")),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_file")),
    )
    op.create_index("ix_file_client_id_conversation_id", "file", ["client_id", "conversation_id"], unique=False)
    op.create_index("ix_file_id", "file", ["id"], unique=False)
    op.create_table(
        "parked_event",
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_parked_event_client_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_parked_event_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked_event")),
    )
    op.create_index("uq_parked_event_consumer_event_id", "parked_event", ["consumer", "event_id"], unique=True)
    op.create_table(
        "program",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("channels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("hours", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column(
            "holidays",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("voice", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("reopen_days", sa.Integer(), server_default=sa.text("7"), nullable=False),
        sa.Column("undo_send_seconds", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_program_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program")),
    )
    op.create_index("ix_program_client_id", "program", ["client_id"], unique=False)
    op.create_table(
        "site",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("shore", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_site_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.create_index("ix_site_provider_id", "site", ["provider_id"], unique=False)
    op.create_table(
        "skill",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_skill_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill")),
        sa.UniqueConstraint("provider_id", "name", name=op.f("uq_skill_provider_id_name")),
    )
    op.create_table(
        "care_case",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "customer_id"],
            ["customer.client_id", "customer.id"],
            name=op.f("fk_care_case_client_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "merged_into"],
            ["care_case.client_id", "care_case.id"],
            name=op.f("fk_care_case_client_id_merged_into"),
        ),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_care_case_program_id")),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_care_case")),
        sa.UniqueConstraint("client_id", "id", "number", name=op.f("uq_care_case_client_id_id_number")),
        sa.UniqueConstraint("client_id", "number", name=op.f("uq_care_case_client_id_number")),
    )
    op.create_index("ix_care_case_client_id_customer_id", "care_case", ["client_id", "customer_id"], unique=False)
    op.create_table(
        "customer_claim",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "customer_id"],
            ["customer.client_id", "customer.id"],
            name=op.f("fk_customer_claim_client_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint("client_id", "customer_id", "kind", "value", name=op.f("pk_customer_claim")),
    )
    op.create_index("ix_customer_claim_client_id_value", "customer_claim", ["client_id", "value"], unique=False)
    op.create_table(
        "customer_consent",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "customer_id"],
            ["customer.client_id", "customer.id"],
            name=op.f("fk_customer_consent_client_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_customer_consent")),
    )
    op.create_index(
        "ix_customer_consent_client_id_customer_id",
        "customer_consent",
        ["client_id", "customer_id", "at"],
        unique=False,
    )
    op.create_table(
        "customer_identity",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "customer_id"],
            ["customer.client_id", "customer.id"],
            name=op.f("fk_customer_identity_client_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_customer_identity")),
        sa.UniqueConstraint("client_id", "kind", "value", name=op.f("uq_customer_identity_client_id_kind_value")),
    )
    op.create_index(
        "ix_customer_identity_client_id_customer_id",
        "customer_identity",
        ["client_id", "customer_id"],
        unique=False,
    )
    op.create_index(
        "ix_customer_identity_client_id_value",
        "customer_identity",
        ["client_id", "value"],
        unique=False,
        postgresql_ops={"value": "text_pattern_ops"},
    )
    op.create_table(
        "customer_merge",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("merged_id", sa.Uuid(), nullable=False),
        sa.Column("merged_name", sa.Text(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("moved", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id", "kept_id"],
            ["customer.client_id", "customer.id"],
            name=op.f("fk_customer_merge_client_id_kept_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "merged_id"],
            ["customer.client_id", "customer.id"],
            name=op.f("fk_customer_merge_client_id_merged_id"),
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_customer_merge")),
    )
    op.create_index("ix_customer_merge_client_id_kept_id", "customer_merge", ["client_id", "kept_id"], unique=False)
    op.create_index(
        "uq_customer_merge_merged_id",
        "customer_merge",
        ["client_id", "merged_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "customer_note",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "customer_id"],
            ["customer.client_id", "customer.id"],
            name=op.f("fk_customer_note_client_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_customer_note")),
    )
    op.create_index(
        "ix_customer_note_client_id_customer_id",
        "customer_note",
        ["client_id", "customer_id", "id"],
        unique=False,
    )
    op.create_table(
        "disposition",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("resolved", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_disposition_client_id")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_disposition_program_id")),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_disposition")),
    )
    op.create_index("ix_disposition_client_id_name", "disposition", ["client_id", "name", "id"], unique=False)
    op.create_table(
        "macro",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), sa.Computed("lower(name)", persisted=True), nullable=False),
        sa.Column("shortcut", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_macro_client_id")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_macro_program_id")),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_macro")),
    )
    op.create_index(
        "ix_macro_client_id_name",
        "macro",
        ["client_id", "name_key", "id"],
        unique=False,
        postgresql_ops={"name_key": "text_pattern_ops"},
    )
    op.create_index(
        "ix_macro_client_id_shortcut",
        "macro",
        ["client_id", "shortcut"],
        unique=False,
        postgresql_ops={"shortcut": "text_pattern_ops"},
    )
    op.create_table(
        "program_provider",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_program_provider_client_id")),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_program_provider_program_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_program_provider_provider_id")),
        sa.PrimaryKeyConstraint("client_id", "program_id", "provider_id", name=op.f("pk_program_provider")),
    )
    op.create_index("ix_program_provider_provider_id", "program_provider", ["provider_id"], unique=False)
    op.create_table(
        "queue",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("skills", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("target_seconds", sa.Integer(), nullable=False),
        sa.Column("target_share", sa.Double(), nullable=False),
        sa.Column("accept_mode", sa.Text(), nullable=False),
        sa.Column("offer_seconds", sa.Integer(), nullable=False),
        sa.Column("overflow_after_seconds", sa.Integer(), nullable=True),
        sa.Column("overflow_queue_id", sa.Uuid(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("always_open", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("offer_seconds > 0", name=op.f("ck_queue_offer_seconds")),
        sa.CheckConstraint(
            "target_seconds > 0 AND target_share > 0 AND target_share <= 1", name=op.f("ck_queue_promise")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_queue_client_id")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_queue_program_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_queue_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue")),
    )
    op.create_index("ix_queue_client_id_name", "queue", ["client_id", "name", "id"], unique=False)
    op.create_index("ix_queue_provider_id", "queue", ["provider_id"], unique=False)
    op.create_table(
        "team",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_team_provider_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_team_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
    )
    op.create_index("ix_team_provider_id", "team", ["provider_id"], unique=False)
    op.create_table(
        "timeline_entry",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("program_id", sa.Uuid(), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "customer_id"],
            ["customer.client_id", "customer.id"],
            name=op.f("fk_timeline_entry_client_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_timeline_entry")),
    )
    op.create_index(
        "ix_timeline_entry_client_id_customer_id_at",
        "timeline_entry",
        ["client_id", "customer_id", "at", "id"],
        unique=False,
    )
    op.create_table(
        "chat_widget",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("queue_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("origins", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("theme", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("require_email", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("secret_version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_chat_widget_client_id")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_chat_widget_program_id")),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_chat_widget_queue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_widget")),
        sa.UniqueConstraint("key", name=op.f("uq_chat_widget_key")),
    )
    op.create_index("ix_chat_widget_client_id", "chat_widget", ["client_id"], unique=False)
    op.create_table(
        "mail_address",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("queue_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_mail_address_client_id")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_mail_address_program_id")),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_mail_address_queue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_address")),
        sa.UniqueConstraint("address", name=op.f("uq_mail_address_address")),
    )
    op.create_index("ix_mail_address_client_id", "mail_address", ["client_id"], unique=False)
    op.create_table(
        "suppressed_address",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_suppressed_address_client_id")),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_suppressed_address")),
        sa.UniqueConstraint("client_id", "address", name=op.f("uq_suppressed_address_client_id_address")),
    )
    op.create_table(
        "signing_key",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("selector", sa.Text(), nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("private_key", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_signing_key_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
        sa.UniqueConstraint("client_id", "domain", "selector", name=op.f("uq_signing_key_client_id_domain_selector")),
    )
    op.create_table(
        "mailbox",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mail_address_id", sa.Uuid(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("tls", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("auth", sa.Text(), nullable=False),
        sa.Column("authorize_url", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("token_url", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("revoke_url", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("oauth_client_id", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("scope", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("connect_problem", sa.Text(), nullable=True),
        sa.Column("connect_answer", sa.Text(), nullable=True),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("after_taking", sa.Text(), nullable=False),
        sa.Column("move_to", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("poll_seconds", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("take_existing", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=True),
        sa.Column("last_uid", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("unsettled_uid", sa.BigInteger(), nullable=True),
        sa.Column("stuck_uid", sa.BigInteger(), nullable=True),
        sa.Column("stuck_times", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("taken", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_mailbox_client_id")),
        sa.ForeignKeyConstraint(["mail_address_id"], ["mail_address.id"], name=op.f("fk_mailbox_mail_address_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox")),
    )
    op.create_index("ix_mailbox_client_id", "mailbox", ["client_id"], unique=False)
    op.create_index("ix_mailbox_due", "mailbox", ["next_at"], unique=False, postgresql_where=sa.text("active"))
    op.create_table(
        "person",
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("locale", sa.Text(), server_default=sa.text("'en'"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("client_id IS NULL OR provider_id IS NULL", name=op.f("ck_person_one_employer")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_person_client_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_person_provider_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_person_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index("ix_person_client_id_name", "person", ["client_id", "name"], unique=False)
    op.create_index("ix_person_provider_id_name", "person", ["provider_id", "name"], unique=False)
    op.create_index("uq_person_email", "person", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "queue_figure",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("queue_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("answered", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("answered_in_target", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("abandoned", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("wait_seconds", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_queue_figure_client_id")),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_queue_figure_queue_id")),
        sa.PrimaryKeyConstraint("client_id", "queue_id", "quarter", name=op.f("pk_queue_figure")),
    )
    op.create_index("ix_queue_figure_queue_id_quarter", "queue_figure", ["queue_id", "quarter"], unique=False)
    op.create_table(
        "agent_profile",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("skills", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "capacity",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_agent_profile_person_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_agent_profile_provider_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_agent_profile")),
    )
    op.create_index("ix_agent_profile_provider_id", "agent_profile", ["provider_id"], unique=False)
    op.create_table(
        "agent_state",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("previous_ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(seq = 1) = (previous_ended_at IS NULL)", name=op.f("ck_agent_state_first_has_no_previous")
        ),
        sa.CheckConstraint("ended_at > began_at", name=op.f("ck_agent_state_forward")),
        sa.CheckConstraint(
            "previous_ended_at IS NULL OR previous_ended_at = began_at",
            name=op.f("ck_agent_state_contiguous"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id", "previous_ended_at"],
            ["agent_state.person_id", "agent_state.ended_at"],
            name="fk_agent_state_previous",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_agent_state_person_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_agent_state_provider_id")),
        sa.PrimaryKeyConstraint("provider_id", "person_id", "seq", name=op.f("pk_agent_state")),
        sa.UniqueConstraint("person_id", "ended_at", name=op.f("uq_agent_state_person_id_ended_at")),
        sa.UniqueConstraint(
            "person_id",
            "previous_ended_at",
            name=op.f("uq_agent_state_person_id_previous_ended_at"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        "ix_agent_state_open_state",
        "agent_state",
        ["provider_id", "state"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_agent_state_open",
        "agent_state",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "api_key",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("permissions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("client_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_api_key_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_key_prefix")),
    )
    op.create_index("ix_api_key_person_id", "api_key", ["person_id"], unique=False)
    op.create_table(
        "conversation",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("customer_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("preview", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), server_default=sa.text("'normal'"), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("queue_id", sa.Uuid(), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("assignee_name", sa.Text(), nullable=True),
        sa.Column("disposition_id", sa.Uuid(), nullable=True),
        sa.Column("last_seq", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_inbound_seq", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("read_seq", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("interval_seq", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("sentiment", sa.SmallInteger(), nullable=True),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "urgent_at",
            sa.DateTime(timezone=True),
            sa.Computed("COALESCE(due_at, waiting_since, to_timestamp(253370764800))", persisted=True),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(assignee_id IS NULL) = (assignee_name IS NULL)", name=op.f("ck_conversation_assignee_named")
        ),
        sa.CheckConstraint(
            "last_inbound_seq <= last_seq AND read_seq <= last_seq",
            name=op.f("ck_conversation_seqs_in_range"),
        ),
        sa.ForeignKeyConstraint(["assignee_id"], ["person.id"], name=op.f("fk_conversation_assignee_id")),
        sa.ForeignKeyConstraint(
            ["client_id", "case_id", "case_number"],
            ["care_case.client_id", "care_case.id", "care_case.number"],
            name="fk_conversation_case",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "customer_id"],
            ["customer.client_id", "customer.id"],
            name=op.f("fk_conversation_client_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_conversation_program_id")),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_conversation")),
    )
    op.create_index("ix_conversation_assignee_id", "conversation", ["assignee_id", "updated_at", "id"], unique=False)
    op.create_index(
        "ix_conversation_assignee_id_open",
        "conversation",
        ["assignee_id", "urgent_at", "id"],
        unique=False,
        postgresql_where=sa.text("status <> 'resolved'"),
    )
    op.create_index("ix_conversation_client_id_case_id", "conversation", ["client_id", "case_id"], unique=False)
    op.create_index(
        "ix_conversation_client_id_customer_id",
        "conversation",
        ["client_id", "customer_id", "updated_at"],
        unique=False,
    )
    op.create_index(
        "ix_conversation_client_id_status_updated_at",
        "conversation",
        ["client_id", "status", "updated_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_conversation_client_id_unassigned",
        "conversation",
        ["client_id", "urgent_at", "id"],
        unique=False,
        postgresql_where=sa.text("status <> 'resolved' AND assignee_id IS NULL"),
    )
    op.create_index(
        "ix_conversation_client_id_updated_at",
        "conversation",
        ["client_id", "updated_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_conversation_client_id_urgent_at",
        "conversation",
        ["client_id", "urgent_at", "id"],
        unique=False,
        postgresql_where=sa.text("status <> 'resolved'"),
    )
    op.create_index("ix_conversation_id", "conversation", ["id"], unique=False)
    op.create_index(
        "ix_conversation_queue_id_open",
        "conversation",
        ["queue_id", "urgent_at", "id"],
        unique=False,
        postgresql_where=sa.text("status <> 'resolved'"),
    )
    op.create_index(
        "ix_conversation_queue_id_queued",
        "conversation",
        ["queue_id", "priority", "urgent_at", "id"],
        unique=False,
        postgresql_where=sa.text("phase = 'queued'"),
    )
    op.create_index(
        "ix_conversation_queue_id_waiting",
        "conversation",
        ["queue_id", "waiting_since", "id"],
        unique=False,
        postgresql_where=sa.text("phase IN ('queued', 'offered')"),
    )
    op.create_index(
        "ix_conversation_queue_id_worked_on",
        "conversation",
        ["queue_id"],
        unique=False,
        postgresql_where=sa.text("phase IN ('with_agent', 'on_hold', 'after_call_work')"),
    )
    op.create_table(
        "credential",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_credential_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_credential")),
    )
    op.create_table(
        "incoming_mail",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mail_address_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("return_path", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_incoming_mail_client_id")),
        sa.ForeignKeyConstraint(
            ["mail_address_id"], ["mail_address.id"], name=op.f("fk_incoming_mail_mail_address_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_incoming_mail")),
        sa.UniqueConstraint("client_id", "key", name=op.f("uq_incoming_mail_client_id_key")),
    )
    op.create_index(
        "ix_incoming_mail_unhandled",
        "incoming_mail",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("handled_at IS NULL"),
    )
    op.create_table(
        "role_grant",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(scope = 'everything') = (scope_id IS NULL)", name=op.f("ck_role_grant_scope_named")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint(
            "person_id",
            "role",
            "scope",
            "scope_id",
            name=op.f("uq_role_grant_person_id_role_scope_scope_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "saved_view",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("filter", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_view_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    op.create_index("ix_saved_view_person_id", "saved_view", ["person_id"], unique=False)
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ip", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("pending", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_session_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_session_secret_hash")),
    )
    op.create_index("ix_session_expires_at", "session", ["expires_at"], unique=False)
    op.create_index("ix_session_person_id", "session", ["person_id"], unique=False)
    op.create_table(
        "conversation_interval",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("queue_id", sa.Uuid(), nullable=True),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("previous_ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(phase IN ('offered', 'with_agent', 'on_hold', 'waiting_customer', 'after_call_work', 'transferred')) OR agent_id IS NULL",
            name=op.f("ck_conversation_interval_agent_only_where_one_works"),
        ),
        sa.CheckConstraint(
            "(seq = 1) = (previous_ended_at IS NULL)",
            name=op.f("ck_conversation_interval_first_has_no_previous"),
        ),
        sa.CheckConstraint("ended_at > began_at", name=op.f("ck_conversation_interval_forward")),
        sa.CheckConstraint(
            "previous_ended_at IS NULL OR previous_ended_at = began_at",
            name=op.f("ck_conversation_interval_contiguous"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "conversation_id", "previous_ended_at"],
            [
                "conversation_interval.client_id",
                "conversation_interval.conversation_id",
                "conversation_interval.ended_at",
            ],
            name="fk_conversation_interval_previous",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "conversation_id"],
            ["conversation.client_id", "conversation.id"],
            name=op.f("fk_conversation_interval_client_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("client_id", "conversation_id", "seq", name=op.f("pk_conversation_interval")),
        sa.UniqueConstraint(
            "client_id",
            "conversation_id",
            "ended_at",
            name=op.f("uq_conversation_interval_client_id_conversation_id_ended_at"),
        ),
        sa.UniqueConstraint(
            "client_id",
            "conversation_id",
            "previous_ended_at",
            name=op.f("uq_conversation_interval_client_id_conversation_id_previous_ended_at"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        "ix_conversation_interval_agent_id_began_at",
        "conversation_interval",
        ["agent_id", "began_at"],
        unique=False,
    )
    op.create_index(
        "uq_conversation_interval_open",
        "conversation_interval",
        ["client_id", "conversation_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "draft",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column(
            "attachments",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "conversation_id"],
            ["conversation.client_id", "conversation.id"],
            name=op.f("fk_draft_client_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_person_id")),
        sa.PrimaryKeyConstraint("client_id", "conversation_id", "person_id", name=op.f("pk_draft")),
    )
    op.create_table(
        "mail_reference",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("mail_address_id", sa.Uuid(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id", "conversation_id"],
            ["conversation.client_id", "conversation.id"],
            name=op.f("fk_mail_reference_client_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["mail_address_id"], ["mail_address.id"], name=op.f("fk_mail_reference_mail_address_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "message_id", name=op.f("pk_mail_reference")),
    )
    op.create_index(
        "ix_mail_reference_client_id_conversation_id",
        "mail_reference",
        ["client_id", "conversation_id", "seq"],
        unique=False,
    )
    op.create_table(
        "mention",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id", "conversation_id"],
            ["conversation.client_id", "conversation.id"],
            name=op.f("fk_mention_client_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mention_person_id")),
        sa.PrimaryKeyConstraint("client_id", "conversation_id", "seq", "person_id", name=op.f("pk_mention")),
    )
    op.create_index(
        "ix_mention_person_id_at",
        "mention",
        ["person_id", "at"],
        unique=False,
        postgresql_where=sa.text("seen_at IS NULL"),
    )
    op.create_table(
        "message",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("folded_text", sa.Text(), nullable=True),
        sa.Column(
            "attachments",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("delivery", sa.Text(), server_default=sa.text("'none'"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous_seq", sa.Integer(), sa.Computed("NULLIF(seq - 1, 0)", persisted=True), nullable=True),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "setweight(to_tsvector('simple'::regconfig, coalesce(subject, '')), 'A') || setweight(to_tsvector('simple'::regconfig, left(text, 100000)), 'B') || array_to_tsvector(ARRAY['client:' || client_id::text])",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_message_seq_from_one")),
        sa.ForeignKeyConstraint(
            ["client_id", "conversation_id"],
            ["conversation.client_id", "conversation.id"],
            name=op.f("fk_message_client_id_conversation_id"),
        ),
    )
    op.create_index(
        "ix_message_search",
        "message",
        ["search"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"gin_pending_list_limit": 256},
    )
    op.create_index(
        "uq_message_external_id",
        "message",
        ["client_id", "channel", "external_id"],
        unique=True,
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.create_index("uq_message_id", "message", ["client_id", "id"], unique=True)
    # After the index: of two that cost the same while a table is empty, PostgreSQL takes the later one, and keeps to it
    # for each message's look at the one before.
    op.create_primary_key(op.f("pk_message"), "message", ["client_id", "conversation_id", "seq"])
    op.create_foreign_key(
        "fk_message_previous",
        "message",
        "message",
        ["client_id", "conversation_id", "previous_seq"],
        ["client_id", "conversation_id", "seq"],
    )
    op.create_table(
        "offer",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("queue_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("reason", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name=op.f("ck_offer_ended")),
        sa.ForeignKeyConstraint(["agent_id"], ["person.id"], name=op.f("fk_offer_agent_id")),
        sa.ForeignKeyConstraint(
            ["client_id", "conversation_id"],
            ["conversation.client_id", "conversation.id"],
            name=op.f("fk_offer_client_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_offer_queue_id")),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_offer")),
    )
    op.create_index("ix_offer_conversation_id_offered_at", "offer", ["conversation_id", "offered_at"], unique=False)
    op.create_index(
        "ix_offer_expires_at",
        "offer",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_index(
        "uq_offer_open_agent", "offer", ["agent_id"], unique=True, postgresql_where=sa.text("outcome IS NULL")
    )
    op.create_index(
        "uq_offer_open_conversation",
        "offer",
        ["conversation_id"],
        unique=True,
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "outgoing_mail",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("mail_address_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "conversation_id"],
            ["conversation.client_id", "conversation.id"],
            name=op.f("fk_outgoing_mail_client_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["mail_address_id"], ["mail_address.id"], name=op.f("fk_outgoing_mail_mail_address_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_outgoing_mail")),
        sa.UniqueConstraint(
            "client_id", "conversation_id", "seq", name=op.f("uq_outgoing_mail_client_id_conversation_id_seq")
        ),
        sa.UniqueConstraint("client_id", "message_id", name=op.f("uq_outgoing_mail_client_id_message_id")),
    )
    op.create_table(
        "pending_reply",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column(
            "attachments",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "conversation_id"],
            ["conversation.client_id", "conversation.id"],
            name=op.f("fk_pending_reply_client_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_pending_reply")),
    )
    op.create_index(
        "ix_pending_reply_client_id_conversation_id",
        "pending_reply",
        ["client_id", "conversation_id"],
        unique=False,
    )
    _create_privacy_tables()
    _create_key_tables()
    op.create_table(
        "visitor",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("widget_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("page_url", sa.Text(), nullable=True),
        sa.Column("page_title", sa.Text(), nullable=True),
        sa.Column("read_seq", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("present", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "conversation_id"],
            ["conversation.client_id", "conversation.id"],
            name=op.f("fk_visitor_client_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_visitor_client_id")),
        sa.ForeignKeyConstraint(["widget_id"], ["chat_widget.id"], name=op.f("fk_visitor_widget_id")),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_visitor")),
    )
    op.create_index("ix_visitor_client_id_conversation_id", "visitor", ["client_id", "conversation_id"], unique=False)
    op.create_index(
        "ix_visitor_present_seen_at",
        "visitor",
        ["seen_at"],
        unique=False,
        postgresql_where=sa.text("present"),
    )
    op.create_index(
        "uq_visitor_external_id",
        "visitor",
        ["client_id", "widget_id", "external_id"],
        unique=True,
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )


def _create_access() -> None:
    op.create_table(
        "own_role",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("permissions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_own_role_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_role")),
    )
    op.create_index("uq_own_role_provider_id_name", "own_role", ["provider_id", sa.text("lower(name)")], unique=True)
    own = sa.Computed("CASE WHEN length(role) = 36 THEN role::uuid END", persisted=True)
    op.add_column("role_grant", sa.Column("own_role_id", sa.Uuid(), own, nullable=True))
    op.create_foreign_key(op.f("fk_role_grant_own_role_id"), "role_grant", "own_role", ["own_role_id"], ["id"])
    op.create_index("ix_role_grant_own_role_id", "role_grant", ["own_role_id"], unique=False)
    op.create_table(
        "scim_token",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("networks", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("surety", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_scim_token_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scim_token")),
        sa.UniqueConstraint("prefix", name=op.f("uq_scim_token_prefix")),
    )
    op.create_index("ix_scim_token_provider_id", "scim_token", ["provider_id"], unique=False)
    op.create_table(
        "scim_user",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("given_name", sa.Text(), nullable=True),
        sa.Column("family_name", sa.Text(), nullable=True),
        sa.Column("removed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_scim_user_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_scim_user")),
    )
    op.create_table(
        "scim_group",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("grants", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_scim_group_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scim_group")),
    )
    op.create_index(
        "uq_scim_group_provider_id_name", "scim_group", ["provider_id", sa.text("lower(name)")], unique=True
    )
    op.create_table(
        "scim_member",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_scim_member_provider_id")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["scim_group.id"], name=op.f("fk_scim_member_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_scim_member_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "person_id", name=op.f("pk_scim_member")),
    )
    op.create_index("ix_scim_member_person_id", "scim_member", ["person_id"], unique=False)


def _create_sign_in_tables() -> None:
    op.create_table(
        "totp",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("used_step", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_totp_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_totp")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "code_hash", name=op.f("pk_recovery_code")),
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("synced", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_passkey_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index("ix_passkey_person_id", "passkey", ["person_id"], unique=False)
    op.create_table(
        "ceremony",
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ceremony_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_ceremony")),
    )
    op.create_index("ix_ceremony_expires_at", "ceremony", ["expires_at"], unique=False)
    op.create_table(
        "sign_in_policy",
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("password_length", sa.Integer(), nullable=False),
        sa.Column("second_factor_for_all", sa.Boolean(), nullable=False),
        sa.Column("second_factor_roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_sign_in_policy_client_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_sign_in_policy_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_policy")),
        sa.UniqueConstraint(
            "client_id",
            "provider_id",
            name=op.f("uq_sign_in_policy_client_id_provider_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "identity_provider",
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("domains", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("groups_claim", sa.Text(), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("provisions", sa.Boolean(), nullable=False),
        sa.Column("only", sa.Boolean(), nullable=False),
        sa.Column("second_factor", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("surety", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_identity_provider_client_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_identity_provider_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_provider")),
    )
    op.create_index("ix_identity_provider_client_id", "identity_provider", ["client_id"], unique=False)
    op.create_index(
        "ix_identity_provider_domains", "identity_provider", ["domains"], unique=False, postgresql_using="gin"
    )
    op.create_index("ix_identity_provider_provider_id", "identity_provider", ["provider_id"], unique=False)
    op.create_table(
        "external_identity",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("identity_provider_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["identity_provider_id"],
            ["identity_provider.id"],
            name=op.f("fk_external_identity_identity_provider_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_external_identity_person_id")),
        sa.PrimaryKeyConstraint("identity_provider_id", "subject", name=op.f("pk_external_identity")),
        sa.UniqueConstraint("id", name=op.f("uq_external_identity_id")),
    )
    op.create_index("ix_external_identity_person_id", "external_identity", ["person_id"], unique=False)
    op.create_table(
        "client_network",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("networks", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_client_network_client_id")),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_client_network")),
    )
    _create_break_glass()


def _create_break_glass() -> None:
    op.create_table(
        "break_glass",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("ip", sa.Text(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_how", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reviewed_by_id", sa.Uuid(), nullable=True),
        sa.Column("reviewed_by", sa.Text(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reviewed_by_id <> person_id", name=op.f("ck_break_glass_another_person")),
        sa.CheckConstraint("until <= begun_at + interval '4 hours'", name=op.f("ck_break_glass_short")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_break_glass_client_id")),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_break_glass")),
    )
    op.create_index("ix_break_glass_id", "break_glass", ["id"], unique=False)
    op.create_index(
        "ix_break_glass_review_by",
        "break_glass",
        ["review_by", "id"],
        unique=False,
        postgresql_where=sa.text("verdict IS NULL"),
    )
    op.create_index(
        "ix_break_glass_until", "break_glass", ["until"], unique=False, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_index(
        "uq_break_glass_session_id",
        "break_glass",
        ["session_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _create_compliance() -> None:
    op.create_table(
        "retention_default",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("data_class", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("region", "data_class", name=op.f("pk_retention_default")),
    )
    op.create_table(
        "event_purge",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_event_purge_client_id")),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_event_purge")),
    )
    op.create_table(
        "incident",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("regimes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("data_kinds", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("customers_estimate", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("aware_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contract_hours", sa.Integer(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_incident_client_id")),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_incident")),
    )
    op.create_index("ix_incident_client_id_status_id", "incident", ["client_id", "status", "id"], unique=False)
    op.create_index("ix_incident_id", "incident", ["id"], unique=False)
    op.create_table(
        "legal_hold",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_legal_hold_client_id")),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_legal_hold")),
    )
    op.create_index(
        "ix_legal_hold_client_id_active",
        "legal_hold",
        ["client_id", "id"],
        unique=False,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_index(
        "ix_legal_hold_until",
        "legal_hold",
        ["until", "id"],
        unique=False,
        postgresql_where=sa.text("lifted_at IS NULL AND until IS NOT NULL"),
    )
    op.create_table(
        "purge_record",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("data_class", sa.Text(), nullable=False),
        sa.Column("before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("items", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("digest", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("oldest", sa.DateTime(timezone=True), nullable=True),
        sa.Column("newest", sa.DateTime(timezone=True), nullable=True),
        sa.Column("spared", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("left_over", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_purge_record_client_id")),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_purge_record")),
    )
    op.create_index(
        "ix_purge_record_client_id_data_class", "purge_record", ["client_id", "data_class", "id"], unique=False
    )
    op.create_index(
        "ix_purge_record_started_at",
        "purge_record",
        ["started_at", "id"],
        unique=False,
        postgresql_where=sa.text("left_over IS NULL OR left_over > 0"),
    )
    op.create_table(
        "retention_rule",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("data_class", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_retention_rule_client_id")),
        sa.PrimaryKeyConstraint("client_id", "data_class", name=op.f("pk_retention_rule")),
    )
    op.create_table(
        "incident_duty",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("draft", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("waived", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("alerts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "incident_id"],
            ["incident.client_id", "incident.id"],
            name=op.f("fk_incident_duty_client_id_incident_id"),
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_incident_duty")),
    )
    op.create_index(
        "ix_incident_duty_client_id_incident_id", "incident_duty", ["client_id", "incident_id", "place"], unique=False
    )
    op.create_index(
        "ix_incident_duty_due_at",
        "incident_duty",
        ["due_at", "id"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL AND due_at IS NOT NULL"),
    )
    op.create_table(
        "incident_entry",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "incident_id"],
            ["incident.client_id", "incident.id"],
            name=op.f("fk_incident_entry_client_id_incident_id"),
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_incident_entry")),
    )
    op.create_index(
        "ix_incident_entry_client_id_incident_id", "incident_entry", ["client_id", "incident_id", "id"], unique=False
    )
    op.create_table(
        "privacy_request",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extended_why", sa.Text(), nullable=True),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("verified_how", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.Text(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("carried_out_by", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("outcome", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("export_bytes", sa.Integer(), nullable=True),
        sa.Column("export_sha256", sa.Text(), nullable=True),
        sa.Column("export_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id", "customer_id"],
            ["customer.client_id", "customer.id"],
            name=op.f("fk_privacy_request_client_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_privacy_request")),
    )
    op.create_index(
        "ix_privacy_request_client_id_customer_id", "privacy_request", ["client_id", "customer_id"], unique=False
    )
    op.create_index(
        "ix_privacy_request_due_at",
        "privacy_request",
        ["due_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_privacy_request_export_until",
        "privacy_request",
        ["export_until"],
        unique=False,
        postgresql_where=sa.text("export_until IS NOT NULL"),
    )
    op.create_index("ix_privacy_request_id", "privacy_request", ["id"], unique=False)
    op.add_column(
        "client", sa.Column("countries", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False)
    )
    op.add_column("conversation", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_conversation_client_id_resolved_at",
        "conversation",
        ["client_id", "resolved_at", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'resolved'"),
    )
    op.add_column("customer", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_customer_client_id_merged_into",
        "customer",
        ["client_id", "merged_into"],
        unique=False,
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.add_column(
        "customer_consent", sa.Column("basis", sa.Text(), server_default=sa.text("'consent'"), nullable=False)
    )
    op.add_column("customer_consent", sa.Column("wording", sa.Text(), nullable=True))
    op.add_column("customer_consent", sa.Column("recorded_by", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.create_index("ix_customer_merge_client_id_merged_id", "customer_merge", ["client_id", "merged_id"], unique=False)
    op.create_index("ix_file_client_id_made_at", "file", ["client_id", "made_at", "id"], unique=False)
    op.create_index(
        "ix_incoming_mail_client_id_conversation_id", "incoming_mail", ["client_id", "conversation_id"], unique=False
    )
    op.create_index(
        "ix_mail_reference_client_id_sender",
        "mail_reference",
        ["client_id", "sender"],
        unique=False,
        postgresql_where=sa.text("sender IS NOT NULL"),
    )
    op.create_index("ix_visitor_client_id_customer_id", "visitor", ["client_id", "customer_id"], unique=False)
    op.create_index(
        "ix_visitor_client_id_email",
        "visitor",
        ["client_id", "email"],
        unique=False,
        postgresql_where=sa.text("email IS NOT NULL"),
    )


def _create_audit_chains() -> None:
    op.create_table(
        "audit_seal",
        *_either("audit_seal"),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_seal_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint(
            "client_id", "number", name=op.f("uq_audit_seal_client_id_number"), postgresql_nulls_not_distinct=True
        ),
    )
    op.create_table(
        "audit_chain",
        *_either("audit_chain"),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("verified_number", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("verified_hash", sa.Text(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_whole_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("broken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("broken_number", sa.BigInteger(), nullable=True),
        sa.Column("broken_entry_id", sa.Uuid(), nullable=True),
        sa.Column("broken_why", sa.Text(), nullable=True),
        sa.CheckConstraint("provider_id IS NULL", name=op.f("ck_audit_chain_of_a_client_or_the_rest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_chain")),
        sa.UniqueConstraint("client_id", name=op.f("uq_audit_chain_client_id"), postgresql_nulls_not_distinct=True),
    )
    op.create_table(
        "audit_checkpoint",
        *_either("audit_checkpoint"),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checkpoint")),
        sa.UniqueConstraint(
            "client_id",
            "number",
            name=op.f("uq_audit_checkpoint_client_id_number"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "audit_read",
        *_either("audit_read"),
        sa.Column("reader_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("what", sa.Uuid(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("reader_id", "action", "what", name=op.f("pk_audit_read")),
    )
    op.create_index("ix_audit_read_read_at", "audit_read", ["read_at"], unique=False)


def _either(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f(f"fk_{table}_client_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f(f"fk_{table}_provider_id")),
    ]


def _create_import_tables() -> None:
    jsonb = postgresql.JSONB(astext_type=sa.Text())
    op.create_index(
        "ix_care_case_client_id_merged_into",
        "care_case",
        ["client_id", "merged_into"],
        unique=False,
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_table(
        "data_import",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("options", jsonb, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("parts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("stored_as", sa.Uuid(), nullable=True),
        sa.Column("loose", jsonb, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("columns", jsonb, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("total", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("done", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("counts", jsonb, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("left_out", jsonb, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("preview", jsonb, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("error", jsonb, nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_data_import_client_id")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_data_import_program_id")),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_data_import")),
    )
    op.create_index("ix_data_import_id", "data_import", ["id"], unique=False)
    op.create_table(
        "import_key",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("made", sa.Boolean(), nullable=False),
        sa.Column("stamp", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given", jsonb, nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_import_key_client_id")),
        sa.PrimaryKeyConstraint("client_id", "kind", "key", name=op.f("pk_import_key")),
    )
    op.create_index(
        "ix_import_key_client_id_import_id", "import_key", ["client_id", "import_id", "kind", "key"], unique=False
    )
    op.create_index("ix_import_key_client_id_record_id", "import_key", ["client_id", "record_id"], unique=False)
    op.create_table(
        "import_refusal",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", jsonb, nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_import_refusal_client_id")),
        sa.PrimaryKeyConstraint("client_id", "import_id", "row", "number", name=op.f("pk_import_refusal")),
    )
    op.create_table(
        "data_export",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("total", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("rows", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("size", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("parts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("progress", jsonb, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("error", jsonb, nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_data_export_client_id")),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_data_export")),
    )
    op.create_index("ix_data_export_id", "data_export", ["id"], unique=False)
    op.create_index(
        "ix_data_export_expires_at",
        "data_export",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("parts > 0"),
    )
    op.create_table(
        "data_restore",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("parts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("stored_as", sa.Uuid(), nullable=True),
        sa.Column("loose", jsonb, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("restored_id", sa.Uuid(), nullable=True),
        sa.Column("client_name", sa.Text(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tables", jsonb, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("files", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("missing", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("done", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("total", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("error", jsonb, nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_restore")),
    )
