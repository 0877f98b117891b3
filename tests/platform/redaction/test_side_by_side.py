"""Whatever stands side by side: what must be removed is removed whole, and nothing of it is kept for revealing."""

from collections.abc import Iterable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.platform.redaction.find import find
from careloom.platform.redaction.redact import Redactor, redact
from careloom.platform.redaction.types import BUILT_IN, Action, ClassPolicy, DataClass, Policy, Rule

POLICY = Policy(
    birth_date=ClassPolicy(Action.MASK),
    rules=(Rule(name="loyalty card", pattern=r"LC-\d{6}"), Rule(name="remarks", pattern=r"remark: .*")),
)
REDACTOR = Redactor(POLICY)
CARDS = (
    "4929123456789015",
    "4929 1234 5678 9015",
    "3782-822463-10005",
    "4111 1111\n> 1111 1111",
    "card 4929, 1234, 5678, 9015",
    "Visa 4929_1234_5678_9015",
    "carte 4929 | 1234 | 5678 | 9015",
    "Karte 4929:1234:5678:9015",
    "tarjeta4929123456789015",
    "بطاقة ٤٩٢٩، ١٢٣٤، ٥٦٧٨، ٩٠١٥",
)
CODES = ("cvv 123", "Meine PIN ist 4711", "código de seguridad: 123", "رمز الأمان 123")
OTHERS = (
    "IBAN NO9386011117947",
    "iban: GB29 NWBK 6016 1331 9268 19",
    "IBAN NO938601111794",
    "DE89 3704 0044 0532 0130 00",
    "bank account number 12345678",
    "routing number 021000021",
    "sort code 20-00-00",
    "passport number C01X00T47",
    "SSN 536-90-4399",
    "12345678Z",
    "my NHS number is 943 476 5919",
    "KVNR A123456780",
    "password: Tiger7!",
    "your verification code is 493812",
    "token: abc123def456",
    "born on 3 May 1985",
    "LC-123456",
)
JOINTS = (
    " ",
    ", ",
    "; ",
    ". ",
    "\n",
    "\n\n",
    " - ",
    " / ",
    " | ",
    " and ",
    " from my bank ",
    " card ",
    "\u00a0",
    "\u200b ",
)
NOISE = ("20449183", "2026", "5105", "12/28", "14:32:07", "+49 170 1234567", "1,249.00 EUR", "remark: ", "x", "[", "5")


def clear(text: str) -> set[int]:
    """Places of the digits that stay in clear."""
    covered = {at for one in REDACTOR.find(text) for at in range(one.start, one.end)}
    return {at for at, one in enumerate(text) if one.isdigit() and at not in covered}


def kept(text: str) -> set[int]:
    """Places of what is kept for revealing."""
    return {
        at
        for one in REDACTOR.find(text)
        if REDACTOR.kept_of(one, text[one.start : one.end]) is not None
        for at in range(one.start, one.end)
    }


def digits_of(text: str, start: int, length: int) -> set[int]:
    return {at for at in range(start, start + length) if text[at].isdigit()}


def joined(parts: Iterable[str], wanted: frozenset[str]) -> tuple[str, set[int]]:
    """The parts as one text, and the places of the digits of the `wanted` ones in it."""
    text, places = "", set[int]()
    for part in parts:
        at, text = len(text), text + part
        if part in wanted:
            places |= digits_of(text, at, len(part))
    return text, places


@pytest.mark.parametrize("other", OTHERS)
def test_a_card_or_a_code_beside_anything_else_is_removed_whole_and_nothing_else_gets_clear(other: str) -> None:
    for secret, joint in product((*CARDS, *CODES), JOINTS):
        for parts in ((other, joint, secret), (secret, joint, other)):
            text, places = joined(parts, frozenset({secret}))
            assert not places & kept(text), (text, redact(POLICY, text))
            assert not places & clear(text), (text, redact(POLICY, text))
    for joint in JOINTS:
        text, places = joined((other, joint, CARDS[1]), frozenset({other}))
        assert clear(text) & places <= clear(other), (text, redact(POLICY, text))


@pytest.mark.parametrize("one", OTHERS)
def test_of_two_that_are_masked_nothing_is_left_in_clear(one: str) -> None:
    for other, joint in product(OTHERS, (" ", ", ", "\n", " and ", ". ")):
        text = f"{one}{joint}{other}"
        shift = len(one) + len(joint)
        assert clear(text) <= clear(one) | {at + shift for at in clear(other)}, (text, redact(POLICY, text))


