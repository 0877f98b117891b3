"""File names of attachments that are safe to show, store and download."""

from __future__ import annotations

import re
import unicodedata

_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\Z)", re.IGNORECASE)
_EXTENSIONS = {
    "application/ms-tnef": "dat",
    "application/pdf": "pdf",
    "application/pgp-signature": "asc",
    "application/pkcs7-signature": "p7s",
    "application/zip": "zip",
    "audio/mpeg": "mp3",
    "image/bmp": "bmp",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/svg+xml": "svg",
    "image/tiff": "tif",
    "image/webp": "webp",
    "message/delivery-status": "txt",
    "message/rfc822": "eml",
    "text/calendar": "ics",
    "text/csv": "csv",
    "text/html": "html",
    "text/plain": "txt",
    "text/rfc822-headers": "txt",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
    "video/mp4": "mp4",
}


def safe_file_name(wanted: str, media_type: str, number: int, most: int = 150) -> str:
    """Return a file name of at most `most` characters without folders, controls or direction marks.

    An unnamed file is called by its kind and `number`, its place among the mail's attachments from 1.
    """
    name = wanted.replace("\\", "/").rpartition("/")[2]
    name = unicodedata.normalize("NFC", _UNSAFE.sub("", name))
    name = " ".join(name.split()).strip(". ")
    if _DEVICE.match(name):
        name = f"_{name}"
    if not name:
        return f"{_kind(media_type)}-{number}.{_EXTENSIONS.get(media_type, 'bin')}"
    stem, dot, extension = name.rpartition(".")
    if len(name) > most and dot and 0 < len(extension) <= 12:
        return f"{stem[: most - len(extension) - 1].rstrip('. ')}.{extension}"
    return name[:most].rstrip(". ")


def _kind(media_type: str) -> str:
    if media_type == "text/calendar":
        return "invite"
    main = media_type.partition("/")[0]
    return main if main in ("image", "audio", "video", "message") else "attachment"
