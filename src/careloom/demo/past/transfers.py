"""What came from other systems and what was taken out: a hotel's old conversations, a landlord's list, its archive."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from careloom.demo.core.customers import customer_of
from careloom.demo.library import load_catalogue
from careloom.demo.past.hands import ACCOUNT, ADMIN, Past
from careloom.demo.types import DemoCustomer, Dialogue
from careloom.platform.wire import json_text

_STAYS, _TENANTS = 24, 18
_OVER = {"done", "failed"}
_SLIPS = {3: {"email": "unknown"}, 8: {"Budget a month": "about a thousand"}, 12: {"created_at": "03/04/2024"}}
"""Rows of the landlord's list that were typed wrong."""
_NUMBERS = "My card is 4111 1111 1111 1111, and please refund the rest to DE89 3704 0044 0532 0130 00."


async def bring_stays(past: Past) -> tuple[DemoCustomer, ...]:
    """Two years of conversations of the hotel's old system; answers their customers, the latest first."""
    dialogues = load_catalogue().of_client("hotel")[-_STAYS:]
    people = {one.key: one for one in map(customer_of, dialogues)}
    lines = [_person(one, past.now) for one in people.values()]
    lines += [_stay(number, one, past.now) for number, one in enumerate(dialogues)]
    content = "\n".join(json_text(one) for one in lines).encode()
    await _import(past, ACCOUNT, "program:hotel-guests", "stonequill-desk-export.jsonl", content)
    return tuple(people.values())


async def bring_tenants(past: Past) -> None:
    """A list of customers; some rows are refused, and the report says why."""
    people = {one.key: one for one in map(customer_of, load_catalogue().of_client("homes"))}
    content = io.StringIO()
    writer: csv.DictWriter[str] = csv.DictWriter(content, _tenant(next(iter(people.values())), past.now, 0))
    writer.writeheader()
    for number, one in enumerate(list(people.values())[-_TENANTS:]):
        writer.writerow(_tenant(one, past.now, number) | _SLIPS.get(number, {}))
    await _import(past, ADMIN, "program:homes-lettings", "brackenrow-tenants.csv", content.getvalue().encode())


async def take_out(past: Past) -> None:
    """The landlord's archive, and a restore of it that is refused, as the landlord is still here."""
    api = past.hands[ADMIN]
    made = await api.call("POST", "exports", {"client_id": past.ids["client:homes"]})
    path = f"exports/{made['id']}"
    await api.until(path, lambda one: one["state"] != "running")
    archive = await api.fetch(f"{path}/archive")
    waiting = await api.call("POST", "restores", {"name": "brackenrow-homes.tar"})
    await api.hand_in(f"restores/{waiting['id']}/archive", archive)


async def _import(past: Past, who: str, program: str, name: str, content: bytes) -> None:
    api = past.hands[who]
    made = await api.call("POST", "imports", {"program_id": past.ids[program], "name": name})
    path = f"imports/{made['id']}"
    await api.hand_in(f"{path}/file", content)
    await api.call("POST", f"{path}/check")
    await api.until(path, lambda one: one["state"] in {"checked", "failed"})
    await api.call("POST", f"{path}/run")
    await api.until(path, lambda one: one["state"] in _OVER)


def _person(one: DemoCustomer, now: datetime) -> dict[str, Any]:
    return {
        "type": "customer",
        "key": one.key,
        "name": one.name,
        "created_at": (now - timedelta(days=700)).isoformat(),
        "identities": [{"kind": "email", "value": one.email}],
    }


def _stay(number: int, one: Dialogue, now: datetime) -> dict[str, Any]:
    began = now - timedelta(days=20 + 28 * number)
    customer = customer_of(one)
    lines: Sequence[dict[str, Any]] = [
        {
            "kind": "inbound" if line.customer else "outbound",
            "author": customer.name if line.customer else "Front desk",
            "text": f"{line.text} {_NUMBERS}" if number == 0 and place == 0 else line.text,
            "at": (began + timedelta(seconds=line.at)).isoformat(),
        }
        for place, line in enumerate(one.lines)
    ]
    return {
        "type": "conversation",
        "key": f"desk-{one.id}",
        "customer": {"key": customer.key},
        "channel": "chat",
        "subject": one.task.replace("_", " ").capitalize(),
        "status": "resolved",
        "tags": ["old desk"],
        "created_at": lines[0]["at"],
        "resolved_at": lines[-1]["at"],
        "messages": lines,
    }


def _tenant(one: DemoCustomer, now: datetime, number: int) -> dict[str, str]:
    return {
        "key": f"T-{1000 + number}",
        "name": one.name,
        "email": one.email,
        "phone": one.phone,
        "created_at": (now - timedelta(days=90 + 11 * number)).date().isoformat(),
        "Budget a month": str(900 + 50 * number),
    }
