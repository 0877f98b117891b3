"""How the demo's brands send and fetch mail beside their addresses here."""

from careloom.demo.past.hands import ADMIN, Past

_BY_PASSWORD = {
    "of": "bank-accounts",
    "host": "imap.larkstead.example",
    "username": "accounts@larkstead.example",
    "password": "not-a-real-password",
}
_BY_CONSENT = {
    "of": "airline-flights",
    "host": "imap.northfell.example",
    "username": "travel@northfell.example",
    "auth": "refresh_token",
    "authorize_url": "https://login.northfell.example/authorize",
    "token_url": "https://login.northfell.example/token",
    "revoke_url": "https://login.northfell.example/revoke",
    "oauth_client_id": "careloom",
    "client_secret": "not-a-real-secret",
    "scope": "imap offline_access",
    "after_taking": "mark_seen",
}


async def set_mail_up(past: Past) -> None:
    """A key that signs, one that waits for its record, addresses at rest, and mailboxes elsewhere, not yet in use."""
    hotel, bank = ({"client_id": past.ids[f"client:{one}"]} for one in ("hotel", "bank"))
    key = await past.call(
        ADMIN, "POST", "signing-keys", {**hotel, "domain": "stonequill.example", "algorithm": "ed25519"}
    )
    await past.call(ADMIN, "PATCH", f"signing-keys/{key['id']}", {"active": True})
    await past.call(ADMIN, "POST", "signing-keys", {**bank, "domain": "larkstead.example", "algorithm": "ed25519"})
    resting = {
        "press@thegazette.example": "Asked in writing to be left alone.",
        "old.address@example.net": "Moved; the new address is with the customer.",
    }
    for address, note in resting.items():
        await past.call(ADMIN, "POST", "suppressed-addresses", {**hotel, "address": address, "note": note})
    for mailbox in (_BY_PASSWORD, _BY_CONSENT):
        address = past.ids[f"mail:{mailbox['of']}"]
        rest = {name: value for name, value in mailbox.items() if name != "of"}
        await past.call(ADMIN, "POST", "mailboxes", {**rest, "mail_address_id": address, "active": False})
