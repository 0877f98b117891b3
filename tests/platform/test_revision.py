"""The program's own role can tell whether the database is at this version."""

from __future__ import annotations

from careloom.platform.database.migrations import pending
from tests.postgres import FreshDatabase


def test_program_role_sees_that_nothing_is_pending(fresh_database: FreshDatabase) -> None:
    assert pending(fresh_database.url) == []
