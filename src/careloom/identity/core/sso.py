"""What an identity provider's claims mean here: who it is, and what their groups may do."""

from collections.abc import Iterable, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

import msgspec

from careloom.identity.types import RoleGrant
from careloom.identity.types.sso import GroupRule, Vouched

_MOST_GROUPS = 500


def vouched_in(claims: Mapping[str, Any], groups_claim: str) -> Vouched | None:
    """Whom verified claims vouch for; None where they lack a subject or a mail address that is said to be verified."""
    if claims.get("email_verified") is not True:
        return None
    groups: Any = claims.get(groups_claim, [])
    said = cast("list[Any]", groups) if isinstance(groups, list) else [groups]
    found = {
        "subject": claims.get("sub"),
        "email": claims.get("email"),
        "name": str(claims.get("name") or claims.get("email"))[:120],
        "groups": [one for one in said if isinstance(one, str)][:_MOST_GROUPS],
    }
    try:
        return msgspec.convert(found, Vouched)
    except msgspec.ValidationError:
        return None


def grants_for(rules: Iterable[GroupRule], groups: Iterable[str]) -> tuple[RoleGrant, ...]:
    """What members of these groups may do; nothing where no rule names a group of theirs."""
    member = set(groups)
    return tuple(dict.fromkeys(rule.grant for rule in rules if rule.group in member))


def is_safe_address(url: str) -> bool:
    """Whether secrets may be sent there: by https, or on this machine itself."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.username or parts.password or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1"))
