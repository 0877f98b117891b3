"""HTML of strangers is safe, readable and cheap."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from careloom.channels.core.email.rendering import html_to_text
from careloom.channels.core.email.sanitize import sanitize

PIECES = st.sampled_from(
    [
        "<b>",
        "</b>",
        "<p>",
        "</p>",
        "<table>",
        "<td>",
        "<tr>",
        "</table>",
        "<a href='javascript:x'>",
        "<a href=http://a.example>",
        "<img src=x onerror=alert(1)>",
        "<img src=https://a.example/x.png>",
        "<svg><script>",
        "<style>",
        "</style>",
        "<!--",
        "-->",
        "<![CDATA[",
        "<math><mtext>",
        '" onmouseover="x',
        "&lt;script&gt;",
        "<iframe src=x>",
        "<div style='background:url(x);color:red'>",
        "<blockquote type=cite>",
        "<li>",
        "<ul>",
        "<select><option>",
        "<template>",
        "text",
        "<",
        ">",
        "'",
        '"',
        "=",
        "\n",
    ]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=40))
@settings(max_examples=400)
def test_nothing_that_runs_or_loads_survives(pieces: list[str]) -> None:
    safe = sanitize("".join(pieces))
    for tag in re.findall(r"<[^<>]*>", safe):
        assert not re.match(
            r"</?(?:script|style|iframe|svg|math|form|input|object|embed|link|meta|base)\b", tag, re.IGNORECASE
        )
        assert not re.search(r"\son\w+=", re.sub(r'"[^"]*"', '""', tag), re.IGNORECASE)
        source = re.search(r'\ssrc="([^"]*)"', tag)
        assert source is None or source[1].startswith(("cid:", "data:image/"))
        link = re.search(r'\shref="([^"]*)"', tag)
        assert link is None or link[1].lower().startswith(("http:", "https:", "mailto:", "tel:"))
        assert "url(" not in tag
    assert sanitize(safe) == safe


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>a<script>x</script>b", "<p>ab</p>"),
        ("<style>p{}</style><title>t</title>a", "a"),
        ("<!--[if mso]><p>x</p><![endif]-->a", "a"),
        ('<img src="cid:a@b" alt="x">', '<img alt="x" src="cid:a@b">'),
        ('<img src="//a.example/b.png" alt="x">', '<img alt="x" data-src="https://a.example/b.png">'),
        ('<img src="http://t.example/o.gif" width=1 height=1>', ""),
        ('<img src="http://t.example/o.gif" style="display:none">', ""),
        ('<img src="data:text/html,x">', ""),
        ('<img src="data:image/svg+xml;base64,AAAA">', ""),
        ('<p id="x" class="gmail_quote evil">a</p>', '<p class="gmail_quote">a</p>'),
        ('<p style="color:red;position:absolute">a</p>', '<p style="color:red">a</p>'),
        ("<b><p>a</b>b", "<b><p>a</p></b>b"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<li>a<li>b", "<li>a</li><li>b</li>"),
        ("<td>a</td>", "a"),
        ("a < b & c", "a &lt; b &amp; c"),
        (
            "<a href='mailto:a@b.example'>x",
            '<a href="mailto:a@b.example" target="_blank" rel="noopener noreferrer nofollow">x</a>',
        ),
        ("<form><input value=a><button>Go</button></form>", "Go"),
    ],
)
def test_markup_becomes_safe(markup: str, expected: str) -> None:
    assert sanitize(markup) == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("a<br>b", "a\nb"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<a href='https://x.example/y'>here</a>", "here (https://x.example/y)"),
        ("<a href='https://x.example/'>https://x.example</a>", "https://x.example"),
        ("<a href='mailto:a@b.example'>a@b.example</a>", "a@b.example"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "> a\n>\n> > b"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("a   b\n c&nbsp;d &lt;e&gt;", "a b c d <e>"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>", "a b\nc d"),
        ("<img src='cid:x' alt='a photo'>", "[a photo]"),
    ],
)
def test_html_reads_as_text(markup: str, expected: str) -> None:
    assert html_to_text(sanitize(markup)) == expected
