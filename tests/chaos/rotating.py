"""A process that rotates a client's key, to be killed: `python -m tests.chaos.rotating URL HOME CLIENT MOST`."""

import asyncio
import itertools
import sys
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import event

from careloom.compliance.commands.keys.rotation import run_rotation
from careloom.organizations.types import ClientId
from careloom.platform.runtime import open_runtime
from careloom.platform.settings import Settings


async def main(url: str, home: Path, client_id: ClientId, most: int) -> None:
    """Rotates to the end, says each time that it commits; a batch is small: there are many places to die in.

    After `most` commits it waits for its death, however late that comes; 0 for one that lives on.
    """
    runtime = open_runtime(Settings(home=home), url, 2)
    left = itertools.count(most, -1)

    def tell(_connection: object) -> None:
        sys.stdout.write("commits\n")
        sys.stdout.flush()
        if next(left) == 1:
            sys.stdin.read()

    event.listen(runtime.database.engine.sync_engine, "commit", tell)
    try:
        await run_rotation(runtime, client_id, timedelta(0), batch=3)
    finally:
        await runtime.database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), ClientId(UUID(sys.argv[3])), int(sys.argv[4])))
