"""A real SMTP sink: every mail that leaves the installation."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from careloom.evidence.isolation.relay import OpenRelay
from tests.journeys.installation import wait_until


class Relay:
    """A real SMTP sink: every mail that leaves the installation."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self._controller = OpenRelay(self)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        self.mails.append(BytesParser(policy=policy.default).parsebytes(content))  # pyright: ignore[reportArgumentType]
        return "250 OK"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        return int(self._controller.port)

    def mail_to(self, address: str) -> EmailMessage:
        return wait_until(lambda: next((one for one in self.mails if address in str(one["To"])), None))  # pyright: ignore[reportReturnType]
