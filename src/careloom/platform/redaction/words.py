"""Words that say what a number beside them is, in the languages of the interface."""

import re
from typing import Final

_LOOK_BACK: Final = 60

CARD_WORDS: Final = re.compile(
    r"card|visa|master|amex|american express|maestro|discover|diners|karte|tarjeta|cart[aã]o|carte|cr[eé]dito|"
    r"kredit|\bpan\b|بطاق|فيزا|ماستر",
    re.IGNORECASE,
)
BANK_WORDS: Final = re.compile(
    r"\bbank|\biban\b|sort code|routing|direct debit|debit account|checking|savings|\bblz\b|konto|kontoinhaber|"
    r"lastschrift|cuenta|transferencia|conta\b|ag[eê]ncia|compte|virement|pr[eé]l[eè]vement|\bbsb\b|\bclabe\b|"
    r"حساب|بنك|مصرف|تحويل",
    re.IGNORECASE,
)
_REFERENCE: Final = re.compile(
    r"(?:(?<![a-z])(?:orders?|track\w*|tracking|invoices?|reference|ref|tickets?|cases?|parcel|"
    r"shipment|consignment|imei|serial|"
    r"sku|ean|gtin|isbn|article|item|part|model|booking|reservation|policy|confirmation|transaction|product|voucher|"
    r"coupon|gift ?card|awb|waybill|barcode|"
    r"bestell(?:ung|nummer|-?nr)\w*|auftrag\w*|sendung\w*|rechnung\w*|kundennummer|vorgang\w*|artikel\w*|"
    r"paket\w*|serien\w*|"
    r"buchung\w*|referenz\w*|pedidos?|rastreio|rastreamento|seguimiento|env[ií]o|factura|fatura|nota fiscal|"
    r"referencia|"
    r"referência|encomenda|protocolo|commande|suivi|colis|facture|référence|dossier|réservation|reserva)|"
    r"طلب|الطلب|طلبي|طلبية|الشحنة|شحنة|تتبع|التتبع|فاتورة|الفاتورة|مرجع|المرجع)"
    r"(?:[ _-]?(?:number|num|no|nr|n[°º]|id|code|nummer|número|numero|de|da|do|du|du|رقم|is|ist|es|é|est|was|lautet|"
    r"هو|هي|die|the|le|la|el|o|a))*(?:\.(?=\S)|[ \t:#=\"'(»«-])*$",
    re.IGNORECASE,
)


def is_reference(piece: str, start: int) -> bool:
    """Whether words right before `start` say that a number is an order's, a parcel's or the like."""
    return _REFERENCE.search(piece, max(0, start - _LOOK_BACK), start) is not None


def named_before(words: re.Pattern[str], piece: str, start: int) -> str:
    """The nearest of `words` shortly before `start`; empty where there is none."""
    found = ""
    for match in words.finditer(piece, max(0, start - _LOOK_BACK), start):
        found = match.group()
    return found
