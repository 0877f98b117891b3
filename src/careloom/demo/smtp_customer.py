"""A customer who writes real mail through SMTP and reads the answers in a real mailbox."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

import aiosmtplib
from msgspec import Struct

from careloom.demo.core.letters import letter_of
from careloom.demo.journal import Journal
from careloom.demo.mailbox import Mailbox, ReceivedMail
from careloom.demo.types import Arrival, Dialogue, Letter, Turn
from careloom.organizations.types import Channel

_LONGEST_WAIT = 6 * 3600.0
_RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0)


class MailRoute(Struct, frozen=True):
    """Where a program's mail goes: the listener's host and port, the address, and the brand's name."""

    host: str
    port: int
    address: str
    brand: str


class SmtpCustomer:
    """One customer with one issue, from the first letter to the last answer."""

    def __init__(
        self, arrival: Arrival, route: MailRoute, mailbox: Mailbox, journal: Journal, *, pace: float, run: str
    ) -> None:
        self._arrival = arrival
        self._route = route
        self._mailbox = mailbox
        self._journal = journal
        self._pace = pace
        self._run = run
        self._answers: asyncio.Queue[ReceivedMail] = asyncio.Queue()
        self._thread: list[str] = []
        self._own: list[str] = []

    async def play(self, dialogue: Dialogue, turns: Sequence[Turn]) -> None:
        """Write all letters, each after the answer to the one before.

        aiosmtplib.SMTPException or OSError where a letter cannot be handed over.
        """
        address, answered, at = self._route.address, None, None
        try:
            for number, turn in enumerate(turns):
                if number:
                    await asyncio.sleep(turn.after_seconds / self._pace)
                letter = letter_of(self._arrival, dialogue, turn, self._route.brand, answered, at)
                await self._send(letter, address, number)
                if not turn.reply:
                    break
                async with asyncio.timeout(max(_LONGEST_WAIT / self._pace, 60.0)):
                    answer = await self._answers.get()
                self._thread.append(answer.message_id)
                address, at = answer.reply_to or address, datetime.now(UTC)
                answered = Letter(answer.subject, answer.text)
            self._journal.count("finished")
        except TimeoutError:
            self._journal.count("unanswered")
        finally:
            self._mailbox.forget(self._own)

    async def _send(self, letter: Letter, address: str, number: int) -> None:
        host = self._arrival.customer.email.partition("@")[2]
        message_id = f"<{self._run}.{self._arrival.number}.{number}@{host}>"
        message = EmailMessage()
        message["From"] = formataddr((self._arrival.customer.name, self._arrival.customer.email))
        message["To"] = address
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(datetime.now(UTC))
        message["Message-ID"] = message_id
        if self._thread:
            message["In-Reply-To"] = self._thread[-1]
            message["References"] = " ".join(self._thread)
        message.set_content(letter.body)
        self._own.append(message_id)
        self._thread.append(message_id)
        self._mailbox.follow(message_id, self._answers)
        await self._hand_over(message)
        self._journal.accept(self._arrival.client, Channel.EMAIL, message_id)

    async def _hand_over(self, message: EmailMessage) -> None:
        """Try until the listener has it, as mail servers do; by the Message-ID a second copy is harmless."""
        for wait in (*_RETRY_SECONDS, None):
            try:
                await aiosmtplib.send(
                    message, hostname=self._route.host, port=self._route.port, start_tls=False, timeout=20
                )
            except (aiosmtplib.SMTPException, OSError) as error:
                refused = isinstance(error, aiosmtplib.SMTPResponseException) and error.code >= 500
                if refused or wait is None:
                    raise
                await asyncio.sleep(wait)
            else:
                return
