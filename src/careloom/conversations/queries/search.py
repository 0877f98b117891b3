"""Ranked full-text search over messages."""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Integer, Select, String, Uuid, bindparam, cast, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, distinct_on

from careloom.conversations.core.search_words import SearchWords, search_words, surely_rare
from careloom.conversations.queries.conversation import conversations, read_conversation
from careloom.conversations.tables.contact import conversation
from careloom.conversations.tables.message import message
from careloom.conversations.types import MessageKind
from careloom.conversations.types.search import SearchHit
from careloom.organizations.queries import list_client_ids
from careloom.platform.access import Actor, Permission, Reach
from careloom.platform.database.prepared import Prepared
from careloom.platform.database.scope import reached
from careloom.platform.database.transactions import Tx
from careloom.platform.paging import Page
from careloom.platform.remembered import Remembered

_MOST_RANKED: Final = 5000
_SAMPLED: Final = 400
_COMMON: Final = _SAMPLED // 20
_LEAST_OF_EACH: Final = 20
_M: Final = message.c
_COLUMNS: Final = (_M.client_id, _M.conversation_id, _M.seq, _M.at, _M.kind, _M.search)
_SNIPPET_LENGTH: Final = 20_000
_MARKS: Final = "StartSel=«, StopSel=», MaxWords=25, MinWords=10, MaxFragments=1"
_STATEMENTS_KEPT: Final = 200
_COMMON_SECONDS: Final = 60.0
_COMMON_KEPT: Final = 1000
_CLIENTS: Final = cast(bindparam("clients", type_=ARRAY(Uuid)), ARRAY(Uuid))
_MOST: Final = bindparam("most", type_=Integer)

_common: Final[Remembered[tuple[UUID, ...], frozenset[str]]] = Remembered(_COMMON_SECONDS, _COMMON_KEPT)


class _Looked(Struct, frozen=True):
    """How a search is written: with whole words, with the beginning of one, over all clients, by what reach."""

    whole: bool
    prefix: bool
    everywhere: bool
    reaches: tuple[Reach, ...]


async def search_conversations(
    tx: Tx, actor: Actor, typed: str, client_id: UUID | None = None, limit: int = 50
) -> Page[SearchHit]:
    """Conversations with messages that hold the words, best first; of more than 5000 messages some are ranked.

    What one in twenty of the newest 400 messages holds is looked for in the newest 5000 alone: so common words cost no
    more than rare ones. Understands "phrases", OR and -exclusions; the last word may be a beginning. Without words it
    finds nothing.
    """
    words = search_words(typed)
    if words is None:
        return Page(())
    mine = actor.clients_for(Permission.CONVERSATIONS_READ) if client_id is None else frozenset({client_id})
    clients = await list_client_ids(tx) if mine is None else sorted(mine)
    reaches = actor.reaches_for(Permission.CONVERSATIONS_READ)
    looked = _Looked(bool(words.whole), bool(words.prefix), mine is None, reaches)
    asked: dict[str, Any] = {"clients": clients, "owners": _owners(clients), "limit": limit}
    asked |= {"whole": words.whole, "prefix": f"{words.prefix}:*"}
    common = await _is_common(tx, words, looked, asked)
    hits = _hits(looked, common)
    rows = await hits.rows(tx, **asked, each=_of_each(_MOST_RANKED, clients), most=_MOST_RANKED)
    return Page(tuple(SearchHit(read_conversation(row), row.snippet, float(row.rank)) for row in rows))


async def _is_common(tx: Tx, words: SearchWords, looked: _Looked, asked: Mapping[str, Any]) -> bool:
    """Whether one in twenty of the newest messages matches; a word that none in twenty held a minute ago says no."""
    clients: Sequence[UUID] = asked["clients"]
    sampled = {**asked, "each": _of_each(_SAMPLED, clients), "most": _COMMON}

    async def find() -> frozenset[str]:
        return frozenset((await tx.execute(_common_words(), sampled)).scalars())

    if surely_rare(words, await _common(tuple(clients), find)):
        return False
    return (await tx.execute(_sample(looked), sampled)).scalar_one() == _COMMON


