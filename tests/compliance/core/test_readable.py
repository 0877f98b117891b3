"""The export: one zip with all rows for machines and people, and a manifest that fits it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.compliance.core.readable import Part, bundle, page, sha256
from careloom.compliance.core.sections import SECTIONS
from careloom.platform.texts.languages import Language

AT = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
VALUES = st.one_of(st.text(max_size=40), st.integers(), st.none(), st.lists(st.text(max_size=5), max_size=3))
ROWS = st.dictionaries(
    st.sampled_from(["message", "customer", "file"]),
    st.lists(st.dictionaries(st.text(max_size=10), VALUES, max_size=4), max_size=3),
)
FULL = {name: [{"seq": 1, "text": "Hola"}] for name in SECTIONS}


@given(ROWS, st.sampled_from(Language))
def test_the_manifest_names_every_file_with_its_digest(
    rows: dict[str, list[dict[str, object]]], language: Language
) -> None:
    packed = zipfile.ZipFile(io.BytesIO(bundle("Brand", AT, rows, [Part("files/a.txt", b"words")], language)))
    manifest = json.loads(packed.read("manifest.json"))
    listed = {one["name"]: one["sha256"] for one in manifest["files"]}
    assert {*listed, "manifest.json"} == set(packed.namelist())
    assert all(sha256(packed.read(name)) == digest for name, digest in listed.items())
    assert manifest["rows"] == {name: len(some) for name, some in rows.items()}
    assert json.loads(packed.read("data.json"))["data"] == rows


@pytest.mark.parametrize("language", Language)
def test_nothing_that_a_customer_wrote_becomes_markup(language: Language) -> None:
    text = page("<b>", AT, {"message": [{"text": "<script>alert(1)</script>", "<i>": "x"}]}, language)
    assert "<script>" not in text
    assert "<i>" not in text
    assert "<b>" not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize("language", Language)
def test_the_page_says_in_which_language_it_is_and_where_its_lines_begin(language: Language) -> None:
    way = "rtl" if language is Language.AR else "ltr"
    assert f'<html lang="{language.value}" dir="{way}">' in page("Brand", AT, {}, language)


@pytest.mark.parametrize("language", [one for one in Language if one is not Language.EN])
def test_a_page_in_another_language_has_no_english_sentence(language: Language) -> None:
    text, english = (page("Brand", AT, FULL, one, destroyed=True) for one in (language, Language.EN))
    assert not _sentences(text) & _sentences(english)
    assert len(_sentences(text)) == len(_sentences(english)) == 2 * len(SECTIONS) + 4


def _sentences(text: str) -> set[str]:
    """All that the page says of itself: title, headings, paragraphs."""
    return {one[0] for one in re.finditer(r"<(title|h1|h2|p)>[^<]*</\1>", text)}


def test_the_page_tells_the_time_of_the_export_in_the_words_of_its_language() -> None:
    assert "Alles, was über Sie gespeichert ist, Stand 2026-05-01, 09:30 UTC." in page("Brand", AT, {}, Language.DE)
    assert "as of 2026-05-01 at 09:30 UTC." in page("Brand", AT, {}, Language.EN)


def test_a_part_has_its_heading_how_many_rows_it_has_and_what_they_are() -> None:
    text = page("Brand", AT, {"message": [{"seq": at} for at in range(1_200)], "file": []}, Language.DE)
    assert "<h2>Nachrichten, Antworten und Notizen (1.200)</h2><p>Was Sie schrieben, " in text
    assert "Ihre Dateien" not in text, "what holds nothing is left out"


def test_names_and_values_of_fields_stay_as_they_are_stored_and_keep_their_own_direction() -> None:
    text = page("Brand", AT, {"message": [{"folded_text": "Hola", "seq": 7}]}, Language.AR)
    assert "<th scope=row><bdi>folded text</bdi></th><td dir=auto>Hola</td>" in text
    assert "<td dir=auto>7</td>" in text


def test_what_was_destroyed_is_said_where_it_was_alone() -> None:
    told = "endgültig vernichtet"
    assert told in page("Brand", AT, {}, Language.DE, destroyed=True)
    assert told not in page("Brand", AT, {}, Language.DE)