@given(st.lists(st.tuples(st.sampled_from((*CARDS, *OTHERS, *CODES, *NOISE)), st.sampled_from(JOINTS)), max_size=7))
def test_no_digit_of_a_card_stays_in_a_text_or_in_what_is_kept(pairs: list[tuple[str, str]]) -> None:
    text, places = joined((part for pair in pairs for part in pair), frozenset(CARDS))
    assert not places & clear(text), (text, redact(POLICY, text))
    assert not places & kept(text), (text, redact(POLICY, text))


@pytest.mark.parametrize(
    ("text", "stored", "revealed"),
    [
        (
            "IBAN NO9386011117947 card 4929 1234 5678 9015",
            "IBAN [bank account •••• 7947] card [card ×××× 9015]",
            ["NO9386011117947"],
        ),
        ("IBAN NO9386011117947 cvv 123", "IBAN [bank account •••• 7947] cvv [card code ××××]", ["NO9386011117947"]),
        ("IBAN NO9386011117947 code 123", "IBAN [bank account •••• 7947] code 123", ["NO9386011117947"]),
        (
            "IBAN DE89370400440532013000 from my bank",
            "IBAN [bank account •••• 3000] from my bank",
            ["DE89370400440532013000"],
        ),
        (
            "IBAN FR7630006000011234567890189 pour le virement",
            "IBAN [bank account •••• 0189] pour le virement",
            ["FR7630006000011234567890189"],
        ),
        (
            "Konto IBAN DE89 3704 0044 0532 0130 00 bei der Bank",
            "Konto IBAN [bank account •••• 3000] bei der Bank",
            ["DE89 3704 0044 0532 0130 00"],
        ),
        (
            "passport C01X00T47 4929 1234 5678 9015",
            "passport [id number ••••] [card ×××× 9015]",
            ["C01X00T47"],
        ),
        ("password: Tiger7!,4929123456789015", "password: [secret ••••][card ×××× 9015]", ["Tiger7!,"]),
        ("password: 4929123456789015", "password: [card ×××× 9015]", []),
        ("remark: 4929123456789015 thanks", "[remarks ••••] [card ×××× 9015] [remarks ••••]", ["remark:", "thanks"]),
    ],
)
def test_each_of_two_neighbours_becomes_what_its_own_class_says(text: str, stored: str, revealed: list[str]) -> None:
    done = redact(POLICY, text)
    assert done.text == stored
    assert [one.value for one in done.masked if one.value is not None] == revealed


@pytest.mark.parametrize(
    "text",
    [
        "IBAN DE89 3704 0044 0532 0130 0 from me",
        "my iban is NO938601111794 please",
        "iban GB29 NWBK 6016 1331 9268 18 for the refund",
    ],
)
def test_an_account_with_a_slip_in_it_ends_before_the_next_word(text: str) -> None:
    (one,) = find(text, frozenset(BUILT_IN))
    assert one.data_class is DataClass.BANK_ACCOUNT
    assert text[one.end :] in (" from me", " please", " for the refund")


def test_a_card_by_chance_within_an_account_with_right_check_digits_is_the_account() -> None:
    text = "AT83 4929 1234 5678 9015"
    assert [one.kind for one in find(text, frozenset(BUILT_IN))] == ["iban"]


def test_a_policy_that_removes_accounts_and_masks_cards_keeps_nothing_of_the_account() -> None:
    policy = Policy(
        card=ClassPolicy(Action.MASK), bank_account=ClassPolicy(Action.REMOVE), national_id=ClassPolicy(Action.KEEP)
    )
    done = redact(policy, "bank account number 4929 1234 5678 9015")
    assert [one.value for one in done.masked] == [None]


def test_an_exception_saves_a_card_only_where_it_holds_it_whole() -> None:
    policy = Policy(rules=(Rule(name="orders", pattern=r"ORD-\d+", action=Action.KEEP),))
    assert redact(policy, "ORD-4111111111111111").text == "ORD-4111111111111111"
    assert redact(policy, "ORD-4111 1111 1111 1111").text == "ORD-[card ×××× 1111]"
