"""Carries out an erasure: all that is not held back goes, what stays is listed with why, and a last look proves it."""

from collections import Counter
from collections.abc import Collection, Sequence
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import update

from careloom.channels.commands import erase as channels
from careloom.channels.queries import disposal as channel_queries
from careloom.compliance.commands.disposal import BATCH, erase_contacts
from careloom.compliance.commands.requests import drop_export, export_key, ordered, write
from careloom.compliance.queries.requests import get_request, list_requests
from careloom.compliance.queries.retention import spared_by_holds
from careloom.compliance.tables import privacy_request
from careloom.compliance.types.requests import Kept, Outcome, PrivacyRequest, RequestStatus
from careloom.conversations.commands import erase as conversations
from careloom.conversations.queries import disposal as conversation_queries
from careloom.customers.commands import erase as customers
from careloom.customers.queries import disposal as customer_queries
from careloom.customers.types import CustomerId
from careloom.integrations.commands.forget import forget_people
from careloom.platform import audit
from careloom.platform.access import system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx, set_scope
from careloom.platform.disposal import Counts, Spared, add, digest
from careloom.platform.eventlog.purge import forget_parked
from careloom.platform.runtime import Runtime
from careloom.platform.web.idempotency import forget_answers
from careloom.platform.wire import to_plain

_EVERYTHING = system_actor("privacy")


class _Subject(Struct, frozen=True):
    """Whom it is about: the customer and all who were merged with them, their addresses, their contacts.

    `held` names what a hold keeps of these, and of others' contacts that they wrote in.
    """

    client_id: UUID
    customer_ids: tuple[CustomerId, ...]
    addresses: frozenset[str]
    free: tuple[UUID, ...]
    held: tuple[UUID, ...]
    open: tuple[UUID, ...]
    profile_held: bool


async def erase(runtime: Runtime, client_id: UUID, request_id: UUID) -> PrivacyRequest:
    """Erases what may go. Where a hold or an open case keeps something the request waits, and is taken up again.

    Each step can be repeated; a run that was stopped is simply begun again.
    """
    actor = system_actor("privacy", client_id)
    async with runtime.database.transaction(_EVERYTHING) as tx:
        one = await get_request(tx, actor, request_id)
        subject = await _subject(tx, client_id, one.customer_id)
    counts, taken = await _erase_contacts(runtime, subject)
    subject = await _as_of_now(runtime, subject, one.customer_id)
    waits = bool(subject.held or subject.open or subject.profile_held)
    if not waits:
        counts = add(counts, await _erase_person(runtime, subject))
    async with runtime.database.transaction(_EVERYTHING) as tx:
        one = await get_request(tx, actor, request_id, lock=True)
        outcome = await _outcome(tx, one, subject, counts, taken, waits=waits)
        closing = {"closed_at": one.closed_at or outcome.at} if not waits else {}
        status = RequestStatus.WAITING if waits else RequestStatus.DONE
        after = await write(tx, one, status=status, outcome=to_plain(outcome), **closing)
        await audit.record(tx, ordered(actor, one), "privacy_request.erase", one.id, client_id=client_id, after=outcome)
    return after


async def _as_of_now(runtime: Runtime, subject: _Subject, customer_id: UUID) -> _Subject:
    """The same with what is held and open by now: a hold may have been placed meanwhile."""
    async with runtime.database.transaction(_EVERYTHING) as tx:
        later = await _subject(tx, subject.client_id, customer_id)
    return replace(subject, held=later.held, open=later.open, profile_held=later.profile_held)


async def _subject(tx: Tx, client_id: UUID, customer_id: UUID) -> _Subject:
    ids = await customer_queries.family(tx, client_id, customer_id)
    spared = await spared_by_holds(tx, client_id)
    addresses = await customer_queries.addresses_of(tx, client_id, ids)
    contacts = await conversation_queries.contacts_of(tx, client_id, ids)
    held = [one.id for one in contacts if _is_held(spared, one)]
    held += await _held_elsewhere(tx, client_id, addresses, spared, [one.id for one in contacts])
    return _Subject(
        client_id,
        ids,
        addresses,
        free=tuple(one.id for one in contacts if not one.open and one.id not in held),
        held=tuple(held),
        open=tuple(one.id for one in contacts if one.open and one.id not in held),
        profile_held=spared.everything or not spared.customer_ids.isdisjoint(ids),
    )


async def _held_elsewhere(
    tx: Tx, client_id: UUID, addresses: frozenset[str], spared: Spared, own: list[UUID]
) -> list[UUID]:
    """Contacts of others in which these addresses wrote, and which a hold keeps."""
    elsewhere = await channel_queries.written_elsewhere(tx, client_id, addresses, own)
    return sorted(await _held_among(tx, client_id, sorted(elsewhere), spared))


async def _held_among(tx: Tx, client_id: UUID, ids: Sequence[UUID], spared: Spared) -> Collection[UUID]:
    if spared.everything:
        return ids
    return await conversation_queries.spared_contacts(tx, client_id, ids, spared)


def _is_held(spared: Spared, one: conversation_queries.Contact) -> bool:
    return (
        spared.everything
        or one.customer_id in spared.customer_ids
        or one.case_id in spared.case_ids
        or one.id in spared.conversation_ids
    )


