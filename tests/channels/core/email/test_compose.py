"""What we send is well formed, threaded, and read back as we meant it."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from careloom.channels.core.email.compose import OutgoingMail, Quoted, compose, reply_subject
from careloom.channels.core.email.mail import Address, MailAttachment
from careloom.channels.core.email.parse import parse_mail
from careloom.channels.core.email.quote import fold_mail
from careloom.channels.core.email.verdict import OwnMail, judge
from careloom.channels.types import MailVerdict
from careloom.platform.texts.languages import Language

AT = datetime(2024, 3, 12, 10, 15, tzinfo=UTC)
BASE = OutgoingMail(
    sender=Address("care@lumora.example", "Lumora Care"),
    to=(Address("ann@mail.example", "Ann"),),
    subject="Your order",
    message_id="<out.1@mail.lumora.example>",
    date=AT,
    text="Hello Ann,\n\nit is on its way.",
    loop_id="loop-1",
)
REPLY = structs.replace(
    BASE,
    in_reply_to="<in.2@mail.example>",
    references=("<in.1@mail.example>", "<in.2@mail.example>"),
    reply_to=Address("care+cabc@lumora.example", "Lumora Care"),
    html="<p>Hello <b>Ann</b>,</p><p>it is on its way.</p><script>x</script>",
    signature="Tom\nLumora",
    quoted=Quoted(Address("ann@mail.example", "Ann"), AT, "Where is it?\n\n> older", "<p>Where is it?</p>"),
)
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60)


def _library(data: bytes) -> EmailMessage:
    """Read a mail by the standard library, the second opinion."""
    read = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    assert not read.defects
    return read


@pytest.mark.parametrize("language", Language)
def test_what_is_quoted_is_introduced_in_the_customers_language_and_folded_away_again(language: Language) -> None:
    for html in (REPLY.html, None):
        folded = fold_mail(parse_mail(compose(structs.replace(REPLY, language=language, html=html, signature=""))))
        assert folded.text == REPLY.text
        introduced = (folded.folded_text or "").replace("\u2068", "").replace("\u2069", "")
        assert "Ann <ann@mail.example>" in introduced
        assert ("wrote" in introduced) == (language is Language.EN)


def test_a_reply_is_threaded_signed_and_quotes_below() -> None:
    data = compose(REPLY)
    mail = parse_mail(data)
    assert mail.message_id == REPLY.message_id
    assert mail.in_reply_to == "<in.2@mail.example>"
    assert mail.references == ("<in.1@mail.example>", "<in.2@mail.example>")
    assert mail.sender == REPLY.sender
    assert mail.to == REPLY.to
    assert mail.reply_to == (REPLY.reply_to,)
    assert mail.subject == "Re: Your order"
    assert mail.date == AT
    folded = fold_mail(mail)
    assert folded.text == REPLY.text
    assert folded.html == "<div><p>Hello <b>Ann</b>,</p><p>it is on its way.</p></div>"
    assert folded.folded_text == (
        "-- \nTom\nLumora\n\nOn 2024-03-12 at 10:15 +0000, Ann <ann@mail.example> wrote:\n> Where is it?\n>\n>> older"
    )
    assert "Where is it?" in (folded.folded_html or "")


def test_the_same_mail_has_the_same_bytes() -> None:
    assert compose(REPLY) == compose(REPLY)


def test_every_line_is_crlf_ascii_and_short_enough() -> None:
    data = compose(structs.replace(REPLY, text="é" * 5_000 + "\n" + "x" * 5_000, subject="ü" * 500))
    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.split(b"\r\n"))) <= 998


@given(TEXT, TEXT, TEXT, TEXT)
@settings(max_examples=200)
def test_no_header_can_be_injected(subject: str, name: str, file_name: str, signature: str) -> None:
    data = compose(
        structs.replace(
            REPLY,
            subject=f"{subject}\r\nBcc: evil@x.example",
            sender=Address("care@lumora.example", f"{name}\nX-Evil: 1"),
            signature=signature,
            loop_id="a\r\nX-Evil: 2",
            attachments=(
                MailAttachment(
                    f"{file_name}\r\nX-Evil: 3", "text/plain\r\nX-Evil: 4", b"x", "i\r\nX-Evil: 5", inline=True
                ),
            ),
        )
    )
    read = _library(data)
    for part in read.walk():
        assert "bcc" not in part
        assert "x-evil" not in part
    mail = parse_mail(data)
    assert mail.header("x-evil") is None
    assert mail.sender.address == "care@lumora.example"
    assert [mailbox.address for mailbox in mail.to] == ["ann@mail.example"]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=200))
@settings(max_examples=200)
def test_names_and_subjects_round_trip(text: str) -> None:
    shown = " ".join(text.split())
    data = compose(structs.replace(BASE, subject=text, to=(Address("ann@mail.example", text[:100]),)))
    mail = parse_mail(data)
    assert mail.subject == shown.replace("\ufeff", "")
    assert len(mail.to) == 1
    name = " ".join(text[:100].split()).replace("\ufeff", "")
    assert mail.to[0].name in (name, name[1:-1].strip())


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=400))
@settings(max_examples=200)
def test_text_round_trips(text: str) -> None:
    mail = parse_mail(compose(structs.replace(BASE, text=text)))
    assert mail.text == text.replace("\ufeff", "").rstrip()


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Order", "Re: Order"),
        ("Re: Order", "Re: Order"),
        ("RE: AW: SV: Re[2]: Order", "Re: Order"),
        ("回复：订单", "Re: 订单"),
        ("Fwd: Order", "Re: Fwd: Order"),
        ("Reference 12: missing", "Re: Reference 12: missing"),
        ("", "Re:"),
        ("a\r\nb", "Re: a b"),
    ],
)
def test_a_reply_has_one_prefix(subject: str, expected: str) -> None:
    assert reply_subject(subject) == expected


def test_references_are_bounded_and_keep_the_first() -> None:
    chain = tuple(f"<{number}@mail.example>" for number in range(100))
    mail = parse_mail(compose(structs.replace(REPLY, references=chain)))
    assert len(mail.references) == 20
    assert mail.references[0] == "<0@mail.example>"
    assert mail.references[-1] == "<in.2@mail.example>"


def test_a_long_message_id_is_not_torn() -> None:
    long = f"<{'a' * 300}@mail.example>"
    mail = parse_mail(compose(structs.replace(REPLY, message_id=long, in_reply_to=long, references=(long,))))
    assert (mail.message_id, mail.in_reply_to, mail.references) == (long, long, (long,))


def test_files_and_inline_images_round_trip() -> None:
    photo = MailAttachment("photo.png", "image/png", bytes(range(256)), "img1@lumora", inline=True)
    bill = MailAttachment("Rechnung März.pdf", "application/pdf", b"%PDF\r\n\0")
    note = MailAttachment("note.txt", "text/plain", b"caf\xe9\n")
    old = MailAttachment("old.eml", "message/rfc822", b"Subject: x\n\ny")
    data = compose(
        structs.replace(REPLY, html='<p>See</p><img src="cid:img1@lumora">', attachments=(photo, bill, note, old))
    )
    _library(data)
    files = parse_mail(data).attachments
    assert files[:3] == (photo, bill, note)
    assert (files[3].name, files[3].content) == ("old.eml", old.content)


def test_an_automatic_mail_says_so_and_comes_back_as_a_loop() -> None:
    mail = parse_mail(compose(structs.replace(REPLY, automatic=True)))
    assert mail.header("auto-submitted") == "auto-replied"
    assert parse_mail(compose(structs.replace(BASE, automatic=True))).header("auto-submitted") == "auto-generated"
    assert parse_mail(compose(REPLY)).header("auto-submitted") is None
    assert judge(mail, OwnMail("loop-1", frozenset(), "x.example")).verdict is MailVerdict.LOOP
    assert judge(mail, OwnMail("loop-2", frozenset(), "x.example")).verdict is MailVerdict.AUTO_REPLY


@pytest.mark.parametrize("address", ["", "no-at", "a b@c.example", "a@b\r\nBcc: c@d.example", "ä@b.example", "a@b@c"])
def test_an_address_that_cannot_be_sent_to_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        compose(structs.replace(BASE, to=(Address(address),)))


def test_a_domain_in_another_script_is_written_in_ascii() -> None:
    assert (
        parse_mail(compose(structs.replace(BASE, to=(Address("a@bücher.example"),)))).to[0].address
        == "a@xn--bcher-kva.example"
    )


def test_a_malformed_message_id_is_refused() -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        compose(structs.replace(REPLY, in_reply_to="<a@b>\r\nBcc: x"))
