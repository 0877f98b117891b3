"""Macros as values."""

from __future__ import annotations

from typing import Annotated, NewType
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from careloom.organizations.types import ClientId, ProgramId

MacroId = NewType("MacroId", UUID)


class Macro(Struct, frozen=True):
    """A canned reply. `body` holds `{{customer.name}}`-style variables; no `program_id`: all the client's programs."""

    id: MacroId
    client_id: ClientId
    program_id: ProgramId | None
    name: str
    shortcut: str
    body: str
    language: str


Name = Annotated[str, Meta(min_length=1, max_length=120)]
Shortcut = Annotated[str, Meta(max_length=40, pattern=r"^[A-Za-z0-9_-]*$")]
Body = Annotated[str, Meta(min_length=1, max_length=20_000)]
Language = Annotated[str, Meta(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


class NewMacro(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A macro to make."""

    client_id: ClientId
    program_id: ProgramId | None = None
    name: Name
    shortcut: Shortcut = ""
    body: Body
    language: Language = "en"


class MacroChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may change on a macro; what is not set stays."""

    program_id: ProgramId | None | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    shortcut: Shortcut | UnsetType = UNSET
    body: Body | UnsetType = UNSET
    language: Language | UnsetType = UNSET
