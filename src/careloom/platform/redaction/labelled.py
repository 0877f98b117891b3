"""What words beside it name: codes, passwords, accounts, ids, dates of birth."""

import re
from bisect import bisect_left
from collections.abc import Generator
from typing import Final

from careloom.platform.redaction.checks import CHECKS
from careloom.platform.redaction.labels import Hit, Label, labels_in
from careloom.platform.redaction.passwords import key_after, password_after
from careloom.platform.redaction.shapes import SHAPES
from careloom.platform.redaction.types import DataClass, Evidence, Finding
from careloom.platform.redaction.words import is_reference

_WINDOW: Final = 100
_SENTENCE: Final = re.compile(r"(?<!\bno)(?<!\bnr)(?<!\bn)(?<!\bnum)(?<!\bgeb)[.!?؟][\s]+\S|\n[ \t]*\n", re.IGNORECASE)
_OTHER: Final = re.compile(
    r"phone|\btel\b|tel[eé]f|mobile|\bcall\b|handy|\bfax\b|\bzip\b|postal|postcode|\bplz\b|\bcep\b|order|track|"
    r"invoice|"
    r"bestell|sendung|rechnung|pedido|factura|fatura|commande|facture|colis|m[oó]vil|celular|whatsapp|portable|"
    r"[€$£]|\b(?:eur|usd|gbp|brl)\b|هاتف|جوال|موبايل|رقم الطلب|الشحنة|@",
    re.IGNORECASE,
)
_OR: Final = re.compile(r"[?.]{0,2}\s{0,2}(?:,|/|or|oder|o|ou|أو)\s{0,2}(?:maybe |perhaps )?", re.IGNORECASE)
_TURNED: Final = frozenset({"code", "pin", "one_time", "ssn", "date"})
_TURN: Final = re.compile(
    r"\s{0,2}(?:\(|(?:is|ist|es|é|est|as|als|como|comme|=|هو|هي)(?![a-z])\s{0,2}(?:(?:my|the|mein|meine|die|der|"
    r"das|mi|el|la|meu|minha|o|a|"
    r"mon|ma|le|card|karten)\s{1,2}){0,3})$",
    re.IGNORECASE,
)


def find_labelled(piece: str, raw: bytes, wanted: frozenset[DataClass]) -> Generator[Finding]:
    """What the labels of a text name, for the classes that are `wanted`."""
    hits = labels_in(piece, raw)
    starts = [hit.start for hit in hits]
    for hit in hits:
        label = hit.label
        if label.data_class not in wanted:
            continue
        if label.shape in ("password", "key"):
            found = (password_after if label.shape == "password" else key_after)(piece, hit.end)
        else:
            index = bisect_left(starts, hit.end)
            limit = starts[index] if index < len(starts) else len(piece)
            found = _after(piece, hit, limit) or _before(piece, hit)
        while found is not None:
            yield _finding(piece, label, found, piece[hit.start : hit.end])
            found = _or_else(piece, label, found[1])


def _after(piece: str, hit: Hit, limit: int) -> tuple[int, int] | None:
    if is_reference(piece, hit.start):
        return None
    window = piece[hit.end : min(limit, hit.end + _WINDOW)]
    for start, end in SHAPES[hit.label.shape](window):
        gap = window[:start]
        if start <= hit.label.reach and _is_short_way(gap) and not is_reference(window, start):
            return hit.end + start, hit.end + end
        return None
    return None


def _is_short_way(gap: str) -> bool:
    return (
        not any(one.isdigit() for one in gap)
        and _SENTENCE.search(gap) is None
        and _OTHER.search(gap) is None
        and gap.count("\n") <= 1
    )


def _before(piece: str, hit: Hit) -> tuple[int, int] | None:
    """`123 is my CVV`, `123 (CVV)`, `123CVV`."""
    if hit.label.shape not in _TURNED:
        return None
    begin = max(0, hit.start - 40)
    window = piece[begin : hit.start]
    places = list(SHAPES[hit.label.shape](window))
    if hit.label.shape == "date":
        return (begin + places[-1][0], begin + places[-1][1]) if places and len(window) - places[-1][1] <= 1 else None
    if not places or is_reference(window, places[-1][0]):
        return None
    glued = places[-1][1] == len(window) and hit.label.shape == "code"
    if not glued and _TURN.match(window, places[-1][1]) is None:
        return None
    return begin + places[-1][0], begin + places[-1][1]


def _or_else(piece: str, label: Label, end: int) -> tuple[int, int] | None:
    """`1234 or 4321`: the next code of the same shape."""
    joint = _OR.match(piece, end) if label.shape in ("code", "pin") else None
    if joint is None:
        return None
    window = piece[joint.end() : joint.end() + 8]
    found = next(SHAPES[label.shape](window), None)
    return None if found is None or found[0] != 0 else (joint.end(), joint.end() + found[1])


def _finding(piece: str, label: Label, found: tuple[int, int], words: str) -> Finding:
    value = piece[slice(*found)]
    kind, evidence = label.kind, (Evidence.LABEL,)
    checked = kind if kind in CHECKS else next((one for one in _KINDS.get(kind, ()) if CHECKS[one](value)), None)
    if checked is not None and CHECKS[checked](value):
        kind, evidence = checked, (Evidence.LABEL, Evidence.CHECKSUM)
    return Finding(*found, label.data_class, kind, evidence, words.strip().lower())


_KINDS: Final[dict[str, tuple[str, ...]]] = {
    "national_id": (
        "es_dni", "es_nie", "br_cpf", "it_codice_fiscale", "fr_nir", "ch_ahv", "ae_id", "eg_id", "cn_ric", "mx_curp",
        "de_steuer_id", "pl_pesel", "be_nn", "nl_bsn", "ro_cnp", "tr_tckimlik", "za_id", "in_aadhaar", "in_pan",
        "sa_id", "ie_pps", "ca_sin", "au_tfn", "cl_rut", "ar_cuit", "il_id", "kr_rrn", "fi_hetu", "dk_cpr",
        "se_personnummer", "gb_nino", "us_ssn", "us_itin",
    ),
    "health_id": ("gb_nhs", "us_npi", "us_dea", "us_mbi", "de_kvnr", "au_medicare", "br_cns", "fr_nir"),
    "account": ("clabe", "cbu", "ccc"),
}  # fmt: skip
"""Kinds whose check digits make a labelled number more certain."""
