"""Any bytes make a mail, in bounded time."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from careloom.channels.core.email.charset import decode
from careloom.channels.core.email.headers import (
    decode_words,
    parse_addresses,
    parse_date,
    sender_of,
    split_parameters,
)
from careloom.channels.core.email.mail import Limits, ParsedMail
from careloom.channels.core.email.names import safe_file_name
from careloom.channels.core.email.parse import parse_mail
from careloom.channels.core.email.quote import fold_mail
from careloom.channels.core.email.verdict import OwnMail, judge

MAILS = [path.read_bytes() for path in sorted((Path(__file__).parent / "mails").glob("*.eml"))]
OWN = OwnMail("x.example", frozenset(), "x.example")
FRAGMENTS = st.sampled_from(
    [
        b"From: ",
        b"a@b.example",
        b"\r\n",
        b"\n",
        b"\r\n\r\n",
        b"Content-Type: multipart/mixed; boundary=x",
        b'Content-Type: multipart/alternative; boundary="x y"',
        b"Content-Type: text/html; charset=utf-7",
        b"Content-Type: text/plain; charset=iso-2022-jp; format=flowed; delsp=yes",
        b"Content-Type: message/rfc822",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: quoted-printable",
        b"Content-Disposition: attachment; filename*0*=utf-8''a%ff; filename*1=b",
        b"--x",
        b"--x--",
        b"=?utf-8?q?=ff=?=",
        b"=?x?b?!?=",
        b"<blockquote type=cite>",
        b"<table><td><b>",
        b"<!--",
        b"<img src=cid:",
        b"> ",
        b"On Mon, 1 Jan 2024 at 10:00, a <a@b.example> wrote:",
        b"-- ",
        b"\x1b$B",
        b"\xff\xfe\x00",
        b"Subject: \xe4\xf6",
        b"References: <a@b> <",
        b"Date: Mon, 99",
        b"\x00",
    ]
)


def _check(mail: ParsedMail) -> None:
    """Hold what callers rely on: storable strings, an id, a zone on the date."""
    assert mail.message_id.startswith("<")
    assert mail.message_id.endswith(">")
    for text in (
        mail.subject,
        mail.text,
        mail.html or "",
        mail.sender.name,
        mail.sender.address,
        *map(str, mail.headers),
    ):
        assert "\0" not in text
        text.encode()
    assert mail.date is None or mail.date.tzinfo is not None
    for file in mail.attachments:
        assert file.name == Path(file.name).name
        assert file.name not in ("", ".", "..")
    fold_mail(mail)
    judge(mail, OWN, "")


@given(st.binary(max_size=2_000))
def test_any_bytes_are_parsed(data: bytes) -> None:
    _check(parse_mail(data))


@given(st.lists(st.one_of(FRAGMENTS, st.binary(max_size=20)), max_size=60))
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_any_mixture_of_mail_fragments_is_parsed(pieces: list[bytes]) -> None:
    _check(parse_mail(b"".join(pieces)))


@given(st.sampled_from(MAILS), st.data())
@settings(max_examples=200)
def test_a_damaged_mail_is_parsed(mail: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(mail)))
    stop = data.draw(st.integers(start, min(len(mail), start + 200)))
    _check(parse_mail(mail[:start] + data.draw(st.binary(max_size=30)) + mail[stop:]))


@pytest.mark.parametrize("mail", MAILS)
def test_a_mail_cut_off_anywhere_is_parsed(mail: bytes) -> None:
    for stop in range(0, len(mail), max(1, len(mail) // 25)):
        _check(parse_mail(mail[:stop]))


HOSTILE = {
    "deep multiparts": b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (depth, depth) for depth in range(5_000)
    ),
    "endless parts": b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\na\n" * 100_000,
    "one boundary for all": b"Content-Type: multipart/mixed; boundary=x\n\n"
    + b"--x\nContent-Type: multipart/mixed; boundary=x\n\n" * 20_000,
    "huge header": b"Subject: " + b"a" * 3_000_000 + b"\n\nbody",
    "header of encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 20_000 + b"\n\nbody",
    "header of half encoded words": b"Subject: " + b"=?utf-8?q?" * 20_000 + b"\n\nbody",
    "many headers": b"X: y\n" * 100_000 + b"\nbody",
    "nested comments": b"From: " + b"(" * 100_000 + b"\n\nbody",
    "open quotes": b'From: "' + b'\\"<' * 50_000 + b"\n\nbody",
    "commas": b"To: " + b"," * 200_000 + b"\n\nbody",
    "parameters": b"Content-Type: text/plain" + b"; a*0*=utf-8''%" * 20_000 + b"\n\nbody",
    "references": b"References: " + b"<a@b>" * 40_000 + b"\n\nbody",
    "deep divs": b"Content-Type: text/html\n\n" + b"<div>" * 200_000,
    "formatting that never closes": b"Content-Type: text/html\n\n"
    + b"".join(b"<p><b title=%d>x" % number for number in range(40_000)),
    "lists that never close": b"Content-Type: text/html\n\n" + b"<ul><li>x" * 80_000,
    "formatting in tables": b"Content-Type: text/html\n\n" + b"<table><b>x<tr>" * 50_000,
    "attributes": b"Content-Type: text/html\n\n<p " + b"".join(b"a%d=1 " % number for number in range(100_000)) + b">x",
    "open comments": b"Content-Type: text/html\n\n" + b"<!--" * 200_000,
    "open tags": b"Content-Type: text/html\n\n" + b'<a href="' * 100_000,
    "open scripts": b"Content-Type: text/html\n\n" + b"<script>" * 100_000,
    "quotes": b"Subject: x\n\n" + b">" * 500_000 + b"\n" + b"> a\nb\n" * 100_000,
    "attributions": b"Subject: x\n\n" + b"On Mon, 1 Jan 2024 at 10:00, a <a@b.example>\n" * 20_000,
    "signatures": b"Subject: x\n\n" + b"-- \n" * 100_000,
    "header blocks": b"Subject: x\n\n" + b"From: a\n" * 60_000,
    "blank lines": b"Subject: x\n\n" + b"\n" * 500_000,
    "spaces": b"Subject: x\n\n" + b" " * 900_000,
    "flowed": b"Content-Type: text/plain; format=flowed\n\n" + b"a \n" * 200_000,
    "escapes": b"Content-Type: text/plain; charset=iso-2022-jp\n\n" + b"\x1b$B\x1b(B" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_costs_little(name: str) -> None:
    began = time.process_time()
    _check(parse_mail(HOSTILE[name]))
    assert time.process_time() - began < 8


def test_bounds_are_kept_and_reported() -> None:
    assert parse_mail(HOSTILE["endless parts"], Limits(max_parts=10)).truncated
    assert parse_mail(HOSTILE["deep multiparts"]).truncated
    assert parse_mail(HOSTILE["huge header"]).truncated
    cut = parse_mail(b"Subject: x\n\n" + b"a" * 100, Limits(max_text_chars=10))
    assert (cut.text, cut.truncated) == ("a" * 10, True)
    assert parse_mail(b"Subject: x\n\nbody", Limits(max_bytes=12)).truncated


def test_a_made_message_id_is_the_same_for_a_second_delivery_and_differs_for_other_content() -> None:
    first = parse_mail(b"Received: from a\r\nFrom: a@b.example\r\nSubject: x\r\n\r\nhello\r\n")
    second = parse_mail(b"Received: from b\nReceived: from a\nFrom: a@b.example\nSubject: x\n\nhello\n")
    other = parse_mail(b"From: a@b.example\r\nSubject: x\r\n\r\nhello again\r\n")
    assert first.message_id_made
    assert first.message_id == second.message_id != other.message_id


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"),
        ("=?utf-8?B?w6Q=?= plain", "ä plain"),
        ("=?UTF-8?Q?=F0=9F?= =?UTF-8?Q?=98=8D?=", "😍"),
        ("=?iso-8859-1*en?Q?=E4?=", "ä"),
        ("=?gb2312?B?1uzpRg==?=", "朱镕"),
        ("=?unknown?Q?=E4?=", "ä"),
        ("=?utf-8?Q?with space?=", "with space"),
        ("=?utf-8?X?a?=", "=?utf-8?X?a?="),
        ("=?", "=?"),
    ],
)
def test_encoded_words_are_decoded(value: str, expected: str) -> None:
    assert decode_words(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a@b.example", [("a@b.example", "")]),
        ("A B <a@B.Example>", [("a@b.example", "A B")]),
        ('"B, A" <a@b.example>, c@d.example', [("a@b.example", "B, A"), ("c@d.example", "")]),
        ("a@b.example (A B)", [("a@b.example", "A B")]),
        ("Team: a@b.example, c@d.example;", [("a@b.example", ""), ("c@d.example", "")]),
        ("undisclosed-recipients:;", []),
        ("=?utf-8?Q?B=2C_A?= <a@b.example>", [("a@b.example", "B, A")]),
        ('"a b"@c.example', [('"a b"@c.example', "")]),
        ("<mailto:a@b.example>", [("a@b.example", "")]),
        ("a@b.example <a@b.example>", [("a@b.example", "a@b.example")]),
        ("A B a@b.example", [("a@b.example", "A B")]),
        ("no address here", []),
        ("'A B' <a@b.example>", [("a@b.example", "A B")]),
        ("a@bücher.example", [("a@bücher.example", "")]),
        ("<a@b.example", [("a@b.example", "")]),
    ],
)
def test_addresses_are_read(value: str, expected: list[tuple[str, str]]) -> None:
    assert [(mailbox.address, mailbox.name) for mailbox in parse_addresses(value)] == expected


def test_parameters_are_read_in_every_notation() -> None:
    assert split_parameters('TEXT/Plain; charset="utf-8"; x=y') == ("text/plain", {"charset": "utf-8", "x": "y"})
    _, parameters = split_parameters("attachment; filename*0*=UTF-8''M%C3%A4rz; filename*1=\" 2024.pdf\"")
    assert parameters["filename"] == "März 2024.pdf"
    assert split_parameters('a; filename="a;b\\"c.txt"')[1]["filename"] == 'a;b"c.txt'


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\photo.png", "photo.png"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("CON.txt", "_CON.txt"),
        ("...", "image-3.png"),
        ("", "image-3.png"),
        ("a\0b\r\nc.txt", "abc.txt"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_file_names_are_safe(wanted: str, expected: str) -> None:
    assert safe_file_name(wanted, "image/png", 3) == expected


@pytest.mark.parametrize(
    ("charset", "codec", "text"),
    [
        ("iso-8859-1", "cp1252", "Preis: 5 € – “gut”"),
        ("us-ascii", "utf-8", "naïve café – voilà"),
        ("iso-8859-1", "utf-8", "größer für übermorgen"),
        ("utf-8", "cp1252", "Liebe Grüße aus Köln, schönes Wochenende"),
        (None, "koi8_r", "Здравствуйте, где мой заказ"),
        (None, "cp1251", "Здравствуйте, где мой заказ"),
        (None, "gb18030", "我的订单还没有到，请帮我看一下"),
        ("us-ascii", "cp932", "注文した商品がまだ届きません。"),
        ("x-unknown", "cp949", "주문한 상품이 아직 도착하지 않았습니다"),
        ("big5", "big5hkscs", "我的訂單還沒有到"),
        ("iso-2022-jp", "iso2022_jp", "予約の変更"),
        ("ks_c_5601-1987", "cp949", "안녕하세요"),
        ("windows-1256", "cp1256", "مرحبا"),
        ("punycode", "utf-8", "größe"),
        ("zip", "utf-8", "größe"),
    ],
)
def test_mislabelled_text_is_read(charset: str | None, codec: str, text: str) -> None:
    assert decode(text.encode(codec), charset) == text


def test_vendor_characters_in_iso_2022_jp_survive() -> None:
    assert decode(b"\x1b$B-!\x1b(B and \x1b(I1\x1b(B", "iso-2022-jp") == "① and ｱ"


def test_dates_have_a_zone_or_are_missing() -> None:
    assert parse_date("Tue, 12 Mar 2024 10:15:21 +0100") == datetime(2024, 3, 12, 9, 15, 21, tzinfo=UTC)
    minus = parse_date("12 Mar 2024 10:15:21 -0000")
    assert minus is not None
    assert minus.utcoffset() == timedelta(0)
    for broken in ("", "yesterday", "Thu, 99 Foo 20245 61:99:00 +9999", "Fri, 31 Dec 9999 23:59:59 -1200"):
        assert parse_date(broken) is None


def test_flowed_text_is_joined() -> None:
    mail = parse_mail(
        b"Content-Type: text/plain; format=flowed\r\n\r\n"
        b"One long \r\nline.\r\n> quoted \r\n> too\r\n From here\r\n-- \r\nMe\r\n"
    )
    assert mail.text == "One long line.\n> quoted too\nFrom here\n-- \nMe"


def test_a_mail_inside_a_mail_is_a_file_and_not_text() -> None:
    inner = base64.b64encode(b"Subject: inner\r\n\r\nsecret")
    mail = parse_mail(
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nouter\r\n--x\r\nContent-Type: message/rfc822\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + inner + b"\r\n--x--\r\n"
    )
    assert mail.text == "outer"
    assert [(file.name, file.content) for file in mail.attachments] == [("inner.eml", b"Subject: inner\r\n\r\nsecret")]


@pytest.mark.parametrize(
    ("head", "sender"),
    [
        (b"From: Ada <Ada@Home.example>\r\nTo: b@c.example\r\n\r\nFrom: x@y.example", "ada@home.example"),
        (b"To: b@c.example\nFROM:\n ada@home.example, bo@home.example\n\n", "ada@home.example"),
        (b'From: "a@b.example, Ada" <ada@home.example>', "ada@home.example"),
        (b"From: nobody\n\nFrom: ada@home.example", ""),
        (b"\n\nFrom: ada@home.example", ""),
        (b"", ""),
    ],
)
def test_who_a_mail_is_from_is_told_by_its_head_alone(head: bytes, sender: str) -> None:
    assert sender_of(head) == sender
