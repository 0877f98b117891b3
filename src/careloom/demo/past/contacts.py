"""Contacts of this morning: a card is named while nothing is recorded; letters go to where nobody is."""

import asyncio
from typing import Any

from careloom.demo.past.hands import ADMIN, LEAD, Past

_CUSTOMER = {"identity_kind": "email", "identity": "maren.abara@example.org", "customer_name": "Maren Abara"}
_ASKS = "Somebody paid with my card last night. I would like a new one, and the money back."
_TELLS = (
    "The card is 4111 1111 1111 1111, the code on its back 737. "
    "Please pay the money into my other account, IBAN DE89 3704 0044 0532 0130 00."
)
LOST = {"Rufus Quiroga": "rufus@nobody.example.org", "Talia Marlow": "talia@full.example.org"}
"""Customers whose addresses the demo's relay refuses: nobody is there, the mailbox is full."""


async def report_a_card(past: Past) -> str:
    """A chat with the bank in which numbers are masked and one is shown to who may see it; answers its id."""
    written = await _write(past, 1, _ASKS)
    one = written["conversation_id"]
    path = f"conversations/{one}"
    await past.call(LEAD, "POST", f"{path}/take")
    await _say(past, path, "I have paused the recording. Which card is it, and where may the money go?")
    await past.call(LEAD, "POST", f"{path}/recording-pauses", {"reason": "payment"})
    told = await _write(past, 2, _TELLS)
    await past.call(LEAD, "POST", f"{path}/recording-pauses/end")
    await past.call(LEAD, "POST", f"{path}/messages/{told['seq']}/reveal")
    await _say(past, path, "Thank you. The card is blocked, a new one is on its way, and the money follows by Friday.")
    outcomes = await past.call(LEAD, "GET", f"dispositions?client_id={past.ids['client:bank']}&limit=100")
    done = next(each["id"] for each in outcomes["items"] if each["resolved"])
    await past.call(LEAD, "POST", f"{path}/wrap-up", {"disposition_id": done})
    return one


async def write_to_nobody(past: Past) -> None:
    """Letters that come back once the demo's relay is there."""
    await asyncio.gather(*(_invite(past, name, address) for name, address in LOST.items()))


async def _invite(past: Past, name: str, address: str) -> None:
    made = await past.call(
        LEAD,
        "POST",
        "customers",
        {
            "client_id": past.ids["client:hotel"],
            "name": name,
            "identities": [{"kind": "email", "value": address}],
        },
    )
    letter = {
        "customer_id": made["id"],
        "program_id": past.ids["program:hotel-guests"],
        "subject": "Your stay with us in December",
        "text": f"Dear {name.partition(' ')[0]},\n\nshall we keep the room with the view of the harbour for you again?",
    }
    await past.call(LEAD, "POST", "conversations/start", letter)


async def _write(past: Past, number: int, text: str) -> Any:
    message = {
        "program_id": past.ids["program:bank-fraud"],
        "channel": "chat",
        "external_id": f"demo-card-{number}",
        "text": text,
        **_CUSTOMER,
    }
    return await past.call(ADMIN, "POST", "inbound", message)


async def _say(past: Past, path: str, text: str) -> None:
    await past.call(LEAD, "POST", f"{path}/replies", {"text": text, "file_ids": []})
