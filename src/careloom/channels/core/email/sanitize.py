"""HTML of strangers made safe to show: an allow-list, no scripts, no remote images loaded unasked."""

from __future__ import annotations

import re
from collections import Counter

import nh3

from careloom.channels.core.email.markup import VOID, Tag, escape, start_tag, tokens, words

_TEXT_TAGS = words(
    """
    a abbr b big cite code del em font i ins kbd mark q s samp small span strike strong sub sup tt u var
    """
)
_BLOCK_TAGS = words(
    """
    address article aside blockquote center dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header
    hr li main nav ol p pre section table ul
    """
)
_TABLE_PARTS = frozenset({"caption", "col", "colgroup", "tbody", "td", "tfoot", "th", "thead", "tr"})
_TAGS = _TEXT_TAGS | _BLOCK_TAGS | _TABLE_PARTS | {"br", "img", "wbr"}
_TABLE_FRAMES = frozenset({"colgroup", "table", "tbody", "tfoot", "thead", "tr"})
_BARRIERS = frozenset({"caption", "table", "td", "th"})
_OPENS_IN = {
    "td": _TABLE_FRAMES - {"colgroup"},
    "th": _TABLE_FRAMES - {"colgroup"},
    "tr": frozenset({"table", "tbody", "tfoot", "thead"}),
}

# Class names and ids by which mail programs mark quotes and signatures: kept for folding, all others dropped.
MARKER_CLASSES = words(
    """
    gmail_quote gmail_quote_container gmail_attr gmail_signature gmail_extra moz-cite-prefix moz-signature
    moz-forward-container yahoo_quoted protonmail_quote protonmail_signature_block zmail_extra
    tutanota_quote k9mail-signature careloom_quote careloom_attribution careloom_signature WordSection1
    OutlookMessageHeader AppleMailSignature apple-mail-signature ms-outlook-mobile-signature
    """
)
MARKER_IDS = words(
    """
    divRplyFwdMsg appendonsend Signature signature mail-editor-reference-message-container
    ms-outlook-mobile-signature ms-outlook-mobile-body-separator-line AppleMailSignature isForwardContent
    isReplyContent reply-intro
    """
)
_ATTRIBUTES = {
    "*": {"class", "dir", "id", "lang", "style", "title"},
    "a": {"href"},
    "blockquote": {"type"},
    "font": {"color", "face", "size"},
    "img": {"alt", "data-src", "height", "src", "width"},
    "li": {"value"},
    "ol": {"start", "type"},
    "table": {"align", "bgcolor", "border", "cellpadding", "cellspacing", "width"},
    "td": {"align", "bgcolor", "colspan", "height", "rowspan", "valign", "width"},
    "th": {"align", "bgcolor", "colspan", "height", "rowspan", "valign", "width"},
    "tr": {"align", "bgcolor", "valign"},
    "div": {"align"},
    "p": {"align"},
}
_STYLES = words(
    """
    background-color border border-bottom border-collapse border-left border-right border-top color
    font-family font-size font-style font-weight padding padding-bottom padding-left padding-right
    padding-top text-align text-decoration vertical-align white-space
    """
)
_LINK = re.compile(r"(?:https?://|mailto:|tel:)[^\s]", re.IGNORECASE)
_REMOTE_IMAGE = re.compile(r"https?://[^\s\"'<>]+\Z", re.IGNORECASE)
_DATA_IMAGE = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]+\Z", re.IGNORECASE)
_DANGEROUS_STYLE = re.compile(
    r"url\s*\(|expression|@import|\\|image\s*\(|image-set|behavior|-moz-binding", re.IGNORECASE
)
_HIDDEN = re.compile(r"display\s*:\s*none|(?:width|height)\s*:\s*[01](?:\.\d+)?px", re.IGNORECASE)
_TINY = re.compile(r"\s*[01](?:px)?\s*\Z")
MAX_DEPTH = 120
MAX_TAGS = 40_000


def _keep_attribute(_tag: str, name: str, value: str) -> str | None:
    if name == "style":
        return None if len(value) > 2_000 or _DANGEROUS_STYLE.search(value) else value
    if name == "class":
        return " ".join(word for word in value.split() if word in MARKER_CLASSES) or None
    if name == "id":
        return value if value in MARKER_IDS else None
    if name == "dir":
        return value if value.lower() in ("ltr", "rtl", "auto") else None
    if name in ("href", "src", "data-src"):
        return value
    return value if len(value) <= 1_000 else None


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    attribute_filter=_keep_attribute,
    url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
    set_tag_attribute_values={"a": {"target": "_blank"}},
    filter_style_properties=_STYLES,
)


