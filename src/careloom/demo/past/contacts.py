"""Contacts of this morning: numbers of a card, letters to where nobody is, texts of which one never arrives."""

import asyncio
from typing import Any

from careloom.demo.past.hands import ADMIN, LEAD, Past

_RIDER = {"identity_kind": "phone", "identity": "+12025550147", "customer_name": "Imogen Straker"}
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
    await _resolve(past, "bank", path)
    return one


async def text_a_rider(past: Past) -> None:
    """Texts of a rider, and answers of which the first was read and the last came too late; told by their gateway."""
    texts = {"program_id": past.ids["program:rides-trips"], "channel": "sms", **_RIDER}
    asks = {"external_id": "demo-text-1", "text": "My driver has been waving at the wrong corner for 5 min"}
    written = await past.call(ADMIN, "POST", "inbound", texts | asks)
    path = f"conversations/{written['conversation_id']}"
    await past.call(LEAD, "POST", f"{path}/take")
    await _say(past, path, "Sorry! I called the driver: now at the north side, two minutes.", {"delivery": "read"})
    thanks = {"external_id": "demo-text-2", "text": "i see the car, thx. phone nearly dead"}
    await past.call(ADMIN, "POST", "inbound", texts | thanks)
    unheard = {"delivery": "failed", "reason": "The phone is switched off."}
    await _say(past, path, "Have a good ride. The minutes of waiting are on us.", unheard)
    await _resolve(past, "rides", path)


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


async def _say(past: Past, path: str, text: str, told: dict[str, str] | None = None) -> None:
    """An answer; `told` is what the channel's program reports of it."""
    said = await past.call(LEAD, "POST", f"{path}/replies", {"text": text, "file_ids": []})
    if told is not None:
        await past.call(ADMIN, "PUT", f"{path}/messages/{said['message']['seq']}/delivery", told)


async def _resolve(past: Past, client: str, path: str) -> None:
    outcomes = await past.call(LEAD, "GET", f"dispositions?client_id={past.ids[f'client:{client}']}&limit=100")
    done = next(each["id"] for each in outcomes["items"] if each["resolved"])
    await past.call(LEAD, "POST", f"{path}/wrap-up", {"disposition_id": done})
