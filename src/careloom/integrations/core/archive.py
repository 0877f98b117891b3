"""The archive of a client: a tar file of JSON lines for each table, stored files, and a manifest with digests."""

import gzip
import hashlib
import io
import tarfile
import zlib
from typing import Final

import msgspec
from msgspec import Struct

from careloom.integrations.errors import ArchiveError

VERSION: Final = 1
FORMAT: Final = "careloom-client"
MANIFEST: Final = "manifest.json"
FILES: Final = "files/"
END: Final = b"\0" * 1024
MOST_UNPACKED: Final = 250_000_000
"""Bytes that a part of a table may hold: rows are written 2,000 a part, those with mail as it came in four."""

LEFT_OUT: Final = {
    "event_log": "what happened stands in the rows and in the audit trail; the log only wakes their readers",
    "event_purge": "how far this installation's log was purged",
    "parked_event": "a failure of this installation",
    "data_export": "the exports themselves",
    "data_import": "imports are steps of this installation; what they made is here, with its keys",
    "import_refusal": "the same",
    "audit_chain": "where each chain ends here; the restored one goes on from its last seal",
    "audit_checkpoint": "signed by this installation; keep an export of the audit trail",
    "client_key": "keys of this installation; files are in the archive in plain, and sealed anew where it is restored",
    "key_rotation": "the same",
    "shredding": "who here wanted the keys destroyed stands in the audit trail",
    "masked_value": "what was masked is sealed with a key of this installation, and never leaves it in bulk",
    "audit_read": "who looked at what in the last minutes, so that it is noted once",
}
"""Tables with rows of a client that are not part of its archive, with the reason."""

LATER: Final = {"customer": ("merged_into",), "care_case": ("merged_into",)}
"""Columns that name a row of the same table which may come later: written once all rows are there."""


class Member(Struct, frozen=True):
    """A file of the archive: `rows` are its lines, `sha256` is of its bytes as they lie in the archive."""

    name: str
    rows: int
    sha256: str


class Manifest(Struct, frozen=True, kw_only=True):
    """What the archive holds. `schema` is the revision of the tables; `files` counts stored files."""

    format: str = FORMAT
    version: int = VERSION
    schema: str
    made_at: str
    client_id: str
    client_name: str
    tables: dict[str, int]
    members: tuple[Member, ...]
    files: int
    missing_files: tuple[str, ...]
    left_out: dict[str, str]


def tar_member(name: str, content: bytes) -> bytes:
    """A file as it stands in a tar archive; the same name and content give the same bytes."""
    info = tarfile.TarInfo(name)
    info.size = len(content)
    info.mode = 0o644
    header = info.tobuf(tarfile.PAX_FORMAT)
    return header + content + b"\0" * (-len(content) % 512)


def lines_member(table: str, number: int, lines: list[str]) -> tuple[Member, bytes]:
    """Part `number` of a table: its rows as compressed JSON lines."""
    content = gzip.compress("".join(f"{line}\n" for line in lines).encode(), 6, mtime=0)
    name = f"{table}/{number:06d}.jsonl.gz"
    return Member(name, len(lines), hashlib.sha256(content).hexdigest()), tar_member(name, content)


def manifest_end(manifest: Manifest) -> bytes:
    """The last file of the archive, and its end."""
    return tar_member(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1)) + END


def read_manifest(content: bytes) -> Manifest:
    """The manifest; raises msgspec.ValidationError or DecodeError."""
    return msgspec.json.decode(content, type=Manifest)


def read_lines_member(name: str, content: bytes, most: int = MOST_UNPACKED) -> list[bytes]:
    """The rows of a part of a table, each as JSON; raises ArchiveError for what is damaged, or unpacks to more than
    `most` bytes: it is read no further.
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            lines = packed.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        why = type(error).__name__
        raise ArchiveError("{file} is damaged and cannot be unpacked ({why}).", file=name, why=why) from error
    if len(lines) > most:
        raise ArchiveError("{file} unpacks to more than {most} MB.", file=name, most=most // 1_000_000)
    return lines.split(b"\n")[:-1]


def table_of(name: str) -> str:
    """The table whose rows a member holds."""
    return name.partition("/")[0]
