"""Safe HTML as plain lines, each knowing which pieces of the HTML it shows."""

from __future__ import annotations

import html
import re

from msgspec import Struct, field

from careloom.channels.core.email.markup import VOID, Tag, start_tag, tokens, words

_PARAGRAPHS = words(
    """
    address article aside blockquote center dl figure h1 h2 h3 h4 h5 h6 ol p pre table ul
    """
)
_BLOCKS = _PARAGRAPHS | words(
    """
    caption dd div dt figcaption footer header hr li main nav section tbody tfoot thead tr
    """
)
_SPACE = re.compile(r"[ \t\r\n\f]+")
SIGNATURE_MARKS = words(
    """
    gmail_signature moz-signature protonmail_signature_block k9mail-signature careloom_signature
    AppleMailSignature apple-mail-signature ms-outlook-mobile-signature Signature signature
    """
)
RULE = "_" * 32


class Opened(Struct, frozen=True):
    """One element that is open around a piece; `number` tells equal elements apart, `depth` counts from 1."""

    number: int
    name: str
    tag: str
    depth: int
    parent: Opened | None


class Piece(Struct, frozen=True):
    """A piece of HTML content (text or a void element) with the innermost element around it."""

    markup: str
    inside: Opened | None


class Line(Struct):
    """One line of text and what it is in; `marks` are the classes and ids that begin here."""

    text: str = ""
    quoted: bool = False
    signature: bool = False
    picture: bool = False
    marks: set[str] = field(default_factory=set[str])
    pieces: list[int] = field(default_factory=list[int])


class Rendering(Struct, frozen=True):
    """The lines of an HTML text and the pieces that they are made of."""

    lines: list[Line]
    pieces: list[Piece]

    def text(self) -> str:
        """Return the plain text; quotations carry `> ` marks."""
        return "\n".join(line.text for line in self.lines).strip("\n")


def html_to_text(safe_html: str) -> str:
    """Return the plain text of sanitised HTML: blocks on their own lines, links as `text (address)`."""
    return render(safe_html).text()


def render(safe_html: str) -> Rendering:
    """Return sanitised, well-formed HTML as lines of text."""
    return _Renderer().run(safe_html)


