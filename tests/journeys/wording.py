"""Whether a page speaks one language: what it shows, held against the catalogues of the front end and of the server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

from playwright.sync_api import Page

_ROOT = Path(__file__).parents[2]
_SHOWN = """() => {
    const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest('[aria-hidden=true]');
    const data = 'bdi, [dir=auto], pre, code, script, style, [data-brand], textarea, iframe';
    const found = new Set([document.title]);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const { data: text, parentElement } = walker.currentNode;
        if (text.trim() && shown(parentElement) && !parentElement.closest(data)) found.add(text.trim());
    }
    for (const name of ['aria-label', 'placeholder', 'title', 'alt']) {
        for (const one of document.querySelectorAll(`[${name}]`)) {
            if (shown(one) && one.getAttribute(name).trim()) found.add(one.getAttribute(name).trim());
        }
    }
    return [...found];
}"""
_PLURAL = re.compile(r"_(zero|one|two|few|many|other)$")
_HOLE = re.compile(r"\{\{.*?\}\}|\{[a-z_]+\}|<\d+>|</\d+>")
_UNFILLED = re.compile(r"\{\{\s*[A-Za-z]+\s*(,.*?)?\}\}")  # a macro's variables have a point within
_ISOLATES = re.compile("[\u2066-\u2069]")
_KEY = re.compile(r"(?:[a-z]+:)?[A-Za-z]+(?:\.[A-Za-z0-9_-]+)+")
_LETTERS = 4  # fewer beside the holes of a text tell nothing


def _flat(tree: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(cast("dict[str, Any]", value), f"{before}{key}.")
        else:
            yield before + key, value


@cache
def _texts(language: str) -> dict[str, set[str]]:
    """What is said by which key, in every plural form; the server's keys are its English templates."""
    found: dict[str, set[str]] = {}
    for path in sorted((_ROOT / "web/src").glob(f"**/locales/{language}.json")):
        for key, text in _flat(json.loads(path.read_text())):
            found.setdefault(f"{path.parent.parent.name}:{_PLURAL.sub('', key)}", set()).add(text)
    catalogue: dict[str, str | dict[str, str]] = json.loads(
        (_ROOT / f"src/careloom/platform/texts/catalogues/{language}.json").read_text()
    )
    for key, text in catalogue.items():
        found.setdefault(key, set()).update(text.values() if isinstance(text, dict) else [text])
    return found


@cache
def _english() -> dict[str, set[str]]:
    """What is said by which key in English; a template of the server that needs no singular is its own text."""
    server = {key: {key} for key in _texts("de") if ":" not in key or " " in key.split(":")[0]}
    return server | _texts("en")


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".+?".join(re.escape(part) for part in _HOLE.split(text)), re.DOTALL)


def _tells(text: str) -> bool:
    return sum(one.isalpha() for one in _HOLE.sub("", text)) >= _LETTERS


@cache
def _whole() -> dict[str, list[str]]:
    """The keys of each English text without holes."""
    found: dict[str, list[str]] = {}
    for key, texts in _english().items():
        for text in texts:
            if not _HOLE.search(text) and _tells(text):
                found.setdefault(text, []).append(key)
    return found


@cache
def _holed() -> list[tuple[re.Pattern[str], str]]:
    """The keys of each English text with holes."""
    return [
        (_pattern(text), key)
        for key, texts in _english().items()
        for text in texts
        if _HOLE.search(text) and _tells(text)
    ]


@cache
def _keys() -> set[str]:
    return {key.split(":", 1)[1] for key in _texts("en") if ":" in key}


@cache
def _said(language: str) -> set[str]:
    """Whatever is said in a language: some words of it are English words for something else."""
    return {text for texts in _texts(language).values() for text in texts}


@cache
def _wrong(text: str, language: str) -> str | None:
    """What is wrong with a text on a page in that language."""
    if _UNFILLED.search(text) or (_KEY.fullmatch(text) and text.rsplit(":", 1)[-1] in _keys()):
        return f"{text!r} is no text"
    if language == "en":
        return None
    said = _texts(language)
    keys = _whole().get(text) or [key for pattern, key in _holed() if pattern.fullmatch(text)]
    there = [one for key in keys for one in said.get(key, ())]
    if not keys or text in _said(language) or any(_pattern(one).fullmatch(text) for one in there):
        return None
    return f"{text!r} is English for {min(there, default='')!r}"


def word(key: str, language: str) -> str:
    """What the frame says by a key that has one form."""
    (text,) = _texts(language)[f"src:{key}"]
    return text


def strange_words(page: Page, language: str) -> list[str]:
    """Texts on the page that are keys, or English where `language` says it otherwise."""
    texts = (_ISOLATES.sub("", text) for text in page.evaluate(_SHOWN))
    return sorted({wrong for text in texts if (wrong := _wrong(text, language))})
