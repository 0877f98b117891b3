"""Polls one mailbox: each new mail is stored in a transaction with its number, and only then marked or moved.

A process that dies leaves at most one mail stored and not yet settled, whose number stands in `unsettled_uid`; the
next poll settles it. A mail at which the polling ends three times is passed: kept with its error where the database
refuses it, stood in for where the server does. Mail that is fetched again, because a server numbered its folder anew,
is known by its content.
"""

from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Final

import structlog
from msgspec import Struct
from msgspec.structs import replace

from careloom.channels.commands.mail.files import drop_files
from careloom.channels.commands.mail.incoming import (
    Envelope,
    Keeping,
    Prepared,
    keeping_of,
    prepare,
    take_in,
    unhandled,
)
from careloom.channels.commands.mailbox import lease as leases
from careloom.channels.commands.mailbox.imap import Bearer, Found, ImapSession, MailboxError
from careloom.channels.commands.mailbox.lease import Lease, LeaseLostError
from careloom.channels.commands.mailbox.region import require_region
from careloom.channels.commands.mailbox.setup import keep_refresh_token, read_secrets
from careloom.channels.commands.mailbox.tokens import Granted, Tokens
from careloom.channels.core.email.oversized import refused_stand_in, stand_in
from careloom.channels.queries.mail import get_mail_address
from careloom.channels.types import MailAddress
from careloom.channels.types.mailbox import Mailbox, MailboxAuth, MailboxCheck, MailboxProblem, MailboxSecrets
from careloom.organizations.queries import language_of
from careloom.organizations.types import Channel
from careloom.platform.access import system_actor
from careloom.platform.counters import ACCEPTED
from careloom.platform.database.transactions import is_away
from careloom.platform.keys.errors import CipherBrokenError, ShreddedError
from careloom.platform.outbound import HostRefusedError, HostUnknownError, destination
from careloom.platform.runtime import Runtime
from careloom.platform.texts.languages import Language

log = structlog.get_logger()
_MOST_MAILS: Final = 100
_TRIES: Final = 3
_OVERLAP: Final = timedelta(days=2)


class _Given(Struct, frozen=True):
    """What is taken in of a mail; not `whole`: nothing is done with the mail in the folder."""

    raw: bytes
    whole: bool


