"""Connects a mailbox by consent: a person is sent to the provider's page and comes back with a code for its tokens."""

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy import Update, func, update

from careloom.channels.commands.mailbox.imap import MailboxError
from careloom.channels.commands.mailbox.poll import try_once
from careloom.channels.commands.mailbox.setup import (
    ELSEWHERE,
    NO_TROUBLE,
    keep_refresh_token,
    read_secrets,
    sealed_secrets,
    storable_answer,
)
from careloom.channels.commands.mailbox.tokens import Granted, request
from careloom.channels.errors import ConsentOverError, ConsentPageError, NotByConsentError, SecretUnreadableError
from careloom.channels.queries.mailboxes import get_mailbox
from careloom.channels.tables import mailbox
from careloom.channels.types.mailbox import ConsentPage, Mailbox, MailboxAuth, MailboxId, MailboxProblem, MailboxSecrets
from careloom.identity.commands.ceremonies import begin_ceremony, end_ceremony
from careloom.platform import audit
from careloom.platform.access import Actor, system_actor
from careloom.platform.clock import now
from careloom.platform.ids import new_secret
from careloom.platform.keys.errors import CipherBrokenError, ShreddedError
from careloom.platform.oauth import code_form, consent_address
from careloom.platform.outbound import MAILBOXES, HostRefusedError, HostUnknownError, is_address, place_of
from careloom.platform.runtime import Runtime
from careloom.platform.wire import to_plain

log = structlog.get_logger()
CALLBACK: Final = "/api/mailboxes/callback"
_SYSTEM: Final = system_actor("mailbox")
_KIND: Final = "mailbox"
_LASTS: Final = timedelta(minutes=10)


class Returned(Struct, frozen=True):
    """What the browser brings back: the code, or the provider's words on why there is none."""

    state: str
    code: str | None
    error: str
    description: str


class _Begun(Struct, frozen=True):
    """An attempt under way. `place` is the mailbox's `ELSEWHERE` at its beginning; an API key has no session."""

    mailbox_id: MailboxId
    session_id: UUID | None
    verifier: str
    place: tuple[str | int, ...]


async def begin_connection(runtime: Runtime, actor: Actor, mailbox_id: UUID) -> ConsentPage:
    """The page on which a person consents; only the same person comes back from it, in the same session where the
    attempt began in one.

    Raises NotFoundError, NotByConsentError, SecretUnreadableError, ConsentPageError.
    """
    settings = runtime.settings
    async with runtime.database.transaction(actor) as tx:
        one = await get_mailbox(tx, actor, mailbox_id)
    if one.auth is not MailboxAuth.REFRESH_TOKEN or not one.authorize_url:
        raise NotByConsentError
    try:
        await _secrets(runtime, actor, one)
    except (CipherBrokenError, ShreddedError) as error:
        raise SecretUnreadableError from error
    await _require_safe(one.authorize_url, settings.mailbox_networks)
    state, verifier = new_secret(), new_secret(48)
    begun = _Begun(one.id, actor.session_id, verifier, _place(one))
    async with runtime.database.transaction(_SYSTEM) as tx:
        await begin_ceremony(tx, _KIND, state, msgspec.to_builtins(begun), _LASTS, actor.person_id)
        await tx.execute(_of(one).values(connect_problem=None, connect_answer=None))
        await audit.record(tx, actor, "mailbox.begin_connection", one.id, client_id=one.client_id)
    said = {"client_id": one.oauth_client_id, "redirect_uri": settings.base_url + CALLBACK, "scope": one.scope}
    address = consent_address(one.authorize_url, state, verifier, **said, login_hint=one.username)
    return ConsentPage(address, now() + _LASTS)


async def end_connection(runtime: Runtime, actor: Actor, returned: Returned) -> MailboxId:
    """Exchanges what the browser brought back for tokens, keeps them and tries the mailbox; answers which it is. What
    went wrong stands in the mailbox.

    Raises ConsentOverError where there is no such attempt of this person in this session, NotFoundError.
    """
    async with runtime.database.transaction(_SYSTEM) as tx:
        found = await end_ceremony(tx, _KIND, returned.state, ConsentOverError, actor.person_id)
    begun = msgspec.convert(found, _Begun)
    if begun.session_id not in (None, actor.session_id):
        raise ConsentOverError
    async with runtime.database.transaction(actor) as tx:
        one = await get_mailbox(tx, actor, begun.mailbox_id)
    try:
        granted = await _exchange(runtime, actor, one, begun, returned)
        sealed = await _keep(runtime, actor, one, granted)
    except MailboxError as error:
        await _note_failure(runtime, actor, one, error)
        return one.id
    check = await try_once(runtime, one, sealed, granted)
    if check.problem is not None:
        await _note_trouble(runtime, actor, one, check.problem, check.answer or "")
    return one.id


