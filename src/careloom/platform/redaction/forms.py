"""Numbers that need no words beside them: their form and check digits tell them."""

import re
from collections.abc import Generator
from typing import Final, NamedTuple

from careloom.platform.redaction.checks import CHECKS
from careloom.platform.redaction.ibans import iban_end
from careloom.platform.redaction.linear import LinearPattern
from careloom.platform.redaction.types import DataClass, Evidence, Finding
from careloom.platform.redaction.words import is_reference


class _Form(NamedTuple):
    kind: str
    data_class: DataClass
    pattern: str


_NATIONAL, _BANK, _HEALTH = DataClass.NATIONAL_ID, DataClass.BANK_ACCOUNT, DataClass.HEALTH_ID
_SAFE: Final = "[AC-HJKMNP-RT-Y]"
_TABLE: Final = (
    _Form("es_dni", _NATIONAL, r"(?:\d{8}|\d\d\.\d{3}\.\d{3})-?[A-Za-z]"),
    _Form("es_nie", _NATIONAL, r"[XYZxyz]-?\d{7}-?[A-Za-z]"),
    _Form("it_codice_fiscale", _NATIONAL, r"[A-Za-z]{6}\d\d[A-Za-z]\d\d[A-Za-z]\d{3}[A-Za-z]"),
    _Form("mx_curp", _NATIONAL, r"[A-Za-z]{4}\d{6}[HMhm][A-Za-z]{5}[0-9A-Za-z]\d"),
    _Form("gb_nino", _NATIONAL, r"[A-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D]"),
    _Form("br_cpf", _NATIONAL, r"\d{3}\.\d{3}\.\d{3}-\d\d"),
    _Form("us_ssn", _NATIONAL, r"\d{3}-\d\d-\d{4}"),
    _Form("us_itin", _NATIONAL, r"9\d\d-\d\d-\d{4}"),
    _Form("fr_nir", _NATIONAL, r"[12] ?\d\d ?\d\d ?\d[\dABab] ?\d{3} ?\d{3} ?\d\d"),
    _Form("ch_ahv", _NATIONAL, r"756[. ]?\d{4}[. ]?\d{4}[. ]?\d\d"),
    _Form("ae_id", _NATIONAL, r"784-?\d{4}-?\d{7}-?\d"),
    _Form("eg_id", _NATIONAL, r"[23]\d{13}"),
    _Form("kr_rrn", _NATIONAL, r"\d{6}-[1-8]\d{6}"),
    _Form("cn_ric", _NATIONAL, r"\d{17}[\dXx]"),
    _Form("fi_hetu", _NATIONAL, r"\d{6}[-+A]\d{3}[0-9A-Z]"),
    _Form("se_personnummer", _NATIONAL, r"(?:19|20)?\d{6}[-+]\d{4}"),
    _Form("cl_rut", _NATIONAL, r"\d\d?\.\d{3}\.\d{3}-[\dkK]"),
    _Form("ar_cuit", _NATIONAL, r"2[0347]-\d{8}-\d"),
    _Form("be_nn", _NATIONAL, r"\d\d\.\d\d\.\d\d-\d{3}\.\d\d"),
    _Form("in_pan", _NATIONAL, r"[A-Z]{3}P[A-Z]\d{4}[A-Z]"),
    _Form("us_mbi", _HEALTH, rf"[1-9]{_SAFE}[0-9A-Y]\d-?{_SAFE}[0-9A-Y]\d-?{_SAFE}{{2}}\d\d"),
    _Form("ccc", _BANK, r"\d{4}[ -]\d{4}[ -]\d\d[ -]\d{10}"),
    _Form("nrb", _BANK, r"\d\d(?: \d{4}){6}"),
    _Form("rib", _BANK, r"\d{5} \d{5} [0-9A-Za-z]{11} \d\d"),
    _Form("bitcoin", _BANK, r"(?:bc1|[13])[0-9A-Za-z]{25,59}"),
)
_WITHOUT_DIGIT: Final = frozenset({"gb_nino", "us_ssn", "us_itin", "eg_id", "in_pan", "us_mbi"})
_COMPILED: Final = tuple((form, re.compile(form.pattern + r"(?![0-9A-Za-z])")) for form in _TABLE)
_ANY: Final = LinearPattern(
    r"\b(?:" + "|".join(f"(?:{form.pattern})" for form in _TABLE) + r"|[A-Za-z]{2}\d\d[ \-.]?[0-9A-Za-z]{2})"
)


def find_forms(piece: str, raw: bytes, wanted: frozenset[DataClass]) -> Generator[Finding]:
    """Account numbers and ids whose form and check digits are right, unless words before say an order or a parcel."""
    for start, _ in _ANY.spans(piece, raw):
        found = _iban(piece, start) if DataClass.BANK_ACCOUNT in wanted else None
        if found is not None:
            yield found
            continue
        for form, compiled in _COMPILED:
            if form.data_class not in wanted:
                continue
            match = compiled.match(piece, start)
            if match is not None and CHECKS[form.kind](match.group()) and not is_reference(piece, start):
                evidence = (Evidence.FORM,) if form.kind in _WITHOUT_DIGIT else (Evidence.CHECKSUM, Evidence.FORM)
                yield Finding(*match.span(), form.data_class, form.kind, evidence)


def _iban(piece: str, start: int) -> Finding | None:
    end = iban_end(piece, start)
    if end is None:
        return None
    return Finding(start, end, DataClass.BANK_ACCOUNT, "iban", (Evidence.CHECKSUM, Evidence.FORM))
