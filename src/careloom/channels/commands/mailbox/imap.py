"""An IMAP session in a thread of its own: what the polling asks of a server, and what servers do wrong."""

import asyncio
import contextlib
import imaplib
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any, Final, TypeVar

from imapclient import IMAPClient
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError
from imapclient.imap4 import IMAP4WithTimeout
from msgspec import Struct

from careloom.channels.types.mailbox import AfterTaking, Mailbox, MailboxProblem, MailboxTls
from careloom.platform.outbound import Destination

T = TypeVar("T")
_CONNECT_SECONDS: Final = 15
_READ_SECONDS: Final = 60
_MORE_THAN_MAIL: Final = 1_000_000
_BODY: Final = b"BODY[]"
_HEADER: Final = b"BODY[HEADER]"
_SIZE: Final = ["RFC822.SIZE"]


class MailboxError(Exception):
    """The mailbox could not be polled. `answer`: the server's own words, or ours where it had none, or nothing where
    the problem says all.
    """

    def __init__(self, problem: MailboxProblem, answer: str) -> None:
        self.problem = problem
        self.answer = answer
        super().__init__(answer)


class Bearer(Struct, frozen=True):
    """An access token to sign in with."""

    token: str


class Found(Struct, frozen=True):
    """A mail in the folder: its number and its size in bytes."""

    uid: int
    size: int


class ImapSession:
    """A signed-in connection. Its calls run in `threads`; a cancelled call hangs up, so that no thread stays."""

    def __init__(self, threads: ThreadPoolExecutor, place: Destination, one: Mailbox, most_bytes: int) -> None:
        self._threads = threads
        self._place = place
        self._mailbox = one
        self._most_bytes = most_bytes
        self._client: _Client | None = None

    async def open(self, credential: str | Bearer) -> None:
        """Connects and signs in; raises MailboxError."""
        try:
            await self._call(lambda: self._open(credential))
        except MailboxError:
            self._hang_up()
            raise

    async def folders(self) -> tuple[str, ...]:
        """The folders' names, at most 500; raises MailboxError."""
        found = await self._call(self._ready.list_folders)
        return tuple(str(name) for _, _, name in found[:500])

    async def choose(self) -> tuple[int, int]:
        """Opens the folder; answers its UIDVALIDITY and the next number that a mail gets. Raises MailboxError."""
        read_only = self._mailbox.after_taking is AfterTaking.LEAVE
        try:
            found = await self._call(lambda: self._ready.select_folder(self._mailbox.folder, readonly=read_only))
        except MailboxError as error:
            if error.problem is MailboxProblem.SERVER:
                raise MailboxError(MailboxProblem.FOLDER, error.answer) from error
            raise
        return int(found[b"UIDVALIDITY"]), int(found.get(b"UIDNEXT", 0))

    async def newer(self, last_uid: int, since: date | None, most: int) -> list[Found]:
        """The first `most` mails after number `last_uid`; with `since` only those that came on that day or later."""
        return await self._call(lambda: self._newer(last_uid, since, most))

    async def fetch(self, uid: int, *, header: bool = False) -> bytes | None:
        """A mail as it lies there, or its header; None where it is gone. Changes nothing in the mailbox. Raises
        MailboxError, also where the server answers without the mail.
        """
        item = _HEADER if header else _BODY
        found = await self._call(lambda: self._ready.fetch([uid], [item.replace(b"BODY", b"BODY.PEEK")]))
        if uid not in found:
            return None
        content: bytes | None = found[uid].get(item)
        if content is None:
            raise MailboxError(MailboxProblem.SERVER, "")
        return content

    async def settle(self, uid: int) -> None:
        """Does with a stored mail what the mailbox's rule asks for; again does no harm. Raises MailboxError."""
        if self._mailbox.after_taking is not AfterTaking.LEAVE:
            await self._call(lambda: self._settle(uid))

    async def close(self) -> None:
        """Signs out, or hangs up where that fails."""
        if self._client is not None:
            with contextlib.suppress(MailboxError):
                await self._call(self._ready.logout)
            self._hang_up()

    @property
    def _ready(self) -> Any:
        """The client; the library's types do not tell what its answers hold."""
        if self._client is None:
            raise MailboxError(MailboxProblem.SERVER, "")
        return self._client

    async def _call(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: self._translated(work))
        except asyncio.CancelledError:
            self._hang_up()
            raise

    def _hang_up(self) -> None:
        if self._client is not None:
            with contextlib.suppress(Exception):
                self._client.shutdown()

    def _translated(self, work: Callable[[], T]) -> T:
        host = f"{self._mailbox.host}:{self._mailbox.port}"
        try:
            return work()
        except MailboxError:
            raise
        except LoginError as error:
            raise MailboxError(MailboxProblem.SIGN_IN, _words(error)) from error
        except ssl.SSLError as error:
            raise MailboxError(MailboxProblem.TLS, str(getattr(error, "verify_message", "") or error)) from error
        except TimeoutError as error:
            raise MailboxError(MailboxProblem.HOST, host) from error
        except OSError as error:
            raise MailboxError(MailboxProblem.HOST, f"{host}: {error.strerror or error}") from error
        except (IMAPClientError, imaplib.IMAP4.error, CapabilityError) as error:
            raise MailboxError(MailboxProblem.SERVER, _words(error)) from error
        except Exception as error:
            # What a broken server says may fail anywhere in the reading of it.
            raise MailboxError(MailboxProblem.NO_IMAP, _words(error)) from error

    def _open(self, credential: str | Bearer) -> None:
        one = self._mailbox
        if one.tls is MailboxTls.NONE and not self._place.private:
            raise MailboxError(MailboxProblem.BLOCKED, "")
        self._client = client = _Client(self._place, self._most_bytes + _MORE_THAN_MAIL, tls=one.tls is MailboxTls.TLS)
        if one.tls is MailboxTls.STARTTLS:
            client.starttls(ssl.create_default_context())
        client.normalise_times = False
        if isinstance(credential, str):
            client.login(one.username, credential)
        elif client.has_capability("AUTH=XOAUTH2"):
            client.oauth2_login(one.username, credential.token)
        else:
            client.oauthbearer_login(one.username, credential.token)

    def _newer(self, last_uid: int, since: date | None, most: int) -> list[Found]:
        criteria: list[Any] = ["UID", f"{last_uid + 1}:*"]
        if since is not None:
            criteria += ["SINCE", since]
        # `n:*` answers the last mail even where its number is below n.
        uids = sorted(uid for uid in self._ready.search(criteria) if uid > last_uid)[:most]
        if not uids:
            return []
        try:
            sizes = self._ready.fetch(uids, _SIZE)
        except IMAPClientError:
            sizes = self._sizes_one_by_one(uids)
        return [Found(uid, int(sizes[uid].get(b"RFC822.SIZE", 0))) for uid in uids if uid in sizes]

    def _sizes_one_by_one(self, uids: list[int]) -> dict[int, dict[bytes, Any]]:
        """The sizes where the server refuses to tell one of them; that one has none."""
        sizes: dict[int, dict[bytes, Any]] = {}
        for uid in uids:
            try:
                sizes |= self._ready.fetch([uid], _SIZE)
            except IMAPClientAbortError:
                raise
            except IMAPClientError:
                sizes[uid] = {}
        return sizes

    def _settle(self, uid: int) -> None:
        client, one = self._ready, self._mailbox
        if one.after_taking is AfterTaking.MARK_SEEN:
            client.add_flags([uid], [rb"\Seen"], silent=True)
            return
        if not client.folder_exists(one.move_to):
            client.create_folder(one.move_to)
        if client.has_capability("MOVE"):
            client.move([uid], one.move_to)
            return
        client.copy([uid], one.move_to)
        client.delete_messages([uid], silent=True)
        if client.has_capability("UIDPLUS"):
            client.uid_expunge([uid])


