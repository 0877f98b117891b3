"""Endpoints of customers, their attributes, identities, merges, notes, consents and timeline."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from litestar import Router, delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Meta, Struct
from msgspec.structs import asdict

from careloom.customers.commands import consents, identities, merges, notes, profile, secrets
from careloom.customers.commands.consents import ConsentWord
from careloom.customers.core.attributes import version_of
from careloom.customers.queries import customer, history, schema
from careloom.customers.queries import merges as merge_queries
from careloom.customers.queries.search import list_customers
from careloom.customers.types import (
    AttributeField,
    AttributeSchema,
    Consent,
    ConsentPurpose,
    Customer,
    CustomerChanges,
    CustomerId,
    CustomerMerge,
    CustomerNote,
    CustomerRow,
    IdentityId,
    Key,
    LegalBasis,
    MergeId,
    MergeSuggestion,
    NewCustomer,
    NewIdentity,
    RevealedAttribute,
    SensitiveSearch,
    TimelineEntry,
)
from careloom.organizations.types import Channel, ClientId
from careloom.platform.database.transactions import Tx
from careloom.platform.paging import Page
from careloom.platform.reads import Question, Read
from careloom.platform.web.http import After, Limit
from careloom.platform.web.throttle import Throttle
from careloom.platform.web.unit import Unit
from careloom.platform.wire import Digest

T = TypeVar("T")

_guesses = Throttle(per_minute=60, burst=60)
"""Searches for an exact value, by person: whoever may not see a value shall not get there by trying all of them."""


class NewCustomerNote(Struct, frozen=True, forbid_unknown_fields=True):
    """A note to add."""

    text: Annotated[str, Meta(min_length=1, max_length=10_000)]


class NewConsent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer's word; no `channel` means all of them. `source` says where the word was given."""

    purpose: ConsentPurpose
    channel: Channel | None = None
    granted: bool
    source: Annotated[str, Meta(min_length=1, max_length=200)]
    basis: LegalBasis = LegalBasis.CONSENT
    wording: Annotated[str, Meta(max_length=4_000)] | None = None


class Revealing(Struct, frozen=True, forbid_unknown_fields=True):
    """Which sensitive attribute is to be shown."""

    attribute: Key


