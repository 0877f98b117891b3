"""Customers: recognised once, merged and taken apart exactly, found by what one knows of them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from careloom.conversations.jobs import consumers
from careloom.conversations.queries.conversation import get_conversation
from careloom.customers.commands.attach import attach_identity
from careloom.customers.commands.consents import ConsentWord, set_consent
from careloom.customers.commands.identities import give_identity, remove_identity
from careloom.customers.commands.merges import merge_customers, undo_merge
from careloom.customers.commands.notes import add_customer_note
from careloom.customers.commands.profile import change_attribute_schema, change_customer, create_customer
from careloom.customers.commands.recognise import recognise
from careloom.customers.core.addresses import normalised
from careloom.customers.errors import IdentityTakenError, MergeRefusedError
from careloom.customers.queries.customer import get_customer
from careloom.customers.queries.history import list_consent_records, list_consents, list_notes, list_timeline
from careloom.customers.queries.merges import list_merge_suggestions, list_merges
from careloom.customers.queries.search import list_customers
from careloom.customers.types import (
    AttributeField,
    AttributeKind,
    ConsentPurpose,
    Customer,
    CustomerChanges,
    IdentityKind,
    LegalBasis,
    NewCustomer,
    NewIdentity,
    TimelineKind,
)
from careloom.organizations.types import Channel
from careloom.platform.database.transactions import Database
from careloom.platform.errors import InvalidInputError, NotFoundError
from careloom.platform.eventlog.consumer import ConsumerRunner
from careloom.platform.hub import Hub
from careloom.platform.runtime import Runtime
from careloom.platform.texts.languages import Language
from tests.conversations.desk import SYSTEM, Desk, make_desk

FIELDS = (
    AttributeField("plan", "Plan", AttributeKind.CHOICE, ("basic", "gold")),
    AttributeField("since", "Customer since", AttributeKind.DATE),
    AttributeField("value", "Value", AttributeKind.NUMBER),
    AttributeField("city", "City", AttributeKind.TEXT),
)


@pytest.fixture
async def desk(database: Database) -> Desk:
    made = await make_desk(database)
    await made.do(change_attribute_schema, made.client.id, FIELDS, actor=SYSTEM)
    return made


async def made(desk: Desk, name: str, *emails: str, **attributes: Any) -> Customer:
    new = NewCustomer(
        client_id=desk.client.id,
        name=name,
        identities=tuple(NewIdentity(IdentityKind.EMAIL, one) for one in emails),
        attributes=attributes,
    )
    return await desk.do(create_customer, new)


async def consume(desk: Desk, runtime: Runtime) -> None:
    """Lets the consumer of conversations catch up."""
    runner = ConsumerRunner(desk.database, Hub(desk.database.links), consumers(runtime)[0])
    for _ in range(50):
        _, behind = await runner.run_batch()
        if not behind:
            break
    assert await desk.rows("SELECT error FROM parked_event") == []


async def test_the_same_address_is_the_same_customer_however_it_is_written(desk: Desk) -> None:
    first = await desk.customer("Ada@Example.org ", "Ada")
    again = await desk.customer("ada@example.ORG", "Someone Else")
    assert again.id == first.id
    assert again.name == "Ada"


async def test_twenty_at_once_make_one_customer(desk: Desk) -> None:
    found = await asyncio.gather(*(desk.customer("ada@example.org", "Ada") for _ in range(20)))
    assert len({one.id for one in found}) == 1
    assert len(await desk.rows("SELECT 1 FROM customer")) == 1


async def test_what_is_unknown_is_filled_in_and_proof_is_kept(desk: Desk) -> None:
    async def meet(**more: Any) -> Customer:
        return await desk.do(recognise, desk.client.id, IdentityKind.VISITOR, "v1", actor=SYSTEM, **more)

    assert (await meet()).name == ""
    named = await meet(name=" Ada  Lovelace ", language="pt", verified=True)
    assert (named.name, named.language, named.identities[0].verified) == ("Ada Lovelace", "pt", True)
    assert (await meet(name="Eve")).name == "Ada Lovelace"


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        (IdentityKind.EMAIL, " A@B.C ", "a@b.c"),
        (IdentityKind.PHONE, "+351 (21) 000-0000", "+351210000000"),
        (IdentityKind.PHONE, "00351210000000", "+351210000000"),
        (IdentityKind.HANDLE, " @Ada ", "@Ada"),
    ],
)
def test_addresses_have_one_form(kind: IdentityKind, typed: str, stored: str) -> None:
    assert normalised(kind, typed) == stored


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (IdentityKind.EMAIL, "ada"),
        (IdentityKind.PHONE, "call me"),
        (IdentityKind.PHONE, "12"),
        (IdentityKind.HANDLE, " "),
    ],
)
def test_what_is_no_address_is_refused(kind: IdentityKind, typed: str) -> None:
    with pytest.raises(InvalidInputError):
        normalised(kind, typed)


async def test_attributes_fit_the_clients_schema_or_are_refused_field_by_field(desk: Desk) -> None:
    one = await made(desk, "Ada", plan="gold")
    wrong: dict[str, Any] = {"plan": "silver", "since": "yesterday", "value": True, "shoe": 1.0}
    with pytest.raises(InvalidInputError) as refused:
        await desk.do(change_customer, one.id, CustomerChanges(attributes=wrong))
    assert [each.path for each in refused.value.errors] == [f"/attributes/{key}" for key in wrong]
    right: dict[str, Any] = {"plan": None, "since": "2020-02-29", "value": 12.5}
    changed = await desk.do(change_customer, one.id, CustomerChanges(attributes=right))
    assert changed.attributes == {"since": "2020-02-29", "value": 12.5}
    audited = await desk.rows("SELECT after FROM audit_entry WHERE action = 'customer.change'")
    assert audited[0].after == {"fields": ["attributes.plan", "attributes.since", "attributes.value"]}


async def test_a_schema_with_twice_the_same_key_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInputError):
        await desk.do(change_attribute_schema, desk.client.id, (FIELDS[1], FIELDS[1]), actor=SYSTEM)


async def test_a_merge_moves_everything_and_undoing_it_moves_exactly_that_back(desk: Desk, runtime: Runtime) -> None:
    ada, double = await made(desk, "Ada", "ada@a.org", city="Porto"), await made(desk, "", "ada@b.org", plan="gold")
    own = (await desk.write(ada, "mine")).conversation
    moved = (await desk.write(double, "moved")).conversation
    await desk.do(add_customer_note, double.id, "likes trains")
    await desk.do(set_consent, double.id, ConsentWord(purpose=ConsentPurpose.SURVEY, granted=True, source="chat"))
    entries = len((await desk.do(list_timeline, double.id)).items)
    merge = await desk.do(merge_customers, ada.id, double.id, "same person")
    await consume(desk, runtime)
    kept = await desk.do(get_customer, ada.id)
    assert {one.value for one in kept.identities} == {"ada@a.org", "ada@b.org"}
    assert kept.attributes == {"city": "Porto", "plan": "gold"}
    assert (await desk.do(get_customer, double.id)).merged_into == ada.id
    assert (await desk.do(get_conversation, moved.id)).customer_id == ada.id
    assert (await desk.do(get_conversation, moved.id)).customer_name == "Ada"
    assert [one.text for one in (await desk.do(list_notes, ada.id)).items] == ["likes trains"]
    later = (await desk.write(await desk.customer("ada@b.org"), "after")).conversation
    assert later.customer_id == ada.id
    await desk.do(give_identity, ada.id, IdentityKind.PHONE, "+351210000000")

    await desk.do(undo_merge, merge.id)
    await consume(desk, runtime)
    assert {one.value for one in (await desk.do(get_customer, ada.id)).identities} == {"ada@a.org", "+351210000000"}
    apart = await desk.do(get_customer, double.id)
    assert [one.value for one in apart.identities] == ["ada@b.org"]
    assert (apart.attributes, apart.merged_into) == ({"plan": "gold"}, None)
    assert (await desk.do(get_customer, ada.id)).attributes == {"city": "Porto"}
    assert (await desk.do(get_conversation, moved.id)).customer_id == double.id
    assert (await desk.do(get_conversation, own.id)).customer_id == ada.id
    assert (await desk.do(get_conversation, later.id)).customer_id == ada.id
    assert len((await desk.do(list_timeline, double.id)).items) == entries
    assert [one.undone_at is not None for one in await desk.do(list_merges, ada.id)] == [True]
    with pytest.raises(MergeRefusedError):
        await desk.do(undo_merge, merge.id)


async def test_merges_are_undone_from_the_last_one(desk: Desk) -> None:
    a, b, c = [await made(desk, name) for name in ("A", "B", "C")]
    first = await desk.do(merge_customers, b.id, a.id, "same")
    second = await desk.do(merge_customers, c.id, b.id, "same")
    with pytest.raises(MergeRefusedError):
        await desk.do(undo_merge, first.id)
    with pytest.raises(MergeRefusedError):
        await desk.do(merge_customers, c.id, a.id, "again")
    await desk.do(undo_merge, second.id)
    await desk.do(undo_merge, first.id)
    assert (await desk.do(get_customer, a.id)).merged_into is None


async def test_a_verified_address_of_another_merges_and_an_unproven_one_suggests(desk: Desk) -> None:
    known = await made(desk, "Ada", "ada@example.org")
    visitor = await desk.do(recognise, desk.client.id, IdentityKind.VISITOR, "v1", actor=SYSTEM)
    attach = (attach_identity, desk.client.id, visitor.id, IdentityKind.EMAIL, "ada@example.org")
    claimed = await desk.do(*attach, actor=SYSTEM)
    assert claimed.claimed
    assert claimed.merge is None
    for one, other in ((visitor, known), (known, visitor)):
        suggested = await desk.do(list_merge_suggestions, one.id)
        assert [each.customer.id for each in suggested] == [other.id]
        assert suggested[0].evidence == ("Gave the address ada@example.org, which the other has.",)
    german = replace(SYSTEM, language=Language.DE)
    suggested = await desk.do(list_merge_suggestions, known.id, actor=german)
    assert suggested[0].evidence == ("Hat die Adresse ada@example.org angegeben, die der andere hat.",)
    proven = await desk.do(*attach, actor=SYSTEM, verified=True)
    assert proven.merge is not None
    assert proven.merge.automatic
    assert proven.customer.id == known.id
    assert {each.kind for each in proven.customer.identities} == {IdentityKind.EMAIL, IdentityKind.VISITOR}
    assert await desk.do(list_merge_suggestions, known.id) == []
    (merged,) = await desk.do(list_merges, known.id, actor=german)
    assert merged.reason == "Beide haben dieselbe bestätigte Adresse."


async def test_namesakes_are_suggested_only_with_further_evidence(desk: Desk) -> None:
    ada = await made(desk, "Ada Lovelace", "ada.l@a.org", city="Porto")
    mailbox = await made(desk, "ada  lovelace".title().replace("  ", " "), "ada.l+shop@b.org")
    city = await made(desk, "Ada Lovelace", "x@c.org", city="Porto")
    await made(desk, "Ada Lovelace", "y@d.org")
    await made(desk, "Bo", "ada.l@e.org")
    suggested = await desk.do(list_merge_suggestions, ada.id)
    assert [each.customer.id for each in suggested] == [mailbox.id, city.id]
    assert suggested[0].score > suggested[1].score > 0


async def test_an_address_given_by_hand_must_be_free(desk: Desk) -> None:
    await made(desk, "Ada", "ada@example.org")
    other = await made(desk, "Bo")
    with pytest.raises(IdentityTakenError):
        await desk.do(give_identity, other.id, IdentityKind.EMAIL, "ADA@example.org")
    with_one = await desk.do(give_identity, other.id, IdentityKind.EMAIL, "bo@example.org")
    without = await desk.do(remove_identity, other.id, with_one.identities[0].id)
    assert without.identities == ()
    with pytest.raises(NotFoundError):
        await desk.do(remove_identity, other.id, with_one.identities[0].id)


async def test_the_latest_word_on_a_consent_counts_and_none_is_lost(desk: Desk) -> None:
    one = await made(desk, "Ada")
    for granted in (True, False):
        word = ConsentWord(purpose=ConsentPurpose.MARKETING, granted=granted, source="call", channel=Channel.SMS)
        await desk.do(set_consent, one.id, word)
    await desk.do(set_consent, one.id, ConsentWord(purpose=ConsentPurpose.MARKETING, granted=True, source="web"))
    latest = await desk.do(list_consents, one.id)
    assert {(each.channel, each.granted) for each in latest} == {(Channel.SMS, False), (None, True)}
    first = await desk.do(list_consent_records, one.id, 2)
    rest = await desk.do(list_consent_records, one.id, 2, first.next)
    assert [each.granted for each in (*first.items, *rest.items)] == [True, False, True]
    assert rest.next is None


@pytest.mark.parametrize("purpose", ConsentPurpose)
@pytest.mark.parametrize("granted", [True, False])
async def test_a_consent_in_the_timeline_is_told_in_the_readers_language(
    desk: Desk, purpose: ConsentPurpose, granted: bool
) -> None:
    one = await made(desk, "Ada")
    await desk.do(set_consent, one.id, ConsentWord(purpose=purpose, granted=granted, source="call"))
    english = (await desk.do(list_timeline, one.id)).items[0]
    german = (await desk.do(list_timeline, one.id, actor=replace(SYSTEM, language=Language.DE))).items[0]
    assert english.summary.endswith("yes." if granted else "no.")
    assert german.summary.endswith("ja." if granted else "nein.")
    assert german.kind is TimelineKind.CONSENT_CHANGED


async def test_a_consent_keeps_what_was_asked_on_which_basis_and_who_wrote_it_down(desk: Desk) -> None:
    one = await made(desk, "Ada")
    word = ConsentWord(
        purpose=ConsentPurpose.RECORDING,
        granted=True,
        source="call",
        basis=LegalBasis.LEGITIMATE_INTEREST,
        wording="May we record this call?",
    )
    await desk.do(set_consent, one.id, word)
    (kept,) = await desk.do(list_consents, one.id)
    assert (kept.basis, kept.wording) == (LegalBasis.LEGITIMATE_INTEREST, "May we record this call?")
    assert kept.recorded_by == desk.actor.name


async def test_customers_are_found_by_the_beginning_of_what_one_knows(desk: Desk) -> None:
    ada = await made(desk, "Ada Lovelace", "countess@example.org")
    await desk.do(give_identity, ada.id, IdentityKind.PHONE, "+351 21 000 0000")
    await made(desk, "Bo", "bo@example.org")
    for typed in ("ada", "ADA LOVE", "countess@example.org", "count", "+35121", "00351 21", "351 21"):
        found = await desk.do(list_customers, None, typed)
        assert [one.id for one in found.items] == [ada.id], typed
    assert (await desk.do(list_customers, desk.client.id, "zzz%")).items == ()
    page = await desk.do(list_customers, None, None, 1)
    rest = await desk.do(list_customers, None, None, 1, page.next)
    assert len({page.items[0].id, rest.items[0].id}) == 2
    assert rest.next is None


async def test_the_timeline_is_paged_newest_first(desk: Desk) -> None:
    one = await made(desk, "Ada")
    for index in range(5):
        await desk.do(add_customer_note, one.id, f"note {index}")
    first = await desk.do(list_timeline, one.id, 3)
    second = await desk.do(list_timeline, one.id, 3, first.next)
    summaries = [each.summary for each in (*first.items, *second.items)]
    assert summaries == [f"note {index}" for index in (4, 3, 2, 1, 0)]
    assert {each.kind for each in first.items} == {TimelineKind.NOTE_ADDED}


async def test_a_new_name_reaches_the_conversations(desk: Desk, runtime: Runtime) -> None:
    one = await made(desk, "Ada")
    conversation = (await desk.write(one)).conversation
    await desk.do(change_customer, one.id, CustomerChanges(name="Ada King"))
    await consume(desk, runtime)
    assert (await desk.do(get_conversation, conversation.id)).customer_name == "Ada King"


async def test_another_clients_agent_sees_no_customer(desk: Desk) -> None:
    one = await made(desk, "Ada", "ada@example.org")
    elsewhere = await desk.world.client("Elsewhere")
    stranger = await desk.world.actor(await desk.world.agent(desk.provider, elsewhere))
    assert (await desk.do(list_customers, None, "ada", actor=stranger)).items == ()
    for query in (
        get_customer,
        list_timeline,
        list_notes,
        list_consents,
        list_consent_records,
        list_merges,
        list_merge_suggestions,
    ):
        with pytest.raises(NotFoundError):
            await desk.do(query, one.id, actor=stranger)


async def test_finding_by_name_or_address_starts_from_an_index(desk: Desk) -> None:
    async with desk.database.transaction(SYSTEM) as tx:
        await tx.execute(
            text(
                "INSERT INTO customer (client_id, id, name) SELECT :client, gen_random_uuid(), 'Name ' || n "
                "FROM generate_series(1, 5000) n"
            ),
            {"client": desk.client.id},
        )
    async with desk.database.transaction(desk.actor) as tx:
        statement = "SELECT id FROM customer WHERE client_id = %s AND name_key ~>=~ %s AND name_key ~<~ %s"
        plan = await tx.exec_driver_sql(f"EXPLAIN {statement}", (desk.client.id, "name 42", "name 42\U0010ffff"))
        lines = "\n".join(plan.scalars())
    assert "ix_customer_client_id_name" in lines
    assert "name_key ~>=~" in lines.split("Index Cond")[1].split("\n")[0]
