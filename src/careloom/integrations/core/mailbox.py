"""Mailboxes in the mbox format: mails that belong together by their ids become one conversation."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, Final

from msgspec import Struct

from careloom.channels.core.email.mail import Limits, ParsedMail
from careloom.channels.core.email.parse import parse_mail
from careloom.channels.core.email.quote import fold_mail
from careloom.conversations.types import MessageKind, Status
from careloom.customers.types import IdentityKind, NewIdentity
from careloom.integrations.core.entries import (
    MAX_ENTRY_BYTES,
    ConversationEntry,
    CustomerOf,
    Item,
    PastFile,
    PastMessage,
    Shorten,
)
from careloom.integrations.types import ImportOptions
from careloom.organizations.types import Channel
from careloom.platform.texts.text import say

_HEAD_BYTES: Final = 100_000
_HEAD: Final = Limits(max_bytes=_HEAD_BYTES, max_parts=1, max_depth=1)
_QUOTED: Final = re.compile(rb"^>(>*From )", re.MULTILINE)
_NAME, _SUBJECT, _TEXT, _MARKUP = 200, 1000, 100_000, 1_000_000
_MOST_MAILS: Final = 5000


class _Place(Struct, frozen=True):
    """Where a mail lies in the file, and what ties it to others."""

    number: int
    start: int
    end: int
    id: str
    references: tuple[str, ...]
    at: datetime | None


def read_mailbox(file: BinaryIO, options: ImportOptions, shorten: Shorten) -> Iterator[Item]:
    """A conversation for each thread, the earliest first; `row` is the number of its first mail in the file."""
    own = {one.strip().lower() for one in options.own_addresses}
    for thread in _threads(list(_places(file))):
        yield _item(file, thread, own, shorten)


def count_threads(file: BinaryIO) -> int:
    """How many conversations a mailbox holds: the heads of its mails tell."""
    return len(_threads(list(_places(file))))


def _places(file: BinaryIO) -> Iterator[_Place]:
    start, number, blank = -1, 0, True
    position = 0
    while line := file.readline(1_000_000):
        if blank and line.startswith(b"From "):
            if start >= 0:
                yield _place(file, number, start, position)
                file.seek(position + len(line))
            number, start = number + 1, position + len(line)
        blank = line in (b"\n", b"\r\n")
        position += len(line)
    if start >= 0:
        yield _place(file, number, start, position)


def _place(file: BinaryIO, number: int, start: int, end: int) -> _Place:
    file.seek(start)
    raw = file.read(min(end - start, _HEAD_BYTES))
    head = parse_mail(re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0] + b"\n\n", _HEAD)
    own_id = head.message_id if not head.message_id_made else f"<mail-{number}@made.invalid>"
    replied = (head.in_reply_to,) if head.in_reply_to else ()
    return _Place(number, start, end, own_id, (*head.references, *replied), head.date)


def _threads(places: list[_Place]) -> list[list[_Place]]:
    """Mails that name each other, also by a third that is not in the file."""
    parent: dict[str, str] = {}

    def root(one: str) -> str:
        while parent.setdefault(one, one) != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for place in places:
        for reference in place.references:
            parent[root(reference)] = root(place.id)
    threads: dict[str, list[_Place]] = {}
    seen: set[str] = set()
    for place in places:
        if place.id not in seen:
            seen.add(place.id)
            threads.setdefault(root(place.id), []).append(place)
    return list(threads.values())


def _item(file: BinaryIO, thread: list[_Place], own: set[str], shorten: Shorten) -> Item:
    row = thread[0].number
    mails = sorted(((_mail(file, one), one) for one in thread[:_MOST_MAILS]), key=_moment)
    first = mails[0][0]
    customer = next((who for mail, _ in mails for who in _customers(mail, own)), None)
    if customer is None:
        return Item(row, None, say("No customer's address stands in these mails."), thread[0].id)
    dated = [(mail, place.at) for mail, place in mails if place.at is not None]
    if not dated:
        return Item(row, None, say("The mail has no date."), thread[0].id)
    messages = tuple(_message(mail, at, own, shorten) for mail, at in dated)
    name = next((who.name for mail, _ in mails for who in (mail.sender, *mail.to) if who.address == customer), "")
    entry = ConversationEntry(
        key=mails[0][1].id[:300],
        customer=CustomerOf(name=shorten(name, _NAME), identities=(NewIdentity(IdentityKind.EMAIL, customer[:500]),)),
        channel=Channel.EMAIL,
        subject=shorten(first.subject, _SUBJECT),
        status=Status.RESOLVED,
        messages=messages,
    )
    left_out = len(thread) - len(messages)
    told = say("{count} mails without a date, or beyond {most}, were left out.", count=left_out, most=_MOST_MAILS)
    notes = (told,) if left_out else ()
    return Item(row, entry, key=entry.key, notes=notes)


def _mail(file: BinaryIO, place: _Place) -> ParsedMail:
    file.seek(place.start)
    raw = file.read(min(place.end - place.start, MAX_ENTRY_BYTES))
    return parse_mail(_QUOTED.sub(rb"\1", raw).rstrip(b"\r\n") + b"\n")


def _moment(one: tuple[ParsedMail, _Place]) -> tuple[bool, float, int]:
    at = one[1].at
    return at is None, 0.0 if at is None else at.timestamp(), one[1].number


def _customers(mail: ParsedMail, own: set[str]) -> list[str]:
    """Who may be the customer: the sender, or of our own mails whom they went to."""
    sender = mail.sender.address
    found = [one.address for one in (*mail.to, *mail.cc)] if sender.lower() in own else [sender]
    return [one for one in found if one and "@" in one and one.lower() not in own]


def _message(mail: ParsedMail, at: datetime, own: set[str], shorten: Shorten) -> PastMessage:
    folded = fold_mail(mail)
    ours = mail.sender.address.lower() in own
    return PastMessage(
        kind=MessageKind.OUTBOUND if ours else MessageKind.INBOUND,
        author=shorten(mail.sender.name or mail.sender.address, _NAME),
        subject=shorten(mail.subject, _SUBJECT) or None,
        text=shorten(folded.text or mail.text, _TEXT),
        html=folded.html[:_MARKUP] if folded.html else None,
        at=at,
        files=tuple(PastFile(name=one.name, content=one.content) for one in mail.attachments[:50]),
    )
