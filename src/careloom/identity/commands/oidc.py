"""Talks OpenID Connect with an identity provider: where it is, the code for a token, and whether the token is its own.

Only what it signed with a key of its own, for us, just now and for the sign-in that began here, is believed.
"""

import time
from collections.abc import Mapping
from typing import Any, cast

import httpx
import structlog
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from msgspec import Struct

from careloom.identity.core.sso import is_safe_address
from careloom.identity.errors import SsoFailedError
from careloom.platform.oauth import code_form, consent_address
from careloom.platform.outbound import SINGLE_SIGN_ON, HostRefusedError, HostUnknownError, Limits, call
from careloom.platform.wire import from_json_text

log = structlog.get_logger()

_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
_LEEWAY_SECONDS = 60
_OLDEST_SECONDS = 600
_SECONDS = 10.0
_MOST_BYTES = 1_000_000
_KEPT_SECONDS = 600.0
_MOST_KEPT = 500
_documents: dict[str, tuple[float, Any]] = {}


class Application(Struct, frozen=True):
    """This installation as a client of an identity provider."""

    issuer: str
    id: str
    secret: str | None
    callback: str
    networks: tuple[str, ...]
    """Private networks in which it may lie."""


async def authorization_address(app: Application, state: str, nonce: str, verifier: str) -> str:
    """Where the browser goes to sign in; raises SsoFailedError."""
    about = await _about(app)
    asked = {"client_id": app.id, "redirect_uri": app.callback, "scope": "openid email profile", "nonce": nonce}
    return consent_address(about["authorization_endpoint"], state, verifier, **asked)


async def claims_for(app: Application, code: str, verifier: str, nonce: str) -> Mapping[str, Any]:
    """The claims that the identity provider signed for this sign-in; raises SsoFailedError."""
    about = await _about(app)
    form = code_form(code, verifier, app.callback)
    auth = httpx.BasicAuth(app.id, app.secret) if app.secret else None
    if app.secret is None:
        form["client_id"] = app.id
    answer = await _fetch("POST", about["token_endpoint"], app.networks, data=form, auth=auth)
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise SsoFailedError("It answered no ID token.")
    claims = await _verified(app, about, token)
    _check(app, claims, nonce)
    return claims


async def _verified(app: Application, about: Mapping[str, Any], token: str) -> dict[str, Any]:
    for fresh in (False, True):
        keys = await _read(about["jwks_uri"], app.networks, fresh=fresh)
        try:
            return jwt.decode(token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS).claims
        except (JoseError, ValueError, KeyError, TypeError) as error:
            log.info("sso_token_refused", issuer=app.issuer, error=type(error).__name__)
    raise SsoFailedError("Its ID token is not signed with a key of its own.")


def _check(app: Application, claims: dict[str, Any], nonce: str) -> None:
    expected = {
        "iss": {"essential": True, "value": app.issuer},
        "aud": {"essential": True, "value": app.id},
        "nonce": {"essential": True, "value": nonce},
    }
    found = CodeIDToken(claims, {}, expected, {"nonce": nonce, "client_id": app.id})
    try:
        found.validate(leeway=_LEEWAY_SECONDS)
    except (JoseError, TypeError, ValueError) as error:
        log.info("sso_claims_refused", issuer=app.issuer, error=type(error).__name__)
        raise SsoFailedError("Its ID token is for someone else, too old, or of another sign-in.") from error
    audience: Any = claims["aud"]
    of_many = isinstance(audience, list) and audience != [app.id]
    if of_many and claims.get("azp") != app.id:
        raise SsoFailedError("Its ID token is for several programs, and this one did not ask for it.")
    if abs(time.time() - float(claims["iat"])) > _OLDEST_SECONDS:
        raise SsoFailedError("Its ID token was not made just now.")


async def _about(app: Application) -> Mapping[str, Any]:
    """The provider's own description, which must name itself as the issuer that was set up.

    One that is refused is not remembered: as soon as the provider mends it, sign-in works.
    """
    url = app.issuer.rstrip("/") + "/.well-known/openid-configuration"
    found = await _read(url, app.networks)
    try:
        _check_description(app, found)
    except SsoFailedError:
        _documents.pop(url, None)
        raise
    return found


def _check_description(app: Application, found: Mapping[str, Any]) -> None:
    if found.get("issuer") != app.issuer:
        raise SsoFailedError("It calls itself by another issuer than the one that is set up.")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not isinstance(found.get(name), str) or not is_safe_address(found[name]):
            raise SsoFailedError("Its description has no safe {name}.", name=name)


async def _read(url: str, networks: tuple[str, ...], *, fresh: bool = False) -> Any:
    kept = _documents.get(url)
    if kept is not None and not fresh and time.monotonic() - kept[0] < _KEPT_SECONDS:
        return kept[1]
    found = await _fetch("GET", url, networks)
    if len(_documents) >= _MOST_KEPT:
        _documents.clear()
    _documents[url] = (time.monotonic(), found)
    return found


async def _fetch(method: str, url: str, networks: tuple[str, ...], **more: Any) -> dict[str, Any]:
    if not is_safe_address(url):
        raise SsoFailedError("Its address must begin with https://.")
    try:
        answer = await call(method, url, Limits(networks, SINGLE_SIGN_ON, _MOST_BYTES, _SECONDS), **more)
        found: Any = from_json_text(answer.content)
    except HostRefusedError as error:
        log.warning("sso_host_refused", url=url, why=str(error))
        raise SsoFailedError("Its address lies in a private network, which this installation does not call.") from error
    except (httpx.HTTPError, HostUnknownError, OSError, ValueError) as error:
        log.warning("sso_unreachable", url=url, error=type(error).__name__)
        raise SsoFailedError("It cannot be reached, or answers no JSON.") from error
    if not 200 <= answer.status < 300 or not isinstance(found, dict):
        log.warning("sso_refused", url=url, status=answer.status)
        raise SsoFailedError("It refused, or answered something else than was asked.")
    return cast("dict[str, Any]", found)
