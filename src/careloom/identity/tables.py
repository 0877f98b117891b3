"""Tables of people, their grants, how they sign in, sessions and API keys."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    ForeignKey,
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

from careloom.platform.database.schema import (
    Writer,
    client_table,
    either_table,
    kept_back,
    no_secret,
    person_table,
    provider_table,
    system_table,
    words,
)

person = either_table(
    "person",
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("team_id", Uuid, ForeignKey("team.id"), info=kept_back("NULL")),
    Column("locale", Text, nullable=False, server_default=text("'en'")),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("client_id IS NULL OR provider_id IS NULL", name="one_employer"),
    Index("uq_person_email", text("lower(email)"), unique=True),
    Index("ix_person_provider_id_name", "provider_id", "name"),
    Index("ix_person_client_id_name", "client_id", "name"),
)

credential = system_table(
    "credential",
    Column("person_id", Uuid, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

own_role = provider_table(
    "own_role",
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("permissions", ARRAY(Text), nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("uq_own_role_provider_id_name", "provider_id", text("lower(name)"), unique=True),
)

role_grant = person_table(
    "role_grant",
    Column("id", Uuid, primary_key=True),
    Column("role", Text, nullable=False),
    # A role is named in one way, built in or own; this half of it lets the database hold the own ones together.
    Column(
        "own_role_id",
        Uuid,
        Computed("CASE WHEN length(role) = 36 THEN role::uuid END", persisted=True),
        ForeignKey("own_role.id"),
    ),
    Column("scope", Text, nullable=False),
    Column("scope_id", Uuid),
    CheckConstraint("(scope = 'everything') = (scope_id IS NULL)", name="scope_named"),
    UniqueConstraint("person_id", "role", "scope", "scope_id", postgresql_nulls_not_distinct=True),
    Index("ix_role_grant_own_role_id", "own_role_id"),
)

session = system_table(
    "session",
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("secret_hash", Text, nullable=False, unique=True),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("used_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("ip", Text),
    Column("user_agent", Text),
    Column("method", Text, nullable=False),
    Column("pending", Text),
    Index("ix_session_person_id", "person_id"),
    Index("ix_session_expires_at", "expires_at"),
)

break_glass = client_table(
    "break_glass",
    Column("id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("person_name", Text, nullable=False),
    Column("session_id", Uuid, info=kept_back("NULL")),
    Column("reason", Text, nullable=False, info=words(Writer.STAFF)),
    Column("reference", Text, info=words(Writer.STAFF)),
    Column("proof", Text, nullable=False),
    Column("ip", Text),
    Column("begun_at", DateTime(timezone=True), nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
    Column("review_by", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("ended_how", Text),
    Column("verdict", Text),
    Column("note", Text, info=words(Writer.STAFF)),
    Column("reviewed_by_id", Uuid),
    Column("reviewed_by", Text),
    Column("reviewed_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("client_id", "id"),
    CheckConstraint("reviewed_by_id <> person_id", name="another_person"),
    CheckConstraint("until <= begun_at + interval '4 hours'", name="short"),
    Index("ix_break_glass_id", "id"),
    Index("ix_break_glass_review_by", "review_by", "id", postgresql_where=text("verdict IS NULL")),
    Index("ix_break_glass_until", "until", postgresql_where=text("ended_at IS NULL")),
    Index("uq_break_glass_session_id", "session_id", unique=True, postgresql_where=text("ended_at IS NULL")),
)

sign_in_failure = system_table(
    "sign_in_failure",
    Column("key", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("id", Uuid, nullable=False),
    PrimaryKeyConstraint("key", "at", "id"),
)

api_key = person_table(
    "api_key",
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("prefix", Text, nullable=False, unique=True),
    Column("secret_hash", Text, nullable=False),
    Column("permissions", ARRAY(Text), nullable=False),
    Column("client_ids", ARRAY(Uuid), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("expires_at", DateTime(timezone=True)),
    Column("last_used_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
    Index("ix_api_key_person_id", "person_id"),
)

totp = system_table(
    "totp",
    Column("person_id", Uuid, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("secret", Text, nullable=False),
    Column("used_step", BigInteger, nullable=False, server_default=text("0")),
    Column("confirmed_at", DateTime(timezone=True)),
)

recovery_code = system_table(
    "recovery_code",
    Column("person_id", Uuid, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("code_hash", Text, nullable=False),
    PrimaryKeyConstraint("person_id", "code_hash"),
)

passkey = system_table(
    "passkey",
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("credential_id", LargeBinary, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("synced", Boolean, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("last_used_at", DateTime(timezone=True)),
    Index("ix_passkey_person_id", "person_id"),
)

ceremony = system_table(
    "ceremony",
    Column("secret_hash", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("person_id", Uuid, ForeignKey("person.id", ondelete="CASCADE")),
    Column("data", JSONB, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("ix_ceremony_expires_at", "expires_at"),
)

sign_in_policy = either_table(
    "sign_in_policy",
    Column("id", Uuid, primary_key=True),
    Column("password_length", Integer, nullable=False, info=no_secret("a rule")),
    Column("second_factor_for_all", Boolean, nullable=False),
    Column("second_factor_roles", ARRAY(Text), nullable=False),
    UniqueConstraint("client_id", "provider_id", postgresql_nulls_not_distinct=True),
)

identity_provider = either_table(
    "identity_provider",
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("application_id", Text, nullable=False),
    Column("secret", Text, info=kept_back()),
    Column("domains", ARRAY(Text), nullable=False),
    Column("groups_claim", Text, nullable=False),
    Column("rules", JSONB, nullable=False),
    Column("provisions", Boolean, nullable=False),
    Column("only", Boolean, nullable=False),
    Column("second_factor", Boolean, nullable=False),
    Column("active", Boolean, nullable=False, info=kept_back("false")),
    Column("surety", JSONB, info=kept_back("NULL")),
    Index("ix_identity_provider_domains", "domains", postgresql_using="gin"),
    Index("ix_identity_provider_provider_id", "provider_id"),
    Index("ix_identity_provider_client_id", "client_id"),
)

external_identity = person_table(
    "external_identity",
    Column("identity_provider_id", Uuid, ForeignKey("identity_provider.id", ondelete="CASCADE"), nullable=False),
    Column("subject", Text, nullable=False),
    Column("id", Uuid, nullable=False, unique=True),
    PrimaryKeyConstraint("identity_provider_id", "subject"),
    Index("ix_external_identity_person_id", "person_id"),
)

client_network = client_table(
    "client_network",
    Column("networks", ARRAY(Text), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("client_id"),
)

scim_token = provider_table(
    "scim_token",
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("prefix", Text, nullable=False, unique=True),
    Column("secret_hash", Text, nullable=False),
    Column("networks", ARRAY(Text), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("last_used_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
    Column("surety", JSONB),
    Index("ix_scim_token_provider_id", "provider_id"),
)

scim_user = person_table(
    "scim_user",
    Column("user_name", Text, nullable=False),
    Column("external_id", Text),
    Column("given_name", Text),
    Column("family_name", Text),
    Column("removed", Boolean, nullable=False, server_default=text("false")),
    PrimaryKeyConstraint("person_id"),
)

scim_group = provider_table(
    "scim_group",
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("external_id", Text),
    Column("grants", JSONB, nullable=False, server_default=text("'[]'")),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("uq_scim_group_provider_id_name", "provider_id", text("lower(name)"), unique=True),
)

scim_member = provider_table(
    "scim_member",
    Column("group_id", Uuid, ForeignKey("scim_group.id", ondelete="CASCADE"), nullable=False),
    Column("person_id", Uuid, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    PrimaryKeyConstraint("group_id", "person_id"),
    Index("ix_scim_member_person_id", "person_id"),
)
