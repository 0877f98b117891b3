"""The tables' common ground: one MetaData, and the kinds of ownership that row-level security enforces."""

from enum import StrEnum

from msgspec import Struct
from sqlalchemy import Column, ForeignKey, MetaData, Table, Uuid
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
    """A table whose rows belong to a client: `client_id` first, never empty."""
    owner = Column("client_id", Uuid, ForeignKey("client.id"), nullable=False)
    return Table(name, metadata, owner, *items, info={"ownership": Ownership.CLIENT})


def provider_table(name: str, *items: SchemaItem) -> Table:
    """A table whose rows belong to a provider: `provider_id` first, never empty."""
    owner = Column("provider_id", Uuid, ForeignKey("provider.id"), nullable=False)
    return Table(name, metadata, owner, *items, info={"ownership": Ownership.PROVIDER})


def either_table(name: str, *items: SchemaItem) -> Table:
    """A table whose rows belong to a client, else to a provider, else to the installation alone."""
    client = Column("client_id", Uuid, ForeignKey("client.id"), nullable=True)
    provider = Column("provider_id", Uuid, ForeignKey("provider.id"), nullable=True)
    return Table(name, metadata, client, provider, *items, info={"ownership": Ownership.EITHER})


def person_table(name: str, *items: SchemaItem) -> Table:
    """A table whose rows belong to a person: visible to whoever may see that person."""
    owner = Column("person_id", Uuid, ForeignKey("person.id"), nullable=False)
    return Table(name, metadata, owner, *items, info={"ownership": Ownership.PERSON})


def system_table(name: str, *items: SchemaItem) -> Table:
    """A table of the installation's own bookkeeping, for system actors alone."""
    return Table(name, metadata, *items, info={"ownership": Ownership.SYSTEM})
