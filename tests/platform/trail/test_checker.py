"""A chain of links: any change of any of them, anywhere, is noticed; the rule is the one in the documents."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from careloom.platform.trail.checker import Break, Checker, Why
from careloom.platform.trail.link import FIRST, Link, content_hash, instant, link_hash

_BEGAN = datetime(2030, 1, 1, tzinfo=UTC)


def chain(length: int, name: str = "installation") -> list[Link]:
    """A right chain."""
    made: list[Link] = []
    for number in range(1, length + 1):
        at = instant(_BEGAN + timedelta(minutes=number))
        content = json.dumps({"after": {"name": f"Zoë {number}"}, "before": None})
        blank = Link(
            chain=name,
            number=number,
            id=f"id-{number}",
            at=at,
            sealed_at=at,
            person_id=None,
            api_key_id=None,
            actor_name="Zoë",
            action="client.change",
            subject_type="client",
            subject_id=f"subject-{number}",
            provider_id=None,
            ip="127.0.0.1",
            request_id=None,
            salt=f"salt-{number}",
            content=content,
            content_hash=content_hash(f"salt-{number}", content),
            previous_hash=made[-1].hash if made else FIRST,
        )
        made.append(msgspec.structs.replace(blank, hash=link_hash(blank)))
    return made


def check(links: list[Link], checkpoints: dict[int, str] | None = None) -> Break | None:
    checker = Checker(checkpoints or {})
    for one in links:
        broken = checker.take(one)
        if broken is not None:
            return broken
    return checker.end()


def test_a_right_chain_is_right() -> None:
    assert check(chain(20), {20: chain(20)[-1].hash}) is None


def test_the_hash_is_what_the_documents_say_it_is() -> None:
    one = chain(1)[0]
    fields = json.loads(msgspec.json.encode(one))
    for name in ("hash", "salt", "content", "erased_at"):
        del fields[name]
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == one.hash
    assert hashlib.sha256(f"{one.salt}{one.content}".encode()).hexdigest() == one.content_hash


_NO_TEXTS = {"form", "number", "salt", "erased_at", "redacted", "vouched"}
_TEXT_FIELDS = sorted(name for name in Link.__struct_fields__ if name not in _NO_TEXTS)


@given(st.integers(0, 9), st.sampled_from(_TEXT_FIELDS), st.text(max_size=80))
def test_any_change_of_any_field_is_noticed(place: int, name: str, value: str) -> None:
    links = chain(10)
    if getattr(links[place], name) == value:
        return
    links[place] = msgspec.structs.replace(links[place], **{name: value})
    broken = check(links)
    assert broken is not None
    assert broken.number == place + 1


@given(st.integers(0, 9), st.sampled_from(_TEXT_FIELDS), st.text(max_size=80))
def test_a_change_with_its_hash_made_anew_is_noticed_at_the_next_or_by_a_checkpoint(
    place: int, name: str, value: str
) -> None:
    links = chain(10)
    if getattr(links[place], name) == value or name in ("hash", "content"):
        return
    head = {10: links[-1].hash}
    changed = msgspec.structs.replace(links[place], **{name: value})
    links[place] = msgspec.structs.replace(changed, hash=link_hash(changed))
    assert check(links, head) is not None


@given(st.permutations(range(8)))
def test_any_other_order_is_noticed(order: list[int]) -> None:
    links = chain(8)
    broken = check([links[one] for one in order])
    assert (broken is None) == (order == list(range(8)))


@given(st.sets(st.integers(0, 9), min_size=1))
def test_whatever_is_left_out_is_noticed_with_a_checkpoint(places: set[int]) -> None:
    links = chain(10)
    left = [one for place, one in enumerate(links) if place not in places]
    broken = check(left, {10: links[-1].hash})
    assert broken is not None
    assert broken.why in (Why.MISSING, Why.TRUNCATED)


def test_a_chain_written_anew_is_not_the_one_that_a_checkpoint_was_taken_of() -> None:
    other = [msgspec.structs.replace(one, actor_name="Bo") for one in chain(5)]
    head = FIRST
    for place, one in enumerate(other):
        blank = msgspec.structs.replace(one, previous_hash=head)
        other[place] = msgspec.structs.replace(blank, hash=link_hash(blank))
        head = other[place].hash
    assert check(other) is None
    broken = check(other, {3: chain(3)[-1].hash})
    assert broken == Break(3, "id-3", Why.REWRITTEN)


def test_an_entry_that_claims_to_be_older_than_it_can_be_is_noticed() -> None:
    links = chain(200)
    late = msgspec.structs.replace(links[-1], at=links[0].at)
    links[-1] = msgspec.structs.replace(late, hash=link_hash(late))
    broken = check(links)
    assert broken is not None
    assert (broken.number, broken.why) == (200, Why.BACKDATED)


def test_what_was_erased_stays_right_where_an_entry_says_so() -> None:
    links = chain(200)
    links[2] = msgspec.structs.replace(links[2], salt=None, content=None, erased_at=links[3].at)
    checker = Checker({})
    assert not any(checker.take(one) for one in links)
    assert checker.silently_erased({"id-3"}) is None
    assert checker.silently_erased(set()) == Break(3, "id-3", Why.ERASED_SILENTLY)


def test_a_content_without_its_salt_stands_only_in_what_is_redacted_and_none_there_counts_as_erased() -> None:
    links = chain(200)
    bare = msgspec.structs.replace(links[2], salt=None)
    assert check([*links[:2], bare]) == Break(3, "id-3", Why.CONTENT_CHANGED)
    checker = Checker({})
    hidden = msgspec.structs.replace(bare, content=None, redacted=True, erased_at=links[3].at)
    assert not any(checker.take(one) for one in [*links[:2], hidden, *links[3:]])
    assert checker.redacted == 0
    assert checker.silently_erased(set()) == Break(3, "id-3", Why.ERASED_SILENTLY)
