"""What is recognised, and what only looks like it."""

import pytest

from careloom.platform.redaction.find import find
from careloom.platform.redaction.types import BUILT_IN, DataClass, Evidence

ALL = frozenset(BUILT_IN)


def found(text: str) -> list[tuple[DataClass, str]]:
    return [(one.data_class, text[one.start : one.end]) for one in find(text, ALL)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("pay with 4111111111111111", "4111111111111111"),
        ("pay with 4111 1111 1111 1111.", "4111 1111 1111 1111"),
        ("amex 3782-822463-10005", "3782-822463-10005"),
        ("4111 1111\n> 1111 1111", "4111 1111\n> 1111 1111"),
        ("card 4111\u00a01111\u200b1111–1111", "4111\u00a01111\u200b1111–1111"),
        ("٤١١١ ١١١١ ١١١١ ١١١١", "٤١١١ ١١١١ ١١١١ ١١١١"),
        ("my card number is 41 111111 1111 1111", "41 111111 1111 1111"),
        ("order 20449183, card 5555555555554444", "5555555555554444"),
        ("mastercard 2223003122003222", "2223003122003222"),
        ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"),
        ("my card 4929, 1234, 5678, 9015", "4929, 1234, 5678, 9015"),
        ("mi tarjeta: 4929; 1234; 5678; 9015", "4929; 1234; 5678; 9015"),
        ("Visa 4929_1234_5678_9015", "4929_1234_5678_9015"),
        ("4929|1234|5678|9015", "4929|1234|5678|9015"),
        ("kort 4929:1234:5678:9015", "4929:1234:5678:9015"),
        ("Karte (4929) (1234) (5678) (9015)", "4929) (1234) (5678) (9015"),
        ("credit card4929123456789015", "4929123456789015"),
        ("Kartennummer4929123456789015", "4929123456789015"),
        ("o número do cartão é4929123456789015", "4929123456789015"),
        ("my card number is4929123456789015", "4929123456789015"),
        ("visa_no_4929123456789015", "4929123456789015"),
        ("_4929123456789015_", "4929123456789015"),
        ("Order: 4929 1234 5678 9015 exp 12/28", "4929 1234 5678 9015"),
        ("Bestellung 4929123456789015, gültig bis 12/28", "4929123456789015"),
        ("pedido 4929 1234 5678 9015 vence 12/2028", "4929 1234 5678 9015"),
        ("4000 4929 1234 5678 9015", "4929 1234 5678 9015"),
        ("14:32:07 4929 1234 5678 9015", "4929 1234 5678 9015"),
    ],
)
def test_cards_are_found_however_they_are_written(text: str, value: str) -> None:
    assert found(text) == [(DataClass.CARD, value)]


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",
        "order number 4111111111111111",
        "Sendungsnummer: 4111111111111111",
        "رقم الطلب 4111111111111111",
        "9999 9999 9999 9995",
        "IMEI 356938035643809",
        "x4111111111111111",
        "14111111111111111111111",
        "+49 170 1234567 or 030 1234567",
        "rooms 4929, 1234, 5678, 9015",
        "4929|1234|5678|9015|1111|2222",
        "order 4929_1234_5678_9015",
        "scan_id_4929123456789015",
        "4929123456789015abc",
        "commande 4929 1234 5678 9015 du 12/11/2026",
        "order 4929 1234 5678 9015, delivered 11/23",
        "2026-11-23 14:32:07, 2026-11-23 14:35:11",
    ],
)
def test_other_long_numbers_are_no_cards(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "data_class", "value"),
    [
        ("DE89 3704 0044 0532 0130 00 danke", DataClass.BANK_ACCOUNT, "DE89 3704 0044 0532 0130 00"),
        ("gb82west12345698765432", DataClass.BANK_ACCOUNT, "gb82west12345698765432"),
        ("DE89 3704 0044\n> 0532 0130 00", DataClass.BANK_ACCOUNT, "DE89 3704 0044\n> 0532 0130 00"),
        ("routing number 021000021", DataClass.BANK_ACCOUNT, "021000021"),
        ("sort code 20-00-00", DataClass.BANK_ACCOUNT, "20-00-00"),
        ("número de cuenta 1234567890", DataClass.BANK_ACCOUNT, "1234567890"),
        ("SSN: 123 45 6789", DataClass.NATIONAL_ID, "123 45 6789"),
        ("12345678Z", DataClass.NATIONAL_ID, "12345678Z"),
        ("el titular es mi padre, 12.345.678-Z", DataClass.NATIONAL_ID, "12.345.678-Z"),
        ("رقم ملفي الطبي هو 840948956", DataClass.HEALTH_ID, "840948956"),
        ("CPF 529.982.247-25", DataClass.NATIONAL_ID, "529.982.247-25"),
        ("RSSMRA85T10A562S", DataClass.NATIONAL_ID, "RSSMRA85T10A562S"),
        ("784-1985-1234567-3", DataClass.NATIONAL_ID, "784-1985-1234567-3"),
        ("passport number C01X00T47", DataClass.NATIONAL_ID, "C01X00T47"),
        ("my NHS number is 943 476 5919", DataClass.HEALTH_ID, "943 476 5919"),
        ("1EG4-TE5-MK73", DataClass.HEALTH_ID, "1EG4-TE5-MK73"),
        ("KVNR A123456780", DataClass.HEALTH_ID, "A123456780"),
        ("cvv 123", DataClass.CARD_CODE, "123"),
        ("123 is my CVV", DataClass.CARD_CODE, "123"),
        ("Meine PIN ist 4711", DataClass.CARD_CODE, "4711"),
        ("your verification code is 493 812", DataClass.SECRET, "493 812"),
        ("born on 3rd May 1985", DataClass.BIRTH_DATE, "3rd May 1985"),
        ("geboren am 3. März 1985", DataClass.BIRTH_DATE, "3. März 1985"),
        ("تاريخ الميلاد ١٢/٠٣/١٩٨٥", DataClass.BIRTH_DATE, "١٢/٠٣/١٩٨٥"),
        ("my password is hunter2", DataClass.SECRET, "hunter2"),
        ("pw: Tr0ub4dor&3", DataClass.SECRET, "Tr0ub4dor&3"),
        ("social 536904399", DataClass.NATIONAL_ID, "536904399"),
        ('the password is "correct horse"', DataClass.SECRET, "correct horse"),
        ("Passwort: Tiger2024", DataClass.SECRET, "Tiger2024"),
        ("key AKIAIOSFODNN7EXAMPLE", DataClass.SECRET, "AKIAIOSFODNN7EXAMPLE"),
        ("https://maria:tiger7@shop.example/x", DataClass.SECRET, "tiger7"),
        ("https://shop.example/?a=1&token=abcdef12", DataClass.SECRET, "abcdef12"),
    ],
)
def test_each_class_is_found_by_form_check_digits_or_the_words_beside_it(
    text: str, data_class: DataClass, value: str
) -> None:
    assert found(text) == [(data_class, value)]


