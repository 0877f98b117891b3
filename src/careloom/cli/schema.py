"""`careloom migrate`: brings the database to this version."""

import argparse

from careloom.cli.store import HomeLock, Store
from careloom.platform.database.migrations import migrate
from careloom.platform.errors import TerminalError


class OwnerUnknownError(TerminalError):
    """Set CARELOOM_DATABASE_OWNER_URL to the database as the role that owns the tables."""


def declare(parser: argparse.ArgumentParser) -> None:
    """`careloom migrate` has no options of its own."""
    parser.set_defaults()


def run(options: argparse.Namespace) -> int:
    """Migrates; says which revision the database is at."""
    store = Store(options.settings)
    if store.embedded is None:
        if store.owner_url is None:
            raise OwnerUnknownError
        print(f"The database is at revision {migrate(store.owner_url)}.")
        return 0
    with HomeLock(options.settings.home).held(alone=True):
        store.open()
        print(f"The database is at revision {migrate(store.owner_url or '')}.")
        store.close()
    return 0
