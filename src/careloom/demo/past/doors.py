"""Who gets in, how and from where: rules of sign-in, an identity provider, a client's networks, its key."""

import asyncio

from careloom.demo.past.hands import ADMIN, OFFICER, Past

_CLINIC_NETWORKS = ("127.0.0.0/8", "::1/128", "192.0.2.0/24", "198.51.100.0/24", "2001:db8:40::/48")
"""The clinics' sites, and this machine: whoever looks at the demo sits at it."""
_PATIENT_NUMBER = {"name": "Patient number", "pattern": "MF-[0-9]{7}", "action": "mask", "agents": True}
_REFERENCE = {"name": "Visit reference", "pattern": "V[0-9]{9}", "action": "keep"}


async def set_doors_up(past: Past) -> None:
    """None of it shuts out whom the demo plays or who looks around: they sign in without a password, from here."""
    provider, bank = past.ids["provider:brindlewick"], past.ids["client:bank"]
    clinic, airline = past.ids["client:clinic"], past.ids["client:airline"]
    await asyncio.gather(
        _ask_of_people(past, provider, bank),
        _trust(past, bank),
        past.call(ADMIN, "PUT", f"clients/{clinic}/networks", {"networks": list(_CLINIC_NETWORKS)}),
        _know_numbers(past, clinic),
        past.call(OFFICER, "POST", f"clients/{airline}/key-rotations"),
    )


async def _ask_of_people(past: Past, provider: str, bank: str) -> None:
    """More of the provider's administrators and officers, and of everyone who works for the bank itself."""
    rule = {"provider_id": provider, "password_length": 12, "second_factor_roles": ["admin", "compliance_officer"]}
    await past.call(ADMIN, "PUT", "sign-in-policies", rule)
    own = {"client_id": bank, "password_length": 14, "second_factor_for_all": True}
    await past.call(ADMIN, "PUT", "sign-in-policies", own)


async def _trust(past: Past, bank: str) -> None:
    """The bank's own directory, switched off until its tenant is there."""
    viewer = {"role": "client_viewer", "scope": "client", "scope_id": bank}
    new = {
        "client_id": bank,
        "name": "Larkstead staff",
        "issuer": "https://login.larkstead.example/oauth2",
        "application_id": "careloom",
        "secret": "not-a-real-secret",
        "domains": ["larkstead.example"],
        "rules": [{"group": "Customer experience", "grant": viewer}],
        "provisions": True,
    }
    made = await past.call(ADMIN, "POST", "identity-providers", new)
    await past.call(ADMIN, "PATCH", f"identity-providers/{made['id']}", {"active": False})


async def _know_numbers(past: Past, clinic: str) -> None:
    """The clinics' own numbers: patients' are masked, those of visits are never taken for anything else."""
    path = f"clients/{clinic}/privacy"
    held = await past.call(OFFICER, "GET", path)
    await past.call(OFFICER, "PUT", path, {**held, "rules": [_PATIENT_NUMBER, _REFERENCE], "keep_days": 30})
