"""Drafts of notices say all that is known, in every language, and what nobody knows is left to be described."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from careloom.compliance.core.notices import Known, draft
from careloom.compliance.core.protocols import STEPS, Clock, protocol
from careloom.compliance.types.incidents import Regime
from careloom.platform.texts.languages import Language

AWARE = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
KNOWN = Known("Amber", "A lost {laptop}", "In a train.", ("names", "letters"), 4_212, AWARE, None, "Europe/Berlin")
NOTICES = [one.key for one in protocol(Regime, Clock(AWARE, "UTC", 600, 24)) if one.recipient]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("key", NOTICES)
def test_every_notice_tells_what_is_known(key: str, language: Language) -> None:
    said = draft(key, KNOWN, language) or ""
    for known in ("Amber", "A lost {laptop}", "In a train.", "names", "letters", "212", "2026-03-29 00:30 CET"):
        assert known in said
    assert "{facts}" not in said
    assert (said == draft(key, KNOWN, Language.EN)) == (language is Language.EN)


@given(st.text(max_size=30), st.text(min_size=1, max_size=30), st.sampled_from(Language))
def test_a_notice_says_what_is_known_whatever_it_holds(title: str, description: str, language: Language) -> None:
    known = replace(KNOWN, client="Brand {x}", title=title, description=description)
    for task in protocol(Regime, Clock(AWARE, "UTC", 600)):
        said = draft(task.key, known, language)
        assert (said is None) == (task.recipient is None)
        assert said is None or (title in said and description in said and "Brand {x}" in said)


@pytest.mark.parametrize("language", Language)
def test_what_is_not_known_is_said_to_be_so(language: Language) -> None:
    nothing = replace(KNOWN, description="", data_kinds=(), customers=0)
    said, known = (draft("gdpr_authority", one, language) or "" for one in (nothing, KNOWN))
    unknown = {Language.EN: "not known yet", Language.DE: "noch nicht bekannt"}.get(language)
    assert unknown is None or said.count(unknown) == 3
    assert said.count("[") == known.count("[") + 1


def test_steps_are_no_notices() -> None:
    assert {draft(one, KNOWN, Language.EN) for one in STEPS} == {None}
