"""Fixtures of routing's tests."""

import pytest
from tests.routing.floor import Floor, make_floor

from careloom.platform.database.transactions import Database


@pytest.fixture
async def floor(database: Database) -> Floor:
    """One queue for chat and mail, nobody at work."""
    return await make_floor(database)
