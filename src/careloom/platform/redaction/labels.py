"""What people call a number or a secret, in English, Spanish, German, Portuguese, French and Arabic."""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from careloom.platform.redaction.linear import LinearPattern
from careloom.platform.redaction.types import DataClass
from careloom.platform.redaction.words import BANK_WORDS, OTHER_CODES, OTHER_THINGS, follows_expiry

_NUMBER: Final = r"(?:[ -]?(?:numbers?|num\.?|no\.?|nr\.?|n[°º]|id|code|#|nummer|número|numero|numéro))?"
_HEALTH_WORDS: Final = re.compile(r"health|medic|insur|patient|doctor|clinic|hospital|pharma|prescri", re.IGNORECASE)


class Label(NamedTuple):
    """Words (RE2), what they name, and the shape of what follows. `among`: words of which one must be near too;
    `capitals`: only as an abbreviation in capitals; `behind`: what must end right before; `unless`: what may not;
    `unless_of`: what may not begin right behind; `reach`: how many characters may lie between.
    """

    words: str
    data_class: DataClass
    kind: str
    shape: str
    among: re.Pattern[str] | None = None
    capitals: bool = False
    behind: Callable[[str, int], bool] | None = None
    unless: re.Pattern[str] | None = None
    unless_of: re.Pattern[str] | None = None
    reach: int = 45


_OWN: Final = r"(?:the |its |my |this |that |your )?"
_FIGURE: Final = r"(?:code|number|numbers|digits?)(?: that)?(?: is| are)?(?: printed| written)? "
_A_CARD: Final = r"(?:credit |debit )?(?:card|visa|amex|mastercard)"
_ROMANCE_FIGURE: Final = (
    r"(?:c[óo]digos?|n[úu]meros?|dígitos|cifras)(?: que)?(?: está| están| aparece| fica| escrito)? "
)
_ARABIC_FIGURE: Final = r"(?:الرمز|الكود|الرقم|الأرقام|الارقام|رمز|كود|رقم) (?:(?:الموجودة?|المكتوبة?|المطبوع|الذي) )?"