class Poller:
    """Polls with the tokens and threads of one process."""

    def __init__(self, runtime: Runtime, threads: ThreadPoolExecutor) -> None:
        self._runtime = runtime
        self._threads = threads
        self._tokens = Tokens(runtime.settings.mailbox_networks)

    async def poll(self, lease: Lease) -> None:
        """Takes new mail, at most 100 at a time, and notes what came of it. Raises only where that cannot be noted, as
        the database is away.
        """
        actor = system_actor("mailbox", lease.mailbox.client_id)
        try:
            more = await self._take(lease)
        except LeaseLostError:
            log.info("mailbox_lease_lost", mailbox_id=str(lease.mailbox.id))
            return
        except MailboxError as error:
            log.warning("mailbox_not_polled", mailbox_id=str(lease.mailbox.id), problem=error.problem)
            await self._failed(lease, error.problem, error.answer)
            return
        except Exception as error:
            log.error("mailbox_poll_failed", mailbox_id=str(lease.mailbox.id), error=type(error).__name__)
            await self._failed(lease, MailboxProblem.OURS, type(error).__name__)
            return
        async with self._runtime.database.transaction(actor) as tx:
            await leases.succeed(tx, lease, more=more)

    async def _failed(self, lease: Lease, problem: MailboxProblem, answer: str) -> None:
        async with self._runtime.database.transaction(system_actor("mailbox", lease.mailbox.client_id)) as tx:
            await leases.fail(tx, lease, problem, answer)

    async def check(self, one: Mailbox, sealed: str, granted: Granted | None = None) -> MailboxCheck:
        """Connects, signs in (with a token that was just `granted`) and looks for the folder; takes nothing."""
        if granted is not None:
            self._tokens.keep(one.id, sealed, granted)
        try:
            await require_region(self._runtime, one)
            session = await self._session(one, sealed)
            try:
                folders = await session.folders()
                await session.choose()
            finally:
                await session.close()
        except MailboxError as error:
            return MailboxCheck(connected=False, problem=error.problem, answer=error.answer or None)
        return MailboxCheck(connected=True, folders=folders)

    async def _take(self, lease: Lease) -> bool:
        runtime, one = self._runtime, lease.mailbox
        actor = system_actor("mailbox", one.client_id)
        await require_region(self._runtime, one)
        async with runtime.database.transaction(actor) as tx:
            address = await get_mail_address(tx, actor, one.mail_address_id)
        session = await self._session(one, lease.sealed)
        try:
            uid_validity, uid_next = await session.choose()
            last_uid, since = lease.last_uid, lease.since
            if uid_validity != lease.uid_validity:
                last_uid, since = _start(lease, uid_next)
                async with runtime.database.transaction(actor) as tx:
                    await leases.begin_folder(tx, lease, uid_validity, last_uid, since)
                lease = replace(lease, stuck_uid=None)
            elif lease.unsettled_uid is not None:
                await self._settle_at_last(lease, session, lease.unsettled_uid)
            found = await session.newer(last_uid, since, _MOST_MAILS)
            for number, mail in enumerate(found, 1):
                await self._take_one(lease, session, address, mail, found[number:])
        finally:
            await session.close()
        return len(found) == _MOST_MAILS

    async def _take_one(
        self, lease: Lease, session: ImapSession, address: MailAddress, mail: Found, behind: Sequence[Found]
    ) -> None:
        """Takes one mail; what fails at it is counted with it, so that it holds up those behind for a while only."""
        actor = system_actor("mailbox", address.client_id)
        async with self._runtime.database.transaction(actor) as tx:
            keeping = await keeping_of(tx, address)
        async with self._counted(lease, mail.uid):
            given = await self._given(lease, session, mail, behind)
            if given is None:
                async with self._runtime.database.transaction(actor) as tx:
                    await leases.advance(tx, lease, mail.uid, stored=False)
                return
            await self._store(lease, mail, address, given, keeping)
        ACCEPTED.labels(Channel.EMAIL).inc()
        if given.whole:
            async with self._counted(lease, mail.uid):
                await session.settle(mail.uid)

    async def _store(self, lease: Lease, mail: Found, address: MailAddress, given: _Given, keeping: Keeping) -> None:
        runtime = self._runtime
        envelope = Envelope(_return_path(given.raw), address.address, given.raw)
        prepared = await prepare(runtime.files, runtime.secret, address, envelope, keeping)

        async def once(prepared: Prepared) -> None:
            actor = system_actor("mailbox", address.client_id)
            async with runtime.database.transaction(actor) as tx:
                await leases.advance(tx, lease, mail.uid, stored=True, settles=given.whole)
                taken = await take_in(tx, actor, runtime.secret, address, envelope, prepared)
            if not taken:
                await drop_files(runtime.files, address.client_id, prepared.files)

        try:
            await once(prepared)
        except LeaseLostError:
            raise
        except Exception as error:
            # What lies in the database or the keys is over some time; what lies in the mail never is.
            if lease.stumbles(mail.uid) < _TRIES - 1 or is_away(error):
                raise
            log.error("mail_kept_unhandled", mailbox_id=str(lease.mailbox.id), error=type(error).__name__)
            await once(unhandled(prepared, error))

    async def _settle_at_last(self, lease: Lease, session: ImapSession, uid: int) -> None:
        """Does with a mail that was stored before what the mailbox's rule asks for; leaves it where that fails again
        and again.
        """
        if lease.stumbles(uid) >= _TRIES:
            log.error("mail_left_unsettled", mailbox_id=str(lease.mailbox.id))
            return
        async with self._counted(lease, uid):
            await session.settle(uid)

    @asynccontextmanager
    async def _counted(self, lease: Lease, uid: int) -> AsyncGenerator[None]:
        try:
            yield
        except LeaseLostError:
            raise
        except Exception as error:
            if is_away(error):
                raise
            async with self._runtime.database.transaction(system_actor("mailbox", lease.mailbox.client_id)) as tx:
                await leases.stumble(tx, lease, uid)
            raise

    async def _given(self, lease: Lease, session: ImapSession, mail: Found, behind: Sequence[Found]) -> _Given | None:
        """What the server gives of a mail, None where it is gone. What it refuses again and again while it gives
        others stays in the folder, and a mail that says so stands in for it.
        """
        times = lease.stumbles(mail.uid)
        if times < _TRIES or not behind:
            return await self._asked(lease, session, mail)
        # Another one each time: that one may be refused as well.
        await session.fetch(behind[times % len(behind)].uid, header=True)
        header = await _header_if_given(session, mail.uid)
        try:
            return await self._asked(lease, session, mail)
        except MailboxError:
            log.error("mail_refused_by_server", mailbox_id=str(lease.mailbox.id))
            language = await self._language(lease.mailbox)
            return _Given(refused_stand_in(header, mail.uid, lease.mailbox.folder, language), whole=False)

    async def _asked(self, lease: Lease, session: ImapSession, mail: Found) -> _Given | None:
        most, folder = self._runtime.settings.max_upload_bytes, lease.mailbox.folder
        if mail.size <= most:
            raw = await session.fetch(mail.uid)
        else:
            header = await session.fetch(mail.uid, header=True)
            language = await self._language(lease.mailbox)
            raw = None if header is None else stand_in(header, mail.size, most, folder, language)
        return None if raw is None else _Given(raw, whole=True)

    async def _language(self, one: Mailbox) -> Language:
        """That of the program which gets the mail: what is written into a mail is read by all of its agents."""
        actor = system_actor("mailbox", one.client_id)
        async with self._runtime.database.transaction(actor) as tx:
            address = await get_mail_address(tx, actor, one.mail_address_id)
            return await language_of(tx, one.client_id, address.program_id)

    async def _session(self, one: Mailbox, sealed: str) -> ImapSession:
        settings = self._runtime.settings
        try:
            place = await destination(one.host, one.port, settings.mailbox_networks)
            secrets = await self._secrets(one, sealed)
        except HostRefusedError as error:
            raise MailboxError(MailboxProblem.BLOCKED, "") from error
        except HostUnknownError as error:
            raise MailboxError(MailboxProblem.HOST_UNKNOWN, str(error)) from error
        except (CipherBrokenError, ShreddedError) as error:
            raise MailboxError(MailboxProblem.SECRET, "") from error
        session = ImapSession(self._threads, place, one, settings.max_upload_bytes)
        if one.auth is MailboxAuth.PASSWORD:
            await session.open(secrets.password or "")
            return session
        token, fresh = await self._token(one, sealed, secrets)
        try:
            await session.open(Bearer(token))
        except MailboxError as error:
            if fresh or error.problem is not MailboxProblem.SIGN_IN:
                raise
            # The server ended the token before its time: one more, and the second refusal counts.
            self._tokens.drop(one.id)
            session = ImapSession(self._threads, place, one, settings.max_upload_bytes)
            await session.open(Bearer((await self._token(one, sealed, secrets))[0]))
        return session

    async def _secrets(self, one: Mailbox, sealed: str) -> MailboxSecrets:
        async with self._runtime.database.transaction(system_actor("mailbox", one.client_id)) as tx:
            return await read_secrets(tx, one.client_id, one.id, sealed)

    async def _token(self, one: Mailbox, sealed: str, secrets: MailboxSecrets) -> tuple[str, bool]:
        runtime = self._runtime
        granted, fresh = await self._tokens.get(one, sealed, secrets)
        token = granted.refresh_token
        if fresh and token is not None and token != secrets.refresh_token:
            async with runtime.database.transaction(system_actor("mailbox", one.client_id)) as tx:
                renewed = await keep_refresh_token(tx, one.client_id, one.id, token)
            self._tokens.keep(one.id, renewed or sealed, granted)
        return granted.access_token, fresh


