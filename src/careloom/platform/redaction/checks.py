"""Check digits and forms of numbers: python-stdnum's where it has them, else our own."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any, Final

from stdnum import bitcoin, iban, luhn
from stdnum.ar import cbu, cuit
from stdnum.au import tfn
from stdnum.be import nn
from stdnum.br import cnpj, cpf
from stdnum.ca import sin
from stdnum.ch import ssn as ahv
from stdnum.cl import rut
from stdnum.cn import ric
from stdnum.de import idnr as steuer_id
from stdnum.dk import cpr
from stdnum.es import ccc, dni, nie
from stdnum.fi import hetu
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.ie import pps
from stdnum.il import idnr as teudat_zehut
from stdnum.in_ import aadhaar, pan
from stdnum.it import codicefiscale
from stdnum.kr import rrn
from stdnum.mx import curp
from stdnum.nl import bsn
from stdnum.pl import pesel
from stdnum.ro import cnp
from stdnum.se import personnummer
from stdnum.tr import tckimlik
from stdnum.us import itin, rtn, ssn
from stdnum.za import idnr as za_id

Check = Callable[[str], bool]
_ALNUM: Final = re.compile(r"[^0-9A-Za-z]")


def _by(module: Any) -> Check:
    """A library's check; a number on which it fails by mistake counts as one, for it got past the form before."""

    def check(value: str) -> bool:
        try:
            return bool(module.is_valid(value))
        except Exception:
            return True

    return check


def compact(value: str) -> str:
    """`value` without separators, in capitals."""
    return _ALNUM.sub("", value).upper()


def is_dni(value: str) -> bool:
    """A Spanish DNI, also with points between its thousands, which the library does not take."""
    return _is_plain_dni(compact(value))


_is_plain_dni: Final = _by(dni)


def _mod97(value: str) -> bool:
    digits = compact(value)
    return digits.isdigit() and int(digits[2:] + "2521" + digits[:2]) % 97 == 1


def _weighted(digits: str, weights: tuple[int, ...], modulus: int) -> int:
    return sum(int(one) * weight for one, weight in zip(digits, weights, strict=False)) % modulus


def is_clabe(value: str) -> bool:
    """A Mexican account number: 18 digits."""
    digits = compact(value)
    control = sum(int(one) * weight % 10 for one, weight in zip(digits[:17], (3, 7, 1) * 6, strict=False))
    return len(digits) == 18 and digits.isdigit() and (10 - control % 10) % 10 == int(digits[17])


