"""The tables' common ground: one MetaData, and the kinds of ownership that row-level security enforces."""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, MetaData, Table, Uuid
from sqlalchemy.schema import SchemaItem

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Ownership(StrEnum):
    """Whose a table's rows are; decides the row-level security policy."""

    CLIENT = "client"
    PROVIDER = "provider"
    EITHER = "either"
    PERSON = "person"
    SYSTEM = "system"


class Writer(StrEnum):
    """Who wrote what a column holds. kind: a customer where the row's `kind` is inbound, else the staff."""

    CUSTOMER = "customer"
    STAFF = "staff"
    KIND = "kind"


class Form(StrEnum):
    """How words stand in a column; text also within arrays and JSON."""

    TEXT = "text"
    MARKUP = "markup"
    MAIL = "mail"


class Words(Struct, frozen=True):
    """That a column holds what people wrote."""

    writer: Writer
    form: Form


def words(writer: Writer, form: Form = Form.TEXT) -> dict[str, Words]:
    """`info` of a column that holds what people wrote: it leaves in bulk as the client's privacy policy lets it."""
    return {"words": Words(writer, form)}


def kept_back(instead: str = "''") -> dict[str, str]:
    """`info` of a column that no archive of a client holds: a secret, or what holds in this installation alone.

    `instead` is the SQL whose value stands there.
    """
    return {"kept_back": instead}


def no_secret(why: str) -> dict[str, str]:
    """`info` of a column that looks like a secret, or could hold one, and is none: an archive of a client holds it."""
    return {"no_secret": why}


def opened() -> dict[str, bool]:
    """`info` of a column that is sealed with the client's key: an archive of the client holds what was sealed, which is
    sealed anew where it is restored.
    """
    return {"opened": True}


def client_table(name: str, *items: SchemaItem) -> Table:
    """A table whose rows belong to a client: `client_id` first, never empty.

    It names the client itself unless each row names something else of the client, which exists: one look less a row.
    """
    owner = Column("client_id", Uuid, nullable=False)
    if not _names_what_is_owned(name, items):
        owner.append_foreign_key(ForeignKey("client.id"))
    return Table(name, metadata, owner, *items, info={"ownership": Ownership.CLIENT})


def _names_what_is_owned(name: str, items: Iterable[SchemaItem]) -> bool:
    never_empty = {"client_id", *(one.name for one in items if isinstance(one, Column) and not one.nullable)}
    others = [
        one
        for one in items
        if isinstance(one, ForeignKeyConstraint) and not one.elements[0].target_fullname.startswith(f"{name}.")
    ]
    return any("client_id" in one.column_keys and never_empty.issuperset(one.column_keys) for one in others)


def provider_table(name: str, *items: SchemaItem) -> Table:
    """A table whose rows belong to a provider: `provider_id` first, never empty."""
    owner = Column("provider_id", Uuid, ForeignKey("provider.id"), nullable=False)
    return Table(name, metadata, owner, *items, info={"ownership": Ownership.PROVIDER})


def either_table(name: str, *items: SchemaItem, beside_its_subject: bool = False) -> Table:
    """A table whose rows belong to a client, else to a provider, else to the installation alone.

    `beside_its_subject`: each row is written with what it tells of, which names the same owner, so it does not itself.
    """
    client = Column("client_id", Uuid, nullable=True)
    provider = Column("provider_id", Uuid, nullable=True)
    if not beside_its_subject:
        client.append_foreign_key(ForeignKey("client.id"))
        provider.append_foreign_key(ForeignKey("provider.id"))
    return Table(name, metadata, client, provider, *items, info={"ownership": Ownership.EITHER})


def person_table(name: str, *items: SchemaItem) -> Table:
    """A table whose rows belong to a person: visible to whoever may see that person."""
    owner = Column("person_id", Uuid, ForeignKey("person.id"), nullable=False)
    return Table(name, metadata, owner, *items, info={"ownership": Ownership.PERSON})


def system_table(name: str, *items: SchemaItem) -> Table:
    """A table of the installation's own bookkeeping, for system actors alone."""
    return Table(name, metadata, *items, info={"ownership": Ownership.SYSTEM})
