"""Clients' own web pages that carry their chat widgets, with the policy of docs/widget.md."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlsplit


def _page(host: str, key: str, language: str) -> str:
    speaks = f'data-language="{language}"' if language else ""
    return f"""<!doctype html><html lang="en"><title>A brand</title><main><h1>A brand</h1></main>
    <script src="{host}/widget.js" data-key="{key}" {speaks} async></script></html>"""


class Site:
    """Serves a page for any widget of the installation at `host`, from an origin of its own."""

    def __init__(self, host: str) -> None:
        policy = (
            f"default-src 'none'; script-src {host}; img-src {host}; connect-src {host} {host.replace('http', 'ws')}"
        )

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = parse_qs(urlsplit(self.path).query)
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(_page(host, asked.get("key", [""])[0], asked.get("language", [""])[0]).encode())

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._serving = threading.Thread(target=self._server.serve_forever)

    def __enter__(self) -> Self:
        self._serving.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._serving.join()
        self._server.server_close()

    def page(self, key: str, language: str = "") -> str:
        """The address of a page with that widget; without `language` it speaks its own."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/?key={key}&language={language}"
