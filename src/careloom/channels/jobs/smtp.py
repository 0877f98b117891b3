"""The mail listener: SMTP or LMTP in; a mail is answered 250 once it is committed, never before."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as SmtpEnvelope

from careloom.channels.commands.mail.files import drop_files
from careloom.channels.commands.mail.incoming import Envelope, Prepared, keeping_of, prepare, take_in, unhandled
from careloom.channels.queries.mail import find_recipient
from careloom.channels.types import MailAddress
from careloom.organizations.queries import require_served
from careloom.organizations.types import Channel
from careloom.platform.access import system_actor
from careloom.platform.counters import ACCEPTED
from careloom.platform.database.transactions import is_away
from careloom.platform.residency import RegionRefusedError
from careloom.platform.runtime import Runtime

log = structlog.get_logger()
# The library logs addresses and content; they are personal data.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)

_MOST_CONNECTIONS: Final = 100
_MOST_RECIPIENTS: Final = 100
_TIMEOUT_SECONDS: Final = 120
_LONGEST_ADDRESS: Final = 320
_LONGEST_LINE: Final = 262_144
_PAUSES: Final = (0.0, 0.2, 1.0)
"""Seconds before each try to store a mail; after the last it is kept with its error."""
_AGAIN: Final = "451 4.3.0 Cannot store the mail now, please try again later"


async def run_smtp(runtime: Runtime) -> None:
    """Listens where the settings say until cancelled."""
    listener = MailListener(runtime)
    await listener.start()
    try:
        await asyncio.Event().wait()
    finally:
        await listener.stop()


class _Connection(SMTP):
    """An SMTP connection that says when it is over.

    Senders exist that break no lines; the standard's 998 characters are asked of them in vain.
    """

    line_length_limit = _LONGEST_LINE

    def __init__(self, handler: object, gone: Callable[["_Connection"], None], **options: Any) -> None:
        self._gone = gone
        super().__init__(handler, **options)

    def connection_lost(self, error: Exception | None) -> None:
        """Tells the listener."""
        self._gone(self)
        super().connection_lost(error)


class _LmtpConnection(_Connection, LMTP):
    """The same in LMTP."""


class _Busy(asyncio.Protocol):
    """Turns a connection away."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Says so and hangs up."""
        if isinstance(transport, asyncio.Transport):
            transport.write(b"421 4.7.0 Too many connections, please try again later\r\n")
            transport.close()


