"""One of each kind of thing that a screen can show, made over the API."""

from __future__ import annotations

from base64 import b64decode
from datetime import timedelta
from typing import Any

import httpx

from careloom.platform.clock import now
from tests.journeys.installation import PASSWORD, Installation, wait_until
from tests.journeys.world import Brand, World

ADMINISTRATOR = "lia.brandt@harbor.example"
_DOT = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")


def make_everything(installation: Installation, world: World) -> dict[str, str]:
    """Ids by the names that screens.json has for them; the person is `ADMINISTRATOR`, who may see every screen."""
    lumen = world.brand("Lumen", "#b8860b")
    provider = world.provider
    one = _conversation(installation, lumen)
    ids = {"conversation": one["id"], "customer": one["customer_id"], "client": lumen.client}
    ids["leaving"] = world.juniper.client
    ids |= {"program": lumen.program, "queue": lumen.queue, "provider": provider}
    ids |= _answers(installation, lumen) | _people(installation, provider) | _data(installation, lumen)
    ids |= _mail(installation, lumen) | _security(installation, provider) | _duties(installation, one)
    _encrypted(installation, one)
    _kept(installation, lumen)
    _looked_into(installation, world, lumen)
    installation.make(f"conversations/{one['id']}/assign", person_id=ids["person"])
    return ids


def _conversation(installation: Installation, brand: Brand) -> dict[str, Any]:
    """A mail from a customer to the brand, with an image."""
    sender, text = "Ana Reis <ana@customer.example>", "The kettle leaks: https://lumen.example/kettle"
    installation.mail(sender, brand.address, "A kettle", text, images={"kettle.png": _DOT})
    (one,) = installation.conversations(brand.client)
    return one


def _answers(installation: Installation, brand: Brand) -> dict[str, str]:
    """A macro, and what the brand came with."""
    macro = installation.make("macros", client_id=brand.client, name="Thanks", shortcut="thanks", body="Thank you.")
    (widget,) = installation.get("chat-widgets", client_id=brand.client)["items"]
    (disposition,) = installation.get("dispositions", client_id=brand.client)["items"]
    return {"macro": macro["id"], "widget": widget["id"], "disposition": disposition["id"]}


def _people(installation: Installation, provider: str) -> dict[str, str]:
    """The administrator in a team, an own role, a skill."""
    place = {"country": "PT", "time_zone": "Europe/Lisbon", "shore": "nearshore"}
    site = installation.make("sites", provider_id=provider, name="Porto", **place)["id"]
    team = installation.make("teams", provider_id=provider, site_id=site, name="Night")["id"]
    skill = installation.make("skills", provider_id=provider, name="Kettles")["id"]
    role = installation.make("roles", provider_id=provider, name="Board watch", permissions=["live.read"])["id"]
    grants = [{"role": "admin", "scope": "everything"}]
    values = {"name": "Lia Brandt", "email": ADMINISTRATOR, "password": PASSWORD, "grants": grants}
    person = installation.make("people", provider_id=provider, team_id=team, **values)["id"]
    capacity = {"voice": 1, "chat": 3, "sms": 3, "social": 3, "email": 5}
    profile = {"skills": [{"skill_id": skill, "level": 3}], "languages": ["en"], "capacity": capacity}
    installation.put(f"people/{person}/routing", profile)
    return {"site": site, "team": team, "skill": skill, "role": role, "person": person}


def _data(installation: Installation, brand: Brand) -> dict[str, str]:
    """An import whose dry run refused a row, an export, and a restore of what is no archive."""
    made = installation.make("imports", program_id=brand.program, name="customers.csv")
    installation.hand_in(f"imports/{made['id']}/file", b"name,email\nAna,ana@customer.example\nBo,nowhere\n")
    installation.make(f"imports/{made['id']}/check")
    leaving = installation.make("exports", client_id=brand.client)
    coming = installation.make("restores", name="archive.tar")
    installation.hand_in(f"restores/{coming['id']}/archive", b"no archive")
    wait_until(lambda: installation.get(f"imports/{made['id']}")["state"] == "checked")
    wait_until(lambda: installation.get(f"exports/{leaving['id']}")["state"] == "ready")
    wait_until(lambda: installation.get(f"restores/{coming['id']}")["state"] == "failed")
    return {"import": made["id"], "export": leaving["id"], "restore": coming["id"]}


