"""The database of a home: the embedded one, started where it must be, or an external one."""

import asyncio
import fcntl
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psycopg
import structlog
from sqlalchemy.exc import OperationalError

from careloom.platform.database.embedded import OWNER_ROLE, EmbeddedPostgres
from careloom.platform.database.memory import kept_in_memory, memory_given
from careloom.platform.database.migrations import migrate, pending
from careloom.platform.errors import CareloomError, TerminalError
from careloom.platform.settings import Settings

log = structlog.get_logger()
_DATABASE = "careloom"
_APP_ROLE = "careloom_app"
_OPTIONS = {"max_connections": "200", "random_page_cost": "1.1", "jit": "off"}


class HomeInUseError(TerminalError):
    """Another Careloom runs on this data folder. Stop it first, or name another with CARELOOM_HOME."""


class NotMigratedError(TerminalError):
    """The database is not at this version. Run `careloom migrate` first."""


class DatabaseAwayError(TerminalError):
    """The database does not answer. Start it, correct CARELOOM_DATABASE_URL, or try again in a moment."""


class Store:
    """Where the data is: `url` as the program's role, `owner_url` as the tables' owner (None: not given)."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        options = {**_OPTIONS, "shared_buffers": kept_in_memory(memory_given())}
        self.embedded = None if settings.database_url else EmbeddedPostgres(settings.home / "postgres", options)

    def open(self) -> None:
        """Starts the embedded server and brings it to this version; checks an external one.

        Raises DatabaseAwayError, NotMigratedError, EmbeddedPostgresError.
        """
        try:
            if self.embedded is not None:
                self.embedded.start()
                self.embedded.create(_DATABASE)
                migrate(self.owner_url or "")
            elif pending(self.url):
                raise NotMigratedError
        except (psycopg.OperationalError, OperationalError) as error:
            raise DatabaseAwayError from error

    def close(self) -> None:
        """Stops the embedded server cleanly."""
        if self.embedded is not None:
            self.embedded.stop()

    def discard(self) -> None:
        """Throws the embedded server's data away."""
        if self.embedded is not None and self.embedded.folder.exists():
            self.embedded.start()
            self.embedded.stop()
            shutil.rmtree(self.embedded.folder)

    @property
    def url(self) -> str:
        """The database as the role that owns no table."""
        return self.embedded.url(_APP_ROLE, _DATABASE) if self.embedded else self.settings.database_url or ""

    @property
    def owner_url(self) -> str | None:
        """The database as the tables' owner."""
        return self.embedded.url(OWNER_ROLE, _DATABASE) if self.embedded else self.settings.database_owner_url

    async def keep_running(self) -> None:
        """Starts the embedded server again whenever its process has died."""
        while self.embedded is not None:
            await asyncio.sleep(0.5)
            try:
                await asyncio.to_thread(self.embedded.ensure_running)
            except CareloomError as error:
                log.error("postgres_not_restarted", error=error.detail)


class HomeLock:
    """Says who uses a data folder: one process that runs everything, or several that run one role each."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._path = home / "running.lock"
        self._file: IO[str] | None = None

    @contextmanager
    def held(self, *, alone: bool) -> Generator[None]:
        """Holds the lock, for oneself `alone` or shared; raises HomeInUseError."""
        with self._path.open("a") as self._file:
            try:
                fcntl.flock(self._file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
            except BlockingIOError:
                raise HomeInUseError from None
            yield

    def is_last(self) -> bool:
        """Gives the lock up and takes it alone; answers whether that went, so that nobody else is there any more.

        Of several that leave at the same time, at least one is told that it is the last.
        """
        if self._file is None:
            return True
        fcntl.flock(self._file, fcntl.LOCK_UN)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
