"""A person as SCIM's User, in both directions."""

import re
from typing import Any, cast

import msgspec
from msgspec import Struct

from careloom.identity.core.scim.patch import truth
from careloom.identity.types import Email, Locale, PersonName

USER = "urn:ietf:params:scim:schemas:core:2.0:User"


class BadUserError(ValueError):
    """The resource is no user that can be kept; the message says why."""


class ScimUser(Struct, frozen=True):
    """What is kept of a user: who, how the identity provider calls them, and whether they may sign in."""

    user_name: str
    external_id: str | None
    name: PersonName
    given_name: str | None
    family_name: str | None
    email: Email
    locale: Locale
    active: bool


def read_user(resource: dict[str, Any], before: ScimUser | None = None) -> ScimUser:
    """A user from its resource. Of two names that differ, the one that is not as `before` it counts.

    Raises BadUserError.
    """
    at = {key.lower(): value for key, value in resource.items()}
    user_name = _text(at.get("username"))
    if user_name is None:
        raise BadUserError("A user has a userName.")
    parts: Any = at.get("name")
    held = cast("dict[str, Any]", parts) if isinstance(parts, dict) else {}
    named = {key.lower(): value for key, value in held.items()}
    given, family = _text(named.get("givenname")), _text(named.get("familyname"))
    joined = " ".join(one for one in (given, family) if one) or None
    shown, formatted = _text(at.get("displayname")), _text(named.get("formatted"))
    if before is not None and joined and (given, family) != (before.given_name, before.family_name):
        kept = [one for one in (shown, formatted) if one != before.name]
        shown, formatted = (kept[0] if kept and kept[0] else joined), None
    elif before is not None and shown == before.name and formatted not in (None, before.name):
        shown = formatted
    email = _email(at.get("emails")) or user_name
    found = {
        "user_name": user_name,
        "external_id": _text(at.get("externalid")),
        "name": (shown or formatted or joined or user_name)[:120],
        "given_name": given,
        "family_name": family,
        "email": email,
        "locale": _locale(at.get("locale") or at.get("preferredlanguage")),
        "active": truth(at.get("active", True)),
    }
    try:
        return msgspec.convert(found, ScimUser)
    except msgspec.ValidationError as error:
        if "$.email" in str(error):
            raise BadUserError("A user has a mail address: in emails, or as userName.") from None
        raise BadUserError(f"The user cannot be kept: {error}.") from None


def user_resource(user: ScimUser) -> dict[str, Any]:
    """The attributes of a user, without id and meta."""
    name = {"formatted": user.name, "givenName": user.given_name, "familyName": user.family_name}
    found = {
        "schemas": [USER],
        "userName": user.user_name,
        "externalId": user.external_id,
        "displayName": user.name,
        "name": {key: value for key, value in name.items() if value is not None},
        "emails": [{"value": user.email, "type": "work", "primary": True}],
        "locale": user.locale,
        "active": user.active,
    }
    return {key: value for key, value in found.items() if value is not None}


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > 254:
        raise BadUserError("Names and ids are texts of at most 254 characters.")
    return value.strip() or None


def _email(value: Any) -> str | None:
    some = cast("list[Any]", value) if isinstance(value, list) else []
    held = [cast("dict[str, Any]", one) for one in some if isinstance(one, dict)]
    primary = [one for one in held if truth(one.get("primary")) is True]
    work = [one for one in held if one.get("type") == "work"]
    return next((_text(one.get("value")) for one in [*primary, *work, *held] if one.get("value")), None)


def _locale(value: Any) -> str:
    text = value.replace("_", "-") if isinstance(value, str) else ""
    return text if re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", text) else "en"
