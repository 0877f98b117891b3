"""What a running process holds: settings, database, files, hub. Built once by the composition root."""

import asyncio
from dataclasses import dataclass, field

from careloom.platform import residency
from careloom.platform.database.transactions import Database
from careloom.platform.files import FileStore, open_files
from careloom.platform.hub import Hub
from careloom.platform.keys import masters
from careloom.platform.keys.files import ClientFiles
from careloom.platform.reads import ReadNotes
from careloom.platform.secrets import load_secret
from careloom.platform.settings import Settings
from careloom.platform.tls import Certificate


@dataclass(frozen=True)
class Runtime:
    """The parts that handlers, consumers and jobs need."""

    settings: Settings
    database: Database
    store: FileStore
    """Where files' bytes lie, sealed: what reads and writes files takes `files`."""
    hub: Hub
    secret: bytes = field(repr=False)
    reads: ReadNotes = field(default_factory=ReadNotes)
    certificate: Certificate | None = None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the process was told to stop: from then on it is not ready, so that nobody sends it more."""

    @property
    def files(self) -> ClientFiles:
        """Clients' files, sealed with their keys."""
        return ClientFiles(self.store, self.database)


def open_runtime(
    settings: Settings, database_url: str, pool_size: int = 10, certificate: Certificate | None = None
) -> Runtime:
    """A runtime on the database at `database_url` (the role that owns no table)."""
    secret = settings.secret_key.encode() if settings.secret_key else load_secret(settings.home)
    options = {residency.OPTION: residency.residency_here(settings), masters.OPTION: masters.open_masters(settings)}
    database = Database(database_url, pool_size, options)
    return Runtime(settings, database, open_files(settings), Hub(database.links), secret, certificate=certificate)
