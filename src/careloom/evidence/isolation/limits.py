"""What the suite leaves out, or lets be, with the reasons: the report names each."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from careloom.evidence.isolation.attempts import PUBLIC
from careloom.evidence.isolation.happening import NOT_CAUSED
from careloom.evidence.isolation.probes.counts import NOT_COMPARED
from careloom.evidence.isolation.probes.endpoints import REFUSED_TO_ALL, UNDESCRIBED
from careloom.evidence.isolation.probes.jobs import NOT_TRIED
from careloom.evidence.isolation.probes.program import SHARED
from careloom.evidence.isolation.probes.provider import ALLOWED
from careloom.evidence.isolation.probes.shared import OF_THE_INSTALLATION
from careloom.evidence.isolation.probes.tables import LABELS
from careloom.platform.database.policies import OPEN

_NAMED: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("Tables without row-level security", OPEN),
    ("Columns that name another owner, and do not hand the row over", LABELS),
    ("Places of a request whose value is for everyone", PUBLIC),
    ("Addresses that the API's description leaves out", UNDESCRIBED),
    ("Operations that no key reaches, so that refusing them to A shows nothing", REFUSED_TO_ALL),
    ("Operations that are not tried as someone who works for A and for B", OF_THE_INSTALLATION),
    ("What people of two providers that serve one client share", SHARED),
    ("Operations of a second provider in a shared program that name the first one's and are let be", ALLOWED),
    ("Numbers that are not compared", NOT_COMPARED),
    ("Background work that takes no names", NOT_TRIED),
    ("Live messages that nothing causes", NOT_CAUSED),
)


class Exemption(Struct, frozen=True):
    """Some things that are left out for one reason."""

    reason: str
    names: tuple[str, ...]


class Limit(Struct, frozen=True):
    """One kind of what is left out."""

    title: str
    exemptions: tuple[Exemption, ...]


def limits() -> tuple[Limit, ...]:
    """All that is left out, by kind and by reason."""
    return tuple(Limit(title, _by_reason(named)) for title, named in _NAMED if named)


def _by_reason(named: Mapping[str, str]) -> tuple[Exemption, ...]:
    reasons = dict.fromkeys(named.values())
    return tuple(Exemption(one, tuple(name for name, why in named.items() if why == one)) for one in reasons)