LABELS: Final = (
    Label(
        r"cvv2?|cvc2?|cv2|cvn|csc|card verification (?:code|number|value)|(?:card )?security (?:code|number)|"
        r"(?:last )?(?:3|4|three|four)[ -](?:digits?|numbers)(?: code| number)?|(?:letzten )?(?:3|"
        r"drei) (?:ziffern|zahlen)|"
        r"(?:últim[oa]s )?(?:3|tres|três) (?:números|dígitos|cifras)|(?:derniers )?(?:3|"
        r"trois) (?:derniers )?chiffres|"
        r"الأرقام الثلاثة|الارقام الثلاثة|(?:karten)?pr(?:ü|ue)f(?:nummer|ziffer)|"
        r"sicherheitscode|c[óo]digo de (?:seguridad|seguran[çc]a)|"
        r"c[óo]digos? de verifica(?:ci[óo]n|ç[ãa]o|cao) (?:de la tarjeta|do cart[ãa]o)|"
        r"cryptogramme(?: visuel)?|code de s[ée]curit[ée]|رمز الأمان|رمز الامان|رمز الحماية|"
        r"رمز التحقق|كود الأمان|الرمز السري للبطاقة",
        DataClass.CARD_CODE, "card_code", "code",
    ),
    Label(
        r"pin|pin[ -]?(?:code|number|nummer|nr)|geheimzahl|geheimnummer|código (?:pin|secreto)|code (?:pin|secret|"
        r"confidentiel)|número secreto|senha (?:de 4 dígitos |numérica )?do cartão|الرقم السري|الرمز السري|رمز pin",
        DataClass.CARD_CODE, "pin", "pin",
    ),
    Label(
        _FIGURE + r"(?:on|at|from|in) " + _OWN + r"(?:very )?(?:back|reverse|rear|backside|signature strip)(?: side)?|"
        r"code (?:on|at|from) " + _OWN + r"front(?: side)?|(?:back|reverse) code|"
        r"on (?:the |its )?(?:back|front|reverse)(?: side)? of " + _OWN + _A_CARD
        + r"(?:(?: it)? (?:says|reads|is)| ?[:=])|"
        r"(?:code|nummer|zahl|ziffern|zahlen)(?: steht)? (?:auf (?:der|ihrer|meiner) )?(?:karten)?(?:r(?:ü|ue)ckseite|"
        r"hinten|vorderseite)|"
        + _ROMANCE_FIGURE + r"(?:de |del |do |al |no |na |en |em )?(?:el |la |lo )?(?:parte )?(?:de )?"
        r"(?:atrás|atras|trás|tras|detrás|trasera|traseira|reverso|dorso|verso)|"
        r"(?:codes?|numéros?|chiffres)(?: inscrit| écrit| indiqué| qui est| qui se trouve)? (?:(?:au )?(?:dos|verso)|"
        r"à l'arrière|derrière)|"
        + _ARABIC_FIGURE + r"(?:خلف|على ظهر|على خلفية|في ظهر|بظهر)",
        DataClass.CARD_CODE, "card_code", "code", unless=OTHER_CODES, unless_of=OTHER_THINGS,
    ),
    Label(
        r"(?:visa|amex|american express|master ?card|maestro|card)(?: card)?(?:'s)? code|"
        r"code (?:of|on|for|from) " + _OWN + _A_CARD + r"|kartencode|"
        r"code (?:der|meiner) (?:karte|kreditkarte|visa|mastercard|amex)|"
        r"código (?:de |da |do )(?:la |mi |meu |minha )?(?:tarjeta|cartão|visa)|code de (?:la |ma )?carte|"
        r"رمز البطاقة|رمز بطاقتي|كود البطاقة|كود بطاقتي",
        DataClass.CARD_CODE, "card_code", "code", unless=OTHER_CODES, unless_of=OTHER_THINGS,
    ),
    Label(
        r"code|código|codigo|الرمز|الكود|رمز", DataClass.CARD_CODE, "card_code", "code", behind=follows_expiry, reach=12
    ),
    Label(
        r"one[ -]?time[ -]?(?:code|password|passcode|pin)|otp(?: code)?|verification code|security code|login code|"
        r"(?:sms|2fa|auth|mfa)[ -]?code|passcode|tan|mtan|bestätigungscode|verifizierungscode|einmalcode|"
        r"einmalpasswort|"
        r"sicherheitscode|código de (?:verificación|verificação|acceso|acesso|seguridad|segurança)|"
        r"code de (?:vérification|"
        r"validation|connexion|sécurité)|رمز التحقق|رمز التأكيد|كود التحقق|كود التفعيل|رمز التفعيل",
        DataClass.SECRET, "one_time_code", "one_time",
    ),
    Label(
        r"passwords?|pw|pass ?word|passwd|pwd|pword|passphrase|[a-zäöüß-]{0,20}(?:passwort|kennwort)|contraseñas?|"
        r"contrasena|clave(?: de acceso)?|"
        r"senhas?|palavra[ -]passe|mots? de passe|mdp|كلمة السر|كلمة المرور|كلمه السر|كلمه المرور|الباسورد|باسورد|"
        r"كلمة سر|كلمة مرور",
        DataClass.SECRET, "password", "password",
    ),
    Label(
        r"api[ _-]?(?:key|token|secret|schlüssel)s?|(?:access|secret|private|license)[ _-]key|client[ _-]?secret|"
        r"(?:auth|access|refresh|bearer|session|security|personal access)[ _-]?token|token|"
        r"(?:clave|llave|chave|clé|token) (?:de |da |de la |d')?api|token de (?:acceso|acesso)|jeton|zugangstoken|"
        r"مفتاح api|رمز الوصول|مفتاح الوصول",
        DataClass.SECRET, "key", "key",
    ),
    Label(
        r"(?:bank|checking|savings|current) ?(?:account|acct\.?)" + _NUMBER + r"|bankkonto(?:nummer)?|kontonummer|"
        r"konto-?nr\.?|kto\.?-?nr\.?|número de (?:la )?cuenta|cuenta (?:bancaria|corriente|de ahorros?)|nº de cuenta|"
        r"número da conta|conta (?:corrente|poupança|bancária)|numéro de compte|compte (?:bancaire|courant)|"
        r"n° de compte|"
        r"رقم الحساب(?: البنكي)?|الحساب البنكي|حساب بنكي|حسابي البنكي",
        DataClass.BANK_ACCOUNT, "account", "account",
    ),
    Label(
        r"account" + _NUMBER + r"|acct\.?" + _NUMBER + r"|a/c" + _NUMBER + r"|konto|cuenta|conta|compte|حساب|حسابي",
        DataClass.BANK_ACCOUNT, "account", "account", BANK_WORDS,
    ),
    Label(r"routing" + _NUMBER + r"|aba" + _NUMBER, DataClass.BANK_ACCOUNT, "aba", "nine"),
    Label(r"sort[ -]?code", DataClass.BANK_ACCOUNT, "gb_sort_code", "sort_code"),
    Label(r"bsb" + _NUMBER, DataClass.BANK_ACCOUNT, "au_bsb", "bsb"),
    Label(r"blz|bankleitzahl", DataClass.BANK_ACCOUNT, "de_blz", "eight"),
    Label(r"clabe(?: interbancaria)?|cbu|cvu", DataClass.BANK_ACCOUNT, "account", "account"),
    Label(r"iban(?:-nummer| number)?|آيبان|ايبان|الآيبان|الايبان", DataClass.BANK_ACCOUNT, "iban", "iban"),
    Label(r"ssn|social security" + _NUMBER, DataClass.NATIONAL_ID, "us_ssn", "ssn"),
    Label(r"social(?: number| no\.?| #)?(?: is| was)?", DataClass.NATIONAL_ID, "us_ssn", "ssn", reach=3),
    Label(
        r"passport" + _NUMBER + r"|reisepass(?:nummer|-nr\.?)?|passnummer|pasaporte|passaporte|passeport|جواز السفر|"
        r"جواز سفري|رقم الجواز|جوازي",
        DataClass.NATIONAL_ID, "passport", "id",
    ),
    Label(
        r"national (?:id|identity|identification|insurance)(?: card)?" + _NUMBER + r"|(?:id|"
        r"identity)[ -]card" + _NUMBER
        + r"|identity number|id number|ni number|personalausweis(?:nummer|-nr\.?)?|ausweis(?:nummer|-nr\.?)?|"
        r"(?:steuer[ -]?)?id(?:nr\.?|-nr\.?)|steuer[ -]?id(?:entifikationsnummer|-nr\.?)?|identifikationsnummer|"
        r"sozialversicherungsnummer|sv-nummer|"
        r"rentenversicherungsnummer|dni|documento (?:nacional )?de identidad|cédula(?: de (?:identidad|"
        r"ciudadanía))?|curp|"
        r"número de (?:la )?seguridad social|cpf|carteira de (?:identidade|motorista)|título de eleitor|"
        r"carte (?:nationale )?d'identité|titre de séjour|(?:numéro de )?sécurité sociale|numéro de sécu|n° de sécu|"
        r"burgerservicenummer|pesel|personnummer|codice fiscale|pps" + _NUMBER + r"|ppsn|aadhaa?r|ahv(?:-nummer)?|"
        r"tax file" + _NUMBER + r"|social insurance" + _NUMBER + r"|driv(?:er'?s?|ing) licen[sc]e" + _NUMBER
        + r"|führerschein(?:nummer)?|permiso de conducir|permis de conduire|رقم الهوية(?: الوطنية)?|"
        r"الهوية الوطنية|هويتي|"
        r"رقم الإقامة|رقم الاقامة|الرقم القومي|رقمي القومي|الرقم الوطني|رقم البطاقة الوطنية|بطاقة الهوية",
        DataClass.NATIONAL_ID, "national_id", "id",
    ),
    Label(r"nie|nif|nir|rg|bsn|cpr|rfc|tfn|sin|pan|ni|nino|rut|cuil|itin", DataClass.NATIONAL_ID, "national_id", "id",
          None, capitals=True),
    Label(
        r"nhs" + _NUMBER + r"|npi" + _NUMBER + r"|dea" + _NUMBER + r"|medicare(?: card)?" + _NUMBER
        + r"|mbi|(?:medical record|patient|health (?:card|plan|insurance|id))" + _NUMBER + r"|mrn|"
        r"(?:kranken)?versicherten-?(?:nummer|nr\.?)|krankenversicherungs?(?:nummer|-nr\.?)|kvnr|"
        r"patienten(?:nummer|-id)|"
        r"gesundheitskarte|tarjeta sanitaria|historia clínica|número de (?:paciente|afiliado|afiliación|asegurado)|"
        r"cartão (?:do )?sus|cartão nacional de saúde|carteirinha(?: do (?:plano|convênio))?|prontuário|"
        r"número do convênio|"
        r"carte vitale|numéro (?:d'assuré|d'adhérent|de mutuelle|de patient)|mutuelle|dossier médical|"
        r"(?:رقم )?التأمين الصحي|رقم الملف الطبي|رقم المريض|الملف الطبي|بطاقة التأمين|"
        r"ملف(?:ي|ه|ها|ك|نا) الطبي|تأمين(?:ي|ه|ها|ك|نا) الصحي|بطاقت(?:ي|ه|ها|ك|نا) (?:الصحية|الطبية)",
        DataClass.HEALTH_ID, "health_id", "id",
    ),
    Label(r"member" + _NUMBER + r"|insurance" + _NUMBER + r"|policy holder id", DataClass.HEALTH_ID, "health_id", "id",
          _HEALTH_WORDS),
    Label(r"cns|sus", DataClass.HEALTH_ID, "br_cns", "id", None, capitals=True),
    Label(
        r"date of birth|birth ?date|birthday|dob|d\.o\.b\.?|born(?: on)?|geburtsdatum|geburtstag|"
        r"geboren(?: am)?|geb\.|"
        r"(?:fecha de |f\. ?)?nacimiento|nac[ií](?: el)?|nacid[oa](?: el)?|cumpleaños|data de nascimento|nascimento|"
        r"nasc[ií](?: em)?|nascid[oa](?: em)?|date de naissance|née?(?: le)?|anniversaire|aniversário|"
        r"تاريخ الميلاد|تاريخ ميلادي|"
        r"تاريخ ميلاد|ولدت|مواليد|مولود",
        DataClass.BIRTH_DATE, "birth_date", "date",
    ),
)  # fmt: skip