def _encrypted(installation: Installation, one: dict[str, Any]) -> None:
    """A detail that the customer's client keeps encrypted, filled in; somebody wants the client's keys destroyed."""
    field = {"key": "serial", "label": "Serial number", "kind": "text", "sensitive": True, "exact": True}
    installation.put(f"clients/{one['client_id']}/attribute-schema", {"items": [field]})
    installation.change(f"customers/{one['customer_id']}", attributes={"serial": "K-2219"})
    wish = {"client_name": "Lumen", "reason": "The contract ends"}
    installation.make(f"clients/{one['client_id']}/shreddings", **wish)


def _mail(installation: Installation, brand: Brand) -> dict[str, str]:
    """A mailbox to which nobody consented, a key that signs, an address that nothing is sent to."""
    (address,) = installation.get("mail-addresses", client_id=brand.client)["items"]
    server = {"host": "imap.lumen.example", "username": "care@lumen.example", "auth": "refresh_token"}
    login = {"authorize_url": "https://login.lumen.example/authorize", "token_url": "https://login.lumen.example/token"}
    application = {"oauth_client_id": "careloom", "client_secret": "unused"}
    mailbox = installation.make("mailboxes", mail_address_id=address["id"], **server, **login, **application)
    key = installation.make("signing-keys", client_id=brand.client, domain="lumen.example", algorithm="rsa")
    gone = {"address": "gone@customer.example", "note": "Asked to be left alone."}
    suppressed = installation.make("suppressed-addresses", client_id=brand.client, **gone)
    ids = {"mail address": address["id"], "mailbox": mailbox["id"]}
    return ids | {"signing key": key["id"], "suppressed": suppressed["id"]}


def _security(installation: Installation, provider: str) -> dict[str, str]:
    """A key, a policy that asks no more than the default, an identity provider, a directory's token and group."""
    soon = (now() + timedelta(days=9)).isoformat()
    key = installation.make("api-keys", name="Nightly export", permissions=["conversations.read"], expires_at=soon)
    policy = installation.put("sign-in-policies", {"provider_id": provider})
    login = {"issuer": "https://login.harbor.example", "application_id": "careloom", "domains": ["harbor.example"]}
    sso = installation.make("identity-providers", provider_id=provider, name="Harbor", **login)
    token = installation.make("scim-tokens", provider_id=provider, name="Directory")
    headers = {"Authorization": f"Bearer {token['secret']}"}
    body = {"displayName": "Care agents"}
    answer = httpx.post(f"{installation.url}/scim/v2/Groups", json=body, headers=headers, timeout=30)
    assert answer.status_code == 201, answer.text
    ids = {"api key": key["key"]["id"], "policy": policy["id"], "identity provider": sso["id"]}
    return ids | {"token": token["token"]["id"], "group": answer.json()["id"]}


def _duties(installation: Installation, one: dict[str, Any]) -> dict[str, str]:
    """A customer's requests, the erasure ready to be carried out, and an incident with the draft of a notice."""
    asked = {"client_id": one["client_id"], "customer_id": one["customer_id"], "origin": "By mail"}
    installation.make("privacy-requests", **asked, kind="access")
    erasure = installation.make("privacy-requests", **asked, kind="erasure")
    installation.make(f"privacy-requests/{erasure['id']}/verify", how="Called back")
    told = {"regimes": ["gdpr"], "title": "A list went to the wrong partner"}
    (incident,) = installation.make("incidents", client_ids=[one["client_id"]], **told)["items"]
    duties = installation.get(f"incidents/{incident['id']}")["duties"]
    return {"incident": incident["id"], "duty": next(duty["id"] for duty in duties if duty["draft"])}


def _kept(installation: Installation, brand: Brand) -> None:
    """How long the brand keeps messages, and a hold over them."""
    installation.put(f"clients/{brand.client}/retention/messages", {"days": 3650, "reason": "The contract"})
    installation.make("holds", client_id=brand.client, scope="client", reason="Court file 81")


def _looked_into(installation: Installation, world: World, brand: Brand) -> None:
    """An emergency access to the brand that is over and waits for its review."""
    email = "nils.night@harbor.example"
    grants = [{"role": "on_call", "scope": "provider", "scope_id": world.provider}]
    installation.make(
        "people", name="Nils Night", email=email, provider_id=world.provider, password=PASSWORD, grants=grants
    )
    with httpx.Client(base_url=f"{installation.url}/api", timeout=30, trust_env=False) as http:
        answer = http.post("session", json={"email": email, "password": PASSWORD})
        http.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        wish = {"client_id": brand.client, "reason": "The day shift's site is dark.", "reference": None, "minutes": 15}
        answer = http.post("session/glass", json={**wish, "proof": {"password": PASSWORD}})
        assert answer.is_success, answer.text
        assert http.delete("session/glass").is_success
