"""Customers merged and taken apart in any order, with notes and attributes between: as a plain model says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from careloom.customers.commands.identities import give_identity
from careloom.customers.commands.merges import merge_customers, undo_merge
from careloom.customers.commands.notes import add_customer_note
from careloom.customers.commands.profile import change_attribute_schema, change_customer, create_customer
from careloom.customers.types import (
    AttributeField,
    AttributeKind,
    CustomerChanges,
    IdentityKind,
    NewCustomer,
    NewIdentity,
)
from careloom.platform.errors import CareloomError
from careloom.platform.ids import new_id
from tests.conversations.desk import SYSTEM, make_desk
from tests.machines import DatabaseMachine, live
from tests.postgres import FreshDatabase

KEYS = ("plan", "city")
VALUES = st.sampled_from(["basic", "gold", "Porto"])
ATTRIBUTES = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=2)
ANY = st.integers(0, 7)


@dataclass
class One:
    """What is known of a customer: `rows` are their addresses and notes."""

    id: Any
    name: str
    attributes: dict[str, str]
    rows: set[str]
    into: One | None = None


@dataclass
class Merge:
    """What a merge moved."""

    id: Any
    kept: One
    other: One
    rows: set[str]
    attributes: dict[str, str]
    name: str
    undone: bool = field(default=False)


class Merging(DatabaseMachine):
    """Customers and merges; every step is done to the model and to the program."""

    def __init__(self) -> None:
        super().__init__()
        self.people: list[One] = []
        self.merges: list[Merge] = []

    @initialize()
    def begin(self) -> None:
        self.desk = self.run(make_desk(self.database))
        fields = tuple(AttributeField(key, key, AttributeKind.TEXT) for key in KEYS)
        self.run(self.desk.do(change_attribute_schema, self.desk.client.id, fields, actor=SYSTEM))
        for name in ("Ada", "", "Bo"):
            self._create(name, {})

    @rule(name=st.sampled_from(["", "Ada", "Cy"]), attributes=ATTRIBUTES)
    def create(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.people) < 8:
            self._create(name, attributes)

    def _create(self, name: str, attributes: dict[str, str]) -> None:
        address = f"{new_id().hex}@example.org"
        identities = (NewIdentity(IdentityKind.EMAIL, address),)
        new = NewCustomer(client_id=self.desk.client.id, name=name, identities=identities, attributes=attributes)  # pyright: ignore[reportArgumentType]
        made = self.run(self.desk.do(create_customer, new))
        self.people.append(One(made.id, name, dict(attributes), {address}))

    @rule(who=ANY, by_note=st.booleans())
    def add(self, who: int, by_note: bool) -> None:
        one = self._any(who)
        if by_note:
            row = f"note {new_id().hex[-8:]}"
            self.run(self.desk.do(add_customer_note, one.id, row))
        else:
            row = f"{new_id().hex}@example.net"
            self.run(self.desk.do(give_identity, one.id, IdentityKind.EMAIL, row))
        _stays(one).rows.add(row)

    @rule(who=ANY, key=st.sampled_from(KEYS), value=st.none() | VALUES)
    def change(self, who: int, key: str, value: str | None) -> None:
        one = self._any(who)
        self.run(self.desk.do(change_customer, one.id, CustomerChanges(attributes={key: value})))
        known = _stays(one).attributes
        known.pop(key, None)
        if value is not None:
            known[key] = value

    @rule(kept=ANY, other=ANY)
    def merge(self, kept: int, other: int) -> None:
        stays, goes = self._any(kept), self._any(other)
        try:
            made = self.run(self.desk.do(merge_customers, stays.id, goes.id, "the same"))
        except CareloomError:
            assert stays is goes or stays.into or goes.into
            return
        assert stays is not goes
        assert stays.into is goes.into is None
        given = {key: value for key, value in goes.attributes.items() if key not in stays.attributes}
        named = goes.name if not stays.name else ""
        self.merges.append(Merge(made.id, stays, goes, set(goes.rows), given, named))
        stays.rows |= goes.rows
        stays.attributes |= given
        stays.name = stays.name or named
        goes.rows, goes.into = set(), stays

    @rule(which=ANY)
    def undo(self, which: int) -> None:
        if not self.merges:
            return
        merge = self.merges[which % len(self.merges)]
        if not self.attempt(self.desk.do(undo_merge, merge.id)):
            assert merge.undone or merge.kept.into
            return
        assert not merge.undone
        assert merge.kept.into is None
        merge.undone, merge.other.into = True, None
        back = merge.rows & merge.kept.rows
        merge.kept.rows -= back
        merge.other.rows |= back
        for key, value in merge.attributes.items():
            if merge.kept.attributes.get(key) == value:
                del merge.kept.attributes[key]
        if merge.name and merge.kept.name == merge.name:
            merge.kept.name = ""

    @invariant()
    def is_as_the_model_says(self) -> None:
        if not self.people:
            return
        mine = {"client": self.desk.client.id}
        found = self.run(
            self.desk.rows("SELECT id, name, attributes, merged_into FROM customer WHERE client_id = :client", **mine)
        )
        stored = {row.id: (row.name, row.attributes, row.merged_into) for row in found}
        assert stored == {one.id: (one.name, one.attributes, one.into.id if one.into else None) for one in self.people}
        rows = self.run(
            self.desk.rows(
                "SELECT customer_id, value FROM customer_identity WHERE client_id = :client "
                "UNION ALL SELECT customer_id, text FROM customer_note WHERE client_id = :client",
                **mine,
            )
        )
        assert sorted((str(row.customer_id), row.value) for row in rows) == sorted(
            (str(one.id), row) for one in self.people for row in one.rows
        )

    def _any(self, number: int) -> One:
        return self.people[number % len(self.people)]


def _stays(one: One) -> One:
    """Whom a customer was merged into, at last."""
    return one if one.into is None else _stays(one.into)


def test_any_life_of_merges_is_as_the_model_says(fresh_database: FreshDatabase) -> None:
    live(Merging, fresh_database.url, examples=12, steps=20)
