"""Made-up values: every number here is drawn at random and has right check digits; none is anybody's."""

from collections.abc import Callable
from random import Random
from string import ascii_letters, ascii_uppercase, digits

from stdnum import iban, luhn
from stdnum.br import cpf
from stdnum.de import idnr as steuer_id
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.iso7064 import mod_97_10
from stdnum.us import ssn

_SAFE = "ACDEFGHJKMNPQRTUVWXY"


def number(random: Random, length: int) -> str:
    """`length` digits, the first not 0."""
    return random.choice("123456789") + "".join(random.choices(digits, k=length - 1))


def card(random: Random) -> str:
    """A card number of a random brand, written in one of the ways that people write it."""
    prefix, length = random.choice(
        [("4", 16), ("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("34", 15), ("37", 15), ("6011", 16), ("3530", 16),
         ("36", 14), ("62", 16), ("6759", 16)]
    )  # fmt: skip
    body = prefix + "".join(random.choices(digits, k=length - len(prefix) - 1))
    full = body + luhn.calc_check_digit(body)
    parts = ((0, 4), (4, 10), (10, length)) if length < 16 else ((0, 4), (4, 8), (8, 12), (12, 16))
    groups = [full[start:end] for start, end in parts]
    return random.choice(["", "", " ", " ", " ", "-", ".", "\u00a0", " - "]).join(groups)


def card_in_parts(random: Random) -> str:
    """A card number with signs between its parts that stand in lists, too."""
    full = _visa(random)
    sign = random.choice([", ", ",", "; ", "_", "|", " | ", ":", ": ", " , ", "*"])
    return sign.join(full[at : at + 4] for at in range(0, 16, 4))


def unbroken_card(random: Random) -> str:
    """A card number in one."""
    return _visa(random)


def _visa(random: Random) -> str:
    body = "4" + "".join(random.choices(digits, k=14))
    return body + luhn.calc_check_digit(body)


def card_over_lines(random: Random) -> str:
    """A card number that a mail program has broken, as quoted text or plain."""
    full = _visa(random)
    break_ = random.choice(["\n", "\r\n", "\n> ", " \n"])
    return f"{full[:4]} {full[4:8]}{break_}{full[8:12]} {full[12:]}"


def spaced(value: str, size: int = 4) -> str:
    """`value` in groups."""
    return " ".join(value[at : at + size] for at in range(0, len(value), size))


def _iban(random: Random, country: str) -> str:
    bban = {
        "DE": lambda: number(random, 8) + number(random, 10),
        "ES": lambda: _spanish_account(random),
        "FR": lambda: _french_account(random),
        "GB": lambda: "".join(random.choices(ascii_uppercase, k=4)) + number(random, 14),
        "PT": lambda: _portuguese_account(random),
        "AT": lambda: number(random, 16),
        "NL": lambda: "".join(random.choices(ascii_uppercase, k=4)) + _dutch_account(random),
        "SA": lambda: number(random, 2) + number(random, 18),
        "AE": lambda: number(random, 3) + number(random, 16),
        "CH": lambda: number(random, 5) + number(random, 12),
    }[country]()
    return country + mod_97_10.calc_check_digits(bban + country) + bban


def _dutch_account(random: Random) -> str:
    return "0" + number(random, 9)


def _spanish_account(random: Random) -> str:
    bank, account = number(random, 8), number(random, 10)

    def check(value: str) -> str:
        total = sum(int(one) * 2**index for index, one in enumerate(value)) % 11
        return str(total if total < 2 else 11 - total)

    return bank + check("00" + bank) + check(account) + account


def _french_account(random: Random) -> str:
    body = number(random, 21)
    return body + f"{97 - int(body) * 100 % 97:02d}"


def _portuguese_account(random: Random) -> str:
    body = number(random, 19)
    return body + f"{98 - int(body) * 100 % 97:02d}"


def bank_account(random: Random, language: str) -> str:
    """An IBAN of a country of the language."""
    countries = {
        "en": ["GB", "NL"], "es": ["ES"], "de": ["DE", "AT", "CH"], "pt": ["PT"], "fr": ["FR"], "ar": ["SA", "AE"],
    }  # fmt: skip
    while not iban.is_valid(value := _iban(random, random.choice(countries[language]))):
        continue
    return random.choice([value, spaced(value), spaced(value), value.lower()])


def _cpf(random: Random) -> str:
    value = number(random, 9)
    value += cpf._calc_check_digits(value)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return random.choice([cpf.format(value), cpf.format(value), value])


def _ssn(random: Random) -> str:
    while not ssn.is_valid(value := f"{random.randint(1, 665):03d}-{random.randint(1, 99):02d}-{number(random, 4)}"):
        continue
    return random.choice([value, value, value.replace("-", " "), value.replace("-", "")])


def _nino(random: Random) -> str:
    value = f"{random.choice('ABCEHJ')}{random.choice('ABCEHJ')}{number(random, 6)}{random.choice('ABCD')}"
    return random.choice([value, f"{value[:2]} {value[2:4]} {value[4:6]} {value[6:8]} {value[8]}"])


def _dni(random: Random) -> str:
    value = number(random, 8)
    letter = dni.calc_check_digit(value)
    dotted = f"{value[:2]}.{value[2:5]}.{value[5:]}-{letter}"
    return random.choice([value + letter, f"{value}-{letter}", dotted, value + letter.lower()])


def _nie(random: Random) -> str:
    value = random.choice("XYZ") + number(random, 7)
    return value + nie.calc_check_digit(value)


def _steuer_id(random: Random) -> str:
    while True:
        picked = random.sample(digits, 9)
        value = [*picked, random.choice(picked)]
        random.shuffle(value)
        body = "".join(value)
        if body[0] == "0":
            continue
        for last in digits:
            if steuer_id.is_valid(body + last):
                full = body + last
                return random.choice([full, f"{full[:2]} {full[2:5]} {full[5:8]} {full[8:]}"])


def _nir(random: Random) -> str:
    body = f"{random.choice('12')}{random.randint(40, 99)}{random.randint(1, 12):02d}{random.randint(1, 95):02d}"
    body += number(random, 3) + number(random, 3)
    full = body + nir.calc_check_digits(body)
    return random.choice(
        [full, f"{full[0]} {full[1:3]} {full[3:5]} {full[5:7]} {full[7:10]} {full[10:13]} {full[13:]}"]
    )


def _saudi(random: Random) -> str:
    body = random.choice("12") + number(random, 8)
    return body + luhn.calc_check_digit(body)


def _egyptian(random: Random) -> str:
    born = f"{random.randint(60, 99)}{random.randint(1, 12):02d}{random.randint(1, 28):02d}"
    return f"2{born}{random.randint(1, 27):02d}{number(random, 5)}"


def national_id(random: Random, language: str) -> str:
    """An id that people of the language have."""
    makers = {
        "en": [_ssn, _nino, _ssn], "es": [_dni, _nie], "de": [_steuer_id], "pt": [_cpf], "fr": [_nir],
        "ar": [_saudi, _egyptian],
    }  # fmt: skip
    return random.choice(makers[language])(random)


def foreigner(random: Random) -> str:
    """A foreigner's number in Spain."""
    return _nie(random)


def _nhs(random: Random) -> str:
    while True:
        body = number(random, 9)
        for last in digits:
            if nhs.is_valid(body + last):
                full = body + last
                return random.choice([full, f"{full[:3]} {full[3:6]} {full[6:]}", f"{full[:3]}-{full[3:6]}-{full[6:]}"])


def _mbi(random: Random) -> str:
    value = (
        random.choice("123456789") + random.choice(_SAFE) + random.choice(digits) + random.choice(digits)
        + random.choice(_SAFE) + random.choice(digits) + random.choice(digits) + random.choice(_SAFE)
        + random.choice(_SAFE) + number(random, 2)
    )  # fmt: skip
    return random.choice([value, f"{value[:4]}-{value[4:7]}-{value[7:]}"])


def _kvnr(random: Random) -> str:
    letter, body = random.choice(ascii_uppercase), number(random, 8)
    plain = f"{ord(letter) - 64:02d}{body}"
    products = [int(one) * (1 + index % 2) for index, one in enumerate(plain)]
    return f"{letter}{body}{sum(one // 10 + one % 10 for one in products) % 10}"


def _cns(random: Random) -> str:
    while True:
        value = "7" + number(random, 14)
        if sum(int(one) * weight for one, weight in zip(value, range(15, 0, -1), strict=True)) % 11 == 0:
            return random.choice([value, f"{value[:3]} {value[3:7]} {value[7:11]} {value[11:]}"])


def health_id(random: Random, language: str) -> str:
    """A number by which a health system knows someone."""
    makers: dict[str, list[Callable[[Random], str]]] = {
        "en": [_nhs, _mbi], "es": [lambda one: number(one, 10)], "de": [_kvnr], "pt": [_cns],
        "fr": [_nir], "ar": [lambda one: number(one, 9)],
    }  # fmt: skip
    return random.choice(makers[language])(random)


def password(random: Random) -> str:
    """What people choose: words with numbers, and what a manager makes."""
    word = random.choice(
        ["Tiger", "sunshine", "Benfica", "qwerty", "Hamburg", "madrid", "Papillon", "yasmine", "Flamengo"]
    )
    made = "".join(random.choices(ascii_letters + digits + "!#$%&*+", k=random.randint(9, 14)))
    return random.choice(
        [f"{word}{number(random, 2)}!", f"{word}{number(random, 4)}", f"{word}_{number(random, 2)}", made + "7"]
    )


def token(random: Random) -> str:
    """A key of a known kind."""
    letters = ascii_letters + digits
    aws = "AKIA" + "".join(random.choices(ascii_uppercase + digits, k=16))
    github = "ghp_" + "".join(random.choices(letters, k=36))
    stripe = "sk_live_" + "".join(random.choices(letters, k=24))
    slack = f"xoxb-{number(random, 11)}-{number(random, 12)}-" + "".join(random.choices(letters, k=24))
    google = "AIza" + "".join(random.choices(letters, k=35))
    jwt = (
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx"
        + "".join(random.choices(letters, k=20))
        + ".c2ln"
        + "".join(random.choices(letters, k=20))
    )
    return random.choice([aws, github, stripe, slack, google, jwt])


def birth_date(random: Random, language: str) -> str:
    """A date as it is written in the language."""
    year, month, day = random.randint(1940, 2006), random.randint(1, 12), random.randint(1, 28)
    names = {
        "en": "January February March April May June July August September October November December",
        "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    }[language].split()
    name = names[month - 1]
    words = {
        "en": [f"{day} {name} {year}", f"{name} {day}, {year}", f"{month:02d}/{day:02d}/{year}"],
        "es": [f"{day} de {name} de {year}"], "de": [f"{day}. {name} {year}"], "pt": [f"{day} de {name} de {year}"],
        "fr": [f"{day} {name} {year}"], "ar": [f"{day} {name} {year}"],
    }[language]  # fmt: skip
    separator = "." if language == "de" else random.choice("/-")
    return random.choice([*words, f"{day:02d}{separator}{month:02d}{separator}{year}", f"{year}-{month:02d}-{day:02d}"])


def arabic_digits(text: str) -> str:
    """The same number in Arabic-Indic digits."""
    return text.translate({ord(one): 0x0660 + int(one) for one in digits})
