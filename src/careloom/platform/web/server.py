"""How the web role listens: what a connection may send, and how slowly."""

import asyncio
from collections.abc import Callable
from ssl import SSLContext
from typing import Any, Final

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from careloom.platform.tls import Certificate

HEAD_BYTES: Final = 65_536
"""Most bytes of a request's line and headers, give or take what arrives at once."""

HEAD_SECONDS: Final = 20.0
"""How long a connection may take to send them, from its opening or the end of the request before."""

BODY_SECONDS, BODY_BYTES = 20.0, 4_096
"""What a body must at least bring in each while, as long as the program takes it."""

_TOO_LARGE: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class BoundedHttp(HttpToolsProtocol):
    """A connection that is closed when headers have no end, in bytes or in time, or a body hardly comes.

    Each would hold memory for nothing.
    """

    _in_head, _in_body = True, False
    _head_bytes = _body_bytes = 0
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        """The first request is awaited."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Reads on, unless the head has become too large."""
        if self.transport.is_closing():
            return
        self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > HEAD_BYTES:
            self._refuse(_TOO_LARGE)
        elif self._timer is None:
            self._await_rest()

    def on_message_begin(self) -> None:
        """A head begins."""
        self._in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keeps a header, also behind the body, as long as there are not too many."""
        self._head_bytes += 0 if self._in_head else len(name) + len(value)
        super().on_header(name, value)
        if not self._in_head and self._head_bytes > HEAD_BYTES:
            self._refuse(_TOO_LARGE)

    def on_headers_complete(self) -> None:
        """The head is complete, and the request the application's."""
        self._in_head, self._head_bytes = False, 0
        self._in_body = self.parser is not None and not self.parser.should_upgrade()
        self._stop_waiting()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Takes a part of the body."""
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The body is complete, too, if there is one."""
        self._in_body = False
        self._stop_waiting()
        super().on_message_complete()

    def _await_rest(self) -> None:
        """Of a request that came in part; most come whole."""
        if self._in_head:
            self._await_head()
        elif self._in_body:
            self._await_body()

    def _await_head(self) -> None:
        self._timer = self.loop.call_later(HEAD_SECONDS, self._refuse, _TOO_SLOW)

    def _await_body(self) -> None:
        self._body_bytes = 0
        self._timer = self.loop.call_later(BODY_SECONDS, self._judge_body)

    def _judge_body(self) -> None:
        if self.flow.read_paused or self._body_bytes >= BODY_BYTES:
            self._await_body()
        else:
            self._refuse(_TOO_SLOW)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            if not self._in_body or not self.cycle.response_started:
                self.transport.write(answer)
            self.transport.close()


def server_config(app: Any, certificate: Certificate | None = None, **more: Any) -> uvicorn.Config:
    """The web server's settings; https alone with a certificate.

    Addresses of clients are judged by `client_ip`: the server itself believes no header of proxies.
    """
    return uvicorn.Config(
        app,
        ssl_context_factory=None if certificate is None else _serving(certificate),
        http=BoundedHttp,
        ws="websockets-sansio",
        ws_max_size=256_000,
        ws_ping_interval=None,
        proxy_headers=False,
        access_log=False,
        log_config=None,
        server_header=False,
        lifespan="on",
        **more,
    )


def _serving(certificate: Certificate) -> Callable[[uvicorn.Config, Callable[[], SSLContext]], SSLContext]:
    return lambda _config, _default: certificate.context
