"""Merges that happened, and customers who may be one person."""

from typing import Any, Final
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import or_, select

from careloom.customers.core.likeness import likeness, mailbox
from careloom.customers.core.remembered import told_reason
from careloom.customers.queries.customer import get_customer, load
from careloom.customers.queries.search import begins, read_row, rows
from careloom.customers.tables import customer, customer_claim, customer_identity, customer_merge
from careloom.customers.types import Customer, CustomerMerge, IdentityKind, MergeSuggestion
from careloom.platform.access import Actor
from careloom.platform.database.transactions import Tx
from careloom.platform.texts.languages import Language
from careloom.platform.texts.text import render
from careloom.platform.wire import reader

_MOST_COMPARED: Final = 30
_MOST_SUGGESTED: Final = 10
_read_kept = reader(CustomerMerge)


def read_merge(row: Any, language: Language = Language.EN) -> CustomerMerge:
    """A merge from a row of its columns, with its reason in a language."""
    merge = _read_kept(row)
    return replace(merge, reason=told_reason(merge.reason, language, automatic=merge.automatic))


async def list_merges(tx: Tx, actor: Actor, customer_id: UUID) -> list[CustomerMerge]:
    """Merges that the customer was part of, newest first."""
    one = await get_customer(tx, actor, customer_id)
    table = customer_merge.c
    statement = (
        select(customer_merge)
        .where(table.client_id == one.client_id, or_(table.kept_id == one.id, table.merged_id == one.id))
        .order_by(table.id.desc())
        .limit(100)
    )
    return [read_merge(row, actor.language) for row in await tx.execute(statement)]


async def list_merge_suggestions(tx: Tx, actor: Actor, customer_id: UUID) -> list[MergeSuggestion]:
    """Other customers of the client who may be the same person, likeliest first."""
    one = await get_customer(tx, actor, customer_id)
    if one.merged_into is not None:
        return []
    claims = await _claims(tx, one)
    candidates = dict.fromkeys([*claims, *await _namesakes(tx, one), *await _same_mailbox(tx, one)])
    found: list[MergeSuggestion] = []
    for candidate in list(candidates)[:_MOST_COMPARED]:
        other = await load(tx, one.client_id, candidate)
        alike = likeness(one, other, claims.get(candidate, ()))
        if alike.score > 0 and other.merged_into is None:
            listed = rows().where(customer.c.client_id == one.client_id, customer.c.id == other.id)
            row = read_row((await tx.execute(listed)).one())
            evidence = tuple(render(each, actor.language) for each in alike.evidence)
            found.append(MergeSuggestion(row, alike.score, evidence))
    return sorted(found, key=lambda each: -each.score)[:_MOST_SUGGESTED]


async def _claims(tx: Tx, one: Customer) -> dict[UUID, list[str]]:
    claim, identity = customer_claim.c, customer_identity.c
    same = (claim.client_id == identity.client_id) & (claim.kind == identity.kind) & (claim.value == identity.value)
    mine = select(identity.customer_id, claim.value).join(customer_claim, same)
    mine = mine.where(claim.client_id == one.client_id, claim.customer_id == one.id, identity.customer_id != one.id)
    theirs = select(claim.customer_id, claim.value).join(customer_identity, same)
    theirs = theirs.where(
        identity.client_id == one.client_id, identity.customer_id == one.id, claim.customer_id != one.id
    )
    found: dict[UUID, list[str]] = {}
    for statement in (mine, theirs):
        for row in await tx.execute(statement.limit(_MOST_COMPARED)):
            found.setdefault(row.customer_id, []).append(row.value)
    return found


async def _namesakes(tx: Tx, one: Customer) -> list[UUID]:
    if not one.name:
        return []
    table = customer.c
    statement = select(table.id).where(
        table.client_id == one.client_id,
        table.name_key == one.name.lower(),
        table.id != one.id,
        table.merged_into.is_(None),
    )
    return list((await tx.execute(statement.limit(_MOST_COMPARED))).scalars())


async def _same_mailbox(tx: Tx, one: Customer) -> list[UUID]:
    table = customer_identity.c
    boxes = {mailbox(each.value) for each in one.identities if each.kind is IdentityKind.EMAIL}
    found: list[UUID] = []
    for box in sorted(boxes)[:5]:
        begun: Any = or_(begins(table.value, f"{box}@"), begins(table.value, f"{box}+"))
        statement = select(table.customer_id).where(
            table.client_id == one.client_id, begun, table.customer_id != one.id
        )
        found += (await tx.execute(statement.limit(_MOST_COMPARED))).scalars().all()
    return found