class NewMerge(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to merge into the customer, and why."""

    other_id: CustomerId
    reason: Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\S")]


class NewSchema(Struct, frozen=True, forbid_unknown_fields=True):
    """A client's attributes. `version` is that of the attributes that these replace; without it they replace any."""

    items: Annotated[tuple[AttributeField, ...], Meta(max_length=100)]
    version: Digest | None = None


async def _look(unit: Unit, customer_id: CustomerId, work: Callable[[Tx], Awaitable[T]]) -> T:
    """What `work` reads of a customer, noted in the audit trail as a reading of the customer."""

    async def read(tx: Tx) -> tuple[T, Read]:
        found = await work(tx)
        whose = await customer.get_customer(tx, unit.actor, customer_id)
        return found, Read("customer.read", whose.id, whose.client_id)

    return (await unit.read(read, noting=lambda both: [both[1]]))[0]


@get("/customers", summary="Customers")
async def get_customers(
    unit: Unit,
    client_id: FromQuery[ClientId | None] = None,
    search: Annotated[str | None, QueryParameter(max_length=254)] = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[CustomerRow]:
    """Newest first; `search` is the beginning of a name or of an address."""
    asked = Question(client_id, search, limit, after)
    action = "customer.search" if search else "customer.list"
    return await unit.read(
        lambda tx: list_customers(tx, unit.actor, client_id, search, limit, after),
        noting=lambda page: asked.shown(action, (one.client_id for one in page.items)),
    )


@post("/customers", summary="Make a customer")
async def create_customer(unit: Unit, data: JSONBody[NewCustomer]) -> Customer:
    """With any addresses that no other customer has."""
    return await unit.write(lambda tx: profile.create_customer(tx, unit.actor, data))


@get("/customers/{customer_id:uuid}", summary="A customer")
async def get_customer(unit: Unit, customer_id: FromPath[CustomerId]) -> Customer:
    """One customer; `merged_into` names whom to look at instead."""
    return await unit.read(
        lambda tx: customer.get_customer(tx, unit.actor, customer_id),
        noting=lambda one: [Read("customer.read", one.id, one.client_id)],
    )


@post("/customers/find", status_code=200, summary="Customers by a sensitive attribute")
async def find_customers(unit: Unit, data: JSONBody[SensitiveSearch]) -> Page[CustomerRow]:
    """Those with exactly this value, newest first, at most 50; each search leaves an audit entry. 60 a minute."""
    _guesses.take(str(unit.actor.person_id))
    async with unit.transaction() as tx:  # not `write`: the answer is kept for no repeat
        return Page(await secrets.find_by_secret(tx, unit.actor, data))


@post("/customers/{customer_id:uuid}/attributes/reveal", status_code=200, summary="Show a sensitive attribute")
async def reveal_attribute(
    unit: Unit, customer_id: FromPath[CustomerId], data: JSONBody[Revealing]
) -> RevealedAttribute:
    """In plain, to those who may; each call leaves an audit entry."""
    async with unit.transaction() as tx:  # not `write`, which keeps the answer for repeats
        return await secrets.reveal_attribute(tx, unit.actor, customer_id, data.attribute)


@patch("/customers/{customer_id:uuid}", summary="Change a customer")
async def change_customer(unit: Unit, customer_id: FromPath[CustomerId], data: JSONBody[CustomerChanges]) -> Customer:
    """Changes the fields that are given; of `attributes` those that are named."""
    return await unit.write(lambda tx: profile.change_customer(tx, unit.actor, customer_id, data))


@post("/customers/{customer_id:uuid}/identities", summary="Add an address")
async def give_identity(unit: Unit, customer_id: FromPath[CustomerId], data: JSONBody[NewIdentity]) -> Customer:
    """409 where another customer has it."""
    return await unit.write(lambda tx: identities.give_identity(tx, unit.actor, customer_id, data.kind, data.value))


@delete("/customers/{customer_id:uuid}/identities/{identity_id:uuid}", status_code=200, summary="Remove an address")
async def remove_identity(unit: Unit, customer_id: FromPath[CustomerId], identity_id: FromPath[IdentityId]) -> Customer:
    """Answers the customer without it."""
    return await unit.write(lambda tx: identities.remove_identity(tx, unit.actor, customer_id, identity_id))


@get("/customers/{customer_id:uuid}/timeline", summary="A customer's timeline, newest first")
async def get_timeline(
    unit: Unit, customer_id: FromPath[CustomerId], limit: Limit = 50, after: After = None
) -> Page[TimelineEntry]:
    """Everything over all channels."""
    return await _look(unit, customer_id, lambda tx: history.list_timeline(tx, unit.actor, customer_id, limit, after))


@get("/customers/{customer_id:uuid}/notes", summary="Notes on a customer, newest first")
async def get_notes(
    unit: Unit, customer_id: FromPath[CustomerId], limit: Limit = 50, after: After = None
) -> Page[CustomerNote]:
    """For agents only."""
    return await _look(unit, customer_id, lambda tx: history.list_notes(tx, unit.actor, customer_id, limit, after))


@post("/customers/{customer_id:uuid}/notes", summary="Add a note on a customer")
async def add_note(unit: Unit, customer_id: FromPath[CustomerId], data: JSONBody[NewCustomerNote]) -> CustomerNote:
    """For agents only."""
    return await unit.write(lambda tx: notes.add_customer_note(tx, unit.actor, customer_id, data.text))


@get("/customers/{customer_id:uuid}/consents", summary="A customer's consents")
async def get_consents(unit: Unit, customer_id: FromPath[CustomerId]) -> Page[Consent]:
    """The latest word on each purpose and channel."""
    return Page(tuple(await _look(unit, customer_id, lambda tx: history.list_consents(tx, unit.actor, customer_id))))


@get("/customers/{customer_id:uuid}/consents/records", summary="Every word of a customer on consents")
async def get_consent_records(
    unit: Unit, customer_id: FromPath[CustomerId], limit: Limit = 50, after: After = None
) -> Page[Consent]:
    """Newest first: what was asked and answered, when, where, on which basis, and who wrote it down."""
    return await _look(
        unit, customer_id, lambda tx: history.list_consent_records(tx, unit.actor, customer_id, limit, after)
    )


@put("/customers/{customer_id:uuid}/consents", summary="Set a consent")
async def set_consent(unit: Unit, customer_id: FromPath[CustomerId], data: JSONBody[NewConsent]) -> Consent:
    """Earlier words stay on record."""
    word = ConsentWord(**asdict(data))
    return await unit.write(lambda tx: consents.set_consent(tx, unit.actor, customer_id, word))


@get("/customers/{customer_id:uuid}/merge-suggestions", summary="Who may be the same person")
async def get_merge_suggestions(unit: Unit, customer_id: FromPath[CustomerId]) -> Page[MergeSuggestion]:
    """With the evidence, likeliest first."""
    found = await _look(unit, customer_id, lambda tx: merge_queries.list_merge_suggestions(tx, unit.actor, customer_id))
    return Page(tuple(found))


@post("/customers/{customer_id:uuid}/merge", summary="Merge another customer into this one")
async def merge(unit: Unit, customer_id: FromPath[CustomerId], data: JSONBody[NewMerge]) -> CustomerMerge:
    """Can be undone exactly."""
    return await unit.write(lambda tx: merges.merge_customers(tx, unit.actor, customer_id, data.other_id, data.reason))


@get("/customers/{customer_id:uuid}/merges", summary="A customer's merges, newest first")
async def get_merges(unit: Unit, customer_id: FromPath[CustomerId]) -> Page[CustomerMerge]:
    """Those undone too."""
    return Page(
        tuple(await _look(unit, customer_id, lambda tx: merge_queries.list_merges(tx, unit.actor, customer_id)))
    )


@post("/customer-merges/{merge_id:uuid}/undo", summary="Undo a merge")
async def undo_merge(unit: Unit, merge_id: FromPath[MergeId]) -> CustomerMerge:
    """Gives back exactly what the merge had moved."""
    return await unit.write(lambda tx: merges.undo_merge(tx, unit.actor, merge_id))


@get("/clients/{client_id:uuid}/attribute-schema", summary="A client's customer attributes")
async def get_attribute_schema(unit: Unit, client_id: FromPath[ClientId]) -> AttributeSchema:
    """The fields in their order, and their version."""
    items = await unit.read(lambda tx: schema.get_attribute_schema(tx, unit.actor, client_id))
    return AttributeSchema(items, version_of(items))


@put("/clients/{client_id:uuid}/attribute-schema", summary="Set a client's customer attributes")
async def set_attribute_schema(unit: Unit, client_id: FromPath[ClientId], data: JSONBody[NewSchema]) -> AttributeSchema:
    """Replaces the fields; values already stored stay, and are encrypted where they become sensitive. 409 where
    `version` is not the latest.
    """
    return await unit.write(
        lambda tx: profile.change_attribute_schema(tx, unit.actor, client_id, data.items, data.version)
    )


router = Router(
    "/",
    route_handlers=[
        get_customers,
        create_customer,
        find_customers,
        reveal_attribute,
        get_customer,
        change_customer,
        give_identity,
        remove_identity,
        get_timeline,
        get_notes,
        add_note,
        get_consents,
        get_consent_records,
        set_consent,
        get_merge_suggestions,
        merge,
        get_merges,
        undo_merge,
        get_attribute_schema,
        set_attribute_schema,
    ],
    tags=["customers"],
)
