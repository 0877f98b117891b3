"""The SMTP peer: takes a mail, writes it to a file of its own, syncs it, answers 250. Prints its port."""

import asyncio
import os
import sys
from pathlib import Path
from uuid import uuid4

from aiosmtpd.smtp import SMTP, Envelope, Session


class _Handler:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.to_thread(self._keep, envelope.original_content or b"")
        return "250 OK"

    def _keep(self, raw: bytes) -> None:
        with (self._folder / str(uuid4())).open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())


async def main(folder: Path) -> None:
    loop = asyncio.get_running_loop()
    handler = _Handler(folder)
    server = await loop.create_server(lambda: SMTP(handler, loop=loop), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main(Path(sys.argv[1])))
