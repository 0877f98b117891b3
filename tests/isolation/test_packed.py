"""Words in archives are found, however they are packed."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from careloom.evidence.isolation.packed import opened
from careloom.integrations.core.archive import END, lines_member, tar_member

CANARY = "zanzibarquagga"


def _zipped(content: bytes, name: str = "a.json") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    return out.getvalue()


WORD = f'{{"name": "{CANARY}"}}'


@pytest.mark.parametrize(
    "content",
    [
        lines_member("customer", 1, [WORD])[1] + END,
        _zipped(WORD.encode()),
        gzip.compress(WORD.encode()),
        tar_member("files/1", _zipped(gzip.compress(WORD.encode()))) + END,
        _zipped(b"", f"{CANARY}.json"),
    ],
)
def test_a_word_in_an_archive_is_found(content: bytes) -> None:
    assert CANARY not in content.decode(errors="replace") or CANARY.encode() in content
    assert CANARY in opened(content)


def test_what_is_no_archive_holds_nothing() -> None:
    assert opened(WORD.encode()) == ""
    assert opened(b"") == ""