class _Renderer:
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.pieces: list[Piece] = []
        self.inside: Opened | None = None
        self.names: list[str] = []
        self.links: list[tuple[str, int]] = []
        self.lists: list[int | None] = []
        self.quotes = 0
        self.preformatted = 0
        self.signature_depth: int | None = None
        self.opened = 0
        self.words: list[str] = []
        self.line = Line()
        self.marks: set[str] = set()
        self.bullet = ""

    def run(self, safe_html: str) -> Rendering:
        for token in tokens(safe_html):
            if isinstance(token, str):
                self._text(token)
            elif token.name in VOID:
                self._void(token)
            elif token.closing:
                self._close(token.name)
            else:
                self._open(token)
        self._break()
        while self.lines and not self.lines[-1].text.strip("> ") and not self.lines[-1].pieces:
            self.lines.pop()
        if self.line.pieces:
            self.lines.append(self.line)
        return Rendering(self.lines, self.pieces)

    def _text(self, raw: str) -> None:
        if not self.preformatted:
            self._piece(raw)
            self._write(_SPACE.sub(" ", html.unescape(raw)))
            return
        for number, part in enumerate(raw.split("\n")):
            if number:
                self._piece("\n")
                self._break(keep_empty=True)
            self._piece(part)
            self._write(html.unescape(part))

    def _piece(self, markup: str) -> None:
        if markup:
            self.line.pieces.append(len(self.pieces))
            self.pieces.append(Piece(markup, self.inside))

    def _write(self, text: str) -> None:
        text = text.replace("\xa0", " ")
        if not self.preformatted and (not self.words or self.words[-1].endswith(" ")):
            text = text.lstrip(" ")
        if text:
            self.words.append(text)

    def _break(self, *, keep_empty: bool = False) -> None:
        text = "".join(self.words).rstrip(" ")
        if not text and not keep_empty and not self.line.picture:
            self.words = []
            return
        prefix = "> " * self.quotes
        self.line.text = f"{prefix}{self.bullet}{text}".rstrip(" ") if text else prefix.rstrip(" ")
        self.line.quoted = self.quotes > 0
        self.line.signature = self.signature_depth is not None
        self.line.marks |= self.marks
        self.lines.append(self.line)
        self.line, self.words, self.marks, self.bullet = Line(), [], set(), ""

    def _gap(self) -> None:
        self._break()
        if self.lines and self.lines[-1].text.strip("> "):
            self.lines.append(Line(text=("> " * self.quotes).rstrip(" "), quoted=self.quotes > 0))

    def _void(self, tag: Tag) -> None:
        if tag.name == "br":
            self._piece("<br>")
            self._break(keep_empty=True)
        elif tag.name == "hr":
            self._gap()
            self._piece(start_tag("hr", tag.attributes))
            self._write(RULE)
            self._break()
        elif tag.name == "img":
            self._piece(start_tag("img", tag.attributes))
            self.line.picture = True
            alternative = " ".join(tag.attributes.get("alt", "").split())[:200]
            if alternative:
                self._write(f"[{alternative}]")
        else:
            self._piece(start_tag(tag.name, tag.attributes))

    def _open(self, tag: Tag) -> None:
        name = tag.name
        if name in _BLOCKS:
            self._gap() if name in _PARAGRAPHS else self._break()
        elif name in ("td", "th") and self.words:
            self._write(" ")
        self.opened += 1
        tag_text = start_tag(name, tag.attributes)
        self.inside = Opened(self.opened, name, tag_text, len(self.names) + 1, self.inside)
        self.names.append(name)
        marks = {*tag.attributes.get("class", "").split(), tag.attributes.get("id", "")} - {""}
        self.marks |= marks
        if self.signature_depth is None and marks & SIGNATURE_MARKS:
            self.signature_depth = len(self.names)
        self.preformatted += name == "pre"
        if name == "blockquote":
            self.quotes += 1
        elif name in ("ol", "ul"):
            self.lists.append(1 if name == "ol" else None)
        elif name == "li":
            self._number()
        elif name == "a":
            self.links.append((tag.attributes.get("href", ""), len(self.words)))

    def _number(self) -> None:
        number = self.lists[-1] if self.lists else None
        if number is not None:
            self.lists[-1] = number + 1
        self.bullet = f"{'  ' * max(0, len(self.lists) - 1)}{f'{number}.' if number is not None else '-'} "

    def _close(self, name: str) -> None:
        if name == "a" and self.links:
            self._link(*self.links.pop())
        if name in _BLOCKS:
            self._break()
        if name in ("td", "th") and (not self.pieces or not _within(self.pieces[-1].inside, self.inside)):
            self.line.pieces.append(len(self.pieces))
            self.pieces.append(Piece("", self.inside))
        self.preformatted -= name == "pre"
        if self.signature_depth == len(self.names):
            self._break()
            self.signature_depth = None
        if name == "blockquote":
            self.quotes -= 1
        elif name in ("ol", "ul") and self.lists:
            self.lists.pop()
        self.names.pop()
        self.inside = self.inside.parent if self.inside else None
        if name in _PARAGRAPHS:
            self._gap()

    def _link(self, address: str, since: int) -> None:
        shown = "".join(self.words[since:]).strip()
        bare = address.removeprefix("mailto:").removeprefix("tel:")
        same = shown.rstrip("/").casefold() in (
            bare.rstrip("/").casefold(),
            bare.partition("://")[2].rstrip("/").casefold(),
        )
        if address and shown and not same:
            self._write(f" ({bare})" if not shown.endswith(" ") else f"({bare})")


def rebuild(pieces: list[Piece]) -> str:
    """Return well-formed HTML of some of a rendering's pieces, each inside the elements it was in."""
    out: list[str] = []
    current: Opened | None = None
    for piece in pieces:
        entering: list[str] = []
        target = piece.inside
        while current is not target:
            if target is None or (current is not None and current.depth >= target.depth):
                if current is not None:
                    out.append(f"</{current.name}>")
                    current = current.parent
            else:
                entering.append(target.tag)
                target = target.parent
        out.extend(reversed(entering))
        out.append(piece.markup)
        current = piece.inside
    while current is not None:
        out.append(f"</{current.name}>")
        current = current.parent
    return "".join(out).strip()


def _within(element: Opened | None, outer: Opened | None) -> bool:
    depth = outer.depth if outer else 0
    while element is not None and element.depth > depth:
        element = element.parent
    return element is outer
