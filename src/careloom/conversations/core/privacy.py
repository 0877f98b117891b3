"""The texts of a message as a client's policy lets them be stored, and what was taken out of them."""

from msgspec import Struct

from careloom.platform.redaction.markup import redact_html
from careloom.platform.redaction.redact import Redactor


class Taken(Struct, frozen=True):
    """What stood in `field` in the place of its `index`th mark (from 0), and is to be kept apart."""

    field: str
    index: int
    data_class: str
    kind: str
    value: str


class Cleaned(Struct, frozen=True):
    """Texts by field, and what is to be kept of what was taken out of them."""

    texts: dict[str, str | None]
    taken: tuple[Taken, ...]


def clean(redactor: Redactor, texts: dict[str, str | None]) -> Cleaned:
    """Redacts each text; `html` is markup."""
    new: dict[str, str | None] = {}
    taken: list[Taken] = []
    for field, text in texts.items():
        if not text:
            new[field] = text
            continue
        done = redact_html(redactor, text) if field == "html" else redactor.redact(text)
        new[field] = done.text
        taken += [
            Taken(field, one.index, one.data_class, one.kind, one.value) for one in done.masked if one.value is not None
        ]
    return Cleaned(new, tuple(taken))
