"""A link of a chain: an audit entry with its number and hashes, and the one rule by which they are computed.

Pure: an outsider with an exported file needs nothing but this rule, which docs/audit.md tells in words.
"""

import hashlib
import json
from datetime import UTC, datetime

import msgspec
from msgspec import UNSET, Struct, UnsetType

FORM = 1
"""The version of the rule; it is part of what is hashed."""

FIRST = "0" * 64
"""What stands for the hash before the first link."""

INSTALLATION = "installation"
"""The name of the chain of what belongs to no client."""

_OUTSIDE = ("hash", "salt", "content", "erased_at", "redacted", "vouched")


class Link(Struct, frozen=True, kw_only=True):
    """One sealed entry in plain values: ids as text, times in UTC with microseconds.

    `content` is the JSON text of what changed, from `before` to `after`; it and its `salt` are None once erased.
    `glass_id` stands only in what was written during an emergency access; the others have no such field. `redacted`
    stands only in an export, where `content` is without what today's rules take out, and therefore without its salt;
    `vouched` is then the installation's signature under what is left.
    """

    form: int = FORM
    chain: str
    number: int
    id: str
    at: str
    sealed_at: str
    person_id: str | None
    api_key_id: str | None
    actor_name: str
    action: str
    subject_type: str
    subject_id: str
    provider_id: str | None
    ip: str | None
    request_id: str | None
    glass_id: str | UnsetType = UNSET
    content_hash: str
    previous_hash: str
    hash: str = ""
    salt: str | None = None
    content: str | None = None
    erased_at: str | None = None
    redacted: bool | UnsetType = UNSET
    vouched: str | UnsetType = UNSET

    @property
    def shows_unsealed(self) -> bool:
        """Whether it has a content that its `content_hash` proves nothing of."""
        return self.salt is None and self.content is not None


def link_hash(link: Link) -> str:
    """The hash over everything of the link but its hash and its content, which `content_hash` stands for."""
    there = ((name, value) for name, value in msgspec.structs.asdict(link).items() if value is not UNSET)
    fields = {name: value for name, value in there if name not in _OUTSIDE}
    return hashlib.sha256(canonical(fields)).hexdigest()


def content_hash(salt: str, content: str) -> str:
    """The hash over the content; the salt keeps an erased content from being guessed."""
    return hashlib.sha256(f"{salt}{content}".encode()).hexdigest()


def canonical(fields: dict[str, str | int | None]) -> bytes:
    """JSON with sorted keys, no spaces, in UTF-8: what RFC 8785 makes of texts, whole numbers and null."""
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def instant(moment: datetime) -> str:
    """A moment as links write it: `2030-01-31T12:00:00.000001Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