def _of_each(most: int, clients: Sequence[UUID]) -> int:
    return max(_LEAST_OF_EACH, most // max(1, len(clients)))


def _owners(clients: Sequence[UUID]) -> str:
    return " | ".join(f"'client:{one}'" for one in clients) or "'client:'"


@cache
def _common_words() -> Select[Any]:
    """The words that the newest messages hold as often as makes them common."""
    newest = _newest()
    word = func.unnest(newest.c.search).table_valued("lexeme", "positions", "weights").render_derived(name="word")
    held = select(word.c.lexeme).select_from(newest.join(word, true())).group_by(word.c.lexeme)
    return held.having(func.count() >= _MOST)


@lru_cache(_STATEMENTS_KEPT)
def _sample(looked: _Looked) -> Select[Any]:
    """How many of the newest messages match, up to what makes words common."""
    some = select(_newest(_tsquery(looked)).c.seq).limit(_MOST).subquery("some")
    return select(func.count()).select_from(some)


def _newest(asked: Any = None) -> Any:
    """Of the newest messages of the clients, some of each, those that match, or all; ids are in the order of time."""
    given = func.unnest(_CLIENTS).table_valued("id").render_derived(name="lead")
    one = select(*_COLUMNS).where(_M.client_id == given.c.id).order_by(_M.id.desc())
    latest = one.limit(bindparam("each", type_=Integer)).lateral("latest")
    statement = select(*latest.c).select_from(given.join(latest, true()))
    if asked is not None:
        statement = statement.where(latest.c.search.op("@@")(asked))
    return statement.subquery("newest")


def _indexed(asked: Any, everywhere: bool) -> Any:
    """Those that the index finds, among the messages of the clients or of all.

    The words name the clients; that the column does too is compared so that no other index is read for it.
    """
    if everywhere:
        return select(*_COLUMNS).where(_M.search.op("@@")(asked)).subquery("indexed")
    narrowed = select(cast(bindparam("owners", type_=String), TSQUERY).op("&&")(asked)).scalar_subquery()
    statement = select(*_COLUMNS).where(
        _M.search.op("@@")(narrowed), func.array_position(_CLIENTS, _M.client_id).is_not(None)
    )
    return statement.subquery("indexed")


@lru_cache(_STATEMENTS_KEPT)
def _hits(looked: _Looked, common: bool) -> Prepared:
    asked = _tsquery(looked)
    source = _newest(asked) if common else _indexed(asked, looked.everywhere)
    c, m, s = conversation.c, message.c, source.c
    matching = select(s.client_id, s.conversation_id, s.seq, s.at, func.ts_rank(s.search, asked).label("rank"))
    if all(one.program_ids is None for one in looked.reaches):
        held = reached(looked.reaches, s.client_id)
    else:
        matching = matching.join(conversation, (s.client_id == c.client_id) & (s.conversation_id == c.id))
        held = reached(looked.reaches, c.client_id, c.program_id)
    matching = matching.where(func.numnode(asked) > 0, s.kind != MessageKind.EVENT, held).limit(_MOST)
    found = matching.subquery("matching")
    best = (
        select(found)
        .ext(distinct_on(found.c.conversation_id))
        .order_by(found.c.conversation_id, found.c.rank.desc(), found.c.seq.desc())
        .subquery("best")
    )
    limit = bindparam("limit", type_=Integer)
    top = select(best).order_by(best.c.rank.desc(), best.c.at.desc()).limit(limit).subquery("top")
    shown = top.c
    headline = func.ts_headline("simple", func.left(m.text, _SNIPPET_LENGTH), asked, _MARKS)
    same = (m.client_id == shown.client_id) & (m.conversation_id == shown.conversation_id) & (m.seq == shown.seq)
    snippet = select(headline).where(same).scalar_subquery().label("snippet")
    return Prepared(
        conversations()
        .add_columns(snippet, shown.rank)
        .select_from(top)
        .join(conversation, (c.client_id == shown.client_id) & (c.id == shown.conversation_id))
        .order_by(shown.rank.desc(), shown.at.desc())
    )


def _tsquery(looked: _Looked) -> Any:
    """What is looked for, read once. As a subquery it tells the planner nothing, so that one plan is kept for all words
    instead of made for each.
    """
    whole = func.websearch_to_tsquery("simple", bindparam("whole", type_=String), type_=TSQUERY)
    prefix = func.to_tsquery("simple", bindparam("prefix", type_=String), type_=TSQUERY)
    parts = [*([whole] if looked.whole else []), *([prefix] if looked.prefix else [])]
    return select(parts[0] if len(parts) == 1 else parts[0].op("&&")(parts[1])).scalar_subquery()
