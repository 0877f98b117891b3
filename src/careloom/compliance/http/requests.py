"""Endpoints of data subjects' requests."""

from typing import Any

from litestar import Response, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody

from careloom.compliance.commands import requests
from careloom.compliance.commands.disclose import export_content
from careloom.compliance.queries import requests as queries
from careloom.compliance.types.requests import (
    Correction,
    Extension,
    NewPrivacyRequest,
    PrivacyRequest,
    Refusal,
    RequestId,
    Verification,
)
from careloom.customers.types import CustomerId
from careloom.organizations.types import ClientId
from careloom.platform.paging import Page
from careloom.platform.reads import Read
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit


@get("/privacy-requests", summary="Requests of data subjects, newest first")
async def list_requests(
    unit: Unit,
    client_id: FromQuery[ClientId | None] = None,
    customer_id: FromQuery[CustomerId | None] = None,
    open_only: FromQuery[bool] = False,
    limit: Limit = 50,
    after: After = None,
) -> Page[PrivacyRequest]:
    """Of access and of erasure."""
    return await unit.read(
        lambda tx: queries.list_requests(
            tx,
            unit.actor,
            client_id=client_id,
            customer_id=customer_id,
            open_only=open_only,
            limit=limit,
            after=after,
        )
    )


@post("/privacy-requests", summary="Register a request")
async def open_request(unit: Unit, data: JSONBody[NewPrivacyRequest]) -> PrivacyRequest:
    """It is due a month after it was received."""
    return await unit.write(lambda tx: requests.open_request(tx, unit.actor, data))


@get("/privacy-requests/{request_id:uuid}", summary="A request")
async def get_request(unit: Unit, request_id: FromPath[RequestId]) -> PrivacyRequest:
    """With the proof of what was done."""
    return await unit.read(
        lambda tx: queries.look_at_request(tx, unit.actor, request_id),
        noting=lambda one: [Read("privacy_request.read", one.id, one.client_id)],
    )


@patch("/privacy-requests/{request_id:uuid}", summary="Correct when a request arrived")
async def correct(unit: Unit, request_id: FromPath[RequestId], data: JSONBody[Correction]) -> PrivacyRequest:
    """Until it is closed; what it is due by follows."""
    return await unit.write(lambda tx: requests.correct_request(tx, unit.actor, request_id, data.received_at))


@post("/privacy-requests/{request_id:uuid}/verify", status_code=200, summary="Record that the identity was checked")
async def verify(unit: Unit, request_id: FromPath[RequestId], data: JSONBody[Verification]) -> PrivacyRequest:
    """Nothing is built or erased before."""
    return await unit.write(lambda tx: requests.verify_request(tx, unit.actor, request_id, data.how))


@post("/privacy-requests/{request_id:uuid}/carry-out", status_code=202, summary="Build the export, or erase")
async def carry_out(unit: Unit, request_id: FromPath[RequestId]) -> PrivacyRequest:
    """Runs in the background. An erasure leaves what a hold or an open case keeps, and goes on when it may."""
    return await unit.write(lambda tx: requests.carry_out(tx, unit.actor, request_id))


@post("/privacy-requests/{request_id:uuid}/extend", status_code=200, summary="Prolong the term by two months")
async def extend(unit: Unit, request_id: FromPath[RequestId], data: JSONBody[Extension]) -> PrivacyRequest:
    """Once, with the reason."""
    return await unit.write(lambda tx: requests.extend_request(tx, unit.actor, request_id, data.reason))


@post("/privacy-requests/{request_id:uuid}/refuse", status_code=200, summary="Refuse a request")
async def refuse(unit: Unit, request_id: FromPath[RequestId], data: JSONBody[Refusal]) -> PrivacyRequest:
    """With the reason, which the customer is told."""
    return await unit.write(lambda tx: requests.refuse_request(tx, unit.actor, request_id, data.reason))


@post(
    "/privacy-requests/{request_id:uuid}/export",
    status_code=200,
    summary="Fetch an export",
    media_type="application/zip",
)
async def fetch_export(unit: Unit, request_id: FromPath[RequestId]) -> Response[bytes]:
    """A zip; leaves an audit entry. 410 once it has expired."""
    async with unit.transaction() as tx:
        one = await requests.fetch_export(tx, unit.actor, request_id)
    content = await export_content(unit.runtime, one)
    headers = {
        "Content-Disposition": f'attachment; filename="export-{one.id}.zip"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type="application/zip", headers=headers)


handlers: list[Any] = [
    list_requests,
    open_request,
    get_request,
    correct,
    verify,
    carry_out,
    extend,
    refuse,
    fetch_export,
]