async def _header_if_given(session: ImapSession, uid: int) -> bytes:
    try:
        return await session.fetch(uid, header=True) or b""
    except MailboxError:
        return b""


async def try_once(runtime: Runtime, one: Mailbox, sealed: str, granted: Granted | None = None) -> MailboxCheck:
    """What `Poller.check` answers, for one mailbox at one time."""
    threads = ThreadPoolExecutor(1)
    try:
        return await Poller(runtime, threads).check(one, sealed, granted)
    finally:
        threads.shutdown(wait=False)


def _start(lease: Lease, uid_next: int) -> tuple[int, date | None]:
    """Where to begin in a folder whose numbers are new: after which number, and from which day on.

    A folder that was polled before is gone through from shortly before the last success; one that never was, from
    now on, or from its first mail where that was asked for.
    """
    checked_at = lease.mailbox.checked_at
    if checked_at is not None:
        return 0, (checked_at - _OVERLAP).date()
    return (0 if lease.take_existing else max(0, uid_next - 1)), None


def _return_path(raw: bytes) -> str:
    """The envelope sender as the delivering server noted it, for want of an envelope."""
    head = raw[:65_536].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    for line in head.split(b"\n"):
        name, colon, value = line.partition(b":")
        if colon and name.strip().lower() == b"return-path":
            return value.decode("utf-8", "replace").strip(" <>\t\r")[:320]
    return "unknown"