_ARABIC: Final = re.compile("[\u0600-\u06ff]")
_ANYWHERE: Final = "cvv|cvc"
"""No word holds these letters: whatever is glued to their front (`card_cvv`, `214cvv`), they name a code."""

_CODE_WITH_TWO: Final = re.compile(rf"(?:{_ANYWHERE})(?=2\d{{2,3}}(?!\d))", re.IGNORECASE)
"""`cvv214`: the 2 is of the code and not of the name. Of `cvv2514` nobody can tell; all of it is taken."""


class Hit(NamedTuple):
    """A label that stands in a text, `text[start:end]`."""

    label: Label
    start: int
    end: int


def _alternatives(words: str) -> list[str]:
    depth, parts = 0, [""]
    for one in words:
        depth += (one == "(") - (one == ")")
        if one == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += one
    return parts


def _in_one(labels: tuple[Label, ...]) -> str:
    """Words in Latin script stand alone; in Arabic others are joined to their front."""
    parts = [part for label in labels for part in _alternatives(label.words)]
    latin = "|".join(part for part in parts if not _ARABIC.search(part))
    other = "|".join(part for part in parts if _ARABIC.search(part))
    return rf"(?i:\b(?:{latin})(?:[^a-z]|$)|(?:{_ANYWHERE})(?:[^a-z]|$)|{other})"


