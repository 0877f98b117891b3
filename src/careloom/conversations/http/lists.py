"""Endpoints that find conversations: lists, counts, by id, by text."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from litestar import get
from litestar.datastructures import State
from litestar.params import FromQuery, QueryParameter

from careloom.conversations.ports import ServedQueues
from careloom.conversations.queries.conversation import get_conversations
from careloom.conversations.queries.lists import Asked, count_views, list_conversations
from careloom.conversations.queries.search import search_conversations
from careloom.conversations.types import (
    Conversation,
    Priority,
    QueueId,
    Sort,
    Status,
    View,
    ViewCounts,
    ViewFilter,
)
from careloom.conversations.types.search import SearchHit
from careloom.customers.types import CustomerId
from careloom.identity.types import PersonId
from careloom.organizations.types import Channel, ClientId, ProgramId
from careloom.platform.access import Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, InvalidInputError
from careloom.platform.paging import MAX_LIMIT, Page
from careloom.platform.reads import Question
from careloom.platform.texts.text import say
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit, UnitOfWork


async def served_queues(state: State, unit: UnitOfWork, tx: Tx) -> Sequence[QueueId]:
    """The queues of whoever asks, from the port that the composition root fills."""
    port: ServedQueues = state.served_queues
    return await port(tx, unit.actor)


@get("/conversations", summary="Conversations")
async def get_list(
    unit: Unit,
    state: State,
    view: FromQuery[View] = View.ALL,
    sort: FromQuery[Sort | None] = None,
    client_id: FromQuery[ClientId | None] = None,
    program_id: FromQuery[ProgramId | None] = None,
    queue_id: FromQuery[QueueId | None] = None,
    assignee_id: FromQuery[PersonId | None] = None,
    channel: FromQuery[Channel | None] = None,
    status: FromQuery[Status | None] = None,
    priority: FromQuery[Priority | None] = None,
    tag: Annotated[str | None, QueryParameter(max_length=50)] = None,
    customer_id: FromQuery[CustomerId | None] = None,
    unassigned: FromQuery[bool | None] = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[Conversation]:
    """`sort=waiting`: unresolved ones, those promised or waiting longest first; the default except for `all`."""
    chosen = ViewFilter(client_id, program_id, queue_id, assignee_id, unassigned, channel, status, priority, tag)
    sort = sort or (Sort.NEWEST if view is View.ALL else Sort.WAITING)

    async def read(tx: Tx) -> Page[Conversation]:
        queues = await served_queues(state, unit, tx) if view is View.MY_QUEUES else ()
        asked = Asked(view=view, filter=chosen, customer_id=customer_id, sort=sort, queue_ids=queues)
        return await list_conversations(tx, unit.actor, asked, limit, after)

    unit.actor.require(Permission.CONVERSATIONS_READ)
    return await unit.read(read)


@get("/conversations/by-ids", summary="Conversations by id")
async def get_by_ids(
    unit: Unit, ids: Annotated[str, QueryParameter(max_length=37 * MAX_LIMIT, description="Ids, with commas.")]
) -> Page[Conversation]:
    """Those that you may see, at most 100."""
    try:
        wanted = [UUID(one) for one in ids.split(",") if one]
    except ValueError:
        raise InvalidInputError(errors=(FieldError("/ids", "Give ids with commas between them."),)) from None
    if len(wanted) > MAX_LIMIT:
        raise InvalidInputError(errors=(FieldError("/ids", say("Ask for at most {count}.", count=MAX_LIMIT)),))
    return Page(tuple(await unit.read(lambda tx: get_conversations(tx, unit.actor, wanted))))


@get("/conversations/counts", summary="How much each list holds")
async def get_counts(unit: Unit, state: State) -> ViewCounts:
    """Unresolved conversations, counted up to 999."""

    async def read(tx: Tx) -> ViewCounts:
        return await count_views(tx, unit.actor, await served_queues(state, unit, tx))

    return await unit.read(read)


@get("/search", summary="Search in messages")
async def search(
    unit: Unit,
    q: Annotated[str, QueryParameter(max_length=300, description='Words, "phrases", OR, -without.')],
    client_id: FromQuery[ClientId | None] = None,
    limit: Limit = 50,
) -> Page[SearchHit]:
    """Best first; the last word may be unfinished."""
    unit.actor.require_somewhere(Permission.CONVERSATIONS_READ, client_id)
    asked = Question(client_id, q, limit)
    return await unit.read(
        lambda tx: search_conversations(tx, unit.actor, q, client_id, limit),
        noting=lambda page: asked.shown("conversation.search", (one.conversation.client_id for one in page.items)),
    )


handlers: list[Any] = [get_list, get_by_ids, get_counts, search]
