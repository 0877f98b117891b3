"""An archive is checked as it streams: in whatever pieces it comes, and whatever is wrong with it."""

from __future__ import annotations

import hashlib

import pytest

from careloom.integrations.core.archive import (
    END,
    MANIFEST,
    Digests,
    Manifest,
    Member,
    lines_member,
    manifest_end,
    tar_member,
)
from careloom.integrations.errors import ArchiveError

FILE = b"bytes of a file" * 90


def manifest(*members: Member, version: int = 1) -> Manifest:
    return Manifest(
        version=version,
        schema="0001",
        made_at="2030-01-01T00:00:00Z",
        client_id="00000000-0000-0000-0000-000000000001",
        client_name="Brand",
        tables={"customer": 1},
        members=members,
        files=1,
        missing_files=(),
        left_out={},
    )


MEMBER, ROWS = lines_member("customer", 1, ['{"id": 1}'] * 500)
WHOLE = ROWS + tar_member("files/1", FILE) + tar_member("files/2", b"") + manifest_end(manifest(MEMBER))


def check(content: bytes, size: int = 10_000) -> Manifest:
    digests = Digests()
    for place in range(0, len(content), size):
        digests.feed(content[place : place + size])
    return digests.check()


@pytest.mark.parametrize("size", [1, 511, 512, 513, 1_000_000])
def test_a_whole_archive_is_whole_in_pieces_of_any_size(size: int) -> None:
    assert check(WHOLE, size) == manifest(MEMBER)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no archive" * 100,
        WHOLE[:-1024],
        WHOLE[:-1500],
        WHOLE[:700],
        ROWS + END,
        ROWS + tar_member(MANIFEST, b"{}") + END,
        manifest_end(manifest(MEMBER)),
        WHOLE.replace(ROWS[512:520], b"otherone"),
        ROWS + manifest_end(manifest(Member(MEMBER.name, 500, hashlib.sha256(b"").hexdigest()))),
        ROWS + manifest_end(manifest(MEMBER, version=2)),
    ],
    ids=lambda content: str(len(content)),
)
def test_what_is_not_whole_is_refused(content: bytes) -> None:
    with pytest.raises(ArchiveError):
        check(content)


def test_of_a_large_member_no_more_is_kept_than_came_last() -> None:
    digests = Digests()
    header = tar_member("files/1", bytes(50_000_000))
    for place in range(0, len(header), 1_000_000):
        digests.feed(header[place : place + 1_000_000])
        assert len(digests._waiting) < 2_000  # pyright: ignore[reportPrivateUsage]
