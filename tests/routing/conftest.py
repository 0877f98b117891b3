"""Fixtures of routing's tests."""

import pytest

from careloom.platform.database.transactions import Database
from tests.routing.floor import Floor, make_floor


@pytest.fixture
async def floor(database: Database) -> Floor:
    """One queue for chat and mail, nobody at work."""
    return await make_floor(database)
