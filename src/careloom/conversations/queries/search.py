"""Ranked full-text search over messages."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, Uuid, cast, func, literal, select, true
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, distinct_on

from careloom.conversations.core.search_words import SearchWords, search_words
from careloom.conversations.queries.conversation import conversations, read_conversation, visible
from careloom.conversations.tables.contact import conversation
from careloom.conversations.tables.message import message
from careloom.conversations.types import MessageKind
from careloom.conversations.types.search import SearchHit
from careloom.organizations.queries import list_client_ids
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.paging import Page

_MOST_RANKED: Final = 5000
_SAMPLED: Final = 1000
_COMMON: Final = _SAMPLED // 20
_LEAST_OF_EACH: Final = 20
_M: Final = message.c
_COLUMNS: Final = (_M.client_id, _M.conversation_id, _M.seq, _M.at, _M.kind, _M.search)
_SNIPPET_LENGTH: Final = 20_000
_MARKS: Final = "StartSel=«, StopSel=», MaxWords=25, MinWords=10, MaxFragments=1"


async def search_conversations(
    tx: Tx, actor: Actor, typed: str, client_id: UUID | None = None, limit: int = 50
) -> Page[SearchHit]:
    """Conversations with messages that hold the words, best first; of more than 5000 messages some are ranked.

    What one in twenty of the newest 1000 messages holds is looked for in the newest 5000 alone: so common words cost no
    more than rare ones. Understands "phrases", OR and -exclusions; the last word may be a beginning. Without words it
    finds nothing.
    """
    words = search_words(typed)
    if words is None:
        return Page(())
    asked = _tsquery(words)
    mine = actor.clients_for(Permission.CONVERSATIONS_READ) if client_id is None else frozenset({client_id})
    clients = await list_client_ids(tx) if mine is None else sorted(mine)
    some = select(_newest(asked, clients, _SAMPLED).c.seq).limit(_COMMON).subquery("some")
    common = (await tx.execute(select(func.count()).select_from(some))).scalar_one() == _COMMON
    source = _newest(asked, clients, _MOST_RANKED) if common else _indexed(asked, mine)
    rows = (await tx.execute(_hits(actor, asked, source, limit))).all()
    return Page(tuple(SearchHit(read_conversation(row), row.snippet, float(row.rank)) for row in rows))


def _newest(asked: Any, clients: Sequence[UUID], most: int) -> Any:
    """Those that match among the newest messages of these clients, some of each; ids are in the order of time."""
    given = func.unnest(cast(list(clients), ARRAY(Uuid))).table_valued("id").render_derived(name="lead")
    each = max(_LEAST_OF_EACH, most // max(1, len(clients)))
    one = select(*_COLUMNS).where(_M.client_id == given.c.id).order_by(_M.id.desc())
    latest = one.limit(each).lateral("latest")
    statement = select(*latest.c).select_from(given.join(latest, true()))
    return statement.where(latest.c.search.op("@@")(asked)).subquery("newest")


def _indexed(asked: Any, clients: frozenset[UUID] | None) -> Any:
    """Those that the index finds, among the messages of these clients; None for all."""
    if clients is None:
        return select(*_COLUMNS).where(_M.search.op("@@")(asked)).subquery("indexed")
    owners = " | ".join(f"'client:{one}'" for one in sorted(clients)) or "'client:'"
    narrowed = cast(literal(owners), TSQUERY).op("&&")(asked)
    statement = select(*_COLUMNS).where(_M.search.op("@@")(narrowed), _M.client_id.in_(sorted(clients)))
    return statement.subquery("indexed")


def _hits(actor: Actor, asked: Any, source: Any, limit: int) -> Select[Any]:
    c, m, s = conversation.c, message.c, source.c
    of_conversation = (m.client_id == c.client_id) & (m.conversation_id == c.id)
    matching = (
        select(s.client_id, s.conversation_id, s.seq, s.at, func.ts_rank(s.search, asked).label("rank"))
        .join(conversation, (s.client_id == c.client_id) & (s.conversation_id == c.id))
        .where(func.numnode(asked) > 0, s.kind != MessageKind.EVENT, visible(actor))
        .limit(_MOST_RANKED)
    )
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
