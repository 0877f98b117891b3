"""The export: one zip with all rows for machines and people, and a manifest that fits it."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from careloom.compliance.core.readable import Part, bundle, page, sha256

AT = datetime(2026, 5, 1, tzinfo=UTC)
VALUES = st.one_of(st.text(max_size=40), st.integers(), st.none(), st.lists(st.text(max_size=5), max_size=3))
ROWS = st.dictionaries(
    st.sampled_from(["message", "customer", "file"]),
    st.lists(st.dictionaries(st.text(max_size=10), VALUES, max_size=4), max_size=3),
)


@given(ROWS)
def test_the_manifest_names_every_file_with_its_digest(rows: dict[str, list[dict[str, object]]]) -> None:
    packed = zipfile.ZipFile(io.BytesIO(bundle("Brand", AT, rows, [Part("files/a.txt", b"words")])))
    manifest = json.loads(packed.read("manifest.json"))
    listed = {one["name"]: one["sha256"] for one in manifest["files"]}
    assert {*listed, "manifest.json"} == set(packed.namelist())
    assert all(sha256(packed.read(name)) == digest for name, digest in listed.items())
    assert manifest["rows"] == {name: len(some) for name, some in rows.items()}
    assert json.loads(packed.read("data.json"))["data"] == rows


def test_nothing_that_a_customer_wrote_becomes_markup() -> None:
    text = page("<b>", AT, {"message": [{"text": "<script>alert(1)</script>", "<i>": "x"}]})
    assert "<script>" not in text
    assert "<i>" not in text
    assert "&lt;script&gt;" in text
