"""The way of an agent's mail, as values."""

from __future__ import annotations

from msgspec import Struct

from careloom.channels.types.suppression import SuppressedAddress


class MailRoute(Struct, frozen=True):
    """From where to where a conversation's next mail goes; `problem` says why it cannot.

    `suppressed` is there where the address is on the client's suppression list.
    """

    sender: str | None
    recipient: str | None
    problem: str | None
    suppressed: SuppressedAddress | None
