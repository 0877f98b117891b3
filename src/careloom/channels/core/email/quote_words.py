"""The words by which mail programs introduce quotations, forwards and signatures, in many languages."""

from __future__ import annotations

import re

_INTRO = (
    "On|Am|Le|El|Em|Il|Op|Den|Dne|Dnia|W dniu|Pe|Στις|Vào|Pada|Yn|At|In data|Il giorno|На|В|U|Ons?dag|Tors|Fre|"
    "Mon|Tue|Wed|Thu|Fri|Sat|Sun|Mo|Di|Mi|Do|Fr|Sa|So|lun|mar|mer|jeu|ven|sam|dim|mié|jue|vie|sáb|dom|"
    "seg|ter|qua|qui|sex|pon|wt|śr|czw|pt|sob|niedz|пн|вт|ср|чт|пт|сб|вс|нд|ma|ti|ke|to|pe|la|su|po|út|st|čt|pá|so|ne|"
    r"в|في|ב|בתאריך|在|\d{4}\s?[年년.-]|\d{1,2}[./-]|\d{1,2}\.? "
)
ATTRIBUTION_START = re.compile(rf"[\W_]{{0,3}}(?:{_INTRO})(?![a-z])", re.IGNORECASE)
ATTRIBUTION_VERB = re.compile(
    r"\b(?:wrote|writes|schrieb|geschrieben|a écrit|escribió|escribi[oó]|escreveu|ha scritto|scrisse|schreef|skrev|"
    r"napisała?|napisał\(a\)|pisze|napsal\(?a?\)?|napísala?|пишет|написала?|написал\(а\)|пише|kirjoitti|ezt írta|írta|"
    r"yazdı|şunu yazdı|a scris|έγραψε|đã viết|menulis|va escriure|skreif|je napisao|je napisala|rašė|kirjutas)\b"
    r"|写道|寫道|のメール|さんは書きました|님이 작성|작성:|כתב|كتب",
    re.IGNORECASE,
)
ATTRIBUTION_END = re.compile(r"[:：]\s*\Z")
ADDRESS_END = re.compile(r"[<(\[][^\s<>]{1,120}@[^\s<>]{1,120}[>)\]]\s*[^\s<>]{0,12}\s*[:：]\s*\Z")
CLOCK = re.compile(r"\d{1,2}\s?[:.h]\s?\d{2}")
DATE = re.compile(r"\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2}")

_FROM = (
    "From|Von|De|Da|Van|Od|От|Від|Från|Fra|Lähettäjä|Kimden|Gönderen|Feladó|De la|Από|发件人|"
    "寄件者|差出人|送信者|보낸 사람|מאת|من"
)
_DATE = (
    "Sent|Date|Gesendet|Datum|Envoyé|Envoyé le|Enviado|Enviado el|Enviada em|Enviado em|Fecha|Data|Inviato|Verzonden|"
    "Wysłano|Wysłane|Отправлено|Дата|Надіслано|Skickat|Sendt|Dato|Lähetetty|Gönderilen|Gönderildi|Tarih|Elküldve|Dátum|"
    "Odesláno|Odoslané|Trimis|Στάλθηκε|发送时间|日期|送信日時|日時|보낸 날짜|날짜|נשלח|تاريخ الإرسال"
)
_TO = (
    "To|An|À|A|Para|Aan|Do|Кому|Till|Til|Vastaanottaja|Kime|Alıcı|Címzett|Komu|Către|Προς|收件人|宛先|받는 사람|אל|إلى"
)
_SUBJECT = (
    "Subject|Betreff|Objet|Asunto|Assunto|Oggetto|Onderwerp|Temat|Тема|Ämne|Emne|Aihe|Konu|Tárgy|Předmět|Predmet|"
    "Subiect|Θέμα|主题|主旨|件名|제목|נושא|الموضوع"
)


def _label(words: str) -> re.Pattern[str]:
    return re.compile(rf"[ \t]{{0,8}}\*{{0,2}}(?:{words})\*{{0,2}}[ \xa0]{{0,2}}[:：]\*{{0,2}}", re.IGNORECASE)


HEADER_FROM = _label(_FROM)
HEADER_OTHERS = (_label(_DATE), _label(_TO), _label(_SUBJECT))

