"""How much speaks for two customers being one person."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from careloom.customers.types import Customer, IdentityKind
from careloom.platform.texts.text import Text, say

_CLAIM: Final = 0.9
_MAILBOX: Final = 0.8
_NAME: Final = 0.5
_ATTRIBUTE: Final = 0.15


class Likeness(Struct, frozen=True):
    """A score from 0 to 1 and the evidence; 0 where nothing speaks for it."""

    score: float
    evidence: tuple[Text, ...]


def likeness(one: Customer, other: Customer, claimed: Sequence[str] = ()) -> Likeness:
    """What speaks for `one` and `other` being the same person.

    `claimed` are addresses of one of them that the other gave without proof.
    """
    score, evidence = 0.0, [say("Gave the address {address}, which the other has.", address=value) for value in claimed]
    if claimed:
        score = _CLAIM
    same_name = bool(name_key(one.name)) and name_key(one.name) == name_key(other.name)
    mailboxes = sorted(_mailboxes(one) & _mailboxes(other)) if same_name else []
    if mailboxes:
        score = max(score, _MAILBOX)
        named = mailboxes[0]
        evidence.append(say("Same name and same mailbox name “{name}” at another e-mail provider.", name=named))
    shared = sorted(_filled(one).items() & _filled(other).items()) if same_name else []
    if shared:
        score = max(score, _NAME + _ATTRIBUTE * len(shared))
        evidence.append(say("Same name and the same here: {fields}.", fields=tuple(key for key, _ in shared)))
    return Likeness(min(score, 1.0), tuple(evidence))


def name_key(name: str) -> str:
    """A name as it is compared."""
    return " ".join(name.lower().split())


def mailbox(address: str) -> str:
    """What stands before the @, without a +tag."""
    return address.partition("@")[0].partition("+")[0]


def _mailboxes(one: Customer) -> set[str]:
    return {mailbox(each.value) for each in one.identities if each.kind is IdentityKind.EMAIL}


def _filled(one: Customer) -> dict[str, str]:
    return {key: str(value) for key, value in one.attributes.items() if value not in (None, "", False)}
