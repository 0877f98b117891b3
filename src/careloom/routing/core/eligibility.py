"""Eligibility: the rules that no policy may bend."""

from collections.abc import Mapping, Sequence

from careloom.organizations.types import ProviderId
from careloom.routing.core.work import Ring
from careloom.routing.types import SkillId, SkillLevel


def has_skills(levels: Mapping[SkillId, int], required: Sequence[SkillLevel]) -> bool:
    """Whether every required skill is there at its level or above."""
    return all(levels.get(need.skill_id, 0) >= need.level for need in required)


def speaks(languages: Sequence[str], wanted: str | None) -> bool:
    """Whether one of the BCP 47 tags serves `wanted`.

    It is the same, or one is a narrower form of the other: en serves en-GB and the other way round.
    """
    if wanted is None:
        return True
    want = wanted.lower()
    for language in languages:
        have = language.lower()
        if have == want or have.startswith(f"{want}-") or want.startswith(f"{have}-"):
            return True
    return False


def first_ring(rings: Sequence[Ring], provider_id: ProviderId, levels: Mapping[SkillId, int]) -> int | None:
    """The first of `rings` that an agent of the provider with these skill levels belongs to, or None."""
    for index, ring in enumerate(rings):
        if ring.provider_id == provider_id and has_skills(levels, ring.skills):
            return index
    return None
