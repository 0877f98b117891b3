"""Text brought into a form in which it can be cleaned, compared and counted."""

import re

_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"[a-z0-9']+")
_PUNCTUATION = re.compile(r"[^a-z0-9]+")
_TYPE_NAME = re.compile(r"<class '[^']*'>")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


def clean(text: str) -> str:
    """Return the text on one line, without templates' type names, doubled full stops and stray spaces."""
    text = _TYPE_NAME.sub(" ", text.translate(_QUOTES))
    text = _SPACES.sub(" ", text).strip()
    text = re.sub(r" +([,.!?]+)(?=\s|$)", r"\1", text)
    return re.sub(r"(?<!\.)\.\.$", ".", text)


def words(text: str) -> list[str]:
    """Return the lower-case words of a text in order."""
    return _WORD.findall(text.translate(_QUOTES).lower())


def fingerprint(text: str) -> str:
    """Return letters and digits only, single-spaced and padded, so that containment means whole words."""
    return f" {_PUNCTUATION.sub(' ', text.lower()).strip()} "
