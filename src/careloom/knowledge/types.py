"""Macros as values."""

from __future__ import annotations

from typing import NewType
from uuid import UUID

from msgspec import Struct

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
