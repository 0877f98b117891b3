"""A web server on loopback that answers everyone the same, and remembers what was asked for."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Generator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answering:
    """The server: where it is, and the paths that were asked for."""

    url: str
    seen: list[str] = field(default_factory=list[str])


@contextlib.contextmanager
def answering(content: bytes, status: int = 200, **headers: str) -> Generator[Answering]:
    """The server on a free port, until the context ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            one.seen.append(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):  # whoever has read enough hangs up
                self.wfile.write(content)

        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Says nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    one = Answering(f"http://127.0.0.1:{listening.server_port}")
    serving = threading.Thread(target=listening.serve_forever, args=(0.02,))
    serving.start()
    try:
        yield one
    finally:
        listening.shutdown()
        serving.join()
        listening.server_close()
