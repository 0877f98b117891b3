"""Words that say what a number beside them is, in the languages of the interface."""

import re
from typing import Final

_LOOK_BACK: Final = 60

CARD_WORDS: Final = re.compile(
    r"card|visa|master|amex|american express|maestro|discover|diners|karte|tarjeta|cart[aã]o|carte|cr[eé]dito|"
    r"kredit|\bpan\b|\bkort(?:et|nummer|nr)?\b|kaart|بطاق|فيزا|ماستر",
    re.IGNORECASE,
)
BANK_WORDS: Final = re.compile(
    r"\bbank|\biban\b|sort code|routing|direct debit|debit account|checking|savings|\bblz\b|konto|kontoinhaber|"
    r"lastschrift|cuenta|transferencia|conta\b|ag[eê]ncia|compte|virement|pr[eé]l[eè]vement|\bbsb\b|\bclabe\b|"
    r"حساب|بنك|مصرف|تحويل",
    re.IGNORECASE,
)
OTHER_CODES: Final = re.compile(
    r"(?:error|promo\w*|discount|voucher|coupon|gift|loyalty|bonus|product|serial|model|part|item|batch|lot|order|dial|area|"
    r"country|zip|post\w*|access|sim|library|membership|tracking|qr|bar|status|source|"
    r"fehler|geschenk|gutschein|rabatt|artikel|produkt|error de|regalo|descuento|producto|desconto|presente|produto|"
    r"cadeau|erreur|produit|الخطأ|خطأ|المنتج|هدية|خصم)[ -]{0,2}$",
    re.IGNORECASE,
)
"""What right before them makes of a card or a code none that a payment card bears."""

OTHER_THINGS: Final = re.compile(
    r"(?:[ ]{1,3}(?:side |part )?(?:of|on|from) (?:the |my |this |that |your |a |an )?"
    r"(?!(?:\w{1,12} )?(?:card|visa|amex|master|american|it\b|debit|credit))\w|"
    r"[ ]{1,3}(?:de |du |des |der |des |vom |von |del |da |do )"
    r"(?:la |el |las |los |ma |mon |mi |meu |minha |meiner |meines )?"
    r"(?!(?:\w{1,12} )?(?:tarj|cart|visa|amex|master|karte|kredit|créd|cred))[^\W\d]{2}|"
    r"[ ]{1,3}(?:regalo|cadeau|presente|sim|door|desk|page|cover|seat|office|panel|label|wall|row|plate|order)\b|"
    r"[ ]{1,3}(?!البطاق|بطاق|الفيزا|فيزا|الكرت|كرت|الكارت|هو|هي|:)[\u0600-\u06ff]{3})",
    re.IGNORECASE,
)
"""The back of what is no payment card."""

_UNTIL: Final = re.compile(
    r"(?<![^\W\d])(?:exp|valid|g[uü]ltig|v[eé]nc|caduc|v[aá]lid|fin|abl[aä]uf|تنته|صلاحي|الانتهاء)[^\W\d]{0,8}[^\d\n]{0,20}$",
    re.IGNORECASE,
)
_MONTH_AND_YEAR: Final = re.compile(
    r"(?<!\d)(?:0?[1-9]|1[0-2]) ?[/.-] ?(?:20)?\d\d[^\w\n]{1,6}"
    r"(?:(?:and|und|with|mit|y|e|et|con|com|avec|the|my|its|is|der|el|o|le|و) ?){0,3}$",
    re.IGNORECASE,
)
_LOOK_BACK_TO_DATE: Final = 30

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


def follows_expiry(piece: str, start: int) -> bool:
    """Whether right before `start` stands until when a card is valid."""
    date = _MONTH_AND_YEAR.search(piece, max(0, start - _LOOK_BACK_TO_DATE), start)
    if date is None:
        return False
    until = _UNTIL.search(piece, max(0, date.start() - _LOOK_BACK_TO_DATE), date.start())
    return until is not None and bool(named_before(CARD_WORDS, piece, until.start()))
