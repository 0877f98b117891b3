"""The one function: a text without what its policy takes out."""

from collections.abc import Generator
from functools import lru_cache

from careloom.platform.redaction.find import find
from careloom.platform.redaction.types import (
    BUILT_IN,
    Action,
    ClassPolicy,
    DataClass,
    Finding,
    Masked,
    Policy,
    Redacted,
    Rule,
)
from careloom.platform.redaction.view import MARK, mark


class Redactor:
    """A policy ready for use, for what customers write or for what agents write."""

    def __init__(self, policy: Policy, *, agents: bool = False) -> None:
        chosen: dict[DataClass, ClassPolicy] = {one: getattr(policy, one.value) for one in BUILT_IN}
        self._actions = {one: set_.action for one, set_ in chosen.items() if set_.agents or not agents}
        self._rules = tuple(one for one in policy.rules if one.agents or not agents or one.action is Action.KEEP)
        self._own: dict[str, Rule] = {one.name: one for one in self._rules}
        self._removed = frozenset(one for one, action in self._actions.items() if action is Action.REMOVE)
        self._wanted = frozenset(one for one, action in self._actions.items() if action is not Action.KEEP)

    @property
    def idle(self) -> bool:
        """Whether the policy takes nothing out."""
        return not self._wanted and not any(one.action is not Action.KEEP for one in self._rules)

    def find(self, text: str) -> list[Finding]:
        """What would be taken out of `text`, first to last."""
        return [] if self.idle else find(text, self._wanted, self._rules, self._removed)

    def redact(self, text: str) -> Redacted:
        """`text` with a mark in the place of each finding; everything else stays as it is."""
        findings = self.find(text)
        if not findings:
            return Redacted(text)
        parts: list[str] = []
        at = 0
        for one in findings:
            parts += [text[at : one.start], self.mark_of(one, text[one.start : one.end])]
            at = one.end
        new = "".join([*parts, text[at:]])
        return Redacted(new, tuple(findings), tuple(self._masked(findings, text, new)))

    def mark_of(self, one: Finding, value: str) -> str:
        """What stands in the place of a finding."""
        return mark(one.data_class, self._action(one), value, one.kind if one.data_class is DataClass.OWN else "")

    def kept_of(self, one: Finding, value: str) -> str | None:
        """What of a finding is to be kept apart: all of it, or nothing."""
        return value if self._action(one) is Action.MASK else None

    def _action(self, one: Finding) -> Action:
        return self._own[one.kind].action if one.data_class is DataClass.OWN else self._actions[one.data_class]

    def _masked(self, findings: list[Finding], text: str, new: str) -> Generator[Masked]:
        places = {found.start(): index for index, found in enumerate(MARK.finditer(new))}
        moved = 0
        for one in findings:
            value = text[one.start : one.end]
            index = places[one.start + moved]
            yield Masked(index, one.data_class, one.kind, self.kept_of(one, value))
            moved += len(self.mark_of(one, value)) - len(value)


@lru_cache(maxsize=512)
def redactor(policy: Policy, *, agents: bool = False) -> Redactor:
    """The policy's Redactor, made once."""
    return Redactor(policy, agents=agents)


def redact(policy: Policy, text: str, *, agents: bool = False) -> Redacted:
    """`text` as `policy` lets it be stored, exported or logged; `agents`: an agent wrote it."""
    return redactor(policy, agents=agents).redact(text)


def shortened(policy: Policy, text: str, most: int) -> str:
    """At most so many characters of `text`. Where it is cut it is redacted first: of a number that is cut in two
    neither half is known for what it is.
    """
    return text if len(text) <= most else redact(policy, text).text[:most].rstrip()