def test_a_private_key_goes_from_its_first_to_its_last_line() -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nAbC==\n-----END RSA PRIVATE KEY-----"
    assert found(f"here:\n{key}\nthanks") == [(DataClass.SECRET, key)]
    assert found("-----BEGIN PRIVATE KEY-----\ncut off") == [(DataClass.SECRET, "-----BEGIN PRIVATE KEY-----\ncut off")]


@pytest.mark.parametrize(
    "text",
    [
        "my password is wrong",
        "Mein Passwort ist abgelaufen.",
        "mi contraseña no funciona",
        "what is a CVV?",
        "my passport. Call me: 5551234567",
        "the passport and my phone 5551234567",
        "delivered on 12/03/2026",
        "I was born to run 12 km",
        "version 10.0.19045.3693",
        "the pin is 110001 km away from 12.50",
        "shopping for 1234 pins",
        "1,249.00 EUR",
    ],
)
def test_ordinary_words_and_numbers_are_left_alone(text: str) -> None:
    assert [one for one in found(text) if one[0] is not DataClass.CARD_CODE] == []


@pytest.mark.parametrize(
    "between",
    [
        " 12/27 ", " / 12 27 / ", ", 12/27, ", "\n12/27\n", " (exp 12/2027) ", " 12-27 ", "|12|27|",
        "_12_27_", " exp 12/27 cvv ", "exp12/27cvv",
        " expires 12 / 27 and code ", " gültig bis 12/27, der Code: ", " fecha de vencimiento 12/27 ",
    ],
)  # fmt: skip
def test_a_code_behind_card_and_expiry_date_is_found_whatever_stands_between(between: str) -> None:
    text = f"4111 1111 1111 1111{between}737"
    assert found(text) == [(DataClass.CARD, "4111 1111 1111 1111"), (DataClass.CARD_CODE, "737")]


