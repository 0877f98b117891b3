"""Bytes to text, also where the declared encoding is missing, unknown or wrong."""

from __future__ import annotations

import codecs
import re

# Names that mail programs write, mapped to the superset that people's text really needs.
_ALIASES = {
    "ansi_x3.110-1983": "cp1252",
    "big5": "big5hkscs",
    "chinese": "gb18030",
    "cn-gb": "gb18030",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-8859-1": "cp1252",
    "iso-8859-11": "cp874",
    "iso-8859-6-i": "iso8859_6",
    "iso-8859-8-i": "iso8859_8",
    "iso-8859-8-e": "iso8859_8",
    "iso-8859-9": "cp1254",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "tis-620": "cp874",
    "unicode-1-1-utf-7": "utf_7",
    "utf8mb4": "utf_8",
    "win-1251": "cp1251",
    "windows-31j": "cp932",
    "x-gbk": "gb18030",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-sjis": "cp932",
    "x-windows-949": "cp949",
}
# Only text codecs that decode in linear time: Python also knows punycode, zip, hex and the like.
_SAFE = re.compile(
    r"(?:utf-(?:7|8|8-sig|16|16-le|16-be|32|32-le|32-be)|iso8859-\d+|cp\d+|koi8-[rut]|mac-[a-z-]+|hp-roman8|"
    r"euc_(?:jp|jis_2004|jisx0213|kr)|iso2022_(?:jp\w*|kr)|shift_jis\w*|big5\w*|gb2312|gbk|gb18030|hz|johab|"
    r"tis-620|ptcp154|kz1048)\Z"
)
_WEAK = frozenset({"ascii", "cp1252", ""})
_SAMPLE = 20_000
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_ISO_2022_JP = re.compile(rb"\x1b\$[@B]|\x1b\([IJ]")


def codec_for(charset: str | None) -> str | None:
    """Return the Python codec for a charset name as mails give it, or None when there is no safe one."""
    name = (charset or "").strip().strip("'\"").lower()[:60]
    if name in ("us-ascii", "ascii", "ansi_x3.4-1968"):
        return "ascii"
    name = _ALIASES.get(name, name)
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return "cp1252" if found == "iso8859-1" else (found if _SAFE.match(found) else None)


def decode(data: bytes, charset: str | None = None) -> str:
    """Return the text of bytes; a wrong or missing charset is guessed. Holds no NUL and no lone surrogate."""
    codec = codec_for(charset)
    if codec == "iso2022_jp_ext" or (codec is None and _ISO_2022_JP.search(data, 0, _SAMPLE)):
        text = _decode_iso_2022_jp(data)
    elif codec is None or codec in _WEAK:
        text = data.decode(guess_codec(data), "replace")
    else:
        try:
            text = data.decode(codec)
        except (UnicodeError, ValueError):
            guessed = guess_codec(data)
            text = data.decode(codec if guessed == "cp1252" and codec != "utf-8" else guessed, "replace")
    return clean(text)


def _decode_iso_2022_jp(data: bytes) -> str:
    """Decode ISO-2022-JP by way of Shift JIS, so that the vendor characters mail programs add to it survive."""
    if b"\x1b" not in data and not data.isascii():
        return data.decode(guess_codec(data), "replace")
    out: list[bytes] = []
    for number, segment in enumerate(data.split(b"\x1b")):
        body = segment[2:] if number else segment
        if number and segment[:2] in (b"$@", b"$B"):
            out.append(_jis_pairs_to_shift_jis(body))
        elif number and segment[:2] == b"(I":
            out.append(bytes(byte | 0x80 for byte in body))
        else:
            out.append(body)
    return b"".join(out).decode("cp932", "replace")


