"""What a search of conversations answers."""

from msgspec import Struct

from careloom.conversations.types import Conversation


class SearchHit(Struct, frozen=True):
    """A conversation found by text; `snippet` marks the words with « »."""

    conversation: Conversation
    snippet: str
    rank: float
