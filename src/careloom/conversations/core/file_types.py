"""What a file is, judged by its content; and which files are refused."""

from pathlib import PurePosixPath
from typing import Final

import puremagic

_REFUSED_STARTS: Final = (
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"\xca\xfe\xba\xbe",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\x00asm",
    b"dex\n",
    b"L\x00\x00\x00\x01\x14\x02\x00",
)
_REFUSED_NAMES: Final = frozenset(
    {
        "app", "apk", "bat", "bin", "chm", "cmd", "com", "cpl", "deb", "desktop", "dll", "dmg", "exe", "gadget",
        "hta", "iso", "jar", "js", "jse", "jnlp", "lnk", "mjs", "msc", "msi", "msp", "pif", "ps1", "ps2", "psm1",
        "py", "rb", "reg", "rpm", "run", "scf", "scr", "sct", "sh", "shb", "sys", "url", "vb", "vbe", "vbs",
        "wasm", "ws", "wsc", "wsf", "wsh", "xll",
    }
)  # fmt: skip
_ACTIVE: Final = ("text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/xml")
_STARTS: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)
_CONTAINERS: Final = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
INLINE: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Types that a browser may show in place; everything else is downloaded."""
_TEXTS: Final = {"csv": "text/csv", "json": "application/json", "ics": "text/calendar", "vcf": "text/vcard"}
_NAME_LENGTH: Final = 200


def is_refused(name: str, content: bytes) -> bool:
    """Whether the file is a program or a script, by its first bytes or by its name."""
    return _extension(name) in _REFUSED_NAMES or content.startswith(_REFUSED_STARTS)


def media_type(name: str, content: bytes) -> str:
    """The type that `content` shows; the name decides only between kinds of text and of ZIP container."""
    for start, kind in _STARTS:
        if content.startswith(start):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"PK\x03\x04"):
        return _CONTAINERS.get(_extension(name), "application/zip")
    text = _text(name, content)
    if text is not None:
        return text
    return _other(content)


def safe_name(name: str) -> str:
    """`name` without folders and control characters, at most 200 characters, its ending kept."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(one for one in last if one.isprintable()).strip(" .")
    if len(clean) > _NAME_LENGTH:
        ending = PurePosixPath(clean).suffix[:20]
        clean = clean[: _NAME_LENGTH - len(ending)] + ending
    return clean or "file"


def _text(name: str, content: bytes) -> str | None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    if "\x00" in text:
        return None
    start = text.lstrip("\ufeff \t\r\n")[:1000].lower()
    if start.startswith(("<!doctype html", "<html", "<script", "<body", "<iframe")):
        return "text/html"
    if start.startswith(("<?xml", "<svg", "<!doctype svg", "<!--")):
        return "image/svg+xml" if "<svg" in text[:20_000].lower() else "text/xml"
    return _TEXTS.get(_extension(name), "text/plain")


def _other(content: bytes) -> str:
    try:
        found = puremagic.magic_string(content)
    except puremagic.PureError:
        return "application/octet-stream"
    kind: object = found[0].mime_type if found else ""  # pyright: ignore[reportUnknownVariableType]
    return kind if isinstance(kind, str) and kind and kind not in _ACTIVE else "application/octet-stream"


def _extension(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/").strip(" .")).suffix[1:].lower()
