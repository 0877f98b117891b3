"""Messages that channels outside the house hand in: one, or many at once in a few statements."""

from collections.abc import Sequence

from msgspec.structs import replace

from careloom.channels.commands.inbound import Arrival, accept_inbound, accepted
from careloom.channels.commands.letters import RUNNING, Letter, addressed, bundle, details_of, runs_on_since, sign
from careloom.channels.types import Accepted, InboundMessage
from careloom.conversations.commands.privacy import cleaned
from careloom.conversations.commands.receive_many import receive_many
from careloom.customers.commands.recognise_many import AddressKey, Sender
from careloom.customers.core.addresses import normalised
from careloom.organizations.queries import get_program, get_programs, require_served
from careloom.organizations.types import Program
from careloom.platform.access import Actor, Permission, system_actor
from careloom.platform.clock import now
from careloom.platform.coalesce import AGAIN, Again
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import CareloomError, NotFoundError

_INGEST = Permission.MESSAGES_INGEST

Taken = Accepted | CareloomError | Again | None
"""What became of a message that came with others."""


async def ingest(tx: Tx, actor: Actor, data: InboundMessage) -> Accepted:
    """Accepts a message that a channel outside the house hands in; raises NotFoundError for a program not reached."""
    actor.require(_INGEST)
    program = await get_program(tx, system_actor("channels"), data.program_id)
    if not _may(actor, program):
        raise NotFoundError
    at = now()
    return await accept_inbound(
        tx,
        actor,
        Arrival(
            client_id=program.client_id,
            program_id=program.id,
            channel=data.channel,
            external_id=data.external_id,
            text=data.text,
            at=at,
            identity_kind=data.identity_kind,
            identity=data.identity,
            customer_name=data.customer_name,
            runs_on_since=runs_on_since(program, at) if data.channel in RUNNING else None,
            subject=data.subject,
            language=data.language,
            details=details_of(data),
        ),
    )


async def ingest_many(tx: Tx, actor: Actor, given: Sequence[InboundMessage]) -> list[Taken]:
    """`ingest` for many messages in a few statements: where each went, or why it was refused.

    None stands for one that was left alone, because it or another of its sender needs more than that, such as to keep
    apart what the client's policy masks: `ingest` takes it, in a transaction of its own. AGAIN stands for one of a
    sender with whose messages another transaction is at work. Raises ForbiddenError; IntegrityError where someone else
    stored the same at the same time: then nothing was done.
    """
    actor.require(_INGEST)
    programs = await get_programs(tx, {one.program_id for one in given})
    outcomes: list[Taken] = [None] * len(given)
    letters: list[Letter] = []
    masked: set[AddressKey] = set()
    for place, data in enumerate(given):
        try:
            letter = _letter(actor, place, data, programs.get(data.program_id))
            await require_served(tx, letter.program.client_id)
        except CareloomError as error:
            outcomes[place] = error
            continue
        clean, taken = await cleaned(tx, letter.program.client_id, data)
        if taken:
            masked.add(letter.sender.key)
        letters.append(letter if clean is data else replace(letter, data=clean, sender=_sender(letter.program, clean)))
    at = now()
    plain = [one for one in letters if one.sender.key not in masked]
    known, being_made = await sign(tx, plain)
    bundles, at_work = await bundle(tx, known, at)
    stored = await receive_many(tx, actor, await addressed(tx, bundles, at))
    for place in being_made | at_work:
        outcomes[place] = AGAIN
    for one, received in zip(bundles, stored, strict=True):
        for signed, message in zip(one.letters, received or (), strict=received is not None):
            outcomes[signed.letter.place] = accepted(message)
    return outcomes


def _letter(actor: Actor, place: int, data: InboundMessage, program: Program | None) -> Letter:
    if program is None or not _may(actor, program):
        raise NotFoundError
    return Letter(place, data, program, _sender(program, data))


def _sender(program: Program, data: InboundMessage) -> Sender:
    value = normalised(data.identity_kind, data.identity)
    return Sender(program.client_id, data.identity_kind, value, data.customer_name, data.language)


def _may(actor: Actor, program: Program) -> bool:
    return actor.may(_INGEST, client_id=program.client_id, program_id=program.id)