class _Client(IMAPClient):
    """An IMAPClient that connects to the address that was looked up, and not to what a name says by then."""

    def __init__(self, place: Destination, most_bytes: int, *, tls: bool) -> None:
        self._place = place
        self._most_bytes = most_bytes
        super().__init__(place.host, place.port, ssl=tls, timeout=_READ_SECONDS)

    def _create_IMAP4(self) -> IMAP4WithTimeout:  # noqa: N802
        return _Connection(self._place, self._most_bytes, tls=self.ssl)


class _Connection(IMAP4WithTimeout):
    """The socket below, with a bound on what one answer may hold."""

    def __init__(self, place: Destination, most_bytes: int, *, tls: bool) -> None:
        self._place = place
        self._most_bytes = most_bytes
        self._tls = tls
        super().__init__(place.host, place.port, _CONNECT_SECONDS)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        plain = socket.create_connection((self._place.address, self._place.port), timeout or _CONNECT_SECONDS)
        if not self._tls:
            return plain
        return ssl.create_default_context().wrap_socket(plain, server_hostname=self._place.host)

    def read(self, size: int) -> bytes:
        """Reads a literal of the length that the server announced, unless it is longer than any mail may be."""
        if size > self._most_bytes:
            raise self.abort(f"{{{size}}} > {self._most_bytes}")
        return super().read(size)


def _words(error: Exception) -> str:
    words = str(error)
    return words[2:-1] if words[:2] in ("b'", 'b"') else words