LABEL_WORDS: Final = _in_one(LABELS)
"""One expression that finds where any label stands."""

_ANY: Final = LinearPattern(LABEL_WORDS)
_EACH: Final = tuple((label, re.compile(rf"(?:{label.words})(?![a-zà-ÿ])", re.IGNORECASE)) for label in LABELS)
_NEAR: Final = 90


def labels_in(piece: str, raw: bytes) -> list[Hit]:
    """Every label in its place, first to last; one place may have several meanings."""
    hits: list[Hit] = []
    for start, _ in _ANY.spans(piece, raw):
        for label, words in _EACH:
            match = words.match(piece, start)
            if match is not None and _holds(label, piece, start, match.end()):
                shorter = _CODE_WITH_TWO.match(piece, start)
                hits.append(Hit(label, start, (shorter or match).end()))
    longest = {hit.start: hit.end for hit in sorted(hits, key=lambda one: one.end)}
    return [hit for hit in hits if hit.end == longest[hit.start]]


def _holds(label: Label, piece: str, start: int, end: int) -> bool:
    if label.capitals and not piece[start:end].isupper():
        return False
    if label.behind is not None and not label.behind(piece, start):
        return False
    if label.unless is not None and label.unless.search(piece, max(0, start - _NEAR), start) is not None:
        return False
    if label.unless_of is not None and label.unless_of.match(piece, end) is not None:
        return False
    if label.among is None:
        return True
    before, after = piece[max(0, start - _NEAR) : start], piece[end : end + _NEAR]
    return label.among.search(before) is not None or label.among.search(after) is not None