async def _erase_contacts(runtime: Runtime, subject: _Subject) -> tuple[Counts, tuple[UUID, ...]]:
    counts: Counts = {}
    taken: tuple[UUID, ...] = ()
    for start in range(0, len(subject.free), BATCH):
        async with runtime.database.transaction(_EVERYTHING) as tx:
            wanted = await _not_held(tx, subject.client_id, subject.free[start : start + BATCH])
            ids, some = await erase_contacts(tx, runtime.files, subject.client_id, wanted)
        counts, taken = add(counts, some), taken + ids
    return counts, taken


async def _not_held(tx: Tx, client_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    held = set(await _held_among(tx, client_id, ids, await spared_by_holds(tx, client_id)))
    return [one for one in ids if one not in held]


async def _erase_person(runtime: Runtime, subject: _Subject) -> Counts:
    client_id, ids = subject.client_id, subject.customer_ids
    async with runtime.database.transaction(_EVERYTHING) as tx:
        counts = await _erase_elsewhere(tx, runtime, subject)
        visitors = await channel_queries.visitors_of(tx, client_id, ids, subject.addresses)
        loose = await conversation_queries.loose_files(tx, client_id, visitors)
        counts = add(counts, {"file": await conversations.remove_files(tx, runtime.files, client_id, loose)})
        counts = add(counts, await channels.forget_people(tx, client_id, ids, subject.addresses))
        erased = await customers.erase_customers(tx, client_id, ids)
        counts = add(counts, erased.counts)
        counts = add(counts, {"customer_move": await conversations.forget_moves(tx, client_id, erased.merge_ids)})
        counts = add(counts, {"care_case": await conversations.erase_cases(tx, client_id, ids)})
        counts = add(counts, await forget_people(tx, runtime.files, client_id, ids))
        streams = frozenset({*ids, *subject.free})
        counts = add(counts, {"parked_event": await forget_parked(tx, client_id, streams)})
        counts = add(counts, {"idempotency_key": await forget_answers(tx)})
        await _forget_requests(tx, runtime, subject)
    return counts


async def _erase_elsewhere(tx: Tx, runtime: Runtime, subject: _Subject) -> Counts:
    """What the customer wrote into the conversations of others."""
    client_id, own = subject.client_id, subject.free
    elsewhere = await channel_queries.written_elsewhere(tx, client_id, subject.addresses, own)
    counts: Counts = {}
    for conversation_id, seqs in sorted(elsewhere.items()):
        gone = await conversations.erase_messages(tx, runtime.files, client_id, conversation_id, seqs)
        mail = await channels.forget_mail_of(tx, client_id, conversation_id, subject.addresses)
        lines = await customers.forget_names(tx, client_id, gone.customer_id, conversation_id, gone.names)
        counts = add(counts, {"message": gone.count, "incoming_mail": mail, "timeline_entry": lines})
    return counts


async def _forget_requests(tx: Tx, runtime: Runtime, subject: _Subject) -> None:
    """Takes exports and words from all requests of the customer; that there were any, when and how it ended stays."""
    await set_scope(tx, _EVERYTHING)
    for customer_id in subject.customer_ids:
        page = await list_requests(tx, _EVERYTHING, customer_id=customer_id, limit=1_000)
        for one in page.items:
            if one.export_bytes is not None:
                await runtime.files.delete(export_key(one.client_id, one.id))
                await drop_export(tx, one.client_id, one.id)
    c = privacy_request.c
    mine = (c.client_id == subject.client_id) & c.customer_id.in_(subject.customer_ids)
    blank = {"origin": "", "verified_how": None, "extended_why": None, "answer": None}
    await tx.execute(update(privacy_request).where(mine).values(**blank))


async def _outcome(
    tx: Tx, one: PrivacyRequest, subject: _Subject, counts: Counts, taken: tuple[UUID, ...], *, waits: bool
) -> Outcome:
    """Adds to what an earlier run did, where the request had to wait."""
    before = one.outcome
    ids = subject.customer_ids
    left: Counts = await conversation_queries.left_of(tx, subject.client_id, ids)
    if not waits:
        left = add(left, await customer_queries.left_of(tx, subject.client_id, ids))
        left = add(left, await channel_queries.left_of(tx, subject.client_id, ids, subject.addresses))
    proof = digest("" if before is None else before.digest, [*taken, *(() if waits else ids)])
    return Outcome(
        counts=add({} if before is None else before.counts, counts),
        kept=tuple(await _kept(tx, subject, waits=waits)),
        digest=proof,
        left_over=left,
        at=now(),
    )


def _why_waits(subject: _Subject) -> str:
    """A customer's profile goes last: it waits for whatever keeps their contacts."""
    return "legal_hold" if subject.profile_held or subject.held else "open_case"


async def _kept(tx: Tx, subject: _Subject, *, waits: bool) -> list[Kept]:
    found = [
        Kept(what, why, count, lasts)
        for what, why, count, lasts in (
            ("conversation", "legal_hold", len(subject.held), False),
            ("conversation", "open_case", len(subject.open), False),
            ("customer", _why_waits(subject), len(subject.customer_ids), False),
        )
        if count and (what == "conversation" or waits)
    ]
    facts = Counter(await conversation_queries.facts_of(tx, subject.client_id, subject.customer_ids))
    facts["customer_consent"] = await customer_queries.consents_of(tx, subject.client_id, subject.customer_ids)
    for what, count in sorted(facts.items()):
        if count:
            why = "proof_of_consent" if what == "customer_consent" else "billing_facts"
            found.append(Kept(what, why, count, lasts=True))
    return found