class MailListener:
    """A listening socket; `port` is the real one where the settings ask for any."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._server: asyncio.Server | None = None
        self._open: set[_Connection] = set()

    @property
    def port(self) -> int:
        """The port that is listened on; 0 before `start`."""
        return 0 if self._server is None else int(self._server.sockets[0].getsockname()[1])

    async def start(self) -> None:
        """Binds the address; raises OSError where it is taken."""
        settings = self._runtime.settings
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._accept, settings.smtp_host, settings.smtp_port)
        log.info("mail_listening", host=settings.smtp_host, port=self.port, protocol=settings.smtp_protocol)

    async def stop(self) -> None:
        """Stops listening and hangs up; a mail not yet answered comes again from its sender."""
        if self._server is None:
            return
        self._server.close()
        for one in list(self._open):
            if one.transport is not None:
                one.transport.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._server.wait_closed(), 5)
        self._server = None

    def _accept(self) -> asyncio.Protocol:
        if len(self._open) >= _MOST_CONNECTIONS:
            return _Busy()
        settings = self._runtime.settings
        lmtp = settings.smtp_protocol == "lmtp"
        kind = _LmtpConnection if lmtp else _Connection
        certificate = self._runtime.certificate
        made = kind(
            _Handler(self._runtime, per_recipient=lmtp),
            self._open.discard,
            data_size_limit=settings.max_upload_bytes,
            enable_SMTPUTF8=True,
            hostname="careloom",
            ident="ESMTP",
            tls_context=None if certificate is None else certificate.context,
            timeout=_TIMEOUT_SECONDS,
            loop=asyncio.get_running_loop(),
        )
        self._open.add(made)
        return made


class _Handler:
    """What happens at each step of an SMTP session."""

    def __init__(self, runtime: Runtime, *, per_recipient: bool) -> None:
        self._runtime = runtime
        self._per_recipient = per_recipient
        self._known: dict[str, MailAddress] = {}

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: SmtpEnvelope, address: str, _options: list[str]
    ) -> str:
        """Takes recipients that are active addresses of ours, with or without a plus part."""
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        if not address.isprintable() or len(address) > _LONGEST_ADDRESS:
            return "553 5.1.3 This is no address"
        try:
            async with self._runtime.database.transaction(system_actor("mail")) as tx:
                found = await find_recipient(tx, address)
                if found is not None:
                    await require_served(tx, found.client_id, files=True)
        except RegionRefusedError as error:
            if error.unsaid:
                # The operator's slip: nobody who writes to us may be turned away for good by it.
                log.error("mail_region_unsaid", why=error.detail)
                return _AGAIN
            return "550 5.7.1 Mail for this address is not taken in this region"
        except Exception as error:
            log.warning("mail_recipient_unchecked", error=type(error).__name__)
            return _AGAIN
        if found is None:
            return "550 5.1.1 There is no such address here"
        if not found.active:
            return "550 5.2.1 This address takes no mail any more"
        self._known[address] = found
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: SmtpEnvelope) -> str:  # noqa: N802
        """Stores and handles the mail, one transaction for each client that it is for; answers after the commit."""
        raw = envelope.original_content or b""
        path = "" if envelope.mail_from in (None, "<>") else str(envelope.mail_from)
        try:
            for targets in self._by_client(envelope.rcpt_tos).values():
                await self._store(path, raw, targets)
        except Exception as error:
            log.warning("mail_not_stored", error=type(error).__name__)
            return self._answer(_AGAIN, envelope)
        ACCEPTED.labels(Channel.EMAIL).inc()
        return self._answer("250 2.0.0 Stored", envelope)

    async def handle_exception(self, error: Exception) -> str:
        """Asks the sender to come again."""
        log.error("mail_session_failed", error=type(error).__name__)
        return _AGAIN

    async def _store(self, path: str, raw: bytes, targets: dict[MailAddress, str]) -> None:
        runtime = self._runtime
        work = [(address, Envelope(path, recipient, raw)) for address, recipient in targets.items()]
        client_id = work[0][0].client_id
        actor = system_actor("mail", client_id)
        async with runtime.database.transaction(actor) as tx:
            kept = [(address, one, await keeping_of(tx, address)) for address, one in work]
        prepared = [await prepare(runtime.files, runtime.secret, *each) for each in kept]

        async def once(prepared: list[Prepared]) -> None:
            unused: list[Prepared] = []
            async with runtime.database.transaction(actor) as tx:
                for (address, one), read in zip(work, prepared, strict=True):
                    if not await take_in(tx, actor, runtime.secret, address, one, read):
                        unused.append(read)
            for read in unused:
                await drop_files(runtime.files, client_id, read.files)

        failure = await _tried(lambda: once(prepared))
        if failure is None:
            return
        # The database is there and refuses the mail each time: so it would whenever the sender came again.
        log.error("mail_kept_unhandled", error=type(failure).__name__)
        await once([unhandled(read, failure) for read in prepared])

    def _by_client(self, recipients: list[str]) -> dict[Any, dict[MailAddress, str]]:
        """Each client's addresses once, by the recipient that says most: the one with a plus part."""
        grouped: dict[Any, dict[MailAddress, str]] = {}
        for recipient in recipients:
            address = self._known[recipient]
            targets = grouped.setdefault(address.client_id, {})
            if address not in targets or "+" in recipient:
                targets[address] = recipient
        return grouped

    def _answer(self, words: str, envelope: SmtpEnvelope) -> str:
        """LMTP wants an answer for each recipient."""
        return "\r\n".join([words] * len(envelope.rcpt_tos)) if self._per_recipient else words


async def _tried(work: Callable[[], Awaitable[None]]) -> Exception | None:
    """Does `work`, again after a pause where it fails; answers the last failure. Raises where the database is away."""
    failure: Exception | None = None
    for pause in _PAUSES:
        await asyncio.sleep(pause)
        try:
            await work()
        except Exception as error:
            if is_away(error):
                raise
            failure = error
        else:
            return None
    return failure
