"""HTML tokens, read the way browsers read them and in linear time."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from msgspec import Struct

VOID = frozenset({"br", "col", "hr", "img", "wbr"})
_DROPPED_WHOLE = frozenset({"script", "style", "title", "xmp", "iframe", "noembed", "noframes", "textarea"})
_TOKEN = re.compile(
    r"<!--(?:-?>|[\s\S]*?(?:--!?>|\Z))"
    r"|<(?:[!?]|/(?![a-zA-Z]))[^>]*+(?:>|\Z)"
    r"|<(?P<close>/?)(?P<name>[a-zA-Z][^\s/>]*+)"
    r"(?P<attributes>(?:[^>\"'=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+'|)|[\"'])*+)(?:>|\Z)"
    r"|(?P<text>[^<]++|<)"
)
_ATTRIBUTE = re.compile(r"([^\s/>=\"'<]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>]*+)))?+")


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


class Tag(Struct, frozen=True):
    """A start or end tag; attribute values have their entities decoded."""

    name: str
    closing: bool
    attributes: dict[str, str]


def tokens(markup: str) -> Iterator[Tag | str]:
    """Yield tags and raw text (entities kept, a lone `<` escaped), without comments and without scripts."""
    position = 0
    while match := _TOKEN.match(markup, position):
        position = match.end()
        if match["text"] is not None:
            yield match["text"].replace("<", "&lt;")
        elif match["name"] is not None:
            name = match["name"].lower()
            if name in _DROPPED_WHOLE:
                if not match["close"]:
                    position = _skip_to_close(markup, position, name)
                continue
            yield Tag(name, bool(match["close"]), {} if match["close"] else _attributes(match["attributes"]))


def _skip_to_close(markup: str, position: int, name: str) -> int:
    end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(markup, position)
    return end.start() if end else len(markup)


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), html.unescape(double or single or bare))
    return found


def escape(text: str) -> str:
    """Return plain text as HTML, safe in content and in double-quoted attributes."""
    return html.escape(text, quote=True)


def start_tag(name: str, attributes: dict[str, str]) -> str:
    """Return a start tag with its attributes quoted and escaped."""
    written = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>"
