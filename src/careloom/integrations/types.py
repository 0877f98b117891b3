"""Imports and exports as values."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, NewType
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from careloom.organizations.types import Channel, ClientId, ProgramId

ImportId = NewType("ImportId", UUID)
ExportId = NewType("ExportId", UUID)
RestoreId = NewType("RestoreId", UUID)


class Format(StrEnum):
    """How a file to import is written."""

    CSV = "csv"
    LINES = "lines"
    MBOX = "mbox"
    ZENDESK = "zendesk"
    CHATWOOT = "chatwoot"


class Target(StrEnum):
    """What the rows of a CSV file are."""

    CUSTOMERS = "customers"
    CONVERSATIONS = "conversations"


class ImportState(StrEnum):
    """How far an import is. draft: waits for its file; ready: waits for a dry run; checked: waits for the run."""

    DRAFT = "draft"
    READY = "ready"
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"


FieldName = Annotated[str, Meta(max_length=80)]
Source = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[a-z0-9][a-z0-9._-]*$")]
OwnAddress = Annotated[str, Meta(min_length=3, max_length=254)]


class ImportOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a file is read.

    `fields` says for each column of a CSV file what it holds ("": nothing). `source` names the other system: keys
    are unique within it. `channel` is that of conversations which name none. `own_addresses` are the brand's in a
    mailbox: mail from them is an answer. `route_open`: open conversations enter their queue.
    """

    target: Target = Target.CUSTOMERS
    encoding: Annotated[str, Meta(max_length=40)] = "utf-8"
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] = ","
    fields: Annotated[tuple[FieldName, ...], Meta(max_length=300)] = ()
    source: Source = "import"
    channel: Channel = Channel.EMAIL
    own_addresses: Annotated[tuple[OwnAddress, ...], Meta(max_length=100)] = ()
    route_open: bool = False


class ImportChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may change on an import before it runs; what is not set stays."""

    format: Format | UnsetType = UNSET
    options: ImportOptions | UnsetType = UNSET


class Column(Struct, frozen=True):
    """A column of a CSV file with its first values."""

    name: str
    samples: tuple[str, ...]


class Outcome(StrEnum):
    """What becomes of an entry. changed: taken over, but not all of it."""

    MADE = "made"
    MATCHED = "matched"
    REFUSED = "refused"
    CHANGED = "changed"


class PreviewLine(Struct, frozen=True):
    """One entry of the file as a dry run found it: `row` is its line, or its number in the file."""

    row: int
    kind: str
    name: str
    outcome: Outcome
    reason: str = ""


class ImportCounts(Struct, frozen=True):
    """What was made, or a dry run says would be.

    matched: it was there already; messages_added: to such conversations. changed: entries not taken whole.
    """

    customers_made: int = 0
    customers_matched: int = 0
    conversations_made: int = 0
    conversations_matched: int = 0
    messages_added: int = 0
    refused: int = 0
    changed: int = 0


class LeftOut(Struct, frozen=True):
    """A field of another system that the client has no attribute for, and how many customers of the file have it; "":
    all those beyond the first hundred fields.
    """

    name: str
    rows: int


class Import(Struct, frozen=True):
    """One file on its way in. `done` of `total` entries are handled; `total` is known once a dry run has counted them.

    `left_out`: what a dry run or run found no attribute for.
    """

    id: ImportId
    client_id: ClientId
    program_id: ProgramId
    name: str
    format: Format
    options: ImportOptions
    state: ImportState
    size: int
    columns: tuple[Column, ...]
    total: int
    done: int
    counts: ImportCounts
    left_out: tuple[LeftOut, ...]
    preview: tuple[PreviewLine, ...]
    error: str | None
    made_by_name: str
    made_at: datetime
    changed_at: datetime


class NewImport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An import to prepare: into which program, and the file's name."""

    program_id: ProgramId
    name: Annotated[str, Meta(min_length=1, max_length=200)]


class Refusal(Struct, frozen=True):
    """An entry that was not taken over, or not whole (`outcome` changed), with the reason."""

    row: int
    number: int
    key: str
    outcome: Outcome
    reason: str


class ExportState(StrEnum):
    """How far an export is."""

    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


class NewExport(Struct, frozen=True, forbid_unknown_fields=True):
    """A client to export."""

    client_id: ClientId


class Export(Struct, frozen=True):
    """The archive of one client. `done` of `total` tables are written; at `checked_at` it was read back and found
    whole, and can be fetched until `expires_at`; at `fetched_at` it was last handed out to its end.
    """

    id: ExportId
    client_id: ClientId
    state: ExportState
    done: int
    total: int
    rows: int
    size: int
    error: str | None
    made_by_name: str
    made_at: datetime
    checked_at: datetime | None
    fetched_at: datetime | None
    expires_at: datetime


class Archives(Struct, frozen=True):
    """Of when a client's archives are: the newest that was fetched to its end (`fetched`), and the newest that can be
    fetched (`waiting`), where that is younger.
    """

    fetched: datetime | None = None
    waiting: datetime | None = None


class RestoreState(StrEnum):
    """How far a restore is. draft: waits for its archive; checked: a dry run has gone through."""

    DRAFT = "draft"
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class NewRestore(Struct, frozen=True, forbid_unknown_fields=True):
    """A restore to prepare: the archive's file name."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]


class Restore(Struct, frozen=True):
    """An archive on its way back. `done` of `total` rows are written, to be kept only when all of them are.

    What the archive says of itself is known once it was read: whose it is, when it was `taken_at`, its rows by table,
    its stored `files`, and how many of those were `missing` already.
    """

    id: RestoreId
    name: str
    state: RestoreState
    size: int
    restored_id: ClientId | None
    client_name: str | None
    taken_at: datetime | None
    tables: dict[str, int]
    files: int
    missing: int
    done: int
    total: int
    error: str | None
    made_by_name: str
    made_at: datetime
    changed_at: datetime
