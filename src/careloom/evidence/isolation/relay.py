"""A mail server for others' mail: on a port that the system chooses, open from the first moment on."""

import asyncio
import socket
from collections.abc import Coroutine
from typing import Any, Final

from aiosmtpd.controller import Controller

_READY_SECONDS: Final = 60.0
"""How long a busy machine may take to start a thread; the library says five."""


class OpenRelay(Controller):
    """Takes mail for `handler` in a thread of its own, between `start` and `stop`."""

    def __init__(self, handler: object) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        port = int(self._listening.getsockname()[1])
        super().__init__(handler, hostname="127.0.0.1", port=port, ready_timeout=_READY_SECONDS)

    def _create_server(self) -> Coroutine[Any, Any, asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._listening)
