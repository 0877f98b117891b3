"""Consent at another server: the way to its page, and the code that comes back (RFC 6749; PKCE, RFC 7636)."""

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # pyright: ignore[reportUnknownVariableType]


def consent_address(page: str, state: str, verifier: str, **said: str) -> str:
    """Where the browser goes: the server's `page` with what is asked of it. `said` holds `client_id`, `redirect_uri`
    and what else is not empty; `state` and `verifier` are secrets made for this one time.
    """
    challenge = str(create_s256_code_challenge(verifier))  # pyright: ignore[reportUnknownArgumentType]
    asked = {"response_type": "code", **said, "state": state}
    asked |= {"code_challenge": challenge, "code_challenge_method": "S256"}
    return str(add_params_to_uri(page, [(name, value) for name, value in asked.items() if value]))


def code_form(code: str, verifier: str, callback: str) -> dict[str, str]:
    """What the token endpoint is sent for a code that came back to `callback`."""
    return {"grant_type": "authorization_code", "code": code, "redirect_uri": callback, "code_verifier": verifier}
