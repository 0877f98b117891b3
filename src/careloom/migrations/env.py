"""Alembic's entry: runs the migrations on the connection that `careloom.platform.database.migrations` opened."""

from alembic import context

from careloom.platform.database.migrations import include_name
from careloom.platform.database.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_name=include_name,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
