"""A real OAuth authorisation server on loopback: a page on which one consents, codes with PKCE, tokens; it refuses when
told to.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlsplit

APPLICATION, SECRET = "careloom", "the application's secret"
_PAGE = """<!doctype html><title>Consent</title><link rel="icon" href="data:,"><h1>May Careloom read {}?</h1>
<a href="/allow?{}">Allow</a> <a href="/deny?{}">Deny</a>"""

Form = dict[str, str]


class OAuthServer:
    """Grants tokens that are handed to `trust`, each under the newest refresh token alone."""

    def __init__(self, trust: Callable[[str], None], port: int) -> None:
        self._trust = trust
        self._codes: dict[str, Form] = {}
        self.page = f"http://127.0.0.1:{port}/authorize"
        self.url = f"http://127.0.0.1:{port}/token"
        self.revokes = f"http://127.0.0.1:{port}/revoke"
        self.asked: list[Form] = []
        self.revoked: list[Form] = []
        self.revoking = 200
        self.callback = ""
        self.refresh_token = "refresh-0"
        self.lasts = 3600
        self.lasting = True
        self.refusal: dict[str, str] | None = None

    def way_back(self, asked: Form, *, allowed: bool) -> str:
        """Where the browser is sent after someone consented, or refused to."""
        assert asked["client_id"] == APPLICATION
        assert asked["redirect_uri"] == self.callback, "it is registered"
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        said = {"error": "access_denied", "error_description": "The person said no."}
        if allowed:
            code = f"code-{len(self._codes)}"
            self._codes[code] = asked
            said = {"code": code}
        return f"{asked['redirect_uri']}?{urlencode({**said, 'state': asked['state']})}"

    def answer(self, form: Form) -> tuple[int, dict[str, object]]:
        """What the token endpoint says."""
        self.asked.append(form)
        error = self.refusal or self._wrong(form)
        if error is not None:
            return 400, dict(error)
        token = f"access-{len(self.asked)}"
        self._trust(token)
        self.refresh_token = f"refresh-{len(self.asked)}"
        lasting = {"refresh_token": self.refresh_token} if self.lasting else {}
        return 200, {"access_token": token, "expires_in": self.lasts, **lasting}

    def _wrong(self, form: Form) -> dict[str, str] | None:
        if form["grant_type"] == "refresh_token" and form["refresh_token"] != self.refresh_token:
            return {"error": "invalid_grant", "error_description": "The refresh token was used before."}
        if form["grant_type"] != "authorization_code":
            return None
        if (form["client_id"], form.get("client_secret")) != (APPLICATION, SECRET):
            return {"error": "invalid_client"}
        asked = self._codes.pop(form["code"], {})
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (asked.get("code_challenge"), asked.get("redirect_uri")) != (challenge, form["redirect_uri"]):
            return {"error": "invalid_grant", "error_description": "The code is not of this sign-in."}
        return None


def _first(query: str) -> Form:
    return {name: values[0] for name, values in parse_qs(query).items()}


@contextmanager
def running_oauth(trust: Callable[[str], None]) -> Generator[OAuthServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = _first(parts.query)
            if parts.path == "/authorize":
                page = _PAGE.format(asked["login_hint"], parts.query, parts.query)
                self._say(200, page.encode(), {"Content-Type": "text/html"})
            else:
                back = server.way_back(asked, allowed=parts.path == "/allow")
                self._say(302, b"", {"Location": back})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if urlsplit(self.path).path == "/revoke":
                server.revoked.append(_first(body))
                self._say(server.revoking, b"", {})
                return
            status, answer = server.answer(_first(body))
            self._say(status, json.dumps(answer).encode(), {})

        def _say(self, status: int, content: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Says nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server = OAuthServer(trust, listening.server_address[1])
    thread = Thread(target=listening.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
