"""The set: sentences filled with values, amid what else people write."""

from collections.abc import Callable, Generator
from random import Random
from string import ascii_uppercase, digits
from typing import NamedTuple

from stdnum import luhn

from bench.redaction_set import values
from bench.redaction_set.sentences import AROUND, NEGATIVE, POSITIVE

SEED = 20260721
_EACH_POSITIVE = 10
_EACH_NEGATIVE = 18


class Example(NamedTuple):
    """A text and the one value in it that is to be found (None: nothing is)."""

    language: str
    data_class: str | None
    text: str
    value: str | None
    held_out: bool


def examples(seed: int = SEED) -> list[Example]:
    """The whole set, the same for each seed."""
    random = Random(seed)
    return [*_positives(random), *_negatives(random)]


def _positives(random: Random) -> Generator[Example]:
    for language, classes in POSITIVE.items():
        for data_class, sentences in classes.items():
            for index, sentence in enumerate(sentences):
                for turn in range(_EACH_POSITIVE):
                    value = _value(random, language, data_class, sentence)
                    if (
                        language == "ar"
                        and turn % 2
                        and data_class in ("card", "card_code", "national_id", "birth_date")
                    ):
                        value = values.arabic_digits(value)
                    filled = sentence.format(v=value, p=value, k=value, w=value, u=value)
                    yield Example(language, data_class, _amid(random, language, filled), value, index % 2 == 1)


def _negatives(random: Random) -> Generator[Example]:
    for language, sentences in NEGATIVE.items():
        for index, sentence in enumerate(sentences):
            for _ in range(_EACH_NEGATIVE):
                filled = _filled(random, language, sentence)
                yield Example(language, None, _amid(random, language, filled), None, index % 2 == 1)


def _value(random: Random, language: str, data_class: str, sentence: str) -> str:
    if "{k}" in sentence:
        return values.token(random)
    if "{w}" in sentence:
        return values.card_in_parts(random)
    if "{u}" in sentence:
        return values.unbroken_card(random)
    if "{p}" in sentence:
        return values.number(random, 4)
    if data_class == "national_id" and "NIE" in sentence:
        return values.foreigner(random)
    if data_class == "national_id" and language in ("en", "ar"):
        return _until(lambda: values.national_id(random, language), lambda one: _fits(one, sentence))
    if data_class == "health_id" and language == "en":
        letters = "Medicare" in sentence
        return _until(lambda: values.health_id(random, "en"), lambda one: any(map(str.isalpha, one)) == letters)
    makers = {
        "card": lambda: values.card_over_lines(random) if random.random() < 0.1 else values.card(random),
        "card_code": lambda: values.number(random, 3),
        "bank_account": lambda: values.bank_account(random, language),
        "national_id": lambda: values.national_id(random, language),
        "health_id": lambda: values.health_id(random, language),
        "secret": lambda: values.password(random),
        "birth_date": lambda: values.birth_date(random, language),
    }
    return makers[data_class]()


def _fits(value: str, sentence: str) -> bool:
    if "national insurance" in sentence:
        return value[0].isalpha()
    if "ssn" in sentence.lower() or "social" in sentence:
        return value[0].isdigit()
    if "القومي" in sentence:
        return len(value) == 14
    return value[0].isalpha() or len(value) != 14


def _until(draw: Callable[[], str], good: Callable[[str], bool]) -> str:
    while not good(value := draw()):
        continue
    return value


def _filled(random: Random, language: str, sentence: str) -> str:
    def drawn(length: int) -> str:
        return values.number(random, length)

    day, month = random.randint(1, 28), random.randint(1, 12)
    date = f"{day:02d}.{month:02d}.2026" if language == "de" else f"{day:02d}/{month:02d}/2026"
    phones = {
        "en": [f"+1 212 555 {drawn(4)}", f"(415) 555-{drawn(4)}", f"+44 7700 {drawn(6)}", f"07700 {drawn(6)}"],
        "es": [f"+34 6{drawn(2)} {drawn(3)} {drawn(3)}", f"6{drawn(8)}"],
        "de": [f"+49 170 {drawn(7)}", f"0170/{drawn(7)}", f"030 {drawn(8)}"],
        "pt": [f"+55 11 9{drawn(4)}-{drawn(4)}", f"(11) 9{drawn(4)}-{drawn(4)}", f"119{drawn(8)}"],
        "fr": [f"+33 6 {drawn(2)} {drawn(2)} {drawn(2)} {drawn(2)}", f"06{drawn(8)}"],
        "ar": [f"+966 5{drawn(8)}", f"010{drawn(8)}", f"05{drawn(8)}"],
    }[language]
    imei = "35" + drawn(12)
    return sentence.format(
        n16=random.choice("4156") + drawn(15), n12=drawn(12), n10=drawn(10), n8=drawn(8), n6=drawn(6), n4=drawn(4),
        n3=drawn(3), phone=random.choice(phones), date=date, ups="1Z" + _mixed(random, 16), ref=_mixed(random, 6),
        imei=imei + luhn.calc_check_digit(imei), isbn=f"978-{drawn(1)}-{drawn(4)}-{drawn(4)}-{drawn(1)}",
        list=random.choice([", ", "; ", ","]).join(drawn(4) for _ in range(random.choice([3, 4, 4, 5]))),
    )  # fmt: skip


def _mixed(random: Random, length: int) -> str:
    return "".join(random.choices(ascii_uppercase + digits, k=length))


def _amid(random: Random, language: str, sentence: str) -> str:
    """With what people write before and after, and as they type it."""
    before = random.choice(AROUND[language]) if random.random() < 0.6 else ""
    after = random.choice(AROUND[language]) if random.random() < 0.5 else ""
    joint = random.choice([" ", "\n", "\n\n"])
    tail = random.choice(["", "", ".", "!"]) if after else ""
    return joint.join(part for part in (before, sentence + tail, after) if part)
