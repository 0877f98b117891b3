"""A second provider in one program: it answers in Spanish what riders write there, and sees nothing else."""

from careloom.demo.past.hands import ADMIN, Past

PARTNER = "Tarnbeck Idiomas"
_PEOPLE = ("Amparo Lacruz", "Ignasi Belloch")
_SITE = {"name": "València", "country": "ES", "time_zone": "Europe/Madrid", "shore": "nearshore"}
_ROUTING = {
    "skills": [],
    "languages": ["es"],
    "capacity": {"voice": 1, "chat": 3, "sms": 5, "social": 5, "email": 6},
}
_LINE = {
    "name": "Bookings chat in Spanish",
    "channels": ["chat"],
    "language": "es",
    "skills": [],
    "target_seconds": 20,
    "target_share": 0.8,
    "accept_mode": "offer",
    "offer_seconds": 20,
}


async def share_a_program(past: Past) -> None:
    """The partner's site, its people with their grants over the program alone, and its line in it."""
    own, program = past.ids["provider:brindlewick"], past.ids["program:rides-bookings"]
    partner = (await past.call(ADMIN, "POST", "providers", {"name": PARTNER}))["id"]
    await past.call(ADMIN, "POST", "sites", {"provider_id": partner, **_SITE})
    shared = {"provider_ids": [own, partner], "languages": ["en", "es"]}
    await past.call(ADMIN, "PATCH", f"programs/{program}", shared)
    for name in _PEOPLE:
        made = await past.call(ADMIN, "POST", "people", _person(name, partner, program))
        await past.call(ADMIN, "PUT", f"people/{made['id']}/routing", _ROUTING)
    owner = {"client_id": past.ids["client:rides"], "program_id": program, "provider_id": partner}
    await past.call(ADMIN, "POST", "queues", {**owner, **_LINE})


def _person(name: str, provider: str, program: str) -> dict[str, object]:
    return {
        "name": name,
        "email": f"{name.replace(' ', '.')}@tarnbeck.example".lower(),
        "locale": "es",
        "provider_id": provider,
        "grants": [{"role": "agent", "scope": "program", "scope_id": program}],
    }
