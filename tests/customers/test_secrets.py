"""Sensitive attributes: sealed, hidden, revealed on record, found by exact value, and moved with their customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from careloom.customers.commands import merges, profile, secrets
from careloom.customers.commands.imported import ImportedCustomer, place_customers
from careloom.customers.commands.unimport import take_customers_back
from careloom.customers.jobs import tasks
from careloom.customers.queries.customer import get_customer
from careloom.customers.types import (
    AttributeField,
    AttributeKind,
    Customer,
    CustomerChanges,
    CustomerId,
    IdentityKind,
    NewCustomer,
    SensitiveSearch,
)
from careloom.organizations.types import Client
from careloom.platform.access import Actor, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database
from careloom.platform.errors import ForbiddenError, InvalidInputError, NotFoundError
from careloom.platform.keys.errors import CipherBrokenError, ShreddedError
from careloom.platform.keys.lives import destroy_versions
from careloom.platform.runtime import Runtime
from tests.world import World

SYSTEM = system_actor("test")
TIER = AttributeField("tier", "Tier", AttributeKind.TEXT)
POLICY = AttributeField("policy", "Policy", AttributeKind.TEXT, sensitive=True, exact=True)
BORN = AttributeField("born", "Born", AttributeKind.DATE, sensitive=True)


@dataclass
class Care:
    """A client whose schema has one plain and two sensitive attributes."""

    database: Database
    world: World
    client: Client

    async def do(self, work: Any, *arguments: Any, actor: Actor = SYSTEM) -> Any:
        async with self.database.transaction(actor) as tx:
            return await work(tx, actor, *arguments)

    async def schema(self, *fields: AttributeField) -> Any:
        return await self.do(profile.change_attribute_schema, self.client.id, fields)

    async def customer(self, **attributes: Any) -> Customer:
        return await self.do(
            profile.create_customer, NewCustomer(client_id=self.client.id, name="Ada", attributes=attributes)
        )

    async def revealed(self, customer_id: CustomerId) -> dict[str, Any]:
        kept = (await self.do(get_customer, customer_id)).masked
        return {key: (await self.do(secrets.reveal_attribute, customer_id, key)).value for key in kept}

    async def found(self, value: str) -> set[CustomerId]:
        wanted = SensitiveSearch(self.client.id, "policy", value)
        return {one.id for one in await self.do(secrets.find_by_secret, wanted)}

    async def place(self, *values: dict[str, Any]) -> list[Any]:
        """Imports customers who all have one address."""
        address = (IdentityKind.EMAIL, "ada@customer.example")
        given = [
            ImportedCustomer(name="Ada", language=None, attributes=each, addresses=(address,), created_at=now())
            for each in values
        ]
        return await self.do(place_customers, self.client.id, given)

    async def rows(self, query: str) -> list[Any]:
        async with self.database.transaction(SYSTEM) as tx:
            return list(await tx.exec_driver_sql(query))


@pytest.fixture
async def care(database: Database, world: World) -> Care:
    one = Care(database, world, await world.client())
    await one.schema(TIER, POLICY, BORN)
    return one


async def test_what_is_sensitive_is_sealed_and_named_but_not_shown(care: Care) -> None:
    one = await care.customer(tier="gold", policy="P-77", born="1990-01-31")
    assert (one.attributes, one.masked) == ({"tier": "gold"}, ("born", "policy"))
    assert await care.revealed(one.id) == {"policy": "P-77", "born": "1990-01-31"}
    for table in ("customer", "customer_secret", "audit_entry", "event_log", "timeline_entry"):
        assert "P-77" not in str(await care.rows(f"SELECT t::text FROM {table} t"))


async def test_each_look_is_on_record_and_not_for_agents(care: Care) -> None:
    one = await care.customer(policy="P-77")
    provider = await care.world.provider()
    agent = await care.world.actor(await care.world.agent(provider, care.client))
    with pytest.raises(ForbiddenError):
        await care.do(secrets.reveal_attribute, one.id, "policy", actor=agent)
    await care.revealed(one.id)
    (entry,) = await care.rows("SELECT subject_id, after FROM audit_entry WHERE action = 'customer.reveal'")
    assert (entry.subject_id, entry.after) == (one.id, {"fields": ["attributes.policy"]})
    for nothing in ("tier", "born", "unknown"):
        with pytest.raises(NotFoundError):
            await care.do(secrets.reveal_attribute, one.id, nothing)


async def test_a_change_replaces_a_value_and_none_removes_it(care: Care) -> None:
    one = await care.customer(policy="P-77", born="1990-01-31")
    after = await care.do(profile.change_customer, one.id, CustomerChanges(attributes={"policy": "P-78", "born": None}))
    assert after.masked == ("policy",)
    assert await care.revealed(one.id) == {"policy": "P-78"}
    entries = await care.rows("SELECT after FROM audit_entry WHERE action = 'customer.change'")
    assert [row.after for row in entries] == [{"fields": ["attributes.born", "attributes.policy"]}]


async def test_customers_are_found_by_the_exact_value_where_the_schema_asks_for_it(care: Care) -> None:
    one, _ = await care.customer(policy="P-77"), await care.customer(policy="P-78")
    assert await care.found(" p-77 ") == {one.id}
    assert await care.found("Ｐ-77") == {one.id}
    assert await care.found("P-7") == set()
    with pytest.raises(InvalidInputError):
        await care.do(secrets.find_by_secret, SensitiveSearch(care.client.id, "born", "1990-01-31"))
    indexed = await care.rows("SELECT key FROM customer_secret WHERE blind IS NOT NULL GROUP BY key")
    assert [row.key for row in indexed] == ["policy"]


async def test_a_sealed_value_moved_to_another_customer_does_not_open(care: Care) -> None:
    one, other = await care.customer(policy="P-77"), await care.customer(policy="P-78")
    await care.rows(
        f"UPDATE customer_secret SET value = (SELECT value FROM customer_secret WHERE customer_id = '{one.id}') "
        f"WHERE customer_id = '{other.id}' RETURNING 1"
    )
    with pytest.raises(CipherBrokenError):
        await care.revealed(other.id)


async def test_what_becomes_sensitive_is_sealed_and_indexed_in_the_background(care: Care, runtime: Runtime) -> None:
    made = [await care.customer(tier=f"gold {number}", born="1990-01-31") for number in range(3)]
    kept = await care.customer()
    merge = await care.do(merges.merge_customers, kept.id, made[0].id, "the same")
    tier = AttributeField("tier", "Tier", AttributeKind.TEXT, sensitive=True)
    born = AttributeField("born", "Born", AttributeKind.DATE, sensitive=True, exact=True)
    await care.schema(tier, POLICY, born)
    jobs = await care.rows("SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = 'customers.conform'")
    assert [job.scheduled_at is None for job in jobs].count(True) == len(jobs) / 2
    (task,) = tasks(runtime)
    for _ in range(2):
        await task.run(client_id=str(care.client.id))
    one = await care.do(get_customer, made[1].id)
    assert (one.attributes, one.masked) == ({}, ("born", "tier"))
    assert (await care.revealed(made[1].id))["tier"] == "gold 1"
    wanted = SensitiveSearch(care.client.id, "born", "1990-01-31")
    assert {each.id for each in await care.do(secrets.find_by_secret, wanted)} == {kept.id, made[1].id, made[2].id}
    for table in ("customer", "customer_merge", "customer_secret"):
        assert "gold" not in str(await care.rows(f"SELECT t::text FROM {table} t"))
    await care.do(merges.undo_merge, merge.id)
    assert (await care.revealed(made[0].id))["tier"] == "gold 0"


async def test_an_index_that_is_no_longer_wanted_goes(care: Care, runtime: Runtime) -> None:
    await care.customer(policy="P-77")
    await care.schema(AttributeField("policy", "Policy", AttributeKind.TEXT, sensitive=True))
    (task,) = tasks(runtime)
    await task.run(client_id=str(care.client.id))
    assert await care.rows("SELECT 1 FROM customer_secret WHERE blind IS NOT NULL") == []


async def test_what_was_sensitive_stays_so(care: Care) -> None:
    plain = AttributeField("policy", "Policy", AttributeKind.TEXT)
    with pytest.raises(InvalidInputError) as refused:
        await care.schema(plain)
    assert [one.path for one in refused.value.errors] == ["/items/0/sensitive"]
    await care.customer(policy="P-77")
    await care.schema(TIER)
    with pytest.raises(InvalidInputError):
        await care.schema(TIER, plain)


async def test_a_merge_gives_what_is_missing_and_its_undoing_takes_it_back(care: Care) -> None:
    kept, other = await care.customer(policy="P-77"), await care.customer(policy="P-78", born="1990-01-31")
    merge = await care.do(merges.merge_customers, kept.id, other.id, "the same")
    assert await care.revealed(kept.id) == {"policy": "P-77", "born": "1990-01-31"}
    await care.do(merges.undo_merge, merge.id)
    assert await care.revealed(kept.id) == {"policy": "P-77"}
    assert await care.revealed(other.id) == {"policy": "P-78", "born": "1990-01-31"}


async def test_what_a_merge_gave_and_somebody_changed_since_stays(care: Care) -> None:
    kept, other = await care.customer(), await care.customer(policy="P-78")
    merge = await care.do(merges.merge_customers, kept.id, other.id, "the same")
    await care.do(profile.change_customer, kept.id, CustomerChanges(attributes={"policy": "P-79"}))
    await care.do(merges.undo_merge, merge.id)
    assert (await care.revealed(kept.id), await care.revealed(other.id)) == ({"policy": "P-79"}, {"policy": "P-78"})


async def test_a_merge_does_not_fail_for_a_value_that_was_changed_behind_our_back(care: Care) -> None:
    kept, other = await care.customer(), await care.customer(policy="P-78", born="1990-01-31")
    await care.rows("UPDATE customer_secret SET value = 'k1.1.broken' WHERE key = 'policy' RETURNING 1")
    await care.do(merges.merge_customers, kept.id, other.id, "the same")
    assert await care.revealed(kept.id) == {"born": "1990-01-31"}


async def test_an_import_fills_what_is_missing_and_taken_back_it_takes_only_that(care: Care) -> None:
    (made,) = await care.place({"tier": "gold", "policy": "P-77"})
    assert made.made
    (again,) = await care.place({"policy": "P-78", "born": "1990-01-31"})
    assert (again.id, again.given.attributes, [*again.given.secrets]) == (made.id, {}, ["born"])
    assert await care.revealed(made.id) == {"policy": "P-77", "born": "1990-01-31"}
    await care.do(take_customers_back, care.client.id, [], [(again.id, again.given)])
    assert await care.revealed(made.id) == {"policy": "P-77"}
    await care.do(take_customers_back, care.client.id, [made.id], [])
    assert await care.rows("SELECT 1 FROM customer_secret") == []


async def test_of_two_entries_on_one_customer_in_an_import_the_first_counts(care: Care) -> None:
    first, second = await care.place({"policy": "P-77"}, {"policy": "P-78"})
    assert first.id == second.id
    assert await care.revealed(first.id) == {"policy": "P-77"}


async def test_of_a_shredded_client_nothing_is_revealed_kept_or_found(care: Care, runtime: Runtime) -> None:
    one, other = await care.customer(policy="P-77"), await care.customer(born="1990-01-31")
    async with care.database.transaction(SYSTEM) as tx:
        await destroy_versions(tx, care.client.id)
    for work in (care.revealed(one.id), care.found("P-77"), care.customer(policy="P-79")):
        with pytest.raises(ShreddedError):
            await work
    await care.do(profile.change_customer, one.id, CustomerChanges(name="Ada Two"))
    merge = await care.do(merges.merge_customers, one.id, other.id, "the same")
    await care.do(merges.undo_merge, merge.id)
    (task,) = tasks(runtime)
    await task.run(client_id=str(care.client.id))
    assert (await care.do(get_customer, one.id)).masked == ("policy",)
