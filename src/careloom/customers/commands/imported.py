"""Customers who come from another system, many at a time: found by their addresses, made where nobody has them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import text

from careloom.customers.commands.seal import Sealing, seal_secrets
from careloom.customers.core.attributes import Plain, Secret, parted
from careloom.customers.errors import IdentityTakenError
from careloom.customers.queries.imported import Address, owners_of, said_of
from careloom.customers.queries.schema import schema_of
from careloom.customers.queries.secrets import Name, kept_secrets
from careloom.customers.tables import customer, customer_consent, customer_identity, customer_note
from careloom.customers.types import AttributeField, AttributeValue, ConsentPurpose, CustomerId, IdentityKind
from careloom.organizations.queries import privacy_of, require_served
from careloom.organizations.types import Channel, ClientId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.rows import insert_rows
from careloom.platform.database.transactions import Tx
from careloom.platform.ids import new_id
from careloom.platform.redaction.types import Policy
from careloom.platform.wire import json_text
from careloom.platform.wording import worded


class ImportedNote(Struct, frozen=True):
    """A remark from the other system."""

    author_name: str
    text: str
    at: datetime


class ImportedConsent(Struct, frozen=True):
    """A consent from the other system."""

    purpose: ConsentPurpose
    channel: Channel | None
    granted: bool
    source: str
    at: datetime


class ImportedCustomer(Struct, frozen=True, kw_only=True):
    """A customer as the other system knows them; `addresses` are normalised. `known`: who it is, where that is sure."""

    name: str
    language: str | None
    attributes: dict[str, AttributeValue]
    addresses: tuple[Address, ...]
    created_at: datetime
    notes: tuple[ImportedNote, ...] = ()
    consents: tuple[ImportedConsent, ...] = ()
    known: CustomerId | None = None


class Given(Struct, frozen=True, omit_defaults=True):
    """What an import gave to a customer who was there: by this it is taken back. Of sensitive ones the revision."""

    name: bool = False
    language: bool = False
    attributes: dict[str, AttributeValue] = {}
    secrets: dict[str, UUID] = {}
    identities: tuple[UUID, ...] = ()
    notes: tuple[UUID, ...] = ()
    consents: tuple[UUID, ...] = ()


class Placed(Struct, frozen=True):
    """Who an imported customer is now, by which name, and whether they were made."""

    id: CustomerId
    name: str
    language: str | None
    made: bool
    given: Given | None = None


class _Plan(Struct):
    """One customer of the batch: who it is, and what is new about them."""

    one: ImportedCustomer
    id: CustomerId
    made: bool
    first: bool
    new: list[Address]
    plain: Plain
    secret: Secret


class _Found(Struct, frozen=True):
    """A customer who is there."""

    id: CustomerId
    name: str
    language: str | None
    attributes: dict[str, AttributeValue]


_KNOWN: Final = text(
    "SELECT id, name, language, attributes FROM customer WHERE client_id = :client_id AND id = ANY(:ids) "
    "ORDER BY id FOR NO KEY UPDATE"
)
_GIVE: Final = text(
    "UPDATE customer c SET name = g.name, language = g.language, attributes = g.attributes "
    "FROM json_to_recordset(CAST(:rows AS json)) AS g (id uuid, name text, language text, attributes jsonb) "
    "WHERE c.client_id = :client_id AND c.id = g.id"
)


async def place_customers(
    tx: Tx, actor: Actor, client_id: ClientId, imported: Sequence[ImportedCustomer]
) -> list[Placed]:
    """Finds or makes each, in their order; whoever is there gets what they lack and keeps what they have.

    An address that another customer has stays with them. Publishes nothing. Raises IdentityTakenError where someone
    took an address in the same moment: nothing was done, try again; RegionRefusedError where the client's data may not
    be kept here. Names and notes are stored as the client's policy lets them be.
    """
    actor.require_somewhere(Permission.DATA_IMPORT, client_id)
    await require_served(tx, client_id)
    policy = await privacy_of(tx, client_id)
    imported = [_redacted(policy, one) for one in imported]
    wanted = {each for one in imported for each in one.addresses}
    schema = await schema_of(tx, client_id)
    plans = _planned(imported, await owners_of(tx, client_id, wanted), schema)
    plans = [replace(one, plain=worded(customer, {"attributes": one.plain}, policy)["attributes"]) for one in plans]
    there = await _load(tx, client_id, {one.id for one in plans if not one.made})
    await _make(tx, client_id, [one for one in plans if one.made and one.first])
    identities = await _add_addresses(tx, client_id, plans)
    secrets = await _seal(tx, client_id, plans, there)
    given = await _give(tx, client_id, plans, there, identities, secrets)
    by_id = {one.id: (one.one.name, one.one.language) for one in plans if one.made and one.first}
    placed: list[Placed] = []
    for plan, gift in zip(plans, given, strict=True):
        found = there.get(plan.id)
        name, language = by_id[plan.id] if found is None else (found.name, found.language)
        name, language = name or plan.one.name, language or plan.one.language
        placed.append(Placed(plan.id, name, language, plan.made and plan.first, gift))
    return placed


def _redacted(policy: Policy, one: ImportedCustomer) -> ImportedCustomer:
    notes = tuple(replace(each, **worded(customer_note, {"text": each.text}, policy)) for each in one.notes)
    consents = tuple(
        replace(each, **worded(customer_consent, {"source": each.source}, policy)) for each in one.consents
    )
    return replace(one, **worded(customer, {"name": one.name}, policy), notes=notes, consents=consents)


def _planned(
    imported: Sequence[ImportedCustomer], owners: dict[Address, CustomerId], schema: Sequence[AttributeField]
) -> list[_Plan]:
    """Who each is. `owners` grows with the batch, so that two entries with one address are one customer."""
    plans: list[_Plan] = []
    fresh: set[CustomerId] = set()
    for one in imported:
        owner = one.known or next((owners[each] for each in one.addresses if each in owners), None)
        customer_id = owner or CustomerId(new_id())
        new = [each for each in dict.fromkeys(one.addresses) if each not in owners]
        owners.update(dict.fromkeys(new, customer_id))
        made = owner is None or owner in fresh
        if owner is None:
            fresh.add(customer_id)
        plans.append(_Plan(one, customer_id, made, owner is None, new, *parted(schema, one.attributes)))
    return plans


async def _load(tx: Tx, client_id: ClientId, ids: set[CustomerId]) -> dict[CustomerId, _Found]:
    if not ids:
        return {}
    rows = await tx.execute(_KNOWN, {"client_id": client_id, "ids": sorted(ids)})
    return {row.id: _Found(row.id, row.name, row.language, row.attributes) for row in rows}


async def _make(tx: Tx, client_id: ClientId, plans: Sequence[_Plan]) -> None:
    rows = [
        {
            "client_id": client_id,
            "id": plan.id,
            "name": plan.one.name,
            "language": plan.one.language,
            "attributes": plan.plain,
            "created_at": plan.one.created_at,
        }
        for plan in plans
    ]
    await insert_rows(tx, customer, ("client_id", "id", "name", "language", "attributes", "created_at"), rows)


async def _add_addresses(tx: Tx, client_id: ClientId, plans: Sequence[_Plan]) -> dict[Address, UUID]:
    rows = [
        {
            "client_id": client_id,
            "id": new_id(),
            "customer_id": plan.id,
            "kind": kind,
            "value": value,
            "added_at": plan.one.created_at,
        }
        for plan in plans
        for kind, value in plan.new
    ]
    columns = ("client_id", "id", "customer_id", "kind", "value", "added_at")
    rows.sort(key=lambda row: (str(row["kind"]), str(row["value"])))
    stored = await insert_rows(
        tx, customer_identity, columns, rows, on_conflict="ON CONFLICT DO NOTHING", returning=("id",)
    )
    if len(stored) != len(rows):
        raise IdentityTakenError
    return {(IdentityKind(str(row["kind"])), str(row["value"])): UUID(str(row["id"])) for row in rows}


async def _seal(
    tx: Tx, client_id: ClientId, plans: Sequence[_Plan], there: dict[CustomerId, _Found]
) -> list[dict[str, UUID]]:
    """Seals what each lacks of sensitive attributes; answers the revision of each."""
    some = any(plan.secret for plan in plans)
    taken: set[Name] = set(await kept_secrets(tx, client_id, there)) if some else set()
    sealing: list[Sealing] = []
    revisions: list[dict[str, UUID]] = []
    for plan in plans:
        lacks = {field: value for field, value in plan.secret.items() if (plan.id, field.key) not in taken}
        taken |= {(plan.id, field.key) for field in lacks}
        mine = [Sealing(plan.id, field, value, new_id()) for field, value in lacks.items()]
        sealing += mine
        revisions.append({one.field.key: one.revision for one in mine})
    await seal_secrets(tx, client_id, sealing)
    return revisions


async def _give(
    tx: Tx,
    client_id: ClientId,
    plans: Sequence[_Plan],
    there: dict[CustomerId, _Found],
    identities: dict[Address, UUID],
    secrets: Sequence[dict[str, UUID]],
) -> list[Given | None]:
    """What each gets who was there, or was made by an earlier entry of this batch; new customers' notes as well."""
    notes: list[dict[str, Any]] = []
    consents: list[dict[str, Any]] = []
    moments = {each.at for plan in plans for each in (*plan.one.notes, *plan.one.consents)}
    said = await said_of(tx, client_id, there, moments)
    gifts: list[Given | None] = []
    changed: dict[CustomerId, _Found] = {}
    for plan, sealed in zip(plans, secrets, strict=True):
        mine = {"client_id": client_id, "customer_id": plan.id}
        told = [one for one in plan.one.notes if said.is_new(plan.id, one.at, one.text)]
        agreed = [c for c in plan.one.consents if said.is_new(plan.id, c.at, c.purpose, c.channel, c.granted)]
        own_notes = [{**mine, "id": new_id(), **_plain(one)} for one in told]
        own_consents = [{**mine, "id": new_id(), **_plain(one)} for one in agreed]
        notes += own_notes
        consents += own_consents
        found = there.get(plan.id)
        if found is None:
            gifts.append(None)
            continue
        found = changed.get(plan.id, found)
        lacks = {key: value for key, value in plan.plain.items() if found.attributes.get(key) is None}
        named, spoken = bool(plan.one.name and not found.name), bool(plan.one.language and not found.language)
        if lacks or named or spoken:
            changed[plan.id] = _Found(
                plan.id,
                plan.one.name if named else found.name,
                plan.one.language if spoken else found.language,
                {**found.attributes, **lacks},
            )
        gifts.append(
            Given(
                name=named,
                language=spoken,
                attributes=lacks,
                secrets=sealed,
                identities=tuple(identities[one] for one in plan.new),
                notes=tuple(one["id"] for one in own_notes),
                consents=tuple(one["id"] for one in own_consents),
            )
        )
    if changed:
        await tx.execute(_GIVE, {"client_id": client_id, "rows": json_text(list(changed.values()))})
    await insert_rows(tx, customer_note, ("client_id", "id", "customer_id", "author_name", "text", "at"), notes)
    columns = ("client_id", "id", "customer_id", "purpose", "channel", "granted", "source", "at")
    await insert_rows(tx, customer_consent, columns, consents)
    return gifts


def _plain(one: Struct) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__struct_fields__}
