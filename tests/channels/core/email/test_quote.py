"""What is new in a mail stays in sight; nothing is ever lost."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from careloom.channels.core.email.quote import split_html, split_text
from careloom.channels.core.email.rendering import html_to_text
from careloom.channels.core.email.sanitize import sanitize

ATTRIBUTIONS = {
    "english": "On Tue, 12 Mar 2024 at 10:15, Care <care@lumora.example> wrote:",
    "english, Apple": "On 12 Mar 2024, at 10:15, Care <care@lumora.example> wrote:",
    "english, wrapped": "On Tue, 12 Mar 2024 at 10:15, Lumora Customer Care\n<care@lumora.example> wrote:",
    "german": "Am Di., 12. März 2024 um 10:15 Uhr schrieb Care <care@lumora.example>:",
    "german, Apple": "Am 12.03.2024 um 10:15 schrieb Care <care@lumora.example>:",
    "french": "Le mar. 12 mars 2024 à 10:15, Care <care@lumora.example> a écrit :",
    "spanish": "El mar, 12 mar 2024 a las 10:15, Care (<care@lumora.example>) escribió:",
    "portuguese": "Em ter., 12 de mar. de 2024 às 10:15, Care <care@lumora.example> escreveu:",
    "italian": "Il giorno mar 12 mar 2024 alle ore 10:15 Care <care@lumora.example> ha scritto:",
    "dutch": "Op di 12 mrt 2024 om 10:15 schreef Care <care@lumora.example>:",
    "polish": "wt., 12 mar 2024 o 10:15 Care <care@lumora.example> napisał(a):",
    "swedish": "Den tis 12 mars 2024 kl 10:15 skrev Care <care@lumora.example>:",
    "danish": "Den tir. 12. mar. 2024 kl. 10.15 skrev Care <care@lumora.example>:",
    "russian": "вт, 12 мар. 2024 г. в 10:15, Care <care@lumora.example>:",
    "russian, Thunderbird": "12.03.2024 10:15, Care пишет:",
    "czech": "út 12. 3. 2024 v 10:15 odesílatel Care <care@lumora.example> napsal:",
    "turkish": "Care <care@lumora.example>, 12 Mar 2024 Sal, 10:15 tarihinde şunu yazdı:",
    "japanese": "2024年3月12日(火) 10:15 Care <care@lumora.example>:",
    "chinese": "Care <care@lumora.example> 于2024年3月12日周二 10:15写道：",
    "korean": "2024년 3월 12일 (화) 오전 10:15, Care <care@lumora.example>님이 작성:",
    "finnish": "ti 12. maalisk. 2024 klo 10.15 Care (care@lumora.example) kirjoitti:",
    "ukrainian": "вт, 12 бер. 2024 р. о 10:15 Care <care@lumora.example> пише:",
}
HEADERS = {
    "english": ("From: Care <c@x.example>", "Sent: Tuesday, March 12, 2024 10:15 AM", "To: Me", "Subject: Order"),
    "bold": ("*From:* Care <c@x.example>", "*Sent:* Tuesday", "*To:* Me", "*Subject:* Order"),
    "german": ("Von: Care <c@x.example>", "Gesendet: Dienstag, 12. März 2024 10:15", "An: Ich", "Betreff: Bestellung"),
    "french": ("De : Care", "Envoyé : mardi 12 mars 2024", "À : Moi", "Objet : Commande"),
    "spanish": ("De: Care", "Enviado el: martes, 12 de marzo", "Para: Yo", "Asunto: Pedido"),
    "portuguese": ("De: Care", "Enviada em: terça-feira", "Para: Eu", "Assunto: Pedido"),
    "italian": ("Da: Care", "Inviato: martedì 12 marzo 2024", "A: Me", "Oggetto: Ordine"),
    "dutch": ("Van: Care", "Verzonden: dinsdag 12 maart", "Aan: Ik", "Onderwerp: Bestelling"),
    "polish": ("Od: Care", "Wysłano: wtorek, 12 marca", "Do: Ja", "Temat: Zamówienie"),
    "swedish": ("Från: Care", "Skickat: den 12 mars", "Till: Jag", "Ämne: Order"),
    "russian": ("От: Care", "Отправлено: 12 марта 2024 г.", "Кому: Я", "Тема: Заказ"),
    "chinese": ("发件人: Care", "发送时间: 2024年3月12日", "收件人: 我", "主题: 订单"),
    "japanese": ("差出人: Care", "送信日時: 2024年3月12日", "宛先: 私", "件名: 注文"),
}
SIGNATURES = (
    "Sent from my iPhone",
    "Sent from my Galaxy",
    "Get Outlook for Android<https://aka.example/x>",
    "Von meinem iPhone gesendet",
    "Gesendet mit der GMX Mail App",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Enviado do meu iPhone",
    "Inviato da iPhone",
    "Verstuurd vanaf mijn iPhone",
    "Wysłane z iPhone'a",
    "Skickat från min iPhone",
    "Отправлено с iPhone",
    "发自我的iPhone",
)


@pytest.mark.parametrize("language", ATTRIBUTIONS)
def test_a_quotation_is_folded_in_each_language(language: str) -> None:
    line = ATTRIBUTIONS[language]
    marked = split_text(f"My answer.\n\n{line}\n\n> Old text\n> more", "Re: x")
    assert marked.new == "My answer."
    assert marked.folded.startswith(line)
    bare = split_text(f"My answer.\n\n{line}\n\nOld text\nmore", "Re: x")
    assert bare.new == "My answer."
    shown = line.replace("<", "&lt;").replace("\n", " ")
    html = split_html(f"<div>My answer.</div><div>{shown}</div><blockquote>Old text</blockquote>")
    assert html.new == "<div>My answer.</div>"


@pytest.mark.parametrize("language", HEADERS)
def test_a_header_block_is_folded_in_each_language(language: str) -> None:
    block = "\n".join(HEADERS[language])
    folded = split_text(f"My answer.\n\n{block}\n\nOld text", "Re: x")
    assert (folded.new, folded.folded) == ("My answer.", f"{block}\n\nOld text")


@pytest.mark.parametrize("line", SIGNATURES)
def test_the_signature_of_a_phone_is_folded(line: str) -> None:
    assert split_text(f"Where is it?\n\n{line}").new == "Where is it?"
    assert (
        split_text(f"Where is it?\n\n{line}\n\nOn Tue, 12 Mar 2024 at 10:15, A <a@b.example> wrote:\n> x").new
        == "Where is it?"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Get me a new phone",
        "Sent my phone back on Monday",
        "I sent the parcel via mail",
        "I ordered on 12.03.2024\nand at 10:15 he wrote me this:\nWait for it",
        "From: Berlin\nTo: Rome\nwhen does it leave",
        "The temperature is > 30 degrees",
        "> pasted error\nWhat does this mean?",
        "Options:\n--\nA",
        "Date: 12 March\nSubject to change",
    ],
)
def test_a_customers_own_words_are_never_folded(text: str) -> None:
    if text.startswith("Options"):
        assert "Options:" in split_text(text).new
    else:
        assert split_text(text).new == text


def test_answers_between_the_lines_stay_with_their_questions() -> None:
    text = "Hi\n\nOn Tue, 12 Mar 2024 at 10:15, A <a@b.example> wrote:\n> q1\n\na1\n\n> q2\n\na2\n\n> bye\n\n-- \nMe"
    folded = split_text(text, "Re: x")
    assert folded.new.endswith("> q1\n\na1\n\n> q2\n\na2")
    assert folded.folded == "> bye\n\n-- \nMe"


def test_an_answer_below_the_quotation_is_the_new_part() -> None:
    folded = split_text("On Tue, 12 Mar 2024 at 10:15, A <a@b.example> wrote:\n> q1\n> q2\n\nmy answer", "Re: x")
    assert folded.new == "my answer"


def test_answers_announced_inside_an_outlook_quotation_are_not_folded() -> None:
    text = "See my answers below in red.\n\n" + "\n".join(HEADERS["english"]) + "\n\nWhich colour? Blue."
    assert split_text(text, "Re: x").new == text


@pytest.mark.parametrize(
    ("subject", "marker"),
    [
        ("Fwd: x", "---------- Forwarded message ---------"),
        ("x", "---------- Weitergeleitete Nachricht ---------"),
        ("x", "Begin forwarded message:"),
        ("WG: x", "-----Ursprüngliche Nachricht-----"),
        ("TR : x", "De : Care"),
        ("FW: x", "________________________________"),
    ],
)
def test_a_forward_is_not_folded(subject: str, marker: str) -> None:
    text = f"Please look at this.\n\n{marker}\n" + "\n".join(HEADERS["english"]) + "\n\nThe forwarded text"
    assert split_text(text, subject).new == text


def test_a_mail_of_nothing_but_a_quotation_is_shown() -> None:
    text = "On Tue, 12 Mar 2024 at 10:15, A <a@b.example> wrote:\n> old"
    assert split_text(text, "Re: x").new == text


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *ATTRIBUTIONS.values(),
                *SIGNATURES,
                *(line for block in HEADERS.values() for line in block),
                "-----Original Message-----",
                "---------- Forwarded message ---------",
                "-- ",
                "--",
                "",
                "> quoted",
                ">> deeper",
                ">",
                "my answer",
                "________________________________",
                "see my answers below",
            ]
        ),
        st.text(alphabet=st.characters(exclude_characters="\n\r", exclude_categories=["Cs", "Cc"]), max_size=20),
    ),
    max_size=25,
)


@given(LINES, st.sampled_from(["", "Re: x", "Fwd: x"]))
@settings(max_examples=500)
def test_folding_loses_no_line(lines: list[str], subject: str) -> None:
    text = "\n".join(lines)
    folded = split_text(text, subject)
    kept = Counter(line for part in (folded.new, folded.folded) for line in part.split("\n") if line.strip())
    assert kept == Counter(line for line in text.split("\n") if line.strip())
    assert folded.new.strip() or not text.strip()


BLOCKS = st.lists(
    st.sampled_from(
        [
            "<p>answer</p>",
            "<div class=gmail_attr>On Tue, 12 Mar 2024 at 10:15, A &lt;a@b.example&gt; wrote:</div>",
            "<blockquote type=cite>old <b>text</b><br>more</blockquote>",
            "<div class=gmail_signature>-- <br>Me</div>",
            "<hr><div id=divRplyFwdMsg><b>From:</b> A<br><b>Sent:</b> B<br><b>To:</b> C<br><b>Subject:</b> D</div>",
            "<table><tr><td></td><td>5</td></tr></table>",
            "<ul><li>one<li>two</ul>",
            "<div class=yahoo_quoted>",
            "</div>",
            "<img src='cid:a'>",
            "Sent from my iPhone<br>",
            "plain <i>words</i> ",
            "<pre>a\n b</pre>",
        ]
    ),
    max_size=15,
)


@given(BLOCKS)
@settings(max_examples=300)
def test_folding_html_loses_nothing_and_stays_well_formed(blocks: list[str]) -> None:
    safe = sanitize("".join(blocks))
    folded = split_html(safe, "Re: x")
    both = html_to_text(folded.new) + "\n" + html_to_text(folded.folded)
    assert set(_words(both)) >= set(_words(html_to_text(safe)))
    assert folded.new.count("<img") + folded.folded.count("<img") == safe.count("<img")
    for part in (folded.new, folded.folded):
        assert Counter(re.findall(r"<(\w+)", re.sub(r"<(?:br|hr|img)\b[^>]*>", "", part))) == Counter(
            re.findall(r"</(\w+)", part)
        )
