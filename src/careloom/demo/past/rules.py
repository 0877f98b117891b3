"""How long data is kept, what was removed by that, and what went wrong."""

from datetime import timedelta
from typing import Any

from careloom.demo.past.hands import OFFICER, Past

_RULES = {
    ("hotel", "messages"): (548, "Eighteen months: contract with Stonequill, annex 4"),
    ("hotel", "raw_mail"): (30, "Only needed to look into delivery"),
    ("hotel", "visitors"): (90, "Privacy notice of the web site"),
    ("clinic", "messages"): (2190, "Six years, 45 CFR 164.316"),
    ("bank", "messages"): (1825, "Five years after the contract, anti money laundering"),
}


async def keep_for(past: Past) -> None:
    """Rules of clients and of a region."""
    await past.call(OFFICER, "PUT", "retention-defaults/eu/visitors", {"days": 180})
    for (client, data_class), (days, reason) in _RULES.items():
        path = f"clients/{past.ids[f'client:{client}']}/retention/{data_class}"
        await past.call(OFFICER, "PUT", path, {"days": days, "reason": reason})


async def remove_what_is_due(past: Past) -> None:
    """A purge by hand of the hotel's oldest contacts, with its proof."""
    await past.call(OFFICER, "POST", f"clients/{past.ids['client:hotel']}/retention/messages/purge")


async def keep_for_court(past: Past, conversation_id: str) -> None:
    """A hold on one contact of the bank, until the term of the court."""
    hold = {"client_id": past.ids["client:bank"], "scope": "conversation", "subject_id": conversation_id}
    until = (past.now + timedelta(days=26)).isoformat()
    await past.call(OFFICER, "POST", "holds", {**hold, "reason": "Fraud case, police report 4471", "until": until})


async def go_wrong(past: Past) -> None:
    """An incident whose deadlines run, one that is contained, and one that is closed."""
    guests = await _register(
        past,
        "hotel",
        hours=51,
        title="Guest list sent to the wrong tour operator",
        description="A list of 212 arrivals went to another operator of the same name. It confirmed in writing that "
        "it deleted the list.",
        severity="high",
        regimes=["gdpr", "contract"],
        data_kinds=["names", "dates of stay"],
        customers_estimate=212,
        contract_hours=72,
        time_zone="Europe/Dublin",
    )
    await _settle(past, guests, {"contain": "The operator deleted the list and confirmed it in writing."})
    await _settle(past, guests, {"contract_client": "Told the head of guest relations by telephone and mail."})
    namesake = await _register(
        past,
        "clinic",
        hours=31 * 24,
        title="Visit summary sent to a namesake",
        description="Two patients of one name; the summary of one visit went to the other's address.",
        severity="medium",
        regimes=["hipaa"],
        data_kinds=["names", "diagnosis"],
        customers_estimate=1,
        time_zone="America/Chicago",
    )
    await _settle(past, namesake, {"contain": "The recipient destroyed the letter.", "assess": "One patient."})
    await past.call(OFFICER, "PATCH", f"incidents/{namesake}", {"contained": True})
    phished = await _register(
        past,
        "bank",
        hours=90 * 24,
        title="Agent answered a phishing mail",
        description="No password was entered; the session was ended within minutes.",
        severity="low",
        regimes=["contract"],
        data_kinds=[],
        contract_hours=24,
    )
    found = await past.call(OFFICER, "GET", f"incidents/{phished}")
    await _settle(past, phished, {one["key"]: "Done on the day." for one in found["duties"] if one["required"]})
    await past.call(OFFICER, "POST", f"incidents/{phished}/close")


async def _register(past: Past, client: str, *, hours: int, **more: Any) -> str:
    aware = (past.now - timedelta(hours=hours)).isoformat()
    new = {"client_ids": [past.ids[f"client:{client}"]], "aware_at": aware, **more}
    opened = await past.call(OFFICER, "POST", "incidents", new)
    return opened["items"][0]["id"]


async def _settle(past: Past, incident: str, notes: dict[str, str]) -> None:
    found = await past.call(OFFICER, "GET", f"incidents/{incident}")
    duties = {one["key"]: one["id"] for one in found["duties"]}
    for key, note in notes.items():
        await past.call(OFFICER, "POST", f"incidents/{incident}/duties/{duties[key]}/settle", {"note": note})
