"""Entries of a conversation as a widget reads them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from msgspec import UNSET

from careloom.channels.core.chat.answers import File, Said
from careloom.channels.core.chat.signatures import file_link
from careloom.channels.types import ChatWidget
from careloom.conversations.types import Message, MessageKind

_SHOWN: Final = frozenset({"assigned", "transferred", "ended", "reopened", "email_continued"})
_TOLD: Final = frozenset({"name", "by", "email"})


def transcript(
    key: bytes, widget: ChatWidget, messages: Iterable[Message], base_seq: int, at: datetime
) -> tuple[Said, ...]:
    """The frames of `messages`, ascending, the first of which follows the visible number `base_seq`.

    What the house says of itself is told only where visitors are meant to see it: of other events the number alone.
    """
    said: list[Said] = []
    previous = base_seq
    for one in messages:
        said.append(_said(key, widget, one, previous, at))
        previous = one.seq
    return tuple(said)


def _said(key: bytes, widget: ChatWidget, one: Message, previous: int, at: datetime) -> Said:
    event = one.kind is MessageKind.EVENT
    shown = one.text in _SHOWN
    return Said(
        conversation_id=one.conversation_id,
        seq=one.seq,
        previous=previous,
        kind=one.kind,
        text=one.text if not event or shown else "",
        author_name="" if event else one.author_name,
        at=one.at,
        attachments=tuple(
            File(
                url=file_link(key, widget.key, widget.id, file.file_id, at),
                name=file.name,
                media_type=file.media_type,
                size=file.size,
            )
            for file in one.attachments
        ),
        details={name: value for name, value in one.details.items() if name in _TOLD} if event and shown else {},
        client_id=one.details.get("client_id", UNSET) if one.kind is MessageKind.INBOUND else UNSET,
    )