@pytest.mark.parametrize(
    "text",
    [
        "the code on its back 737",
        "737 is the code on the back",
        "visa ending 1111 expires 12/27 code 737",
        "Amex code 737 on front",
        "Der Code auf der Rückseite ist 737",
        "el código de atrás es 737",
        "le code au dos est 737",
        "o código no verso é 737",
        "الرمز خلف البطاقة 737",
        "رمز الحماية خلف الكرت 737",
    ],
)
def test_a_code_is_found_by_where_it_stands_on_the_card(text: str) -> None:
    assert found(text) == [(DataClass.CARD_CODE, "737")]


@pytest.mark.parametrize(
    "text",
    [
        "the code on the back of the box is 737",
        "number on the back of the device 737",
        "my card was declined, error code 737",
        "the number on the front door is 1234",
        "gift card code 1234",
        "el número de la parte de atrás del libro es 123",
        "der Code auf der Rückseite des Pakets 737",
        "card expires 12/27 order code 737",
        "offer valid until 12/27, code 737",
        "there is a scratch on the back of my card since 2024",
        "my social media handle 536904399",
        "rent is 300 pw now",
    ],
)
def test_a_code_elsewhere_is_none_of_a_card(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("cvv214", "214"),
        ("CVC214 ok", "214"),
        ("cvv2 214", "214"),
        ("cvv21234", "1234"),
        ("cvv2514", "2514"),
        ("cvc2214", "2214"),
        ("CVC:214", "214"),
        ("cvc/214", "214"),
        ("CVV.214", "214"),
        ("cvv=214", "214"),
        ("214CVV", "214"),
        ("card_cvv: 214", "214"),
        ("12/27cvv214", "214"),
        ("mi cvv es214", "214"),
        ("código de seguridad214", "214"),
        ("codigo de seguridad:214", "214"),
        ("código de segurança214", "214"),
        ("codigo de seguranca 214", "214"),
        ("cryptogramme214", "214"),
        ("code de securite:214", "214"),
        ("Kartenprüfnummer214", "214"),
        ("Pruefziffer:214", "214"),
        ("Sicherheitscode214", "214"),
    ],
)
def test_a_code_is_found_when_it_is_glued_to_its_word(text: str, value: str) -> None:
    assert found(text) == [(DataClass.CARD_CODE, value)]


@pytest.mark.parametrize("text", ["cvv21", "what is cvv2?", "PVC214 pipe", "https://shop.example/cvc-help", "cvv21.50"])
def test_what_only_begins_like_a_glued_code_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_only_the_classes_asked_for_are_looked_for() -> None:
    text = "card 4111 1111 1111 1111, cvv 123, IBAN DE89 3704 0044 0532 0130 00"
    assert [one.data_class for one in find(text, frozenset({DataClass.BANK_ACCOUNT}))] == [DataClass.BANK_ACCOUNT]


def test_a_finding_says_why() -> None:
    (one,) = find("Meine Karte 4111 1111 1111 1111", ALL)
    assert (one.kind, one.label) == ("visa", "Karte")
    assert one.evidence == (Evidence.CHECKSUM, Evidence.FORM, Evidence.LABEL)
