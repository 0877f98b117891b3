"""What logs and errors may say of a text: nothing that any recogniser knows, no address, no long number."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final
from uuid import UUID

from careloom.platform.redaction.own import STRICT, OwnRules
from careloom.platform.redaction.redact import redact
from careloom.platform.redaction.types import Rule

_ADDRESS: Final = re.compile(r"[^\s@<>\"(),;]{1,256}@[^\s@<>\"(),;]{1,256}")
_NUMBER: Final = re.compile(r"\+?\d[\d\s().-]{7,}\d")
_SECRET: Final = re.compile(r"clk_[\w-]+|(?i:bearer)\s+\S+|(?i:password|secret|token|cookie)[\"']?\s*[=:]\s*\S+")
_OURS: Final = re.compile(
    r"[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}|(?=\d{0,62}[a-f])([\da-f]{64}){1,2}|"
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z",
    re.ASCII,
)
"""Ids, hashes, keys and signatures in hex, moments."""

_held: dict[UUID, tuple[Rule, ...]] = {}
_unread: set[UUID] = set()
_own = OwnRules(())


def hold_rules(rules: Mapping[UUID, tuple[Rule, ...] | None]) -> list[UUID]:
    """From now on logs hold nothing of what these rules of clients take out: those of all together, since hardly any
    line of a log says whose it is. None: they cannot be read, and the client's former ones stay.

    Answers the clients whose rules could be read before and cannot any more. Compiling many takes a while; for one
    thread at a time.
    """
    global _own, _held, _unread
    held = {client_id: _held.get(client_id, ()) if read is None else read for client_id, read in rules.items()}
    unread = {client_id for client_id, read in rules.items() if read is None}
    if held != _held:
        _own, _held = OwnRules([rule for one in held.values() for rule in one]), held
    new, _unread = sorted(unread - _unread), unread
    return new


def change_rules(rules: Mapping[UUID, tuple[Rule, ...] | None]) -> list[UUID]:
    """The same where only these clients' rules were read anew; the others' stay."""
    return hold_rules({**_held, **dict.fromkeys(_unread), **rules})


def scrub(text: str) -> str:
    """`text` for a log: without secrets, addresses, long numbers, all else that `STRICT` finds, and what clients' own
    rules take out.

    What is nothing but an id, a hash, a signature, a moment or an address of the inside stays whole: who looks into a
    log has nothing else to go by, and checkpoints are verified from it.
    """
    if _OURS.fullmatch(text) or _lies_inside(text):
        return text
    text = _own.redact(_SECRET.sub("[secret]", text))
    return redact(STRICT, _NUMBER.sub("[number]", _ADDRESS.sub("[address]", text))).text


def _lies_inside(text: str) -> bool:
    try:
        return not ip_address(text).is_global
    except ValueError:
        return False
