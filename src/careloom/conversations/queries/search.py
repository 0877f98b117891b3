"""Ranked full-text search over messages."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, cast, func, literal, select
from sqlalchemy.dialects.postgresql import TSQUERY, distinct_on

from careloom.conversations.core.search_words import SearchWords, search_words
from careloom.conversations.queries.conversation import conversations, read_conversation, visible
from careloom.conversations.tables.contact import conversation
from careloom.conversations.tables.message import message
from careloom.conversations.types import MessageKind
from careloom.conversations.types.search import SearchHit
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.paging import Page

_MOST_RANKED: Final = 5000
_SNIPPET_LENGTH: Final = 20_000
_MARKS: Final = "StartSel=«, StopSel=», MaxWords=25, MinWords=10, MaxFragments=1"


async def search_conversations(
    tx: Tx, actor: Actor, typed: str, client_id: UUID | None = None, limit: int = 50
) -> Page[SearchHit]:
    """Conversations with messages that hold the words, best first; of more than 5000 messages some are ranked.

    Understands "phrases", OR and -exclusions; the last word may be a beginning. Without words it finds nothing.
    """
    words = search_words(typed)
    if words is None:
        return Page(())
    asked = _tsquery(words)
    statement = _hits(actor, asked, _with_clients(actor, asked, client_id), client_id, limit)
    rows = (await tx.execute(statement)).all()
    return Page(tuple(SearchHit(read_conversation(row), row.snippet, float(row.rank)) for row in rows))


def _hits(actor: Actor, asked: Any, narrowed: Any, client_id: UUID | None, limit: int) -> Select[Any]:
    c, m = conversation.c, message.c
    of_conversation = (m.client_id == c.client_id) & (m.conversation_id == c.id)
    matching = (
        select(m.client_id, m.conversation_id, m.seq, m.at, func.ts_rank(m.search, asked).label("rank"))
        .join(conversation, of_conversation)
        .where(m.search.op("@@")(narrowed), func.numnode(asked) > 0, m.kind != MessageKind.EVENT, visible(actor))
        .limit(_MOST_RANKED)
    )
    if client_id is not None:
        matching = matching.where(m.client_id == client_id)
    found = matching.subquery("matching")
    best = (
        select(found)
        .ext(distinct_on(found.c.conversation_id))
        .order_by(found.c.conversation_id, found.c.rank.desc(), found.c.seq.desc())
        .subquery("best")
    )
    top = select(best).order_by(best.c.rank.desc(), best.c.at.desc()).limit(limit).subquery("top")
    snippet = func.ts_headline("simple", func.left(m.text, _SNIPPET_LENGTH), asked, _MARKS).label("snippet")
    same = (m.client_id == top.c.client_id) & (m.conversation_id == top.c.conversation_id) & (m.seq == top.c.seq)
    return (
        conversations()
        .add_columns(snippet, top.c.rank)
        .select_from(top)
        .join(message, same)
        .join(conversation, of_conversation)
        .order_by(top.c.rank.desc(), top.c.at.desc())
    )


def _tsquery(words: SearchWords) -> Any:
    parts: list[Any] = []
    if words.whole:
        parts.append(func.websearch_to_tsquery("simple", words.whole, type_=TSQUERY))
    if words.prefix:
        parts.append(func.to_tsquery("simple", f"{words.prefix}:*", type_=TSQUERY))
    return parts[0] if len(parts) == 1 else parts[0].op("&&")(parts[1])


def _with_clients(actor: Actor, asked: Any, client_id: UUID | None) -> Any:
    clients = actor.clients_for(Permission.CONVERSATIONS_READ) if client_id is None else frozenset({client_id})
    if clients is None:
        return asked
    owners = " | ".join(f"'client:{one}'" for one in sorted(clients)) or "'client:'"
    return cast(literal(owners), TSQUERY).op("&&")(asked)
