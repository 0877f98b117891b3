"""Takes imported customers back, and what an import gave to customers who were there."""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import text

from careloom.customers.commands.imported import Given
from careloom.customers.commands.secret_merges import take_secrets_back
from careloom.customers.tables import customer_consent, customer_identity, customer_note
from careloom.organizations.types import ClientId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.reads import VERBS
from careloom.platform.wire import json_text

_TAKE_BACK: Final = text(
    "UPDATE customer c SET name = CASE WHEN t.name THEN '' ELSE c.name END, "
    "language = CASE WHEN t.language THEN NULL ELSE c.language END, "
    "attributes = c.attributes - ARRAY(SELECT a.key FROM jsonb_each(t.attributes) a "
    "WHERE c.attributes -> a.key = a.value) "
    "FROM json_to_recordset(CAST(:rows AS json)) AS t (id uuid, name boolean, language boolean, attributes jsonb) "
    "WHERE c.client_id = :client_id AND c.id = t.id"
)
_TOUCHED: Final = text(
    "SELECT c.id FROM customer c WHERE c.client_id = :client_id AND c.id = ANY(:ids) AND ("
    "c.merged_into IS NOT NULL "
    "OR EXISTS (SELECT 1 FROM audit_entry a WHERE a.subject_id = c.id "
    "AND split_part(a.action, '.', 2) <> ALL(:readings)) "
    "OR EXISTS (SELECT 1 FROM customer_merge m WHERE m.client_id = c.client_id AND m.kept_id = c.id) "
    "OR EXISTS (SELECT 1 FROM customer_claim m WHERE m.client_id = c.client_id AND m.customer_id = c.id) "
    "OR EXISTS (SELECT 1 FROM customer_note n WHERE n.client_id = c.client_id AND n.customer_id = c.id "
    "AND n.author_id IS NOT NULL)) LIMIT 1"
)
_REMOVE: Final = tuple(
    text(f"DELETE FROM {table} WHERE client_id = :client_id AND {column} = ANY(:ids)")  # noqa: S608
    for table, column in (
        ("timeline_entry", "customer_id"),
        ("customer_note", "customer_id"),
        ("customer_consent", "customer_id"),
        ("customer_identity", "customer_id"),
        ("customer_secret", "customer_id"),
        ("customer", "id"),
    )
)


async def take_customers_back(
    tx: Tx, actor: Actor, client_id: ClientId, made: Sequence[UUID], gifts: Iterable[tuple[UUID, Given]]
) -> None:
    """Removes customers whom an import made, and takes from the others what it gave them and nobody changed since.

    The caller has removed their imported conversations, and knows by `any_touched` that nobody else has worked on them.
    """
    actor.require_somewhere(Permission.DATA_IMPORT, client_id)
    if made:
        for statement in _REMOVE:
            await tx.execute(statement, {"client_id": client_id, "ids": list(made)})
    given = _together(gifts)
    if not given:
        return
    rows = [{"id": one, "name": g.name, "language": g.language, "attributes": g.attributes} for one, g in given.items()]
    await tx.execute(_TAKE_BACK, {"client_id": client_id, "rows": json_text(rows)})
    await take_secrets_back(tx, client_id, {one: gift.secrets for one, gift in given.items()})
    for name, table in (("identities", customer_identity), ("notes", customer_note), ("consents", customer_consent)):
        ids = [one for gift in given.values() for one in getattr(gift, name)]
        if ids:
            await tx.execute(table.delete().where(table.c.client_id == client_id, table.c.id.in_(ids)))


def _together(gifts: Iterable[tuple[UUID, Given]]) -> dict[UUID, Given]:
    """What each customer got, where several entries gave something to one."""
    given: dict[UUID, Given] = {}
    for customer_id, gift in gifts:
        one = given.get(customer_id, Given())
        given[customer_id] = Given(
            name=one.name or gift.name,
            language=one.language or gift.language,
            attributes={**one.attributes, **gift.attributes},
            secrets={**one.secrets, **gift.secrets},
            identities=(*one.identities, *gift.identities),
            notes=(*one.notes, *gift.notes),
            consents=(*one.consents, *gift.consents),
        )
    return given


async def any_touched(tx: Tx, client_id: ClientId, ids: Sequence[UUID]) -> bool:
    """Whether anybody has changed, merged or noted something about one of these customers."""
    found = await tx.execute(_TOUCHED, {"client_id": client_id, "ids": list(ids), "readings": list(VERBS)})
    return found.first() is not None
