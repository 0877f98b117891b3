"""Alembic migrations: what brings a database from empty to the tables of this version."""
