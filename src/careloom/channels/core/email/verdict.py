"""What an arriving mail is: a person's message, a bounce, an automatic reply or our own mail coming back."""

from __future__ import annotations

import re

from msgspec import Struct

from careloom.channels.core.email.bounce import Bounce, read_bounce
from careloom.channels.core.email.complaint import Complaint, read_complaint
from careloom.channels.core.email.mail import ParsedMail
from careloom.channels.types import MailVerdict

LOOP_HEADER = "X-Careloom-Loop"
_AUTO_HEADERS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-reply",
    "x-autoreply-from",
    "x-mail-autoreply",
)
_LIST_HEADERS = ("list-id", "list-post", "list-unsubscribe", "mailing-list", "x-mailing-list")
_WEAK_HEADERS = (
    "x-ms-exchange-inbox-rules-loop",
    "x-ms-exchange-generated-message-source",
    "x-ms-exchange-organization-autoforwarded",
    "x-pm-autoreply",
    "x-vacation",
    "x-precedence",
)
_BULK = re.compile(r"(?:bulk|junk|list|auto[-_]?reply|auto[-_]?replied)\b", re.IGNORECASE)
_ABSENCE = re.compile(
    r"\b(?:out of (?:the )?office|auto(?:matic)?[- ]?(?:reply|response)|away from (?:the )?office|on vacation|"
    r"abwesenheit\w*|automatische antwort|nicht im (?:büro|haus)|absence du bureau|réponse automatique|"
    r"absent du bureau|"
    r"fuera de (?:la )?oficina|respuesta automática|fora do escritório|resposta automática|ausência|fuori sede|"
    r"fuori ufficio|risposta automatica|assente|afwezig\w*|automatisch antwoord|niet aanwezig|autosvar|"
    r"automatiskt svar|frånvaro|automatisk svar|fravær|automaattinen vastaus|poissa|autoodpowiedź|"
    r"automatyczna odpowiedź|nieobecno\w+|automatická odpověď|автоответ|автоматический ответ|вне офиса|"
    r"otomatik yanıt|ofis dışında)|自動応答|不在|自动回复|自動回覆|外出|부재중|자동 회신",
    re.IGNORECASE,
)


class Judgement(Struct, frozen=True):
    """A verdict with the reason for it in a few words; `bounce` and `complaint` are there for one."""

    verdict: MailVerdict
    reason: str
    bounce: Bounce | None = None
    complaint: Complaint | None = None


class OwnMail(Struct, frozen=True):
    """What our own mail looks like: value of the loop header, our addresses (lower case), Message-ID domain."""

    loop_id: str
    addresses: frozenset[str]
    message_id_domain: str
    max_received: int = 50


def judge(mail: ParsedMail, own: OwnMail, return_path: str | None = None) -> Judgement:
    """Return what a mail is. `return_path` is the envelope sender, "" or "<>" when null; None: take the header."""
    path = return_path if return_path is not None else mail.header("return-path")
    null_path = path is not None and path.strip(" <>") == ""
    loop = _loop(mail, own)
    if loop:
        return Judgement(MailVerdict.LOOP, loop)
    complaint = read_complaint(mail)
    if complaint is not None:
        return Judgement(MailVerdict.COMPLAINT, complaint.kind, complaint=complaint)
    bounce = read_bounce(mail, null_path=null_path)
    if bounce is not None:
        return Judgement(MailVerdict.BOUNCE, "delivery failed" if bounce.permanent else "delivery delayed", bounce)
    automatic = _automatic(mail, null_path=null_path)
    if automatic:
        return Judgement(MailVerdict.AUTO_REPLY, automatic)
    return Judgement(MailVerdict.MESSAGE, "")


def _loop(mail: ParsedMail, own: OwnMail) -> str | None:
    if own.loop_id in (value.strip() for value in mail.header_all(LOOP_HEADER.lower())):
        return "carries our loop header"
    if len(mail.header_all("received")) > own.max_received:
        return "too many Received headers"
    ours = mail.sender.address.lower() in own.addresses
    if ours and mail.message_id.lower().endswith(f"@{own.message_id_domain.lower()}>"):
        return "our own Message-ID from our own address"
    return None


def _automatic(mail: ParsedMail, *, null_path: bool) -> str | None:
    submitted = (mail.header("auto-submitted") or "no").partition(";")[0].strip().lower()
    if submitted != "no":
        return f"Auto-Submitted: {submitted[:40]}"
    names = {name for name, _ in mail.headers}
    for name in (*_AUTO_HEADERS, "x-auto-response-suppress", *_LIST_HEADERS):
        if name in names and (mail.header(name) or "").strip().lower() not in ("no", "none", "false"):
            return f"header {name}"
    if _BULK.match((mail.header("precedence") or "").strip()):
        return "header precedence"
    if mail.report_type is not None:
        return f"report: {mail.report_type[:40]}"
    weak = null_path or any(name in names for name in _WEAK_HEADERS)
    if weak and _ABSENCE.search(mail.subject):
        return "subject of an absence note"
    return "null return path" if null_path else None
