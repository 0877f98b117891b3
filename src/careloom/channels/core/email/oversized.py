"""What is taken in instead of a mail that is too large: its header, and a note of where the rest lies."""

from __future__ import annotations

_CONTENT = (b"content-", b"mime-version:")
_MOST_HEADER = 262_144


def stand_in(header: bytes, size: int, most: int, folder: str) -> bytes:
    """Return a mail with `header`'s fields and a note; `size` and `most` are bytes, `folder` holds the whole mail."""
    kept: list[bytes] = []
    keep = True
    for line in header[:_MOST_HEADER].replace(b"\r\n", b"\n").split(b"\n"):
        if not line.strip():
            break
        if line[:1] not in b" \t":
            keep = not line.lower().startswith(_CONTENT)
        if keep:
            kept.append(line)
    text = (
        f"[This mail has {_megabytes(size)} MB, more than the {_megabytes(most)} MB that are taken. "
        f"It lies in the mailbox, folder {folder}.]"
    )
    kept += [b"MIME-Version: 1.0", b"Content-Type: text/plain; charset=utf-8", b"Content-Transfer-Encoding: 8bit"]
    return b"\r\n".join([*kept, b"", text.encode(), b""])


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f}".removesuffix(".0")
