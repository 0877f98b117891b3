"""Endpoints of the audit trail: entries, chains, verification, export."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Router, get, post
from litestar.params import FromQuery, JSONBody, QueryParameter
from litestar.response import Stream
from msgspec import Struct

from careloom.platform import audit
from careloom.platform.audit import AuditEntry
from careloom.platform.clock import now
from careloom.platform.errors import InvalidInputError, NotFoundError
from careloom.platform.paging import Page
from careloom.platform.reads import NOBODYS, Question
from careloom.platform.trail.checkpoint import Notary, keep, kept
from careloom.platform.trail.export import export_lines
from careloom.platform.trail.link import INSTALLATION
from careloom.platform.trail.states import ChainState, get_chain, list_chains, require_chain
from careloom.platform.trail.verifying import verify
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit

_MOST_AT_ONCE = 100_000
From = Annotated[datetime | None, QueryParameter(name="from", description="The first moment.")]
To = Annotated[datetime | None, QueryParameter(name="to", description="The first moment after.")]


class Chains(Struct, frozen=True):
    """Chains, and the public key by which their checkpoints are verified."""

    key: str
    items: tuple[ChainState, ...]
    next: str | None


class NewVerification(Struct, frozen=True, forbid_unknown_fields=True):
    """Which chain to verify: a client's, or that of what belongs to no client; from its first entry on if `whole`."""

    client_id: UUID | None = None
    whole: bool = False


@get("/audit", summary="Audit trail, newest first")
async def get_audit(
    unit: Unit,
    client_id: FromQuery[UUID | None] = None,
    subject_id: FromQuery[UUID | None] = None,
    person_id: FromQuery[UUID | None] = None,
    glass_id: FromQuery[UUID | None] = None,
    reads: FromQuery[bool | None] = None,
    since: From = None,
    until: To = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[AuditEntry]:
    """Who changed or read what, when and from where; `reads` chooses one of the two, `glass_id` what was done during
    one emergency access, `from` and `to` a time.
    """
    filters = tuple(str(one) for one in (subject_id, person_id, glass_id, reads, since, until))
    asked = Question(client_id, None, limit, after, filters)
    return await unit.read(
        lambda tx: audit.list_audit(
            tx,
            unit.actor,
            client_id=client_id,
            subject_id=subject_id,
            person_id=person_id,
            glass_id=glass_id,
            reads=reads,
            since=since,
            until=until,
            limit=limit,
            after=after,
        ),
        noting=lambda page: asked.shown("audit.read", (one.client_id for one in page.items)),
    )


@get("/audit/chains", summary="Chains of the audit trail")
async def get_chains(unit: Unit, limit: Limit = 50, after: After = None) -> Chains:
    """How long each is, up to where it is verified, and whether it is broken."""
    page = await unit.read(lambda tx: list_chains(tx, unit.actor, limit, after))
    return Chains(Notary(unit.runtime.secret).public_key, page.items, page.next)


@post("/audit/verify", status_code=200, summary="Verify a chain of the audit trail")
async def post_verification(unit: Unit, data: JSONBody[NewVerification]) -> ChainState:
    """Answers the chain's state afterwards. The scheduled job does the same without being asked."""
    runtime, client_id = unit.runtime, data.client_id
    async with unit.transaction() as tx:
        state = await get_chain(tx, unit.actor, client_id)
        if state is None:
            raise NotFoundError
        if data.whole and state.number > _MOST_AT_ONCE:
            raise InvalidInputError("The chain is long: it is verified as a whole each night and by `careloom audit`.")
        await audit.record(tx, unit.actor, "audit_chain.verify", state.id, client_id=client_id)
    name = INSTALLATION if client_id is None else str(client_id)
    known = kept(runtime.settings.home, name)
    verdict = await verify(runtime.database, Notary(runtime.secret), client_id, whole=data.whole, known=known)
    if verdict.checkpoint is not None:
        keep(runtime.settings.home, verdict.checkpoint)
    after = await unit.read(lambda tx: get_chain(tx, unit.actor, client_id))
    return after or state


@get("/audit/export", summary="A chain of the audit trail as JSON lines", media_type="application/jsonl")
async def get_export(
    unit: Unit,
    client_id: FromQuery[UUID | None] = None,
    from_number: Annotated[int, QueryParameter(ge=1, le=2**53, description="The first entry's number.")] = 1,
) -> Stream:
    """Every entry with its hashes, a header that says how they are checked, a signed checkpoint at the end."""
    require_chain(unit.actor, client_id)
    notary = Notary(unit.runtime.secret)

    async def lines() -> AsyncGenerator[bytes]:
        async with unit.transaction() as tx:
            async for line in export_lines(tx, notary, client_id, now(), from_number - 1):
                yield line

    async with unit.transaction() as tx:
        await audit.record(tx, unit.actor, "audit.export", client_id or NOBODYS, client_id=client_id)
    name = f"audit-{client_id or INSTALLATION}.jsonl"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Stream(lines(), media_type="application/jsonl", headers=headers)


router = Router("/", route_handlers=[get_audit, get_chains, post_verification, get_export], tags=["audit"])
