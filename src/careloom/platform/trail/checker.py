"""Goes along a chain, link by link, and says where it is broken first. Pure: for databases and files alike."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from careloom.platform.trail.link import FIRST, Link, content_hash, link_hash

_LONGEST_WRITING = timedelta(hours=1)
"""No transaction stays open for longer: an entry older than that, before the seal ahead of it, was slipped in."""

ERASED = "audit_entry.erase"
"""What the entry says was done that tells of an erased content; its subject is the entry erased."""


class Why(StrEnum):
    """In which way a chain is broken."""

    MISSING = "missing"
    CHANGED = "changed"
    CONTENT_CHANGED = "content_changed"
    NOT_LINKED = "not_linked"
    BACKDATED = "backdated"
    NEVER_SEALED = "never_sealed"
    ERASED_SILENTLY = "erased_silently"
    TRUNCATED = "truncated"
    REWRITTEN = "rewritten"
    BAD_SIGNATURE = "bad_signature"


MEANING = {
    Why.MISSING: "the entry is not there",
    Why.CHANGED: "the entry is not what was sealed",
    Why.CONTENT_CHANGED: "what the entry says changed is not what was sealed",
    Why.NOT_LINKED: "it does not follow the entry before it: something was put in, taken out or moved",
    Why.BACKDATED: "it says it is older than entries that were sealed long before it",
    Why.NEVER_SEALED: "it was put in among entries that were sealed already",
    Why.ERASED_SILENTLY: "its content was erased and no entry says so",
    Why.TRUNCATED: "the chain ends before a checkpoint that was taken of it",
    Why.REWRITTEN: "it is not the entry that a checkpoint was taken of: the chain was written anew",
    Why.BAD_SIGNATURE: "the checkpoint's signature is not this installation's",
}


class Break(Struct, frozen=True):
    """Where a chain is broken first; `entry_id` is None where no entry is there to name."""

    number: int
    entry_id: str | None
    why: Why

    @property
    def words(self) -> str:
        """In words, with the entry's number."""
        named = f" ({self.entry_id})" if self.entry_id else ""
        return f"entry {self.number}{named}: {MEANING[self.why]}"


class Checker:
    """Takes the links of one chain in order. It starts at the first, or after a link that is known to be right."""

    def __init__(
        self, checkpoints: Mapping[int, str], number: int = 0, head: str = FIRST, sealed_at: str | None = None
    ) -> None:
        self.number = number
        self.head = head
        self.erased: list[Link] = []
        """Links whose content is gone; whoever has the database looks whether an entry says so."""
        self.redacted = 0
        """How many left without what rules of that day took out: what they say now is not what was sealed."""
        self._checkpoints = checkpoints
        self._sealed_at = sealed_at

    def take(self, link: Link) -> Break | None:
        """Checks the next link; answers what is wrong with it, and goes on only where nothing is."""
        why = self._wrong(link)
        if why is Why.MISSING:
            return Break(self.number + 1, None, why)
        if why is not None:
            return Break(link.number, link.id, why)
        if link.shows_unsealed:
            self.redacted += 1
        elif link.salt is None:
            self.erased.append(link)
        self.number, self.head, self._sealed_at = link.number, link.hash, link.sealed_at
        return None

    def end(self) -> Break | None:
        """What is wrong with the chain's ending here."""
        last = max(self._checkpoints, default=0)
        return Break(last, None, Why.TRUNCATED) if last > self.number else None

    def silently_erased(self, told: Collection[str]) -> Break | None:
        """The first link whose content is gone although no entry says so: `told` are the ids of which one does.

        What was erased just before the chain's end may be told of behind it.
        """
        for one in self.erased:
            if one.id not in told and _before(one.erased_at, self._sealed_at):
                return Break(one.number, one.id, Why.ERASED_SILENTLY)
        return None

    def _wrong(self, link: Link) -> Why | None:
        if link.number > self.number + 1:
            return Why.MISSING
        if link.number != self.number + 1 or link.previous_hash != self.head:
            return Why.NOT_LINKED
        if link_hash(link) != link.hash:
            return Why.CHANGED
        if self._checkpoints.get(link.number, link.hash) != link.hash:
            return Why.REWRITTEN
        if link.salt is not None and content_hash(link.salt, link.content or "") != link.content_hash:
            return Why.CONTENT_CHANGED
        if link.shows_unsealed and link.redacted is not True:
            return Why.CONTENT_CHANGED
        if self._sealed_at is not None and _before(link.at, self._sealed_at):
            return Why.BACKDATED
        return None


def _before(early: str | None, late: str | None) -> bool:
    """Whether one moment is so long before the other that no transaction was open in both; so is what is no moment."""
    try:
        return datetime.fromisoformat(early or "") + _LONGEST_WRITING < datetime.fromisoformat(late or "")
    except (ValueError, TypeError, OverflowError):
        return True
