"""Endpoints of what agents keep: drafts, views, dispositions, cases."""

from typing import Annotated, Any

from litestar import delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Meta, Struct

from careloom.conversations.commands import cases, desk, dispositions, drafts
from careloom.conversations.queries import desk as queries
from careloom.conversations.queries.cases import get_case
from careloom.conversations.types import (
    Case,
    CaseId,
    ConversationId,
    Disposition,
    DispositionChanges,
    DispositionId,
    Draft,
    FileId,
    SavedView,
    Subject,
    ViewFilter,
    ViewId,
)
from careloom.organizations.types import ClientId, ProgramId
from careloom.platform.paging import Page
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit


class DraftText(Struct, frozen=True, forbid_unknown_fields=True):
    """What was typed and attached."""

    text: Annotated[str, Meta(max_length=50_000)]
    html: Annotated[str, Meta(max_length=200_000)] | None = None
    file_ids: Annotated[tuple[FileId, ...], Meta(max_length=20)] = ()


class NewView(Struct, frozen=True, forbid_unknown_fields=True):
    """A filter to keep under a name."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    filter: ViewFilter


class NewDisposition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An outcome to make; no `program_id`: for all the client's programs."""

    client_id: ClientId
    program_id: ProgramId | None = None
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    resolved: bool = True


class CaseSubject(Struct, frozen=True, forbid_unknown_fields=True):
    """A case's subject."""

    subject: Subject


class CaseMerge(Struct, frozen=True, forbid_unknown_fields=True):
    """The case that stays."""

    into_id: CaseId


class CaseSplit(Struct, frozen=True, forbid_unknown_fields=True):
    """The conversations that go, and the new case's subject."""

    conversation_ids: Annotated[tuple[ConversationId, ...], Meta(min_length=1, max_length=100)]
    subject: Subject


@get("/conversations/{conversation_id:uuid}/draft", summary="My draft")
async def get_draft(unit: Unit, conversation_id: FromPath[ConversationId]) -> Draft | None:
    """What one has typed and attached here; null where there is nothing."""
    return await unit.read(lambda tx: queries.get_draft(tx, unit.actor, conversation_id))


@put("/conversations/{conversation_id:uuid}/draft", summary="Keep my draft")
async def save_draft(unit: Unit, conversation_id: FromPath[ConversationId], data: JSONBody[DraftText]) -> Draft:
    """Replaces what was kept."""
    return await unit.write(
        lambda tx: drafts.save_draft(tx, unit.actor, conversation_id, data.text, data.html, data.file_ids)
    )


@delete("/conversations/{conversation_id:uuid}/draft", summary="Forget my draft")
async def delete_draft(unit: Unit, conversation_id: FromPath[ConversationId]) -> None:
    """Nothing happens where there is none."""
    await unit.write(lambda tx: drafts.delete_draft(tx, unit.actor, conversation_id))


@get("/views", summary="My saved views")
async def get_views(unit: Unit, limit: Limit = 50, after: After = None) -> Page[SavedView]:
    """Oldest first."""
    return await unit.read(lambda tx: queries.list_views(tx, unit.actor, limit, after))


@post("/views", summary="Save a view")
async def create_view(unit: Unit, data: JSONBody[NewView]) -> SavedView:
    """A filter under a name, for you alone."""
    return await unit.write(lambda tx: desk.create_view(tx, unit.actor, data.name, data.filter))


@delete("/views/{view_id:uuid}", summary="Forget a saved view")
async def delete_view(unit: Unit, view_id: FromPath[ViewId]) -> None:
    """One of yours."""
    await unit.write(lambda tx: desk.delete_view(tx, unit.actor, view_id))


@get("/dispositions", summary="Outcomes")
async def get_dispositions(
    unit: Unit,
    client_id: FromQuery[ClientId | None] = None,
    program_id: FromQuery[ProgramId | None] = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[Disposition]:
    """By name; with `program_id` those of that program and of all the client's."""
    return await unit.read(lambda tx: queries.list_dispositions(tx, unit.actor, client_id, program_id, limit, after))


@post("/dispositions", summary="Make an outcome")
async def create_disposition(unit: Unit, data: JSONBody[NewDisposition]) -> Disposition:
    """For one program or for all of a client's."""
    return await unit.write(
        lambda tx: dispositions.create_disposition(
            tx, unit.actor, data.client_id, data.program_id, data.name, resolved=data.resolved
        )
    )


@patch("/dispositions/{disposition_id:uuid}", summary="Change an outcome")
async def change_disposition(
    unit: Unit, disposition_id: FromPath[DispositionId], data: JSONBody[DispositionChanges]
) -> Disposition:
    """`active: false` takes it out of use."""
    return await unit.write(lambda tx: dispositions.change_disposition(tx, unit.actor, disposition_id, data))


@get("/cases/{case_id:uuid}", summary="A case")
async def get_one_case(unit: Unit, case_id: FromPath[CaseId]) -> Case:
    """With its conversations, oldest first."""
    return await unit.read(lambda tx: get_case(tx, unit.actor, case_id))


@patch("/cases/{case_id:uuid}", summary="Change a case")
async def change_case(unit: Unit, case_id: FromPath[CaseId], data: JSONBody[CaseSubject]) -> Case:
    """Its subject."""
    return await unit.write(lambda tx: cases.change_case(tx, unit.actor, case_id, data.subject))


@post("/cases/{case_id:uuid}/merge", status_code=200, summary="Merge a case into another")
async def merge_case(unit: Unit, case_id: FromPath[CaseId], data: JSONBody[CaseMerge]) -> Case:
    """Answers the case that stays."""
    return await unit.write(lambda tx: cases.merge_case(tx, unit.actor, case_id, data.into_id))


@post("/cases/{case_id:uuid}/split", summary="Split a case")
async def split_case(unit: Unit, case_id: FromPath[CaseId], data: JSONBody[CaseSplit]) -> Case:
    """Answers the new case."""
    return await unit.write(lambda tx: cases.split_case(tx, unit.actor, case_id, data.conversation_ids, data.subject))


handlers: list[Any] = [
    get_draft,
    save_draft,
    delete_draft,
    get_views,
    create_view,
    delete_view,
    get_dispositions,
    create_disposition,
    change_disposition,
    get_one_case,
    change_case,
    merge_case,
    split_case,
]
