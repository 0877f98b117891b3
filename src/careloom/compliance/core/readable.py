"""What is held on a customer, as a zip: JSON for machines, a page for people, files, and a manifest of all of it."""

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

import msgspec
from msgspec import Struct

from careloom.compliance.core.sections import SECTIONS
from careloom.platform.texts.languages import Language, direction, written
from careloom.platform.texts.text import Text, render, say

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


class Part(Struct, frozen=True):
    """A file of the zip."""

    name: str
    content: bytes


_PAGE = """<!doctype html>
<html lang="{lang}" dir="{dir}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>
body{{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1a1d21}}
table{{border-collapse:collapse;width:100%;margin-block:1rem 2rem}}
td,th{{border:1px solid #c9ced6;padding:.25rem .5rem;text-align:start;vertical-align:top;overflow-wrap:anywhere}}
th{{width:14rem;font-weight:600}}</style></head><body><h1>{title}</h1>
<p>{intro}</p>
{note}{sections}</body></html>
"""
_DESTROYED = say(
    "What had been encrypted was destroyed for good and is not among it: "
    "files, mails as they came, and fields marked as sensitive."
)


def bundle(
    client: str, at: datetime, rows: Rows, files: Sequence[Part], language: Language, *, destroyed: bool = False
) -> bytes:
    """The zip's bytes, its page in `language`. `manifest.json` gives each file's size and SHA-256; `destroyed`: what
    was encrypted is gone.
    """
    parts = [
        Part(
            "data.json", msgspec.json.format(msgspec.json.encode({"client": client, "at": at, "data": rows}), indent=1)
        ),
        Part("index.html", page(client, at, rows, language, destroyed=destroyed).encode()),
        *files,
    ]
    listed = [{"name": one.name, "bytes": len(one.content), "sha256": sha256(one.content)} for one in parts]
    counts = {name: len(some) for name, some in rows.items()}
    manifest = {"client": client, "at": at, "rows": counts, "files": listed, "destroyed": destroyed}
    parts.append(Part("manifest.json", msgspec.json.format(msgspec.json.encode(manifest), indent=1)))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for one in parts:
            packed.writestr(one.name, one.content)
    return target.getvalue()


def page(client: str, at: datetime, rows: Rows, language: Language, *, destroyed: bool = False) -> str:
    """The readable page in a language; names of fields stay as they are stored. Nothing in it is anything but text."""
    intro = say(
        "Everything that is held on you, as of {date} at {time} UTC. Fields have the names under which they are "
        "stored. The same for machines stands in data.json; files lie beside it.",
        date=f"{at:%Y-%m-%d}",
        time=f"{at:%H:%M}",
    )
    return _PAGE.format(
        lang=language.value,
        dir=direction(language),
        title=_words(say("Your data at {client}", client=client), language),
        intro=_words(intro, language),
        note=f"<p>{_words(_DESTROYED, language)}</p>\n" if destroyed else "",
        sections="".join(_section(name, some, language) for name, some in rows.items() if some),
    )


def sha256(content: bytes) -> str:
    """In hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _words(text: Text, language: Language) -> str:
    return escape(render(text, language))


def _section(name: str, rows: Sequence[Mapping[str, Any]], language: Language) -> str:
    section, count = SECTIONS[name], written(language, len(rows))
    heading = f"<h2>{_words(section.title, language)} ({count})</h2>"
    return f"{heading}<p>{_words(section.about, language)}</p>{''.join(_table(row) for row in rows)}"


def _table(row: Mapping[str, Any]) -> str:
    lines = "".join(
        f"<tr><th scope=row><bdi>{escape(key.replace('_', ' '))}</bdi></th><td dir=auto>{_cell(value)}</td></tr>"
        for key, value in row.items()
        if value not in (None, "", [], {}) and key != "client_id"
    )
    return f"<table>{lines}</table>"


def _cell(value: Any) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return escape(text).replace("\n", "<br>")
