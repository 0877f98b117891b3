"""A post office for tests: the real listener in front, a real relay behind, and the jobs run by a real worker."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
from aiosmtpd.smtp import SMTP, Envelope, Session
from msgspec.structs import replace

from careloom.channels.commands.mail.addresses import create_mail_address
from careloom.channels.jobs import consumers, tasks
from careloom.channels.jobs.smtp import MailListener
from careloom.channels.types import MailAddress, NewMailAddress
from careloom.evidence.isolation.relay import OpenRelay
from careloom.organizations.types import Program
from careloom.platform.eventlog.consumer import ConsumerRunner
from careloom.platform.jobs import job_app
from careloom.platform.runtime import Runtime
from tests.conversations.desk import SYSTEM, Desk

MAILS = Path(__file__).parents[1] / "core" / "email" / "mails"


class Sink:
    """A relay that keeps what it takes; `answers` are given, in order, instead of taking a mail."""

    def __init__(self) -> None:
        self.envelopes: list[tuple[str, list[str]]] = []
        self.raws: list[bytes] = []
        self.answers: list[str] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        self.envelopes.append((str(envelope.mail_from), list(envelope.rcpt_tos)))
        self.raws.append(envelope.original_content or b"")
        return "250 2.0.0 queued as 4711"

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for raw in self.raws]  # pyright: ignore[reportReturnType]


class PostOffice:
    """Mail in, work done, mail out."""

    def __init__(self, desk: Desk, runtime: Runtime, listener: MailListener, sink: Sink) -> None:
        self.desk = desk
        self.runtime = runtime
        self.listener = listener
        self.sink = sink
        self._runners = [ConsumerRunner(runtime.database, runtime.hub, one) for one in consumers(runtime)]

    async def address(self, address: str = "care@brand.example", program: Program | None = None) -> MailAddress:
        wanted = NewMailAddress(
            program_id=(program or self.desk.program).id,
            address=address,
            display_name="Brand Care",
            signature="Brand, Lisbon",
        )
        async with self.runtime.database.transaction(SYSTEM) as tx:
            return await create_mail_address(tx, SYSTEM, wanted)

    async def post(
        self, raw: bytes | str, *recipients: str, sender: str = "ada@example.org"
    ) -> tuple[dict[str, aiosmtplib.SMTPResponse], str]:
        """Hands a mail to the listener as another mail server would."""
        content = raw.encode() if isinstance(raw, str) else raw
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=self.listener.port, start_tls=False)
        async with client:
            return await client.sendmail(sender, list(recipients or ("care@brand.example",)), content)

    async def follow(self) -> None:
        """Lets consumers follow the event log to its end."""
        for runner in self._runners:
            while (await runner.run_batch())[1]:
                continue
        parked = await self.desk.rows("SELECT consumer, error FROM parked_event")
        assert not parked, parked

    async def work(self) -> None:
        """Lets consumers and jobs do all that is due."""
        await self.follow()
        app = job_app(self.runtime.database.links, tasks(self.runtime), [])
        async with app.open_async():
            await app.run_worker_async(wait=False)

    async def messages(self) -> list[Any]:
        return await self.desk.rows("SELECT * FROM message ORDER BY conversation_id, seq")

    async def conversations(self) -> list[Any]:
        return await self.desk.rows("SELECT * FROM conversation ORDER BY created_at")

    async def incoming(self) -> list[Any]:
        return await self.desk.rows("SELECT * FROM incoming_mail ORDER BY id")


@asynccontextmanager
async def open_post_office(desk: Desk, runtime: Runtime, **settings: Any) -> AsyncGenerator[PostOffice]:
    sink = Sink()
    relay = OpenRelay(sink)
    relay.start()
    wanted = replace(runtime.settings, smtp_port=0, relay_port=relay.port, **settings)
    office_runtime = Runtime(wanted, runtime.database, runtime.store, runtime.hub, runtime.secret)
    listener = MailListener(office_runtime)
    await listener.start()
    try:
        yield PostOffice(desk, office_runtime, listener, sink)
    finally:
        await listener.stop()
        relay.stop()


def mail(text: str = "Where is my parcel?", **headers: str) -> str:
    """A plain mail from Ada; names of headers with `_` for `-`, an empty value leaves the header out."""
    fields = {
        "From": "Ada Lopes <ada@example.org>",
        "To": "care@brand.example",
        "Subject": "Parcel",
        "Message_ID": "<first@example.org>",
        "Date": "Tue, 23 Apr 2024 12:00:00 +0000",
    } | headers
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items() if value]
    return "\r\n".join([*lines, "Content-Type: text/plain; charset=utf-8", "", text, ""])


def answer(sent: EmailMessage, text: str, **headers: str) -> str:
    """What a customer's mail program makes of an answer to `sent`."""
    values: dict[str, str] = {
        "To": str(sent["Reply-To"]),
        "Subject": str(sent["Subject"]),
        "In_Reply_To": str(sent["Message-ID"]),
        "References": f"{sent['References'] or ''} {sent['Message-ID']}".strip(),
        "Message_ID": f"<answer-{abs(hash(text))}@example.org>",
    }
    return mail(text, **(values | headers))
