"""What each role may do: those that are built in, and the providers' own."""

from collections.abc import Iterable, Mapping

from careloom.identity.types import Role
from careloom.platform.access import Permission as P  # noqa: N817

_LOOK = frozenset({P.ORGANIZATIONS_READ, P.CUSTOMERS_READ, P.CONVERSATIONS_READ, P.KNOWLEDGE_READ, P.QUEUES_READ})
_STAFF = _LOOK | {P.PEOPLE_READ, P.CHANNELS_READ}
_AGENT = _STAFF | {
    P.CUSTOMERS_WRITE,
    P.CUSTOMERS_MERGE,
    P.CONVERSATIONS_REPLY,
    P.CONVERSATIONS_NOTE,
    P.CONVERSATIONS_WRITE,
    P.PRESENCE_SET,
}
_LEAD = _AGENT | {P.CONVERSATIONS_ASSIGN, P.PRESENCE_SET_OTHERS, P.LIVE_READ, P.KNOWLEDGE_WRITE, P.PRIVACY_REVEAL}

_ALL = frozenset(one.value for one in P)

PERMISSIONS: dict[str, frozenset[P]] = {
    Role.ADMIN: frozenset(P),
    Role.AGENT: _AGENT,
    Role.TEAM_LEAD: _LEAD,
    Role.QA_ANALYST: _STAFF | {P.LIVE_READ, P.CONVERSATIONS_WRITE, P.CONVERSATIONS_NOTE},
    Role.PLANNER: frozenset({P.ORGANIZATIONS_READ, P.PEOPLE_READ, P.QUEUES_READ, P.QUEUES_WRITE, P.LIVE_READ}),
    Role.ACCOUNT_MANAGER: _STAFF
    | {P.ORGANIZATIONS_WRITE, P.KNOWLEDGE_WRITE, P.QUEUES_WRITE, P.CHANNELS_WRITE, P.LIVE_READ, P.PRIVACY_WRITE}
    | {P.DATA_IMPORT},
    Role.CLIENT_VIEWER: _LOOK | {P.LIVE_READ},
    Role.ON_CALL: frozenset({P.GLASS_BREAK}),
    Role.COMPLIANCE_OFFICER: _STAFF
    | {P.AUDIT_READ, P.CUSTOMERS_WRITE, P.COMPLIANCE_READ, P.COMPLIANCE_WRITE, P.PRIVACY_WRITE, P.PRIVACY_REVEAL},
}


def permissions_of(role: str, own: Mapping[str, frozenset[P]]) -> frozenset[P]:
    """What a role holds: built in, or among the `own` ones by their ids; nothing where it is neither."""
    built_in = PERMISSIONS.get(role)
    return own.get(role, frozenset()) if built_in is None else built_in


def known_verbs(stored: Iterable[str]) -> frozenset[P]:
    """The permissions among stored verbs; one that this version does not know any more gives nothing."""
    return frozenset(P(one) for one in stored if one in _ALL)


def stands_for(role: str, own: Mapping[str, frozenset[P]]) -> frozenset[str]:
    """What rules about roles may call a role: itself, and for an own one each built-in role that it includes.

    So nobody escapes a rule about administrators by a copy of their role.
    """
    held = own.get(role)
    if held is None:
        return frozenset({role})
    return frozenset({role, *(name for name, wanted in PERMISSIONS.items() if wanted <= held)})
