"""A chain as JSON lines that an outsider can check, and the check itself: no database, no network."""

from collections.abc import AsyncGenerator, Iterable, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from careloom.platform.database.transactions import Tx
from careloom.platform.errors import InvalidInputError
from careloom.platform.redaction.redact import Redactor
from careloom.platform.redaction.values import redact_values
from careloom.platform.strictness import strictest
from careloom.platform.trail.checker import ERASED, Break, Checker, Why
from careloom.platform.trail.checkpoint import Checkpoint, Notary, is_signed, is_vouched
from careloom.platform.trail.link import FORM, INSTALLATION, Link, instant
from careloom.platform.trail.rows import chain_of, links

T = TypeVar("T")

RULE = (
    "Each line after this one is an entry. hash = SHA-256 of the entry as JSON without hash, salt, content, "
    "erased_at, redacted and vouched, with sorted keys, no spaces, in UTF-8. content_hash = SHA-256 of salt followed "
    "by content; an entry that is redacted has no salt and shows its content without what privacy rules take out, "
    "signed as vouched over its chain, content, form, hash and number. "
    "previous_hash is the hash of the entry before, 64 zeros for number 1. The last line is signed with Ed25519 "
    "over its form, chain, number, hash and at; all that is signed is JSON written in the same way."
)


class Header(Struct, frozen=True):
    """The first line of an export: which chain, from where on, and how it is checked."""

    form: int
    chain: str
    after: int
    exported_at: str
    key: str
    rule: str


class Checked(Struct, frozen=True):
    """What a check of a file found."""

    header: Header
    entries: int
    number: int
    erased: int
    redacted: int
    checkpoint: Checkpoint | None
    broken: Break | None


async def export_lines(
    tx: Tx, notary: Notary, client_id: UUID | None, moment: datetime, after: int = 0
) -> AsyncGenerator[bytes]:
    """The lines of a chain from the link after `after` on, with a header before and a checkpoint behind; without what
    the client's rules take out today.
    """
    chain = INSTALLATION if client_id is None else str(client_id)
    yield _line(Header(FORM, chain, after, instant(moment), notary.public_key, RULE))
    state = (await tx.execute(chain_of(client_id))).one_or_none()
    if state is None:
        return
    chosen = await strictest(tx, client_id)
    async for link in links(tx, client_id, after, state.number):
        if isinstance(link, Link):
            yield _line(_leaving(link, chosen, notary))
    yield _line(notary.sign(chain, state.number, state.hash, moment))


def check_lines(lines: Iterable[bytes], known: Sequence[Checkpoint] = (), key: str | None = None) -> Checked:
    """Checks an exported file; `known` are checkpoints of earlier ones, `key` the public key that must have signed.

    Raises InvalidInputError for what is no such file.
    """
    rest = iter(lines)
    header = _read(next(rest, b""), Header, 1)
    named = {one.number: one.hash for one in known if one.chain == header.chain and one.number > header.after}
    signer = key or (known[0].key if known else header.key)
    checker: Checker | None = None
    end: Checkpoint | None = None
    entries = 0
    told: set[str] = set()
    for place, line in enumerate(rest, 2):
        if end is not None:
            raise InvalidInputError("Line {line} comes after the end of the export.", line=place)
        if b'"signature"' in line and b'"content_hash"' not in line:
            end = _read(line, Checkpoint, place)
            continue
        link = _read(line, Link, place)
        checker = checker or (Checker(named, header.after, link.previous_hash) if header.after else Checker(named))
        broken = _misplaced(link, header) or checker.take(link) or _made_up(link, signer)
        if broken is not None:
            return _checked(header, entries, checker, end, broken)
        entries += 1
        if link.action == ERASED:
            told.add(link.subject_id)
    checker = checker or Checker(named, header.after)
    broken = _ending(header, checker, end, signer)
    broken = broken or checker.silently_erased(told)
    return _checked(header, entries, checker, end, broken)


def checkpoints_in(lines: Iterable[bytes]) -> list[Checkpoint]:
    """The checkpoints in a file: an earlier export's, or what the data folder keeps."""
    return [_read(one, Checkpoint, 0) for one in lines if b'"signature"' in one and b'"content_hash"' not in one]


def _checked(header: Header, entries: int, checker: Checker, end: Checkpoint | None, broken: Break | None) -> Checked:
    return Checked(header, entries, checker.number, len(checker.erased), checker.redacted, end, broken)


def _leaving(link: Link, chosen: Redactor, notary: Notary) -> Link:
    """An entry is sealed as it was written: where a rule came later, what it takes out leaves without its seal, and
    without the salt by which it could be guessed; the installation signs what is left.
    """
    if link.content is None:
        return link
    held = msgspec.json.decode(link.content)
    told = redact_values(chosen, held)
    if told == held:
        return link
    return notary.vouch(replace(link, content=msgspec.json.encode(told).decode(), salt=None, redacted=True))


def _misplaced(link: Link, header: Header) -> Break | None:
    return Break(link.number, link.id, Why.NOT_LINKED) if link.chain != header.chain else None


def _made_up(link: Link, signer: str) -> Break | None:
    wrong = link.shows_unsealed and not is_vouched(link, signer)
    return Break(link.number, link.id, Why.CONTENT_CHANGED) if wrong else None


def _ending(header: Header, checker: Checker, end: Checkpoint | None, key: str) -> Break | None:
    if end is None or end.chain != header.chain:
        return Break(checker.number + 1, None, Why.TRUNCATED) if checker.number > header.after else checker.end()
    if end.key != key or not is_signed(end):
        return Break(end.number, None, Why.BAD_SIGNATURE)
    if end.number > checker.number:
        return Break(checker.number + 1, None, Why.MISSING)
    if end.number != checker.number or (checker.number > header.after and end.hash != checker.head):
        return Break(end.number, None, Why.REWRITTEN)
    return checker.end()


def _line(value: Struct) -> bytes:
    return msgspec.json.encode(value) + b"\n"


def _read(line: bytes, kind: type[T], place: int) -> T:
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise InvalidInputError(
            "Line {line} is not of an audit export: {error}.", line=place, error=str(error)
        ) from None