def sanitize(markup: str, max_chars: int = 1_000_000) -> str:
    """Return HTML that is safe to show, and well formed.

    Remote images lose `src` and carry `data-src` (load on demand); images of one pixel go; `cid:` and small
    embedded images stay. Links open elsewhere without a referrer. What lies beyond `max_chars` is cut off.
    Takes time linear in the input whatever the input: nesting is bounded and mended before the cleaner sees it,
    and after some ten thousands of tags only the text goes on.
    """
    balanced = _Balancer().run(markup[:max_chars].replace("\0", ""))
    return _CLEANER.clean(balanced).strip()


class _Balancer:
    """Writes tags that nest properly and not too deep, so that no HTML parser has anything left to repair."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.tags_left = MAX_TAGS
        self.stack: list[str] = []
        self.open: Counter[str] = Counter()

    def run(self, markup: str) -> str:
        for token in tokens(markup):
            if isinstance(token, str):
                self.out.append(token)
            elif token.name in _TAGS:
                if token.closing:
                    self._close(token.name)
                else:
                    self._open(token)
        self._pop_to(0)
        return "".join(self.out)

    def _pop_to(self, size: int) -> None:
        while len(self.stack) > size:
            name = self.stack.pop()
            self.open[name] -= 1
            self.out.append(f"</{name}>")

    def _find(self, names: frozenset[str], barriers: frozenset[str]) -> int | None:
        if not any(self.open[name] for name in names):
            return None
        for index in range(len(self.stack) - 1, -1, -1):
            if self.stack[index] in names:
                return index
            if self.stack[index] in barriers:
                return None
        return None

    def _close(self, name: str) -> None:
        if name in VOID:
            if name == "br":
                self.out.append("<br>")
            return
        barriers = frozenset({"table"}) if name in _TABLE_PARTS or name == "table" else _BARRIERS
        index = self._find(frozenset({name}), barriers)
        if index is not None:
            self._pop_to(index)

    def _open(self, tag: Tag) -> None:
        name = tag.name
        if self.tags_left <= 0:
            return
        self.tags_left -= 1
        if name in _TABLE_PARTS:
            if not self._make_room_in_table(name):
                return
        elif self.stack and self.stack[-1] in _TABLE_FRAMES:
            return
        elif name in _BLOCK_TAGS:
            self._end_implied(name)
        elif name == "a":
            self._end_open("a")
        if name in VOID:
            attributes = _image_attributes(tag.attributes) if name == "img" else _wanted(name, tag.attributes)
            if attributes is not None:
                self.out.append(start_tag(name, attributes))
        elif len(self.stack) < MAX_DEPTH:
            self.out.append(start_tag(name, _wanted(name, tag.attributes)))
            self.stack.append(name)
            self.open[name] += 1

    def _end_open(self, name: str) -> None:
        index = self._find(frozenset({name}), _BARRIERS)
        if index is not None:
            self._pop_to(index)

    def _end_implied(self, name: str) -> None:
        self._end_open("p")
        if name == "li":
            index = self._find(frozenset({"li", "ol", "ul"}), _BARRIERS)
        elif name in ("dd", "dt"):
            index = self._find(frozenset({"dd", "dl", "dt"}), _BARRIERS)
        else:
            return
        if index is not None and self.stack[index] not in ("dl", "ol", "ul"):
            self._pop_to(index)

    def _make_room_in_table(self, name: str) -> bool:
        frames = frozenset({"colgroup", "table"}) if name == "col" else _OPENS_IN.get(name, frozenset({"table"}))
        index = self._find(frames, frozenset({"table"}) - frames)
        if index is None:
            return False
        self._pop_to(index + 1)
        return True


def _wanted(name: str, attributes: dict[str, str]) -> dict[str, str]:
    allowed = _ATTRIBUTES["*"] | _ATTRIBUTES.get(name, set())
    kept = {key: value for key, value in attributes.items() if key in allowed}
    if "href" in kept and not _LINK.match(kept["href"].strip()):
        del kept["href"]
    return kept


def _image_attributes(attributes: dict[str, str]) -> dict[str, str] | None:
    """Return an image's attributes with a remote source moved out of the way; None for an image that only tracks."""
    source = "".join(attributes.get("src", attributes.get("data-src", "")).split())
    kept = _wanted("img", attributes)
    kept.pop("src", None)
    kept.pop("data-src", None)
    if source.lower().startswith("cid:"):
        kept["src"] = f"cid:{source[4:]}"
    elif _DATA_IMAGE.match(source):
        kept["src"] = source
    else:
        tiny = any(_TINY.match(attributes.get(side, "")) for side in ("width", "height"))
        if tiny or _HIDDEN.search(attributes.get("style", "")[:2_000]):
            return None
        source = f"https:{source}" if source.startswith("//") else source
        if _REMOTE_IMAGE.match(source):
            kept["data-src"] = source
        elif not kept.get("alt"):
            return None
    return kept


def text_to_html(text: str) -> str:
    """Return plain text as HTML paragraphs with its line breaks kept."""
    return "<br>\n".join(escape(line) for line in text.split("\n"))
