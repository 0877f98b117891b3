"""What the server says of itself: its configuration, its kinds of resources, their attributes (RFC 7643, 5 to 7)."""

from typing import Any

from careloom.identity.core.scim.users import USER

GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
MOST_RESULTS = 200
_CORE = "urn:ietf:params:scim:schemas:core:2.0"


def _attribute(name: str, **more: Any) -> dict[str, Any]:
    usual = {
        "name": name,
        "type": "string",
        "multiValued": False,
        "required": False,
        "caseExact": False,
        "mutability": "readWrite",
        "returned": "default",
        "uniqueness": "none",
    }
    return {**usual, **more}


_READ_ONLY: dict[str, Any] = {"mutability": "readOnly"}
_ELEMENTS: dict[str, Any] = {"type": "complex", "multiValued": True}

SCHEMAS: dict[str, dict[str, Any]] = {
    USER: {
        "schemas": [f"{_CORE}:Schema"],
        "id": USER,
        "name": "User",
        "description": "A person who signs in",
        "attributes": [
            _attribute("userName", required=True, uniqueness="server"),
            _attribute("externalId", caseExact=True),
            _attribute("displayName"),
            _attribute(
                "name",
                type="complex",
                subAttributes=[_attribute("formatted"), _attribute("givenName"), _attribute("familyName")],
            ),
            _attribute(
                "emails",
                **_ELEMENTS,
                subAttributes=[_attribute("value"), _attribute("type"), _attribute("primary", type="boolean")],
            ),
            _attribute("locale"),
            _attribute("active", type="boolean"),
            _attribute(
                "groups",
                **_ELEMENTS,
                **_READ_ONLY,
                subAttributes=[_attribute("value", **_READ_ONLY), _attribute("display", **_READ_ONLY)],
            ),
        ],
        "meta": {"resourceType": "Schema", "location": f"/scim/v2/Schemas/{USER}"},
    },
    GROUP: {
        "schemas": [f"{_CORE}:Schema"],
        "id": GROUP,
        "name": "Group",
        "description": "People to whom the provider gives something together",
        "attributes": [
            _attribute("displayName", required=True, uniqueness="server"),
            _attribute("externalId", caseExact=True),
            _attribute(
                "members",
                **_ELEMENTS,
                subAttributes=[
                    _attribute("value", mutability="immutable"),
                    _attribute("display", **_READ_ONLY),
                    _attribute("type", mutability="immutable", canonicalValues=["User"]),
                ],
            ),
        ],
        "meta": {"resourceType": "Schema", "location": f"/scim/v2/Schemas/{GROUP}"},
    },
}

RESOURCE_TYPES: dict[str, dict[str, Any]] = {
    name: {
        "schemas": [f"{_CORE}:ResourceType"],
        "id": name,
        "name": name,
        "endpoint": f"/{name}s",
        "schema": schema,
        "meta": {"resourceType": "ResourceType", "location": f"/scim/v2/ResourceTypes/{name}"},
    }
    for name, schema in (("User", USER), ("Group", GROUP))
}

CONFIGURATION: dict[str, Any] = {
    "schemas": [f"{_CORE}:ServiceProviderConfig"],
    "patch": {"supported": True},
    "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
    "filter": {"supported": True, "maxResults": MOST_RESULTS},
    "changePassword": {"supported": False},
    "sort": {"supported": False},
    "etag": {"supported": True},
    "authenticationSchemes": [
        {
            "type": "oauthbearertoken",
            "name": "Bearer token",
            "description": "A token made in Careloom: Set-up, Provisioning",
            "primary": True,
        }
    ],
    "meta": {"resourceType": "ServiceProviderConfig", "location": "/scim/v2/ServiceProviderConfig"},
}
