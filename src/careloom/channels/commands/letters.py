"""Messages handed in together: whose each is, and which go to one conversation."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from careloom.channels.types import InboundMessage
from careloom.conversations.commands.receive import Inbound
from careloom.conversations.commands.running import Running, Talk, claim_talks, find_running_conversations
from careloom.conversations.core.language import detect_language
from careloom.customers.commands.recognise_many import (
    Recognised,
    Sender,
    claim_addresses,
    find_customers,
    make_customers,
)
from careloom.organizations.types import Channel, Program, ProgramId
from careloom.platform.database.transactions import Tx
from careloom.routing.queries.promises import due_within
from careloom.routing.queries.queues import active_queues, choose_queue
from careloom.routing.types import Queue

RUNNING = frozenset({Channel.SMS, Channel.SOCIAL, Channel.CHAT})
"""Channels on which a customer and a brand keep one running conversation, with no thread named in a message."""


class Letter(Struct, frozen=True):
    """A message, its place among those handed in, its program and its sender, whose `language` may be detected."""

    place: int
    data: InboundMessage
    program: Program
    sender: Sender


class Signed(Struct, frozen=True):
    """A letter whose customer is known."""

    letter: Letter
    customer: Recognised

    @property
    def talk(self) -> Talk:
        """The customer and the brand, on this channel."""
        program = self.letter.program
        return Talk(program.client_id, self.customer.id, program.id, self.letter.data.channel)


class Bundle(Struct, frozen=True):
    """Letters for one conversation: the running one, or a new one."""

    letters: list[Signed]
    running: Running | None = None


def runs_on_since(program: Program, at: datetime) -> datetime:
    """A conversation resolved before then is over for good."""
    return at - timedelta(days=program.reopen_days)


def details_of(data: InboundMessage) -> dict[str, str]:
    """What is kept beside the text of a message."""
    return {} if data.sent_at is None else {"sent_at": data.sent_at.isoformat()}


async def sign(tx: Tx, letters: Collection[Letter]) -> tuple[list[Signed], set[int]]:
    """Finds or makes the letters' customers; leaves out those of customers of whom a letter says something new.

    Answers beside them the places of letters whose customers another transaction is making.
    """
    keys = {one.sender.key for one in letters}
    found = await find_customers(tx, keys)
    busy = await claim_addresses(tx, keys - found.keys())
    found |= await find_customers(tx, keys - found.keys() - busy)
    waiting = {one.place for one in letters if one.sender.key in busy}
    letters = [one for one in letters if one.sender.key not in busy]
    merged = {key for key, customer in found.items() if customer is None}
    known = {key: customer for key, customer in found.items() if customer is not None}
    letters = [one for one in letters if one.sender.key not in merged]
    speaking = {key for key, customer in known.items() if customer.language}
    letters = await _detected(letters, {one.place for one in letters if one.sender.key not in speaking})
    new = {one.sender.key: one.sender for one in reversed(letters) if one.sender.key not in known}
    known |= await make_customers(tx, list(new.values()))
    signed = [Signed(one, known[one.sender.key]) for one in letters]
    left = {one.customer.id for one in signed if _tells_more(one.letter.sender, one.customer)}
    return [one for one in signed if one.customer.id not in left], waiting


async def bundle(tx: Tx, signed: Sequence[Signed], at: datetime) -> tuple[list[Bundle], set[int]]:
    """Puts letters for one conversation together, in their order.

    Answers beside them the places of letters of customers with whose letters another transaction is at work.
    """
    running = {one.talk for one in signed if one.letter.data.channel in RUNNING and not one.customer.made}
    busy = await claim_talks(tx, running)
    waiting = {one.letter.place for one in signed if one.customer.id in busy}
    signed = [one for one in signed if one.customer.id not in busy]
    running = {one for one in running if one.customer_id not in busy}
    since = {one.letter.program.id: runs_on_since(one.letter.program, at) for one in signed}
    found = await find_running_conversations(tx, running, since)
    bundles: dict[Talk | int, Bundle] = {}
    for one in signed:
        key = one.talk if one.letter.data.channel in RUNNING else one.letter.place
        bundles.setdefault(key, Bundle([], found.get(one.talk))).letters.append(one)
    return list(bundles.values()), waiting


async def addressed(tx: Tx, bundles: Sequence[Bundle], at: datetime) -> list[list[Inbound]]:
    """The bundles as conversations take them, with a queue and its promise for those that begin one."""
    mute = [one for one in bundles if one.running is None or not one.running.speaks]
    written = [signed.letter for one in mute for signed in one.letters]
    languages = {one.place: one.sender.language for one in await _detected(written, {one.place for one in written})}
    programs = {one.letters[0].letter.program.id: one.letters[0].letter.program for one in mute if one.running is None}
    queues = await active_queues(tx, {one.client_id for one in programs.values()}, programs) if programs else {}
    return [_inbounds(one, queues, languages, at) for one in bundles]


def _inbounds(
    one: Bundle, queues: dict[ProgramId, list[Queue]], languages: dict[int, str | None], at: datetime
) -> list[Inbound]:
    first = one.letters[0]
    program, channel = first.letter.program, first.letter.data.channel
    language = languages.get(first.letter.place) or first.customer.language
    queue = None if one.running else choose_queue(queues.get(program.id, []), channel, language)
    due_at = None if queue is None else due_within(program, queue, channel, at)
    return [
        Inbound(
            client_id=program.client_id,
            program_id=program.id,
            channel=channel,
            external_id=letter.letter.data.external_id,
            customer_id=letter.customer.id,
            author_name=letter.letter.data.customer_name or letter.customer.name or letter.letter.data.identity,
            text=letter.letter.data.text,
            at=at,
            conversation_id=one.running.id if one.running else None,
            queue_id=queue.id if queue else None,
            due_at=due_at,
            subject=letter.letter.data.subject,
            language=languages.get(letter.letter.place) or letter.letter.sender.language or letter.customer.language,
            details=details_of(letter.letter.data),
        )
        for letter in one.letters
    ]


async def _detected(letters: Sequence[Letter], places: Collection[int]) -> list[Letter]:
    """The letters; for those in `places` that do not say their language, with what their text is written in."""
    texts = {one.place: one.data.text for one in letters if one.place in places and one.sender.language is None}
    if not texts:
        return list(letters)
    told = await asyncio.to_thread(lambda: {place: detect_language(text) for place, text in texts.items()})
    return [
        replace(one, sender=replace(one.sender, language=told[one.place])) if told.get(one.place) else one
        for one in letters
    ]


def _tells_more(sender: Sender, customer: Recognised) -> bool:
    return bool(sender.name and not customer.name) or bool(sender.language and not customer.language)
