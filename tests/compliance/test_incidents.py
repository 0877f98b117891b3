"""Incidents: duties follow the law from the moment of awareness, alarms come once, closing needs all of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from careloom.compliance.commands.alerts import alert
from careloom.compliance.core.protocols import Clock, protocol
from careloom.compliance.core.timeline import DUTIES
from careloom.compliance.types.incidents import Regime
from careloom.evidence.isolation.kept import SYSTEM
from careloom.platform.access import Permission
from careloom.platform.clock import now
from tests.compliance.conftest import House


async def register(house: House, **more: Any) -> Any:
    body = {"client_ids": [str(house.client_id)], "title": "Lost laptop", "regimes": ["gdpr", "contract"], **more}
    opened = await house.officer("POST", "/api/incidents", json=body)
    return await house.officer("GET", f"/api/incidents/{opened['items'][0]['id']}")


async def test_duties_come_with_deadlines_and_drafts(house: House) -> None:
    aware = now() - timedelta(hours=2)
    found = await register(
        house, aware_at=aware.isoformat(), contract_hours=24, data_kinds=["names"], description="In a train"
    )
    duties = {one["key"]: one for one in found["duties"]}
    due = datetime.fromisoformat(duties["gdpr_authority"]["due_at"])
    assert due == aware + timedelta(hours=72)
    assert found["incident"]["next_due_at"] == duties["contract_client"]["due_at"]
    assert "In a train" in duties["gdpr_authority"]["draft"]
    assert "Client amber" in duties["gdpr_authority"]["draft"]
    assert [(one["kind"], one["text"]) for one in found["entries"]] == [("opened", "Registered: Lost laptop")]


async def test_drafts_are_in_the_language_that_was_chosen_or_that_of_the_writer(house: House) -> None:
    for more, headers, words in (
        ({"language": "fr"}, {"Accept-Language": "de"}, "Notification d’une violation"),
        ({}, {"Accept-Language": "de"}, "Meldung einer Verletzung"),
    ):
        body = {"client_ids": [str(house.client_id)], "title": "Lost laptop", "regimes": ["gdpr"], **more}
        (made,) = (await house.officer("POST", "/api/incidents", json=body, headers=headers))["items"]
        found = await house.officer("GET", f"/api/incidents/{made['id']}")
        drafts = {one["key"]: one["draft"] for one in found["duties"]}
        assert drafts["gdpr_authority"].startswith(words)


async def test_a_notice_is_drafted_anew_in_another_language_or_by_hand(house: House) -> None:
    found = await register(house)
    one = next(each for each in found["duties"] if each["key"] == "gdpr_authority")
    path = f"/api/incidents/{found['incident']['id']}"
    await house.officer("PATCH", path, json={"description": "In a tram"})

    async def redraft(method: str, **body: str) -> str:
        after = await house.officer(method, f"{path}/duties/{one['id']}/draft", json=body)
        return next(each["draft"] for each in after["duties"] if each["id"] == one["id"])

    spanish = await redraft("POST", language="es")
    assert spanish.startswith("Notificación")
    assert "In a tram" in spanish
    assert await redraft("PUT", text="Dear authority") == "Dear authority"
    await house.officer("POST", f"{path}/duties/{one['id']}/settle", json={"note": "sent"})
    again = await house.answer("POST", f"{path}/duties/{one['id']}/draft", json={"language": "de"})
    assert again.status_code == 409


async def test_from_500_customers_on_hipaa_asks_for_more(house: House) -> None:
    found = await register(house, regimes=["hipaa"], customers_estimate=20)
    assert "hipaa_media" not in {one["key"] for one in found["duties"]}
    path = f"/api/incidents/{found['incident']['id']}"
    after = await house.officer("PATCH", path, json={"customers_estimate": 500})
    duties = {one["key"]: one["due_at"] for one in after["duties"]}
    assert duties["hipaa_media"] == duties["hipaa_secretary"] == duties["hipaa_customers"]


async def test_an_incident_closes_when_each_required_duty_is_settled(house: House) -> None:
    found = await register(house)
    path = f"/api/incidents/{found['incident']['id']}"
    refused = await house.answer("POST", f"{path}/close")
    assert refused.status_code == 409
    assert "Contain it" in refused.json()["detail"]
    for one in found["duties"]:
        body = {"note": "by registered mail", "waived": not one["required"]}
        await house.officer("POST", f"{path}/duties/{one['id']}/settle", json=body)
    again = await house.answer("POST", f"{path}/duties/{found['duties'][0]['id']}/settle", json={"note": "x"})
    assert again.status_code == 409
    closed = await house.officer("POST", f"{path}/close")
    assert closed["incident"]["status"] == "closed"
    assert (await house.answer("PATCH", path, json={"contained": True})).status_code == 409


async def test_each_alarm_is_given_once_to_those_who_may_hear_it(house: House) -> None:
    await register(house, regimes=["gdpr"], aware_at=(now() - timedelta(hours=67)).isoformat())
    async with house.runtime.database.transaction(SYSTEM) as tx:
        assert await alert(tx, now()) >= 1
        assert await alert(tx, now()) == 0
    async with house.runtime.database.transaction(SYSTEM) as tx:
        assert await alert(tx, now() + timedelta(hours=5)) >= 1
    rows = house.rows("SELECT data FROM event_log WHERE type = 'incident_deadline_near' ORDER BY id")
    assert [one["overdue"] for (one,) in rows[-1:]] == [True]
    assert {one["needs"] for (one,) in rows} == {Permission.COMPLIANCE_READ.value}


async def test_what_cannot_be_an_incident_is_refused(house: House) -> None:
    body = {"client_ids": [str(house.client_id)], "title": "x", "regimes": ["gdpr"]}
    for wrong in ({"time_zone": "Mars"}, {"contract_hours": 3}, {"aware_at": (now() + timedelta(1)).isoformat()}):
        answer = await house.answer("POST", "/api/incidents", json={**body, **wrong})
        assert answer.status_code == 400, wrong
    assert (await house.answer("POST", "/api/incidents", "agent", json=body)).status_code == 404


async def test_every_reader_gets_the_timeline_in_their_own_language(house: House) -> None:
    found = await register(house)
    path = f"/api/incidents/{found['incident']['id']}"
    changes = {"severity": "high", "contained": True, "customers_estimate": 1200, "description": "In a tram"}
    await house.officer("PATCH", path, json=changes)
    await house.officer("PATCH", path, json={"contained": False})
    await house.officer("POST", f"{path}/entries", json={"text": "Called the railway"})
    duties = {one["key"]: f"{path}/duties/{one['id']}/settle" for one in found["duties"]}
    await house.officer("POST", duties.pop("gdpr_authority"), json={"note": "By mail"})
    await house.officer("POST", duties.pop("gdpr_customers"), json={"note": "Encrypted", "waived": True})
    for one in duties.values():
        await house.officer("POST", one, json={"note": "x"})
    await house.officer("POST", f"{path}/close")

    async def told(language: str) -> list[str]:
        entries = (await house.officer("GET", path, headers={"Accept-Language": language}))["entries"]
        return [one["text"] for one in reversed(entries) if not one["text"].endswith(" x")]

    assert await told("en") == [
        "Registered: Lost laptop",
        "It is contained. Severity: high. Customers touched, as far as known: 1,200. What is known: In a tram",
        "It is not contained any more.",
        "Called the railway",
        "Notify the authority (GDPR): done. By mail",
        "Tell customers (GDPR): not needed. Encrypted",
        "The incident was closed.",
    ]
    assert (await told("de"))[1:] == [
        "Er ist eingedämmt. Schwere: hoch. Betroffene Kunden, soweit bekannt: 1.200. Bekannt ist: In a tram",
        "Er ist nicht mehr eingedämmt.",
        "Called the railway",
        "Behörde benachrichtigen (DSGVO): erledigt. By mail",
        "Kunden benachrichtigen (DSGVO): nicht nötig. Encrypted",
        "Der Vorfall wurde abgeschlossen.",
    ]


async def test_what_is_left_to_do_is_named_in_words(house: House) -> None:
    found = await register(house, regimes=["hipaa"])
    path = f"/api/incidents/{found['incident']['id']}/close"
    answer = await house.answer("POST", path, headers={"Accept-Language": "de"})
    assert answer.status_code == 409
    assert "Eindämmen" in answer.json()["detail"]
    assert "contain" not in answer.json()["detail"]


def test_every_step_and_notice_has_a_name() -> None:
    at = now()
    keys = {one.key for customers in (1, 1000) for one in protocol(tuple(Regime), Clock(at, "UTC", customers, 24))}
    assert keys == DUTIES.keys()
