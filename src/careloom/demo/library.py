"""The packed data of the demo, read from the package."""

import gzip
import json
from functools import cache
from importlib.resources import files

import msgspec

from careloom.demo.core.catalogue import Catalogue
from careloom.demo.core.macros import macros_of
from careloom.demo.types import Dialogue, MacroSpec

_DATA = files("careloom.demo") / "data"


def load_dialogues() -> tuple[Dialogue, ...]:
    """Read all dialogues, in the order of the file."""
    decoder = msgspec.json.Decoder(Dialogue)
    plain = gzip.decompress((_DATA / "dialogues.jsonl.gz").read_bytes())
    return tuple(decoder.decode(line) for line in plain.splitlines())


@cache
def load_catalogue() -> Catalogue:
    """Return the dialogues as a catalogue, read once per process."""
    return Catalogue(load_dialogues())


@cache
def load_macros() -> tuple[MacroSpec, ...]:
    """Return the clients' macros, read once per process."""
    replies: dict[str, dict[str, str]] = json.loads((_DATA / "replies.json").read_text(encoding="utf-8"))
    return macros_of(replies)
