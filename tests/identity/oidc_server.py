"""A real OpenID Connect server on loopback, made with authlib's provider framework; it lies when told to."""

# authlib's provider framework says nothing of its types
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# pyright: reportIncompatibleMethodOverride=false, reportAttributeAccessIssue=false

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin, OpenIDCode, UserInfo
from flask import Flask, jsonify
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import make_server

APPLICATION, SECRET = "careloom-test", "a secret between the two"
_POLL_SECONDS = 0.02


@cache
def _first_key() -> RSAKey:
    """What servers sign with unless told otherwise; making one takes longer than most of what is done with it."""
    return RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


class _Client(ClientMixin):
    """The one application that the server knows."""

    id_token_signed_response_alg = "RS256"

    def __init__(self, callback: Callable[[], str]) -> None:
        self._callback = callback

    def get_client_id(self) -> str:
        return APPLICATION

    def get_default_redirect_uri(self) -> str:
        return self._callback()

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self._callback()

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class _Code(AuthorizationCodeMixin):
    """A code on its way."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


@dataclass
class Server:
    """The server: who signs in there (`user`), and how its tokens are falsified (`claims`, `encode`)."""

    issuer: str = ""
    callback: str = ""
    user: dict[str, Any] = field(default_factory=dict[str, Any])
    claims: Callable[[dict[str, Any]], None] = field(default=lambda claims: None)
    encode: Callable[[dict[str, Any]], str] | None = None
    described_issuer: str | None = None
    described_page: str | None = None
    require_pkce: bool = True
    key: RSAKey = field(default_factory=_first_key)
    codes: dict[str, _Code] = field(default_factory=dict[str, _Code])

    def keys(self) -> dict[str, Any]:
        return {"keys": [self.key.as_dict(private=False)]}


def _code_grant(server: Server) -> type[AuthorizationCodeGrant]:
    class CodeGrant(AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]  # noqa: RUF012

        def save_authorization_code(self, code: str, request: Any) -> _Code:
            said = request.payload.data
            made = _Code(
                code,
                request.payload.redirect_uri,
                request.payload.scope,
                said.get("nonce"),
                said.get("code_challenge"),
                said.get("code_challenge_method"),
            )
            server.codes[code] = made
            return made

        def query_authorization_code(self, code: str, client: Any) -> _Code | None:
            return server.codes.get(code)

        def delete_authorization_code(self, authorization_code: _Code) -> None:
            del server.codes[authorization_code.code]

        def authenticate_user(self, authorization_code: _Code) -> dict[str, Any]:
            return server.user

    return CodeGrant


def _id_tokens(server: Server) -> OpenIDCode:
    class Tokens(OpenIDCode):
        def resolve_client_private_key(self, client: Any) -> KeySet:
            return KeySet([server.key])

        def get_client_claims(self, client: Any) -> dict[str, Any]:
            return {"iss": server.issuer}

        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return False

        def generate_user_info(self, user: dict[str, Any], scope: str) -> UserInfo:
            return UserInfo(user)

        def encode_id_token(self, token: Any, request: Any) -> str:
            said: str = super().encode_id_token(token, request)
            claims = dict(jwt.decode(said, server.key).claims)
            server.claims(claims)
            if server.encode is not None:
                return server.encode(claims)
            return jwt.encode({"alg": "RS256", "kid": server.key.kid}, claims, server.key)

    return Tokens(require_nonce=True)


def _app(server: Server) -> Flask:
    app = Flask("identity provider")
    client = _Client(lambda: server.callback)
    oauth = AuthorizationServer(
        app,
        query_client=lambda client_id: client if client_id == APPLICATION else None,
        save_token=lambda token, request: None,
    )
    oauth.register_grant(_code_grant(server), [_id_tokens(server), CodeChallenge(required=server.require_pkce)])

    @app.get("/.well-known/openid-configuration")
    def describe() -> Any:
        return jsonify(
            issuer=server.described_issuer or server.issuer,
            authorization_endpoint=server.described_page or f"{server.issuer}/authorize",
            token_endpoint=f"{server.issuer}/token",
            jwks_uri=f"{server.issuer}/keys",
        )

    @app.get("/keys")
    def keys() -> Any:
        return jsonify(server.keys())

    @app.get("/authorize")
    def authorize() -> Any:
        return oauth.create_authorization_response(
            grant_user=server.user, grant=oauth.get_consent_grant(end_user=server.user)
        )

    @app.post("/token")
    def token() -> Any:
        return oauth.create_token_response()

    return app


@contextlib.contextmanager
def running_oidc() -> Generator[Server]:
    """The server on a free port, until the context ends.

    Its issuer has a path that no other has: ports come again, and what a server said of itself is remembered.
    """
    server = Server(user={"sub": secrets.token_hex(4), "email": "ada@harbor.example", "email_verified": True})
    path = f"/{secrets.token_hex(4)}"
    listening = make_server("127.0.0.1", 0, DispatcherMiddleware(NotFound(), {path: _app(server)}), threaded=True)
    server.issuer = f"http://127.0.0.1:{listening.server_port}{path}"
    serving = threading.Thread(target=listening.serve_forever, args=(_POLL_SECONDS,))
    serving.start()
    try:
        yield server
    finally:
        listening.shutdown()
        serving.join()
        listening.server_close()
