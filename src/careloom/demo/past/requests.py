"""Customers of the hotel who asked for their data, for its end, and what they agreed to."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from careloom.demo.past.hands import ACCOUNT, OFFICER, Past
from careloom.demo.types import DemoCustomer

_CONSENTS = (
    {"purpose": "marketing", "granted": True, "channel": "email", "source": "Booking form, step 3",
     "wording": "Yes, tell me about offers of Stonequill Hotels by e-mail."},
    {"purpose": "survey", "granted": True, "source": "Check-out", "wording": "You may ask me how my stay was."},
    {"purpose": "marketing", "granted": False, "channel": "email", "source": "Link in a newsletter"},
)  # fmt: skip


async def hear_customers(past: Past, people: Sequence[DemoCustomer]) -> None:
    """Consents and a withdrawal; an answered request, one that is overdue, an erasure with proof, one on hold."""
    first, second, third, fourth = await asyncio.gather(*(_find(past, one) for one in people[:4]))
    for word in _CONSENTS:
        await past.call(OFFICER, "PUT", f"customers/{first}/consents", word)
    await _ask(past, second, "access", days=33, origin="Letter to the hotel in Dublin")
    await _hold(past, fourth)
    await asyncio.gather(
        _answer(past, first, "access", 6, "Web form", "Answered from the address on file, named the last stay"),
        _answer(past, third, "erasure", 4, "By telephone", "Called back on the number on file"),
        _answer(past, fourth, "erasure", 9, "By mail", "Copy of the passport, seen and destroyed"),
    )


async def _find(past: Past, one: DemoCustomer) -> str:
    client = past.ids["client:hotel"]
    found = await past.call(ACCOUNT, "GET", f"customers?client_id={client}&search={one.email}")
    return found["items"][0]["id"]


async def _ask(past: Past, customer: str, kind: str, *, days: int, origin: str) -> Any:
    received = (past.now - timedelta(days=days)).isoformat()
    request = {"client_id": past.ids["client:hotel"], "customer_id": customer, "kind": kind, "origin": origin}
    return await past.call(OFFICER, "POST", "privacy-requests", {**request, "received_at": received})


async def _answer(past: Past, customer: str, kind: str, days: int, origin: str, how: str) -> None:
    made = await _ask(past, customer, kind, days=days, origin=origin)
    path = f"privacy-requests/{made['id']}"
    await past.call(OFFICER, "POST", f"{path}/verify", {"how": how})
    await past.call(OFFICER, "POST", f"{path}/carry-out")
    await past.hands[OFFICER].until(path, lambda one: one["status"] in {"done", "waiting"})


async def _hold(past: Past, customer: str) -> None:
    hold = {"client_id": past.ids["client:hotel"], "scope": "customer", "subject_id": customer}
    await past.call(OFFICER, "POST", "holds", {**hold, "reason": "Claim for damages, file 2026-118"})