def _jis_pairs_to_shift_jis(pairs: bytes) -> bytes:
    out = bytearray()
    for position in range(0, len(pairs) - 1, 2):
        row, cell = pairs[position], pairs[position + 1]
        if not (0x21 <= row <= 0x7E and 0x21 <= cell <= 0x7E):
            out += bytes((row, cell))
            continue
        out.append((row + 1) // 2 + (0x70 if row < 0x5F else 0xB0))
        out.append(cell + (0x1F + (cell >= 0x60)) if row % 2 else cell + 0x7E)
    return bytes(out + pairs[len(pairs) & ~1 :])


def clean(text: str) -> str:
    """Return text without NUL, byte-order marks or lone surrogates, which databases and JSON refuse."""
    text = text.replace("\0", "").replace("\ufeff", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def guess_codec(data: bytes) -> str:
    """Return the most likely codec of bytes without a believable declaration, `cp1252` in doubt."""
    if _ISO_2022_JP.search(data, 0, _SAMPLE):
        return "iso2022_jp_ext"
    if data.isascii():
        return "ascii"
    try:
        data.decode()
    except UnicodeDecodeError as error:
        cut_at_end = error.end >= len(data) and error.reason == "unexpected end of data"
        if cut_at_end and error.start > 0:
            return "utf-8"
    else:
        return "utf-8"
    sample = data[:_SAMPLE]
    if not _looks_foreign(sample):
        return _utf8_or_latin(sample)
    candidates = [*_multibyte(sample), _cyrillic(sample)]
    best, score = max(candidates, key=lambda candidate: candidate[1])
    return best if score >= 0.6 else _utf8_or_latin(sample)


def _utf8_or_latin(sample: bytes) -> str:
    """UTF-8 with a few broken bytes is still UTF-8."""
    text = sample.decode("utf-8", "replace")
    good = sum(1 for char in text if char > "\x7f" and char != "\ufffd")
    return "utf-8" if good > 3 * text.count("\ufffd") else "cp1252"


def _looks_foreign(sample: bytes) -> bool:
    """European text has its accented letters alone or in pairs; other scripts have them in runs."""
    runs = _HIGH_RUN.findall(sample)
    high = sum(map(len, runs))
    in_runs = sum(len(run) for run in runs if len(run) >= 3)
    return high >= 4 and in_runs * 2 >= high


def _multibyte(sample: bytes) -> list[tuple[str, float]]:
    """Score each double-byte encoding by the share of characters that are common in its language."""
    scores: list[tuple[str, float]] = []
    for codec, common in _COMMON.items():
        text = sample.decode(codec, "replace")
        foreign = [char for char in text if char > "\x7f"]
        if not foreign:
            continue
        good = sum(1 for char in foreign if common(char))
        scores.append((codec, (good - 2 * foreign.count("\ufffd")) / len(foreign)))
    return scores


def _common_hanzi(char: str) -> bool:
    try:
        lead = char.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return 0xB0 <= lead <= 0xD7 or lead == 0xA3 or char in "，。！？、：；（）“”《》"


def _common_traditional(char: str) -> bool:
    try:
        code = char.encode("big5")
    except UnicodeEncodeError:
        return False
    return 0xA4 <= code[0] <= 0xC6 or char in "，。！？、：；（）「」"


def _common_japanese(char: str) -> bool:
    if "\u3040" <= char <= "\u30ff" or char in "。、！？「」ー（）":
        return True
    try:
        return 0x88 <= char.encode("cp932")[0] <= 0x97
    except UnicodeEncodeError:
        return False


def _common_hangul(char: str) -> bool:
    try:
        return 0xB0 <= char.encode("euc_kr")[0] <= 0xC8
    except UnicodeEncodeError:
        return False


# Korean comes first: all of its syllables are common Chinese characters too, but not the other way round.
_COMMON = {
    "cp949": _common_hangul,
    "cp932": _common_japanese,
    "euc_jp": _common_japanese,
    "gb18030": _common_hanzi,
    "big5hkscs": _common_traditional,
}


def _cyrillic(sample: bytes) -> tuple[str, float]:
    """Score KOI8-R and windows-1251 by the share of letters and the rarity of capitals inside words."""
    best, best_score = "cp1251", 0.0
    for codec in ("koi8_r", "cp1251"):
        text = sample.decode(codec, "replace")
        foreign = [char for char in text if char > "\x7f"]
        letters = sum(1 for char in foreign if "\u0410" <= char <= "\u0451")
        lower = sum(1 for char in foreign if "\u0430" <= char <= "\u0451")
        score = (letters + lower) / (2 * len(foreign))
        if score > best_score:
            best, best_score = codec, score
    return best, best_score
