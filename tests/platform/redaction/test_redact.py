"""The one function: only what was found changes, a second pass changes nothing, time grows with the text alone."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.platform.redaction.markup import redact_html
from careloom.platform.redaction.redact import Redactor, redact
from careloom.platform.redaction.rules import rule_problem
from careloom.platform.redaction.types import BUILT_IN, Action, ClassPolicy, DataClass, Policy, Rule
from careloom.platform.redaction.view import MARK

ALL: dict[str, Any] = {one.value: ClassPolicy(Action.MASK) for one in BUILT_IN}
EVERYTHING = Policy(
    **ALL,
    rules=(
        Rule(name="loyalty card", pattern=r"LC-\d{6}"),
        Rule(name="all the rest", pattern=r"rest.*", action=Action.REMOVE),
        Rule(name="orders", pattern=r"ORD-\d+", action=Action.KEEP),
    ),
)
_PIECES = st.sampled_from(
    [
        "4111 1111 1111 1111",
        "4111",
        " 1111",
        "-1111",
        "DE89 3704 0044 0532 0130 00",
        "cvv",
        " 123",
        "12/27",
        "password is",
        "my password is Tiger7!",
        "SSN ",
        "123-45-6789",
        "[card •••• 1111]",
        "[",
        "]",
        "••••",
        "\n",
        "> ",
        "٤١١١",
        "born on",
        " 3 May 1985",
        "LC-123456",
        "ORD-4111111111111111",
        "rest of it",
        "pin",
        " or 4321",
        "visa valid until 12/27 ",
        "code ",
        "code on the back ",
        "social ",
        "737",
        "token: abc123def456",
        ", ",
        "é",
        "\u200b",
        "1",
        "order number ",
        "https://x:y1@z.example/?key=abcdefg",
        "\U0001f600",
        "\x00",
        "ID",
        "AB 12 34 56 C",
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=25).map("".join))


@given(TEXTS)
def test_nothing_outside_the_findings_changes(text: str) -> None:
    redactor = Redactor(EVERYTHING)
    done = redactor.redact(text)
    at, rest = 0, done.text
    for one in done.findings:
        assert at <= one.start < one.end <= len(text)
        assert rest.startswith(text[at : one.start])
        rest = rest[one.start - at :]
        mark = redactor.mark_of(one, text[one.start : one.end])
        assert rest.startswith(mark)
        assert MARK.fullmatch(mark)
        rest, at = rest[len(mark) :], one.end
    assert rest == text[at:]


@given(TEXTS)
def test_a_second_pass_changes_nothing(text: str) -> None:
    once = redact(EVERYTHING, text).text
    assert redact(EVERYTHING, once).text == once


@given(TEXTS)
def test_originals_come_back_to_their_marks(text: str) -> None:
    done = redact(EVERYTHING, text)
    marks = list(MARK.finditer(done.text))
    new = done.text
    for one in reversed(done.masked):
        if one.value is not None:
            new = new[: marks[one.index].start()] + one.value + new[marks[one.index].end() :]
    if all(one.value is not None for one in done.masked):
        assert new == text


_MARKUP = st.lists(
    st.sampled_from(
        [
            "<b>",
            "</b>",
            "<p>",
            "<br>",
            "&nbsp;",
            "&amp;",
            "&#49;",
            "4111",
            " 1111",
            "1111",
            "<a href='?token=abcdef1'>",
            "<",
            ">",
            "cvv",
            " 123",
            "text ",
            "[card •••• 1111]",
            "&",
            "\n",
            "DE89 3704 0044 0532 ",
            "0130 00",
        ]
    ),
    max_size=30,
).map("".join)


@given(_MARKUP)
def test_redacted_markup_has_the_same_tags_and_a_second_pass_changes_nothing(markup: str) -> None:
    redactor = Redactor(Policy(secret=ClassPolicy(Action.KEEP)))
    once = redact_html(redactor, markup).text
    assert redact_html(redactor, once).text == once
    for tag in ("<b>", "</b>", "<p>", "<br>"):
        assert once.count(tag) == markup.count(tag)


def test_a_number_that_markup_cuts_in_pieces_is_one_number() -> None:
    markup = "<p>card <b>4111</b>&nbsp;1111<br>1111&#32;1111, <i>thanks</i></p>"
    done = redact_html(Redactor(Policy(card=ClassPolicy(Action.MASK))), markup)
    assert done.text == "<p>card <b>[card •••• 1111]</b><br>, <i>thanks</i></p>"
    assert [(one.index, one.value) for one in done.masked] == [(0, "4111\u00a01111\n1111 1111")]


def test_secrets_in_links_are_taken_out() -> None:
    done = redact_html(Redactor(Policy()), '<a href="https://x.example/?token=abcdef123&amp;a=1">here</a>')
    assert done.text == '<a href="https://x.example/?token=[secret ••••]&amp;a=1">here</a>'


def test_what_is_removed_is_not_handed_on_and_what_is_masked_is() -> None:
    policy = Policy(card=ClassPolicy(Action.REMOVE), bank_account=ClassPolicy(Action.MASK))
    done = redact(policy, "4111 1111 1111 1111 and DE89 3704 0044 0532 0130 00")
    assert done.text == "[card ×××× 1111] and [bank account •••• 3000]"
    assert [one.value for one in done.masked] == [None, "DE89 3704 0044 0532 0130 00"]


def test_agents_text_follows_what_the_policy_says_of_agents() -> None:
    text = "4111 1111 1111 1111, DE89 3704 0044 0532 0130 00"
    assert redact(Policy(), text, agents=True).text == "[card ×××× 1111], DE89 3704 0044 0532 0130 00"


def test_rules_of_a_client_find_mask_and_protect() -> None:
    done = redact(EVERYTHING, "LC-123456, ORD-4111111111111111 and the rest here")
    assert done.text == "[loyalty card ••••], ORD-4111111111111111 and the [all the rest ××××]"
    assert [one.data_class for one in done.findings] == [DataClass.OWN, DataClass.OWN]


@pytest.mark.parametrize("pattern", ["(", "(?=a)", r"(a)\1", "a*", "(?<x", "a{2000}", r"(?:a{1000}){1000}"])
def test_a_rule_that_cannot_be_used_says_why(pattern: str) -> None:
    assert rule_problem(Rule(name="bad", pattern=pattern))


def test_a_text_without_anything_is_the_same_object() -> None:
    text = "where is my parcel?"
    assert redact(Policy(), text).text is text


EVIL = (
    "1 ",
    "4 ",
    "4111 1111 ",
    "password is ",
    "pin ",
    "cvv 123 ",
    "date of birth 1/1/",
    "DE89 3704 ",
    "eyJa.eyJ",
    "passport AB ",
    "a" * 40 + "!",
    "[card ",
    "://a:",
    "?token=",
    "رقم الهوية ",
    "\n> 4",
    "x" * 9 + "y ",
    "visa valid 12/27 code ",
    "card exp ",
    "code on the back of ",
    "4111 1111 1111 1111 12 27 ",
    "social ",
    "4929, ",
    "card 4929_",
    "4|",
    "card 4 ; ",
    "4111 1111 1111 1111 exp ",
    "iban DE89 ",
    "NO93",
    "_",
)


@pytest.mark.parametrize("piece", EVIL)
def test_time_grows_with_the_text_alone_whatever_stands_in_it(piece: str) -> None:
    bomb = Rule(name="bomb", pattern=r"(a+)+$|(x+x+)+y|(.*a){12}b")
    redactor = Redactor(Policy(**ALL, rules=(bomb,)))

    def taken(length: int) -> float:
        text = (piece * (length // len(piece) + 1))[:length]
        best = 9e9
        for _ in range(3):
            began = time.process_time()
            redactor.redact(text)
            redact_html(redactor, text)
            best = min(best, time.process_time() - began)
        return best

    short, long = taken(2_500), taken(20_000)
    assert long < 8 * 3 * max(short, 0.005), (short, long)
