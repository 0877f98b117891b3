"""A process that rotates a client's key, to be killed: `python -m tests.chaos.rotating URL HOME CLIENT`."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from careloom.compliance.commands.keys.rotation import run_rotation
from careloom.organizations.types import ClientId
from careloom.platform.runtime import open_runtime
from careloom.platform.settings import Settings


async def main(url: str, home: Path, client_id: ClientId) -> None:
    """Says that it begins, and rotates to the end; a batch is small, so that there are many places to die in."""
    runtime = open_runtime(Settings(home=home), url, 2)
    try:
        sys.stdout.write("begins\n")
        sys.stdout.flush()
        await run_rotation(runtime, client_id, timedelta(0), batch=3)
    finally:
        await runtime.database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), ClientId(UUID(sys.argv[3]))))
