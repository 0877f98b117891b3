"""How the demo's brands send and fetch mail beside their addresses here."""

from careloom.demo.past.hands import ADMIN, Past


async def set_mail_up(past: Past) -> None:
    """A key that signs, one that waits for its record, addresses at rest, and a mailbox elsewhere, not yet in use."""
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
    mailbox = {
        "mail_address_id": past.ids["mail:bank-accounts"],
        "host": "imap.larkstead.example",
        "port": 993,
        "username": "accounts@larkstead.example",
        "password": "not-a-real-password",
        "active": False,
    }
    await past.call(ADMIN, "POST", "mailboxes", mailbox)
