"""What is taken in instead of a mail that is too large or that its server refuses to give: its header as far as there
is one, and a note of where the mail lies.
"""

from __future__ import annotations

from careloom.platform.texts.languages import Language
from careloom.platform.texts.text import render, say

_CONTENT = (b"content-", b"mime-version:")
_MOST_HEADER = 262_144


def stand_in(header: bytes, size: int, most: int, folder: str, language: Language) -> bytes:
    """Return a mail with `header`'s fields and a note; `size` and `most` are bytes, `folder` holds the whole mail."""
    note = say(
        "[This mail has {size} MB, more than the {most} MB that are taken. It lies in the mailbox, folder {folder}.]",
        size=_megabytes(size),
        most=_megabytes(most),
        folder=folder,
    )
    return _noted(header, render(note, language))


def refused_stand_in(header: bytes, uid: int, folder: str, language: Language) -> bytes:
    """Return the same for a mail that the server does not give: number `uid` in `folder`; `header` may be empty."""
    note = say(
        "[The mail server does not give this mail. It lies in the mailbox, folder {folder}, UID {uid}.]",
        folder=folder,
        uid=str(uid),
    )
    return _noted(header, render(note, language))


def _noted(header: bytes, text: str) -> bytes:
    kept: list[bytes] = []
    keep = True
    for line in header[:_MOST_HEADER].replace(b"\r\n", b"\n").split(b"\n"):
        if not line.strip():
            break
        if line[:1] not in b" \t":
            keep = not line.lower().startswith(_CONTENT)
        if keep:
            kept.append(line)
    kept += [b"MIME-Version: 1.0", b"Content-Type: text/plain; charset=utf-8", b"Content-Transfer-Encoding: 8bit"]
    return b"\r\n".join([*kept, b"", text.encode(), b""])


def _megabytes(size: int) -> float | int:
    found = round(size / 1_000_000, 1)
    return int(found) if found == int(found) else found
