"""Access tokens for mailboxes: asked of the provider's token endpoint, kept until shortly before their end."""

import time
from typing import Any, Final
from uuid import UUID

import httpx
import msgspec
from msgspec import Struct

from careloom.channels.commands.mailbox.imap import MailboxError
from careloom.channels.types.mailbox import Mailbox, MailboxAuth, MailboxProblem, MailboxSecrets
from careloom.platform.outbound import MAILBOXES, Answer, HostRefusedError, HostUnknownError, Limits, call

_TIMEOUT_SECONDS: Final = 20
_EARLY_SECONDS: Final = 60
_LONGEST_ANSWER: Final = 100_000


class Granted(Struct, frozen=True):
    """An access token until `ends_at` (monotonic); `refresh_token` where the provider gave a new one."""

    access_token: str
    ends_at: float
    refresh_token: str | None = None


class TokenRefusedError(MailboxError):
    """The token endpoint gives no token. `code`: its own short word for why, empty where it has none."""

    def __init__(self, code: str, answer: str) -> None:
        self.code = code
        super().__init__(MailboxProblem.TOKEN, answer)


class Tokens:
    """The access tokens of one process. A token is the mailbox's and the secrets' that it was granted for."""

    def __init__(self, allowed: tuple[str, ...]) -> None:
        self._allowed = allowed
        self._kept: dict[UUID, tuple[str, Granted]] = {}

    async def get(self, one: Mailbox, sealed: str, secrets: MailboxSecrets) -> tuple[Granted, bool]:
        """A token, and whether it was just granted; raises MailboxError."""
        found = self._kept.get(one.id)
        if found is not None and found[0] == sealed and found[1].ends_at > time.monotonic():
            return found[1], False
        granted = await ask(one, secrets, self._allowed)
        self.keep(one.id, sealed, granted)
        return granted, True

    def keep(self, mailbox_id: UUID, sealed: str, granted: Granted) -> None:
        """Keeps a token for the secrets as they are sealed now."""
        self._kept[mailbox_id] = (sealed, granted)

    def drop(self, mailbox_id: UUID) -> None:
        """Forgets a token that a server did not take."""
        self._kept.pop(mailbox_id, None)


async def ask(one: Mailbox, secrets: MailboxSecrets, allowed: tuple[str, ...]) -> Granted:
    """Asks the token endpoint (RFC 6749, sections 4.4 and 6); raises MailboxError."""
    if one.auth is MailboxAuth.CLIENT_CREDENTIALS:
        return await request(one, secrets, {"grant_type": "client_credentials"}, allowed)
    if not secrets.refresh_token:
        raise MailboxError(MailboxProblem.CONSENT, "")
    asked = {"grant_type": "refresh_token", "refresh_token": secrets.refresh_token}
    try:
        return await request(one, secrets, asked, allowed)
    except TokenRefusedError as error:
        if error.code == "invalid_grant":
            raise MailboxError(MailboxProblem.CONSENT, error.answer) from error
        raise


async def request(one: Mailbox, secrets: MailboxSecrets, form: dict[str, str], allowed: tuple[str, ...]) -> Granted:
    """Sends the token endpoint a grant of whatever kind as the registered application.

    Raises MailboxError, TokenRefusedError where the endpoint gives no token.
    """
    form = {**form, "scope": one.scope} if one.scope else form
    try:
        answer = await post_as(one, secrets.client_secret, one.token_url, form, allowed)
    except HostRefusedError as error:
        raise MailboxError(MailboxProblem.BLOCKED, "") from error
    except HostUnknownError as error:
        raise MailboxError(MailboxProblem.TOKEN_HOST, str(error)) from error
    except (httpx.HTTPError, TimeoutError, ValueError) as error:
        raise MailboxError(MailboxProblem.TOKEN_HOST, str(error) or type(error).__name__) from error
    body = _body(answer)
    token = body.get("access_token")
    if answer.status != 200 or not isinstance(token, str) or not token:
        words = " ".join(str(body.get(name, "")) for name in ("error", "error_description")).strip()
        raise TokenRefusedError(str(body.get("error", "")), words or f"HTTP {answer.status}")
    renewed = body.get("refresh_token")
    seconds = body.get("expires_in", 3_600)
    lasts = float(seconds) if str(seconds).isdigit() else 3_600.0
    return Granted(token, time.monotonic() + lasts - _EARLY_SECONDS, renewed if isinstance(renewed, str) else None)


async def post_as(
    one: Mailbox, client_secret: str | None, url: str, form: dict[str, str], allowed: tuple[str, ...]
) -> Answer:
    """Sends an endpoint of the provider a form as the registered application.

    Raises HostRefusedError, HostUnknownError, httpx.HTTPError, TimeoutError, ValueError.
    """
    form = {**form, "client_id": one.oauth_client_id}
    if client_secret:
        form["client_secret"] = client_secret
    return await call("POST", url, Limits(allowed, MAILBOXES, _LONGEST_ANSWER, _TIMEOUT_SECONDS), data=form)


def _body(answer: Answer) -> dict[str, Any]:
    try:
        return msgspec.json.decode(answer.content, type=dict[str, Any])
    except msgspec.MsgspecError:
        return {}
