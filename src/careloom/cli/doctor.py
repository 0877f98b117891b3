"""`careloom doctor`: checks an installation and says what to change."""

import argparse
import contextlib
import socket
from pathlib import Path
from typing import Final

import psycopg

from careloom.cli.findings import Check, Wrong
from careloom.cli.hardening import HARDENING, open_link, open_tables
from careloom.cli.regions import WAY_OUT, unsaid, unserved
from careloom.cli.session import open_store
from careloom.main import static_folder
from careloom.platform.database.health import IS_SYNCHRONOUS, answers, each_server
from careloom.platform.database.links import conninfo
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
    """Prints a line for each check, and below a failed one what to do; answers 1 when one fails."""
    found = {name: _examined(check, options.settings) for name, check in CHECKS.items()}
    for name, wrong in found.items():
        if wrong is None:
            print(f"ok    {name}")
        else:
            print(f"FAIL  {name}: {wrong.what}\n      {wrong.advice}")
    return 1 if any(found.values()) else 0


def _examined(check: Check, settings: Settings) -> Wrong | None:
    try:
        return check.find(settings)
    except (CareloomError, psycopg.Error, OSError) as error:
        return Wrong(" ".join(str(error).split()), check.advice)


def _home(settings: Settings) -> None:
    settings.home.mkdir(parents=True, exist_ok=True)
    probe: Path = settings.home / ".probe"
    probe.write_text("x")
    probe.unlink()


def _database(settings: Settings) -> Wrong | None:
    if settings.database_url:
        return _server(settings.database_url)
    with open_store(settings) as store:
        return _server(store.url)


def _server(url: str) -> Wrong | None:
    with psycopg.connect(conninfo(url)) as connection:
        version = connection.info.server_version
        if version < 160000:
            return Wrong(f"This is PostgreSQL {version // 10000}.", "Use PostgreSQL 16 or newer.")
        if pending(url):
            return Wrong("It is not at this version.", "Run `careloom migrate`.")
        return (
            _role(connection)
            or open_tables(connection)
            or open_link(connection)
            or _replicated(url, connection)
            or _search(connection)
        )


def _role(connection: psycopg.Connection) -> Wrong | None:
    too_strong, owns = connection.execute(_ROLE).fetchone() or (False, False)
    if not (too_strong or owns):
        return None
    return Wrong(
        "The role of CARELOOM_DATABASE_URL owns tables or can pass row-level security.",
        "Set CARELOOM_DATABASE_URL to the role careloom_app, which owns nothing, with NOSUPERUSER and NOBYPASSRLS.",
    )


def _search(connection: psycopg.Connection) -> Wrong | None:
    if connection.execute(_LEAKPROOF).fetchone() == (True,):
        return None
    return Wrong(
        "Search is right, but slow.",
        "As a superuser, run: ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF",
    )


def _replicated(url: str, connection: psycopg.Connection) -> Wrong | None:
    servers = each_server(url)
    if len(servers) == 1:
        return None
    for name, server in servers.items():
        if not answers(server):
            return Wrong(f"{name} does not answer.", "Start that server, or take it out of CARELOOM_DATABASE_URL.")
    if connection.execute(IS_SYNCHRONOUS).fetchone() == (True,):
        return None
    return Wrong(
        "No replica confirms commits: with the primary, what was accepted last would be lost.",
        "Start the replica; in Patroni's configuration set synchronous_mode, and synchronous_commit to on.",
    )


def _regions(settings: Settings) -> Wrong | None:
    with contextlib.ExitStack() as stack:
        url = settings.database_url or stack.enter_context(open_store(settings)).url
        problem = unserved(settings, url, stores=True)
    if problem is None and (unset := unsaid(settings)):
        return Wrong(" ".join(unset.values()), WAY_OUT)
    return Wrong(problem, WAY_OUT) if problem else None


def _files(settings: Settings) -> None:
    open_files(settings)


def _front_end(_settings: Settings) -> Wrong | None:
    found = (static_folder() / "index.html").is_file()
    return None if found else Wrong("It is not built.", "Run `make web`, or install the wheel.")


def _relay(settings: Settings) -> None:
    with socket.create_connection((settings.relay_host, settings.relay_port), timeout=5):
        return


CHECKS: Final = {
    "data folder": Check(_home, "Set CARELOOM_HOME to a folder that this user may write to."),
    "database": Check(
        _database,
        "Start PostgreSQL or correct CARELOOM_DATABASE_URL; where that is unset, see to the room and rights in the "
        "data folder.",
    ),
    "regions": Check(_regions, "Start PostgreSQL or correct CARELOOM_DATABASE_URL."),
    "attachments": Check(
        _files, "Correct CARELOOM_FILES_URL and CARELOOM_S3_ENDPOINT, or the rights in the data folder."
    ),
    "front end": Check(_front_end, "See to the rights in the program's folder."),
    "mail relay": Check(_relay, "Start the mail server, or correct CARELOOM_RELAY_HOST and CARELOOM_RELAY_PORT."),
    **HARDENING,
}
