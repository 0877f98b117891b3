"""A real SMTP sink in which the customers' answers arrive, sorted by the thread that they belong to."""

import asyncio
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr
from types import TracebackType
from typing import Final, Self

from aiosmtpd.smtp import SMTP, Envelope, Session
from msgspec import Struct

_MOST_BYTES = 5_000_000
REFUSED: Final = {
    "nobody.example.org": "550 5.1.1 No such user here",
    "full.example.org": "452 4.2.2 The mailbox is full",
}
"""What is said of recipients at these domains, where letters of the demo's past go."""


class ReceivedMail(Struct, frozen=True):
    """A mail from a brand: where an answer goes, its subject, its own text and its Message-ID."""

    reply_to: str
    subject: str
    text: str
    message_id: str


class Mailbox:
    """Listens for mail on an address of this machine; use with `async with`.

    `port` 0 takes a free port; `port` tells which afterwards. Mail that answers nobody's letter is taken and
    dropped: a relay for all of example.com must not make the sender try again.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self.host = host
        self.port = port
        self._server: asyncio.Server | None = None
        self._threads: dict[str, asyncio.Queue[ReceivedMail]] = {}

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(_Handler(self), data_size_limit=_MOST_BYTES, enable_SMTPUTF8=True, loop=loop),
            self.host,
            self.port,
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def follow(self, message_id: str, answers: asyncio.Queue[ReceivedMail]) -> None:
        """Put every answer to the letter with this Message-ID into `answers` from now on."""
        self._threads[message_id] = answers

    def forget(self, message_ids: list[str]) -> None:
        """Stop following letters."""
        for message_id in message_ids:
            self._threads.pop(message_id, None)

    def deliver(self, raw: bytes) -> bool:
        """Hand a mail to whoever wrote the letter that it answers; returns whether there was one."""
        message = BytesParser(EmailMessage, policy=policy.default).parsebytes(raw)
        named = f"{message.get('In-Reply-To', '')} {message.get('References', '')}".split()
        answers = next((self._threads[each] for each in named if each in self._threads), None)
        if answers is None:
            return False
        answers.put_nowait(_read(message))
        return True


class _Handler:
    """What aiosmtpd calls for each mail."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Refuse those of `REFUSED`; the name is aiosmtpd's."""
        answer = REFUSED.get(address.rpartition("@")[2].lower())
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 2.1.5 Ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the mail in; the name is aiosmtpd's."""
        content = envelope.content
        self._mailbox.deliver(content if isinstance(content, bytes) else str(content).encode())
        return "250 2.0.0 Taken"


def _read(message: EmailMessage) -> ReceivedMail:
    body = message.get_body(("plain", "html"))
    text = str(body.get_content()) if body is not None else ""
    return ReceivedMail(
        reply_to=parseaddr(str(message.get("Reply-To") or message.get("From", "")))[1],
        subject=str(message.get("Subject", "")),
        text=text,
        message_id=str(message.get("Message-ID", "")).strip(),
    )
