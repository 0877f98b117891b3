"""Fixtures of the mail channel's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from careloom.platform.database.transactions import Database
from careloom.platform.runtime import Runtime
from tests.channels.email.branch import Branch
from tests.channels.email.imap_server import running_imap
from tests.channels.email.oauth_server import OAuthServer, running_oauth
from tests.channels.email.post_office import PostOffice, open_post_office
from tests.conversations.desk import Desk, make_desk


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await make_desk(database)


@pytest.fixture
async def office(desk: Desk, runtime: Runtime) -> AsyncIterator[PostOffice]:
    async with open_post_office(desk, runtime) as opened:
        yield opened


@pytest.fixture
async def branch(office: PostOffice) -> AsyncIterator[Branch]:
    async with running_imap() as imap:
        yield Branch(office, imap, await office.address())


@pytest.fixture
async def tokens(branch: Branch) -> AsyncIterator[OAuthServer]:
    with running_oauth(branch.imap.access_tokens.add) as endpoint:
        yield endpoint
