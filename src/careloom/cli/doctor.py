"""`careloom doctor`: checks an installation and says what to change."""

import argparse
import socket
from collections.abc import Callable
from pathlib import Path

import psycopg

from careloom.cli.store import Store
from careloom.main import static_folder
from careloom.platform.database.migrations import pending
from careloom.platform.errors import CareloomError
from careloom.platform.files import open_files
from careloom.platform.settings import Settings

_LEAKPROOF = "SELECT proleakproof FROM pg_proc WHERE proname = 'ts_match_vq'"
_ROLE = (
    "SELECT rolsuper OR rolbypassrls, EXISTS (SELECT 1 FROM pg_class WHERE relowner = r.oid AND relkind = 'r') "
    "FROM pg_roles r WHERE rolname = current_user"
)


def declare(parser: argparse.ArgumentParser) -> None:
    """`careloom doctor` has no options of its own."""
    parser.set_defaults()


def run(options: argparse.Namespace) -> int:
    """Prints a line for each check; answers 1 when one fails."""
    settings: Settings = options.settings
    checks: dict[str, Callable[[Settings], str | None]] = {
        "data folder": _home,
        "database": _database,
        "attachments": _files,
        "front end": _front_end,
        "mail relay": _relay,
    }
    failed = False
    for name, check in checks.items():
        try:
            wrong = check(settings)
        except (CareloomError, psycopg.Error, OSError) as error:
            wrong = str(error).strip()
        failed = failed or wrong is not None
        print(f"{'ok  ' if wrong is None else 'FAIL'}  {name}{'' if wrong is None else ': ' + wrong}")
    return 1 if failed else 0


def _home(settings: Settings) -> str | None:
    settings.home.mkdir(parents=True, exist_ok=True)
    probe: Path = settings.home / ".probe"
    probe.write_text("x")
    probe.unlink()
    return None


def _database(settings: Settings) -> str | None:
    store = Store(settings)
    if store.embedded is not None:
        store.open()
    with psycopg.connect(store.url) as connection:
        version = connection.info.server_version
        if version < 160000:
            return f"PostgreSQL 16 or newer is needed, this is {version // 10000}."
        if pending(store.url):
            return "It is not at this version; run `careloom migrate`."
        too_strong, owns = connection.execute(_ROLE).fetchone() or (False, False)
        if too_strong or owns:
            return "CARELOOM_DATABASE_URL must use a role that owns no table and cannot pass row-level security."
        if connection.execute(_LEAKPROOF).fetchone() != (True,):
            return (
                "Search is slow without one statement of a superuser: "
                "ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF"
            )
    return None


def _files(settings: Settings) -> str | None:
    open_files(settings)
    return None


def _front_end(_settings: Settings) -> str | None:
    found = (static_folder() / "index.html").is_file()
    return None if found else "It is not built; run `make web`, or install the wheel."


def _relay(settings: Settings) -> str | None:
    with socket.create_connection((settings.relay_host, settings.relay_port), timeout=5):
        return None
