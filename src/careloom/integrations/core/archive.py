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


class Seen(Struct, frozen=True):
    """A file of the archive as it was found: where its bytes begin, how many they are, and their SHA-256."""

    start: int
    size: int
    sha256: str


class Digests:
    """Takes an archive in as it streams, and keeps no more of it than its manifest and what its files are known by."""

    def __init__(self, name: str = "client.tar") -> None:
        """`name` is what reasons call the archive."""
        self.seen: dict[str, Seen] = {}
        self._name = name
        self._taken = 0
        self._manifest = bytearray()
        self._waiting = bytearray()
        self._member: tarfile.TarInfo | None = None
        self._left = 0
        self._hash = hashlib.sha256()
        self._ended = False

    def feed(self, chunk: bytes) -> None:
        """The next bytes; raises ArchiveError for what is no archive as it is written here."""
        self._waiting += chunk
        while not self._ended and (self._take_content() if self._member is not None else self._take_header()):
            continue
        if self._ended:
            self._waiting.clear()

    def check(self) -> Manifest:
        """The manifest, once all was fed; raises ArchiveError for what is not what it says, or not whole."""
        if not self._ended:
            raise self._not_whole("EOFError")
        try:
            manifest = read_manifest(bytes(self._manifest))
        except msgspec.DecodeError as error:
            raise self._not_whole(type(error).__name__) from error
        self._check_members(manifest)
        return manifest

    def _take_header(self) -> bool:
        if len(self._waiting) < tarfile.BLOCKSIZE:
            return False
        block = self._take(tarfile.BLOCKSIZE)
        if not any(block):
            self._ended = True
            return True
        try:
            one = tarfile.TarInfo.frombuf(block, tarfile.ENCODING, "surrogateescape")
        except tarfile.HeaderError as error:
            raise self._not_whole(type(error).__name__) from error
        if not one.isreg():
            raise self._not_whole("HeaderError")
        self._member, self._left, self._hash = one, one.size, hashlib.sha256()
        return True

    def _take_content(self) -> bool:
        one = self._member
        if one is None:
            return False
        part = self._take(self._left)
        self._left -= len(part)
        self._hash.update(part)
        if one.name == MANIFEST:
            self._manifest += part
        padding = -one.size % tarfile.BLOCKSIZE
        if self._left or len(self._waiting) < padding:
            return False
        self.seen[one.name] = Seen(self._taken - one.size, one.size, self._hash.hexdigest())
        self._take(padding)
        self._member = None
        return True

    def _take(self, size: int) -> bytes:
        """The next bytes of those that wait, at most so many."""
        found = bytes(self._waiting[:size])
        del self._waiting[:size]
        self._taken += len(found)
        return found

    def _check_members(self, manifest: Manifest) -> None:
        if (manifest.format, manifest.version) != (FORMAT, VERSION):
            raise ArchiveError(
                "This is {found} version {version}; {format} {known} is known.",
                found=manifest.format,
                version=manifest.version,
                format=FORMAT,
                known=VERSION,
            )
        for one in manifest.members:
            seen = self.seen.get(one.name)
            if seen is None or seen.sha256 != one.sha256:
                raise ArchiveError(
                    "{file} is missing or damaged: its digest is not that of the manifest.", file=one.name
                )

    def _not_whole(self, why: str) -> ArchiveError:
        return ArchiveError("{file} is no whole archive of a client ({why}).", file=self._name, why=why)


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