async def _exchange(runtime: Runtime, actor: Actor, one: Mailbox, begun: _Begun, returned: Returned) -> Granted:
    if begun.place != _place(one):
        raise MailboxError(MailboxProblem.CHANGED, "")
    if returned.code is None:
        denied = returned.error == "access_denied"
        words = f"{returned.error} {returned.description}".strip()
        raise MailboxError(MailboxProblem.DENIED if denied else MailboxProblem.TOKEN, words)
    settings = runtime.settings
    try:
        secrets = await _secrets(runtime, actor, one)
    except (CipherBrokenError, ShreddedError) as error:
        raise MailboxError(MailboxProblem.SECRET, "") from error
    form = code_form(returned.code, begun.verifier, settings.base_url + CALLBACK)
    granted = await request(one, secrets, form, settings.mailbox_networks)
    if not granted.refresh_token:
        raise MailboxError(MailboxProblem.NOT_LASTING, "")
    return granted


async def _secrets(runtime: Runtime, actor: Actor, one: Mailbox) -> MailboxSecrets:
    async with runtime.database.transaction(actor) as tx:
        return await read_secrets(tx, one.client_id, one.id, await sealed_secrets(tx, one))


async def _keep(runtime: Runtime, actor: Actor, one: Mailbox, granted: Granted) -> str:
    """Seals the refresh token, and lets the mailbox be polled with it; raises MailboxError."""
    async with runtime.database.transaction(actor) as tx:
        sealed = await keep_refresh_token(tx, one.client_id, one.id, granted.refresh_token or "")
        if sealed is None or _place(await get_mailbox(tx, actor, one.id)) != _place(one):
            raise MailboxError(MailboxProblem.CHANGED, "")
        # Whoever polls it at this moment with the former token finds the lease gone.
        fresh = {"connected_at": now(), "next_at": now(), "lease": None, "leased_until": None, **NO_TROUBLE}
        await tx.execute(_of(one).values(**fresh))
        await audit.record(tx, actor, "mailbox.connect", one.id, client_id=one.client_id)
    return sealed


async def _note_failure(runtime: Runtime, actor: Actor, one: Mailbox, error: MailboxError) -> None:
    log.warning("mailbox_not_connected", mailbox_id=str(one.id), problem=error.problem)
    async with runtime.database.transaction(actor) as tx:
        answer = await storable_answer(tx, one.client_id, "connect_answer", error.answer)
        await tx.execute(_of(one).values(connect_problem=error.problem, connect_answer=answer or None))
        told = {"problem": error.problem}
        await audit.record(tx, actor, "mailbox.fail_connection", one.id, client_id=one.client_id, after=told)


async def _note_trouble(runtime: Runtime, actor: Actor, one: Mailbox, problem: MailboxProblem, answer: str) -> None:
    """Says of a connected mailbox at once what the polling would say of it."""
    async with runtime.database.transaction(actor) as tx:
        words = await storable_answer(tx, one.client_id, "answer", answer)
        since = func.coalesce(mailbox.c.failing_since, now())
        await tx.execute(_of(one).values(problem=problem, answer=words, failing_since=since))


async def _require_safe(url: str, allowed: tuple[str, ...]) -> None:
    """The browser goes there, not the program: by https it may go anywhere."""
    if is_address(url) and urlsplit(url).scheme == "https":
        return
    try:
        await place_of(url, allowed, MAILBOXES)
    except (HostRefusedError, HostUnknownError) as error:
        raise ConsentPageError from error


def _place(one: Mailbox) -> tuple[str | int, ...]:
    return tuple(to_plain(getattr(one, name)) for name in ELSEWHERE)


def _of(one: Mailbox) -> Update:
    return update(mailbox).where(mailbox.c.client_id == one.client_id, mailbox.c.id == one.id)