ORIGINAL = re.compile(
    r"[ \t]*[-_]{2,}\s*(?:Original Message|Original Appointment|Ursprüngliche Nachricht|Original-Nachricht|"
    r"Originalnachricht|Message d'origine|Message original|Mensaje original|Mensagem original|Messaggio originale|"
    r"Oorspronkelijk bericht|Original[a-z]* bericht|Wiadomość oryginalna|Oryginalna wiadomość|Исходное сообщение|"
    r"Originalmeddelande|Ursprungligt meddelande|Oprindelig meddelelse|Opprinnelig melding|Alkuperäinen viesti|"
    r"Orijinal Mesaj|Özgün İleti|Původní zpráva|Eredeti üzenet|Mesaj original|原始邮件|邮件原件|原始郵件|"
    r"元のメッセージ|Original message|원본 메일)\s*[-_]{2,}[ \t]*\Z",
    re.IGNORECASE,
)
FORWARD = re.compile(
    r"[ \t]*(?:[-_]{2,}\s*(?:Forwarded message|Weitergeleitete Nachricht|Weitergeleitete Mail|Message transféré|"
    r"Mensaje reenviado|Mensagem encaminhada|Messaggio inoltrato|Doorgestuurd bericht|Wiadomość przekazana(?: dalej)?|"
    r"Przekazana wiadomość|Пересылаемое сообщение|Переадресованное сообщение|Vidarebefordrat meddelande|"
    r"Videresendt (?:meddelelse|melding)|Välitetty viesti|İletilmiş mesaj|Přeposlaná zpráva|Továbbított üzenet|"
    r"转发的邮件|转发邮件|轉寄郵件|転送メッセージ|전달된 메일)\s*[-_]{2,}"
    r"|(?:Begin forwarded message|Anfang der weitergeleiteten (?:Nachricht|E-Mail)|Début du message (?:réexpédié|"
    r"transféré)|Inicio del mensaje reenviado|Inizio (?:del )?messaggio inoltrato|Início da mensagem (?:encaminhada|"
    r"reencaminhada)|Begin doorgestuurd bericht|Vidarebefordrat brev|Początek przekazywanej wiadomości|"
    r"Начало переадресованного сообщения|下面是被转发的邮件|転送されたメッセージ)\s*[:：])[ \t]*\Z",
    re.IGNORECASE,
)
FORWARD_SUBJECT = re.compile(
    r"\s*(?:fwd?|wg|tr|rv|i|enc|pd|vb|vl|doorst|fs|ilt|továbbítás|пересылка|转发|轉寄|转|転送)\s*[:：]", re.IGNORECASE
)
REPLY_PREFIX = re.compile(
    r"\s*(?:re|aw|sv|antw|antwort|odp|vs|rif|r|res|ref|ynt|yan|vá|atb|ad|απ|отв|回复|回覆|答复|答覆|返信)"
    r"(?:\[\d{1,3}\]|\(\d{1,3}\))?\s*[:：]\s*",
    re.IGNORECASE,
)
_DEVICE = (
    r"[^.!?]{0,40}?(?:iPhone|iPad|iOS|Android|Galaxy|Samsung|Huawei|Xiaomi|Pixel|BlackBerry|smartphone|mobile|phone|"
    r"Outlook|Yahoo|Mail|Handy|Mobiltelefon|Mobilgerät|móvil|mobil|telefon\w*|telemóvel|celular|Nokia|Motorola|"
    r"Thunderbird|GMX|WEB\.DE|Tuta)"
)
MOBILE_SIGNATURE = re.compile(
    rf"[ \t]*[-—]{{0,2}}[ \t]*(?:(?:Sent (?:from|with|using) |Gesendet (?:von|mit|über|aus|vom)|"
    rf"Von meinem|Diese Nachricht wurde von meinem|Envoyé (?:de|depuis|à partir|avec)|"
    rf"Enviado (?:desde|con|de|do|a partir|pelo|via)|Inviato (?:da|dal|con)|"
    rf"(?:Verzonden|Verstuurd) (?:vanaf|met|via|vanuit)|Wysłan[eo] z|Skickat från|"
    rf"Sendt fra|Lähetetty|Odesláno z|Отправлено (?:с|из)|Надіслано з){_DEVICE}.{{0,60}}"
    r"|(?:Get|Download|Obtenir|Obtener|Obtén|Téléchargez|Holen Sie sich|Laden Sie) Outlook (?:for|pour|para|für).{0,90}"
    r"|iPhoneから送信|iPadから送信|发自我的.{1,30}|從我的.{1,20}傳送|나의 iPhone에서 보냄|iPhone'umdan gönderildi|"
    r"Sent with (?:Proton ?Mail|Tutanota).{0,80}|Yahoo Mail: .{0,60})[ \t]*\Z",
    re.IGNORECASE,
)
INLINE_ANNOUNCED = re.compile(
    r"\b(?:inline|in-line|in ?red|in ?blue|see (?:my )?(?:answers?|comments?|repl(?:y|ies)) below|"
    r"(?:answers?|comments?|repl(?:y|ies))(?: are)? (?:below|inline|in the text)|"
    r"in rot|in blau|(?:Antworten?|Anmerkungen?|Kommentare?) (?:unten|im Text)|siehe (?:unten|im Text)|"
    r"en rouge|en bleu|(?:réponses?|commentaires?) (?:ci-dessous|dans le texte)|"
    r"en rojo|en azul|(?:respuestas?|comentarios?) (?:abajo|más abajo|en el texto)|"
    r"em vermelho|(?:respostas?|comentários?) abaixo|in rosso|risposte (?:sotto|di seguito))\b",
    re.IGNORECASE,
)
