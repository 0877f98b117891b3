"""Endpoints of the addresses that a client no longer writes to."""

from collections.abc import AsyncGenerator
from typing import Annotated
from uuid import UUID

from litestar import delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Stream

from careloom.channels.commands.suppression import add_suppressed, import_suppressed, remove_suppressed
from careloom.channels.core.email.suppression_csv import write_rows
from careloom.channels.queries.suppression import list_suppressed
from careloom.channels.types.suppression import (
    ImportResult,
    NewSuppressedAddress,
    SuppressedAddress,
    SuppressionImport,
)
from careloom.organizations.queries import privacy_of
from careloom.organizations.types import ClientId
from careloom.platform.access import Permission
from careloom.platform.paging import MAX_LIMIT, Page
from careloom.platform.reads import Question, Read
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit, UnitOfWork

Search = Annotated[str | None, QueryParameter(max_length=254)]
Why = Annotated[
    str, QueryParameter(min_length=3, max_length=500, pattern=r"\S", description="Why mail may go there again.")
]


@get("/suppressed-addresses", summary="Suppressed addresses, latest first")
async def get_suppressed_addresses(
    unit: Unit,
    client_id: FromQuery[ClientId | None] = None,
    search: Search = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[SuppressedAddress]:
    """Addresses to which a client's mail is not sent; `search` is how the address begins."""
    asked = Question(client_id, search, limit, after)
    return await unit.read(
        lambda tx: list_suppressed(tx, unit.actor, client_id, search, limit, after),
        noting=lambda page: asked.shown("suppressed_address.read", (one.client_id for one in page.items)),
    )


@get("/suppressed-addresses/export", summary="Suppressed addresses as CSV", media_type="text/csv")
async def get_export(unit: Unit, client_id: FromQuery[ClientId]) -> Stream:
    """All of a client's, latest first; cells that a spreadsheet would run begin with an apostrophe."""
    unit.actor.require(Permission.CHANNELS_READ, client_id=client_id)
    await unit.note([Read("suppressed_address.export", client_id, client_id)])
    headers = {"Content-Disposition": 'attachment; filename="suppressed-addresses.csv"'}
    return Stream(_lines(unit, client_id), media_type="text/csv; charset=utf-8", headers=headers)


@post("/suppressed-addresses", summary="Suppress an address")
async def post_suppressed_address(unit: Unit, data: JSONBody[NewSuppressedAddress]) -> SuppressedAddress:
    """Nothing is sent to it any more; answers what was there where it was suppressed already."""
    return await unit.write(lambda tx: add_suppressed(tx, unit.actor, data))


@post("/suppressed-addresses/import", status_code=200, summary="Suppress the addresses of a CSV text")
async def post_import(unit: Unit, data: JSONBody[SuppressionImport]) -> ImportResult:
    """Takes what can be taken and tells the rows that cannot."""
    return await unit.write(lambda tx: import_suppressed(tx, unit.actor, data))


@delete("/suppressed-addresses/{suppressed_id:uuid}", summary="Write to an address again")
async def remove_suppressed_address(unit: Unit, suppressed_id: FromPath[UUID], why: Why) -> None:
    """Takes it off the list; `why` stands in the audit trail."""
    await unit.write(lambda tx: remove_suppressed(tx, unit.actor, suppressed_id, why))


async def _lines(unit: UnitOfWork, client_id: ClientId) -> AsyncGenerator[str]:
    after, head = None, True
    while head or after is not None:
        async with unit.transaction() as tx:
            page = await list_suppressed(tx, unit.actor, client_id, None, MAX_LIMIT, after)
            policy = await privacy_of(tx, client_id)
        yield write_rows(page.items, policy, head=head)
        after, head = page.next, False


handlers = [
    get_suppressed_addresses,
    get_export,
    post_suppressed_address,
    post_import,
    remove_suppressed_address,
]
