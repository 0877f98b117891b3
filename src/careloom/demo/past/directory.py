"""A provider's directory that keeps some of its people here."""

import asyncio

from careloom.demo.past.hands import ADMIN, Past

_GROUPS = {
    "Stonequill newcomers": ("Noor Tavares", "Ilse Ravenscourt", "Kofi Adjaye-Moss"),
    "Night shift": ("Petra Windholm", "Kofi Adjaye-Moss"),
}


async def provision(past: Past) -> None:
    """Two groups of four people: one gives its members a client, what the other gives is still to be said."""
    provider = past.ids["provider:brindlewick"]
    token = await past.call(ADMIN, "POST", "scim-tokens", {"provider_id": provider, "name": "Brindlewick directory"})
    directory = past.hands[ADMIN].acting(token["secret"])
    names = sorted({name for members in _GROUPS.values() for name in members})
    made = await asyncio.gather(*(directory.call("POST", "/scim/v2/Users", _user(name)) for name in names))
    ids = {name: one["id"] for name, one in zip(names, made, strict=True)}
    groups = {
        group: await directory.call(
            "POST", "/scim/v2/Groups", {"displayName": group, "members": [{"value": ids[one]} for one in members]}
        )
        for group, members in _GROUPS.items()
    }
    grants = [{"role": "agent", "scope": "client", "scope_id": past.ids["client:hotel"]}]
    mapped = groups["Stonequill newcomers"]["id"]
    await past.call(ADMIN, "PUT", f"scim-groups/{mapped}/grants", {"grants": grants})


def _user(name: str) -> dict[str, object]:
    given, family = name.split()
    return {
        "userName": f"{given}.{family}@brindlewick.example".lower(),
        "name": {"givenName": given, "familyName": family},
        "displayName": name,
        "active": True,
    }
