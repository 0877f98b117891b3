"""What may be found in a text, and what is to become of it."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct


class DataClass(StrEnum):
    """A kind of sensitive data with a policy of its own. `own`: what a client's own rules find."""

    CARD = "card"
    CARD_CODE = "card_code"
    BANK_ACCOUNT = "bank_account"
    NATIONAL_ID = "national_id"
    HEALTH_ID = "health_id"
    SECRET = "secret"  # noqa: S105
    BIRTH_DATE = "birth_date"
    OWN = "own"


class Action(StrEnum):
    """What becomes of it: kept; masked, with the original kept apart for those who may see it; removed for good."""

    KEEP = "keep"
    MASK = "mask"
    REMOVE = "remove"


class Evidence(StrEnum):
    """Why something was found: its check digits are right, its form says so, words beside it name it, a rule."""

    CHECKSUM = "checksum"
    FORM = "form"
    LABEL = "label"
    RULE = "rule"


class Finding(Struct, frozen=True):
    """A stretch of a text, `text[start:end]`. `kind` says what exactly, such as `iban`; `label` the words or the rule
    that told.
    """

    start: int
    end: int
    data_class: DataClass
    kind: str
    evidence: tuple[Evidence, ...]
    label: str = ""


class ClassPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of one class of data; `agents`: also where agents write it."""

    action: Action = Action.KEEP
    agents: bool = False


RuleName = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[^\W\d_]([^\W\d_]|[ -])*$")]
Pattern = Annotated[str, Meta(min_length=1, max_length=300)]


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A client's own pattern, in RE2's syntax. With the action `keep` it names what is never to be taken for anything
    else, such as order numbers.
    """

    name: RuleName
    pattern: Pattern
    action: Action = Action.MASK
    agents: bool = False
    any_case: bool = False


class Policy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A client's policy. Originals of what is masked are kept for `keep_days`.

    The defaults are what suits most: card data never stays, what identifies or opens something is masked.
    """

    card: ClassPolicy = ClassPolicy(Action.REMOVE, agents=True)
    card_code: ClassPolicy = ClassPolicy(Action.REMOVE, agents=True)
    bank_account: ClassPolicy = ClassPolicy(Action.MASK)
    national_id: ClassPolicy = ClassPolicy(Action.MASK)
    health_id: ClassPolicy = ClassPolicy(Action.MASK)
    secret: ClassPolicy = ClassPolicy(Action.MASK)
    birth_date: ClassPolicy = ClassPolicy(Action.KEEP)
    rules: Annotated[tuple[Rule, ...], Meta(max_length=30)] = ()
    keep_days: Annotated[int, Meta(ge=1, le=3650)] = 90


BUILT_IN = tuple(one for one in DataClass if one is not DataClass.OWN)
"""The classes with recognisers of their own."""


class Masked(Struct, frozen=True):
    """One place where something was taken out: the `index`th mark of the new text (from 0), and what stood there;
    `value` is None where that is not to be kept.
    """

    index: int
    data_class: DataClass
    kind: str
    value: str | None


class Redacted(Struct, frozen=True):
    """A text without what was found in it; `findings` are places in the old text, `masked` in the new one."""

    text: str
    findings: tuple[Finding, ...] = ()
    masked: tuple[Masked, ...] = ()
