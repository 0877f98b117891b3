"""Mails of many headers and many levels, told by a few bytes."""

from __future__ import annotations

from typing import Final

HEAD: Final = b"From: Ada <ada@home.example>\nTo: care@brand.example\nSubject: hi\n"
STEPS: Final = (
    b"X-%d: y\n",
    b"X-%d: y\r",
    b"X: =?x?q?%d",
    b'Cc: "a %d" <b@c.example>,\n',
    b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n",
    b"Content-Type: multipart/mixed x; boundary=b%d\n\n--b%d\n",
    b"Content-Type: multipart/digest; boundary=b\n\n--b\n\n",
    b"Content-Type: message/rfc822\n\n",
    b"Content-Type: message/global\n\nSubject: %d\n",
    b"Content-Type: message/x\n\n",
    b"Content-Type: message/delivery-status\n\nA: %d\n\n",
    b"Content-Type: text/plain; a%d=b\n",
    b";a%d*0*=utf-8''%%20",
    b"\n--b%d\n",
    b"\n--b%d--\n",
    b"\n\nhello %d\n",
)


def grown(data: bytes, end: bytes) -> bytes:
    """A mail of one step for each two bytes: which, and how often it is repeated (up to about 1,000 times); `end` is
    what stands in its last text.
    """
    parts = [HEAD]
    number = 0
    for which, often in zip(data[::2], data[1::2], strict=False):
        step = STEPS[which % len(STEPS)]
        for _ in range(often * often // 64 + 1):
            parts.append(step.replace(b"%d", b"%d" % number).replace(b"%%", b"%"))
            number += 1
    return b"".join([*parts, b"\n\n", end])