def is_rib(value: str) -> bool:
    """A French account number: bank, branch, account, key."""
    text = compact(value)
    if len(text) != 23:
        return False
    digits = text.translate(str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789"))
    return digits.isdigit() and int(digits) % 97 == 0


def is_npi(value: str) -> bool:
    """A provider number of the United States: Luhn's digit over 80840 and the number."""
    digits = compact(value)
    return len(digits) == 10 and digits.isdigit() and digits[0] in "12" and luhn.is_valid("80840" + digits)


def is_dea(value: str) -> bool:
    """A prescriber's number of the United States: two letters and seven digits."""
    text = compact(value)
    if not re.fullmatch(r"[A-Z][A-Z9]\d{7}", text):
        return False
    digits = [int(one) for one in text[2:]]
    return (digits[0] + digits[2] + digits[4] + 2 * (digits[1] + digits[3] + digits[5])) % 10 == digits[6]


def is_kvnr(value: str) -> bool:
    """A German health insurance number: a letter and nine digits."""
    text = compact(value)
    if not re.fullmatch(r"[A-Z]\d{9}", text):
        return False
    digits = f"{ord(text[0]) - 64:02d}{text[1:9]}"
    products = [int(one) * (1 + index % 2) for index, one in enumerate(digits)]
    return sum(one // 10 + one % 10 for one in products) % 10 == int(text[9])


def is_au_medicare(value: str) -> bool:
    """An Australian Medicare number: ten or eleven digits."""
    digits = compact(value)
    if not re.fullmatch(r"[2-6]\d{9,10}", digits):
        return False
    return _weighted(digits[:8], (1, 3, 7, 9, 1, 3, 7, 9), 10) == int(digits[8])


def is_cns(value: str) -> bool:
    """A Brazilian health card: fifteen digits."""
    digits = compact(value)
    return bool(re.fullmatch(r"[12789]\d{14}", digits)) and _weighted(digits, tuple(range(15, 0, -1)), 11) == 0


def is_egyptian_id(value: str) -> bool:
    """Fourteen digits: century, birth date, governorate, serial."""
    digits = compact(value)
    if not re.fullmatch(r"[23]\d{13}", digits):
        return False
    governorate = int(digits[7:9])
    return (1 <= governorate <= 35 or governorate == 88) and _is_day(
        (1900 if digits[0] == "2" else 2000) + int(digits[1:3]), int(digits[3:5]), int(digits[5:7])
    )


def is_saudi_id(value: str) -> bool:
    """Ten digits that begin with 1 or 2, with Luhn's check digit."""
    digits = compact(value)
    return bool(re.fullmatch(r"[12]\d{9}", digits)) and bool(luhn.is_valid(digits))


def is_emirates_id(value: str) -> bool:
    """Fifteen digits that begin with 784 and a year of birth, with Luhn's check digit."""
    digits = compact(value)
    return bool(re.fullmatch(r"784(?:19|20)\d{10}", digits)) and bool(luhn.is_valid(digits))


def is_nino(value: str) -> bool:
    """A British national insurance number; prefixes that were never given out are refused."""
    text = compact(value)
    return bool(re.fullmatch(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]", text)) and text[:2] not in {
        "BG", "GB", "NK", "KN", "TN", "NT", "ZZ",
    }  # fmt: skip


def is_mbi(value: str) -> bool:
    """A Medicare number of the United States: eleven places, letters without S, L, O, I, B, Z."""
    letter, either = "[AC-HJKMNP-RT-Y]", "[0-9AC-HJKMNP-RT-Y]"
    form = rf"[1-9]{letter}{either}\d{letter}{either}\d{letter}{{2}}\d{{2}}"
    return bool(re.fullmatch(form, compact(value)))


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        return date(year, month, day).year >= 1900
    except ValueError:
        return False


def is_nir(value: str) -> bool:
    """A French social security number with its key."""
    text = compact(value)
    return len(text) == 15 and bool(nir.is_valid(text))


CHECKS: Final[dict[str, Check]] = {
    "iban": _by(iban),
    "ccc": _by(ccc),
    "cbu": _by(cbu),
    "clabe": is_clabe,
    "rib": is_rib,
    "nrb": _mod97,
    "aba": _by(rtn),
    "bitcoin": _by(bitcoin),
    "us_ssn": _by(ssn),
    "us_itin": _by(itin),
    "gb_nino": is_nino,
    "es_dni": is_dni,
    "es_nie": _by(nie),
    "it_codice_fiscale": _by(codicefiscale),
    "fr_nir": is_nir,
    "de_steuer_id": _by(steuer_id),
    "br_cpf": _by(cpf),
    "br_cnpj": _by(cnpj),
    "mx_curp": _by(curp),
    "pl_pesel": _by(pesel),
    "nl_bsn": _by(bsn),
    "be_nn": _by(nn),
    "ch_ahv": _by(ahv),
    "se_personnummer": _by(personnummer),
    "fi_hetu": _by(hetu),
    "dk_cpr": _by(cpr),
    "ie_pps": _by(pps),
    "ro_cnp": _by(cnp),
    "tr_tckimlik": _by(tckimlik),
    "za_id": _by(za_id),
    "in_aadhaar": _by(aadhaar),
    "in_pan": _by(pan),
    "cn_ric": _by(ric),
    "kr_rrn": _by(rrn),
    "ca_sin": _by(sin),
    "au_tfn": _by(tfn),
    "cl_rut": _by(rut),
    "ar_cuit": _by(cuit),
    "il_id": _by(teudat_zehut),
    "eg_id": is_egyptian_id,
    "sa_id": is_saudi_id,
    "ae_id": is_emirates_id,
    "gb_nhs": _by(nhs),
    "us_npi": is_npi,
    "us_dea": is_dea,
    "us_mbi": is_mbi,
    "de_kvnr": is_kvnr,
    "au_medicare": is_au_medicare,
    "br_cns": is_cns,
}
"""By kind, whether a value is one; values may hold separators."""
