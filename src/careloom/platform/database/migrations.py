"""Alembic migrations, run as the role that owns the tables."""

from importlib import resources

import psycopg
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text

from careloom.platform.database.links import conninfo
from careloom.platform.database.policies import APP_ROLE
from careloom.platform.database.schema import metadata


def owner_engine(url: str) -> Engine:
    """A synchronous engine for migrations."""
    return create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(conninfo(url)))


def migrate(url: str, revision: str = "head") -> str:
    """Brings the database at `url` (the owner's) to `revision`; answers the revision that it is at.

    The program's role may read the revision, so that it can refuse a database that is not at this version.
    """
    engine = owner_engine(url)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('careloom_migrate'))"))
        config = alembic_config(connection)
        command.upgrade(config, revision)
        connection.execute(text(f"GRANT SELECT ON alembic_version TO {APP_ROLE}"))
        current = MigrationContext.configure(connection).get_current_revision()
    engine.dispose()
    return current or ""


def pending(url: str) -> list[str]:
    """Revisions that the database at `url` does not have yet, oldest first."""
    engine = owner_engine(url)
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    engine.dispose()
    script = ScriptDirectory.from_config(alembic_config(None))
    missing = [one.revision for one in script.iterate_revisions("head", current or "base")]
    return [one for one in reversed(missing) if one != current]


def drift(connection: Connection) -> list[object]:
    """Differences between the migrated database and the tables in code; empty when there are none."""
    options = {"include_name": include_name, "compare_type": True, "compare_server_default": False}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Leaves the job library's own tables to it."""
    return not (kind == "table" and (name or "").startswith("procrastinate"))


def alembic_config(connection: Connection | None) -> Config:
    """The configuration with the packed scripts; `connection` is used instead of opening one."""
    config = Config()
    config.set_main_option("script_location", str(resources.files("careloom") / "migrations"))
    config.attributes["connection"] = connection
    return config
