"""What is understood of mails as real mail programs write them, one row a mail."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import Struct

from careloom.channels.core.email.parse import parse_mail
from careloom.channels.core.email.quote import fold_mail
from careloom.channels.core.email.verdict import OwnMail, judge
from careloom.channels.types import MailVerdict

MAILS = Path(__file__).parent / "mails"
OWN = OwnMail("careloom.lumora.example", frozenset({"care@lumora.example"}), "lumora.example")
MESSAGE, BOUNCE, AUTO, LOOP = MailVerdict.MESSAGE, MailVerdict.BOUNCE, MailVerdict.AUTO_REPLY, MailVerdict.LOOP


class Row(Struct, frozen=True):
    """What a mail says; `folded` is a piece of the folded part, None when nothing is folded."""

    file: str
    sender: str
    subject: str
    new: str
    folded: str | None = None
    files: tuple[tuple[str, str, bool], ...] = ()
    verdict: MailVerdict = MESSAGE


PDF = "application/pdf"
PNG = "image/png"
REPORT = ("message-1.txt", "message/delivery-status", False)
ROWS = (
    Row(
        "gmail_web_reply",
        "Priya Raman <priya.raman@mail.example>",
        "Re: Your order 48213",
        "Hi Tom,\n\nthanks, but the lamp arrived with a cracked shade – can you send a new one?\n\nPriya",
        "your parcel was delivered on Monday.",
    ),
    Row(
        "gmail_android_german",
        "Jörg Müller <joerg.mueller@post.example>",
        "Re: Rücksendung für Bestellung 77",
        "Guten Abend,\n\ndas Rücksendeetikett fehlt leider im Paket.\n\nGrüße\nJörg",
        "bitte benutzen Sie das Etikett im Paket.",
    ),
    Row(
        "outlook_desktop_reply",
        "Okafor, Daniel <d.okafor@firm.example>",
        "RE: Router keeps restarting [Case 1042]",
        "It restarted again at 7:50. The light stays red – see the picture.\n\nKind regards,\nDaniel Okafor\n"
        "[cid:image001.png@01DA75E8.1B2C3D40]",
        "please hold the reset button for ten seconds.",
        (("image001.png", PNG, True),),
    ),
    Row(
        "outlook_web_french",
        "Hélène Dubois <helene.dubois@courriel.example>",
        "RE: Votre facture de février",
        "Bonjour,\n\nje conteste les 12,40 € de frais : je n'ai jamais demandé cette option.\n\n"
        "Cordialement,\nHélène Dubois",
        "Madame, votre facture est disponible.",
    ),
    Row(
        "outlook_mobile_spanish",
        "Lucía Peña <lucia.pena@correo.example>",
        "Re: Cambio de vuelo",
        "Prefiero el vuelo del martes por la mañana, gracias.",
        "Hola Lucía, ¿prefiere el lunes o el martes?",
    ),
    Row(
        "apple_mail_ios",
        "Maya Lindqvist <maya.l@icloud.example>",
        "Re: Your booking QX7",
        "Window seat please 🙂",
        "Dear Maya, aisle or window?",
    ),
    Row(
        "apple_mail_macos_inline",
        "Tom Becker <tom.becker@mac.example>",
        "Broken zip",
        "The zip broke after two days:\n\n\n\n\nand the receipt is attached.",
        None,
        (("IMG_2044.jpeg", "image/jpeg", True), ("Beleg März.pdf", PDF, False)),
    ),
    Row(
        "thunderbird_interleaved",
        "Ines Ferreira <ines@webmail.example>",
        "Re: Questions about your claim",
        "Hello, my answers are between the lines.\n\nOn 3/19/24 17:40, Corvo Insurance wrote:\n"
        "> When did the damage happen?\n\nOn Saturday evening, about nine o'clock, when the storm tore the roof "
        "window open.\n\n> Do you have an estimate?\n\nYes, 840 €.",
        "Rua das Flores 12",
    ),
    Row(
        "thunderbird_html_german",
        "Karl-Heinz Vogel <kh.vogel@post.example>",
        "Re: Termin für den Techniker",
        "Der Termin am Freitag passt mir nicht, geht auch Montag?",
        "Tel. 0555 123456",
    ),
    Row(
        "yahoo_reply",
        "Rosa Delgado <rosa.delgado@ymail.example>",
        "Re: Refund for order 5520",
        " I still have not seen the refund on my card.\nRosa",
        "your refund is on its way.",
    ),
    Row(
        "protonmail_reply",
        "anna.k <anna.k@proton.example>",
        "Re: Card blocked",
        "The card works again, thank you.",
        "Please try your card again.",
        (("publickey - anna.k@proton.example - 0x1234ABCD.asc", "application/pgp-keys", False),),
    ),
    Row(
        "k9_mail_bottom_posted",
        "Piotr Nowak <piotr@skrzynka.example>",
        "Re: Zgłoszenie awarii",
        "Nie, nadal nie działa. Dioda miga na czerwono.",
        "czy internet już działa?",
    ),
    Row(
        "samsung_mail_portuguese",
        "João Magalhães <joao.m@correio.example>",
        "Re: Troca de produto",
        "Olá, a cor veio errada, pedi azul.",
        "Olá João, qual é o problema?",
    ),
    Row(
        "gmail_interleaved_html",
        "Omar Haddad <omar@mail.example>",
        "Re: Two questions",
        "On Mon, 25 Mar 2024 at 08:30, Corvo <claims@corvo.example> wrote:\n\n> What is your policy number?\n\n\n"
        "CV-1188-20\n\n> Was anybody hurt?\n\n\nNo, luckily not.",
        "> Regards, Corvo",
    ),
    Row(
        "gmail_forward",
        "Grace Lin <grace.lin@mail.example>",
        "Fwd: Delivery note 8812",
        "Please see what the courier wrote to me. What now?\n\n---------- Forwarded message ---------\n"
        "From: Swift Courier <noreply@courier.example>\nDate: Tue, 26 Mar 2024 at 11:00\n"
        "Subject: Delivery note 8812\nTo: <grace.lin@mail.example>\n\n\nWe could not find your address.",
    ),
    Row(
        "outlook_forward_with_mail",
        "Erik Strand <erik.strand@firma.example>",
        "VB: Faktura mars",
        "Hej, stämmer den här fakturan?\n\nFrån: Vantia <faktura@vantia.example>\n"
        "Skickat: den 26 mars 2024 12:00\nTill: Erik Strand <erik.strand@firma.example>\nÄmne: Faktura mars\n\n"
        "Att betala: 499 kr",
        None,
        (("Faktura för mars-2024.eml", "message/rfc822", False),),
    ),
    Row(
        "postfix_dsn",
        "Mail Delivery System <MAILER-DAEMON@mx.host.example>",
        "Undelivered Mail Returned to Sender",
        "This is the mail system at host mx.host.example.\n\nI'm sorry to have to inform you that your message "
        "could not\nbe delivered to one or more recipients. It's attached below.\n\n                   The mail "
        "system\n\n<nobody@gone.example>: host mail.gone.example[192.0.2.7] said: 550 5.1.1\n"
        "    <nobody@gone.example>: Recipient address rejected: User unknown (in reply\n    to RCPT TO command)",
        None,
        (REPORT, ("Your order.eml", "message/rfc822", False)),
        BOUNCE,
    ),
    Row(
        "exchange_ndr",
        "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@firm.example>",
        "Undeliverable: Your warranty",
        "Delivery has failed to these recipients or groups:\n\nj.smith@firm.example<mailto:j.smith@firm.example>\n"
        "The recipient's mailbox is full and can't accept messages now.",
        None,
        (REPORT, ("Your warranty.eml", "message/rfc822", False)),
        BOUNCE,
    ),
    Row(
        "gmail_bounce",
        "Mail Delivery Subsystem <mailer-daemon@googlemail.example>",
        "Delivery Status Notification (Delay)",
        "** Delivery incomplete **\n\nThere was a temporary problem delivering your message to "
        "slow@tardy.example. Gmail will retry for 46 more hours.",
        None,
        (REPORT, ("attachment-2.txt", "text/rfc822-headers", False)),
        BOUNCE,
    ),
    Row(
        "qmail_bounce_plain",
        " <MAILER-DAEMON@old.host.example>",
        "failure notice",
        "Hi. This is the qmail-send program at old.host.example.\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\n\n<wrong@old.host.example>:\n"
        "192.0.2.9 does not like recipient.\n"
        "Remote host said: 550 sorry, no mailbox here by that name. (#5.1.1)\nGiving up on 192.0.2.9.\n\n"
        "--- Below this line is a copy of the message.\n\nReturn-Path: <care@lumora.example>\n"
        "Message-ID: <out.80.jkl@lumora.example>",
        "Hello there",
        (),
        BOUNCE,
    ),
    Row(
        "outlook_out_of_office_german",
        "Schäfer, Ulrike <u.schaefer@firma.example>",
        "Automatische Antwort: Ihre Bestellung",
        "Guten Tag,\n\nich bin bis zum 8. April nicht im Büro. Ihre Nachricht wird nicht weitergeleitet.\n\n"
        "Ulrike Schäfer",
        verdict=AUTO,
    ),
    Row(
        "vacation_auto_reply",
        "Ben Carter <ben@home.example>",
        "Away: Re: Your order",
        "I am hiking and read mail again on Thursday.",
        verdict=AUTO,
    ),
    Row(
        "mailing_list",
        "Wei Zhang via Discuss <discuss@lists.example>",
        "[Discuss] Meeting notes",
        "The notes are on the wiki.\n\n_______________________________________________\nDiscuss mailing list\n"
        "discuss@lists.example",
        verdict=AUTO,
    ),
    Row(
        "calendar_invite",
        "Sofia Rossi <sofia.rossi@azienda.example>",
        "Invito: Sopralluogo",
        "Confermo il sopralluogo di giovedì alle 15, il codice del cancello è 44.",
        None,
        (("invite-1.ics", "text/calendar", False), ("invite.ics", "application/ics", False)),
    ),
    Row(
        "winmail_dat",
        "Pavel Novotny <pavel@stara-posta.example>",
        "Smlouva",
        "Dobrý den, posílám podepsanou smlouvu.",
        None,
        (("winmail.dat", "application/ms-tnef", False),),
    ),
    Row(
        "iso_2022_jp",
        "佐藤花子 <hanako@denshi.example>",
        "予約の変更について",
        "お世話になっております。\n予約を四月十日に変更できますか。",
        "ご予約ありがとうございます。",
    ),
    Row(
        "gb18030_chinese",
        "王小明 <xiaoming@youxiang.example>",
        "退款申请",
        "您好，我要申请退款，订单号是五五二〇。\n谢谢！",
        "您的订单已发货。",
    ),
    Row(
        "gbk_labelled_gb2312",
        "陳鎔 <rong@youxiang.example>",
        "朱镕收不到货",
        "朱镕还没有收到货，请帮忙查一下。",
    ),
    Row(
        "koi8r_russian",
        "Ольга Иванова <olga@pochta.example>",
        "Не работает интернет",
        "Здравствуйте! Со вчерашнего вечера не работает интернет.",
        "Ольга Иванова",
    ),
    Row(
        "koi8r_undeclared",
        " <ivan@pochta.example>",
        "Нет связи",
        "Добрый день, связь пропала сегодня утром, помогите пожалуйста.",
    ),
    Row(
        "windows1256_arabic",
        "سارة أحمد <sara@barid.example>",
        "مشكلة في البطاقة",
        "مرحبا، بطاقتي لا تعمل منذ يوم أمس.",
    ),
    Row(
        "latin1_undeclared_french",
        "Francois Lefevre <francois@vieux.example>",
        "Résiliation de mon abonnement",
        "Bonjour,\n\nje souhaite résilier mon abonnement à la fin du mois. Où dois-je écrire ?\n\nFrançois",
    ),
    Row(
        "spanish_web_form",
        " <formulario@albaviajes.example>",
        "Consulta desde la web: ¿equipaje?",
        "¿Puedo llevar dos maletas de 23 kg?",
    ),
    Row(
        "turkish_reply",
        "Ayşe Yılmaz <ayse@posta.example>",
        "Re: Fatura itirazı",
        "Merhaba, fatura hâlâ yanlış.",
        "> Faturanızı düzelttik.",
    ),
    Row(
        "emoji_subject",
        "Zoë 🌸 <zoe@mail.example>",
        "My plant lamp 🌱 is so good 😍👍",
        "Just wanted to say thanks 💛",
    ),
    Row("empty_body", "Sam Idle <sam@mail.example>", "Please call me back", ""),
    Row(
        "only_attachment",
        "Fax Gateway User <scan@office.example>",
        "Scan",
        "",
        None,
        (("Scan 12.pdf", PDF, False),),
    ),
    Row(
        "tracking_newsletter_reply_html",
        "Ravi Menon <ravi@mail.example>",
        "Re: Spring sale",
        "I want the blue lamp (https://shop.example/lamp).\n\n- Size M\n- Two of them\n\nItem Price\nLamp 19 EUR\n\n"
        "[the lamp] Log in click",
    ),
    Row(
        "missing_message_id",
        "Old Device <device@legacy.example>",
        "Printer jam",
        "The printer jams on every page.",
    ),
    Row("broken_boundary", "Nadia Ali <nadia@mail.example>", "Wrong size", "The shoes are too small."),
    Row("double_from", "Kim, Min-jun <minjun@mail.example>", "Two senders", "Which address do you see?"),
    Row("bad_date", "Lost Clock <clock@mail.example>", "When", "The date of this mail is broken."),
    Row("nul_bytes", "Nul <nul@mail.example>", "Nul bytes", "beforeafter"),
    Row(
        "eight_bit_header",
        "Björk Guðmundsdóttir <bjork@post.example>",
        "Týnd sending – hvar er hún?",
        "Sendingin er týnd.",
    ),
    Row(
        "truncated_base64",
        "Cut Off <cut@mail.example>",
        "Cut off",
        "The connection broke while I was sending this",
        None,
        (("photo.png", PNG, False),),
    ),
    Row(
        "bare_line_feeds",
        "Unix Script <cron@box.example>",
        "Bare line feeds",
        "Only LF here.",
        None,
        (("data.csv", "text/csv", False),),
    ),
    Row("our_own_loop", "Lumora Care <care@lumora.example>", "Re: Hello", "This came back to us.", verdict=LOOP),
    Row(
        "read_receipt",
        "Daniel Okafor <d.okafor@firm.example>",
        "Read: Your order",
        "Your message was read.",
        None,
        (("message-1.bin", "message/disposition-notification", False),),
        AUTO,
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.file)
def test_a_mail_is_understood(row: Row) -> None:
    mail = parse_mail((MAILS / f"{row.file}.eml").read_bytes())
    folded = fold_mail(mail)
    assert f"{mail.sender.name} <{mail.sender.address}>" == row.sender
    assert mail.subject == row.subject
    assert folded.text == row.new
    if row.folded is None:
        assert folded.folded_text is None
    else:
        assert row.folded in (folded.folded_text or "")
    assert tuple((file.name, file.media_type, file.inline) for file in mail.attachments) == row.files
    assert judge(mail, OWN).verdict is row.verdict
    assert not mail.truncated


def test_every_mail_has_its_row() -> None:
    assert {row.file for row in ROWS} == {path.stem for path in MAILS.glob("*.eml")}


@pytest.mark.parametrize(
    "file",
    [
        "gmail_web_reply",
        "gmail_android_german",
        "gmail_interleaved_html",
        "outlook_desktop_reply",
        "outlook_web_french",
        "outlook_mobile_spanish",
        "apple_mail_ios",
        "thunderbird_html_german",
        "yahoo_reply",
        "protonmail_reply",
    ],
)
def test_html_is_folded_like_the_text(file: str) -> None:
    mail = parse_mail((MAILS / f"{file}.eml").read_bytes())
    assert mail.html is not None
    folded = fold_mail(mail)
    assert folded.folded_html
    assert "wrote:</div>" not in (folded.html or "")
    assert len(folded.html or "") + len(folded.folded_html) >= len(mail.html) * 0.8


@pytest.mark.parametrize(
    ("file", "recipient", "original", "status", "permanent"),
    [
        ("postfix_dsn", "nobody@gone.example", "<out.77.abc@lumora.example>", "5.1.1", True),
        ("exchange_ndr", "j.smith@firm.example", "<out.78.def@lumora.example>", "5.2.2", True),
        ("gmail_bounce", "slow@tardy.example", "<out.79.ghi@lumora.example>", "4.4.1", False),
        ("qmail_bounce_plain", "wrong@old.host.example", "<out.80.jkl@lumora.example>", "5.1.1", True),
    ],
)
def test_a_bounce_names_the_failed_mail(file: str, recipient: str, original: str, status: str, permanent: bool) -> None:
    bounce = judge(parse_mail((MAILS / f"{file}.eml").read_bytes()), OWN).bounce
    assert bounce is not None
    assert bounce.recipients == (recipient,)
    assert bounce.original_message_id == original
    assert bounce.status == status
    assert bounce.permanent is permanent
    assert bounce.diagnostic


def test_an_inline_image_is_kept_by_its_content_id_and_remote_ones_wait() -> None:
    mail = parse_mail((MAILS / "outlook_desktop_reply.eml").read_bytes())
    assert 'src="cid:image001.png@01DA75E8.1B2C3D40"' in (mail.html or "")
    hostile = parse_mail((MAILS / "tracking_newsletter_reply_html.eml").read_bytes()).html or ""
    assert 'data-src="https://shop.example/lamp.png"' in hostile
    for forbidden in (
        "pixel.example",
        "script",
        "onload",
        "onclick",
        "<form",
        "<input",
        "position",
        "url(",
        "javascript",
    ):
        assert forbidden not in hostile


def test_threading_headers_and_recipients_are_read() -> None:
    mail = parse_mail((MAILS / "gmail_web_reply.eml").read_bytes())
    assert mail.message_id == "<CAKx7=8nQe5uV3m2T1w@mail.example>"
    assert mail.in_reply_to == "<second.2@lumora.example>"
    assert mail.references == ("<first.1@lumora.example>", "<second.2@lumora.example>")
    assert mail.delivered_to == ("care+ctest@lumora.example",)
    assert mail.plus_tokens == (("care@lumora.example", "ctest"),)
    form = parse_mail((MAILS / "spanish_web_form.eml").read_bytes())
    assert [(reply.name, reply.address) for reply in form.reply_to] == [("Núñez, María", "maria.nunez@correo.example")]
