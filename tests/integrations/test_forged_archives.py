"""Archives whose digests fit and whose content does not: refused with a reason, and never read without an end."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from careloom.evidence.isolation.stage import Stage
from careloom.integrations.core.archive import END, MANIFEST, lines_member, read_lines_member, tar_member
from careloom.integrations.errors import ArchiveError
from tests.integrations.test_archive import archive_of
from tests.integrations.test_restores import Elsewhere, elsewhere, empty

__all__ = ["elsewhere", "empty"]

Rows = list[dict[str, Any]]
HOLE = b"\xff" * 40


def _members(content: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        return {one.name: found.read() for one in tar if (found := tar.extractfile(one)) is not None}


def _forged(content: bytes, table: str, how: Callable[[bytes], bytes]) -> bytes:
    """The archive with other parts of a table, and a manifest that agrees with them."""
    members = _members(content)
    manifest = json.loads(members.pop(MANIFEST))
    for one in manifest["members"]:
        if one["name"].startswith(f"{table}/"):
            members[one["name"]] = how(members[one["name"]])
            one["sha256"] = hashlib.sha256(members[one["name"]]).hexdigest()
    parts = [tar_member(name, part) for name, part in members.items()]
    return b"".join([*parts, tar_member(MANIFEST, json.dumps(manifest).encode()), END])


def _rows(change: Callable[[Any], Any]) -> Callable[[bytes], bytes]:
    def how(part: bytes) -> bytes:
        lines = [json.dumps(change(json.loads(one))) for one in gzip.decompress(part).splitlines()]
        return gzip.compress("".join(f"{one}\n" for one in lines).encode())

    return how


FORGERIES: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "a hole in what is packed": ("customer", lambda part: part[:12] + HOLE + part[52:]),
    "packed in part": ("customer", lambda part: part[: len(part) // 2]),
    "not packed": ("customer", lambda part: b"no gzip at all"),
    "no JSON": ("customer", lambda part: gzip.compress(b"no json\n")),
    "a list for a row": ("customer", _rows(lambda row: [1])),
    "a row without its id": ("customer", _rows(lambda row: {**row, "id": None})),
    "an id that is none": ("customer", _rows(lambda row: {**row, "id": "x"})),
    "a text that no database keeps": ("customer", _rows(lambda row: {**row, "name": "a\0b"})),
    "attributes that are none": ("customer", _rows(lambda row: {**row, "attributes": [7]})),
    "a person who is a list": ("outside-person", _rows(lambda row: [row])),
    "a person without an id": ("outside-person", _rows(lambda row: {"name": "x"})),
    "a file without a digest": ("file", _rows(lambda row: {key: row[key] for key in row if key != "sha256"})),
}


@pytest.mark.parametrize("what", FORGERIES)
async def test_content_that_does_not_fit_ends_in_a_refusal_that_says_so(
    stage: Stage, elsewhere: Elsewhere, what: str
) -> None:
    content = await archive_of(stage.runtime.database, stage.runtime.store, stage.a.ids["client_id"])
    path = await elsewhere.hand_in(_forged(content, *FORGERIES[what]))
    found = await elsewhere.call("GET", path)
    assert found["state"] == "failed", found
    assert found["error"]
    assert elsewhere.count("customer") == 0
    assert elsewhere.kept() == []


async def test_an_archive_that_is_packed_as_a_whole_is_none(stage: Stage, elsewhere: Elsewhere) -> None:
    content = await archive_of(stage.runtime.database, stage.runtime.store, stage.a.ids["client_id"])
    found = await elsewhere.call("GET", await elsewhere.hand_in(gzip.compress(content, 1)))
    assert (found["state"], "no whole archive" in found["error"]) == ("failed", True)


def test_a_part_that_unpacks_to_more_than_it_may_is_read_no_further() -> None:
    member = gzip.compress(b"x" * 50_000_000)
    with pytest.raises(ArchiveError, match="more than 1 MB"):
        read_lines_member("customer/000001.jsonl.gz", member, 1_000_000)
    assert read_lines_member("customer/000001.jsonl.gz", gzip.compress(b"{}\n"), 3) == [b"{}"]


@given(st.binary(max_size=200), st.integers(0, 200), st.lists(st.text("ab{}", max_size=9), max_size=20))
@example(HOLE, 12, ["{}"] * 20)
def test_whatever_a_part_holds_it_is_rows_or_refused(noise: bytes, at: int, lines: list[str]) -> None:
    with tarfile.open(fileobj=io.BytesIO(lines_member("customer", 1, lines)[1] + END)) as tar:
        found = tar.extractfile("customer/000001.jsonl.gz")
        assert found is not None
        whole = found.read()
    assert read_lines_member("customer", whole) == [one.encode() for one in lines]
    for damaged in (noise, whole[:at] + noise + whole[at + len(noise) :], zlib.compress(whole)):
        try:
            rows = read_lines_member("customer", damaged)
        except ArchiveError:
            continue
        assert all(isinstance(one, bytes) for one in rows)
