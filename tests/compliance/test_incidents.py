"""Incidents: duties follow the law from the moment of awareness, alarms come once, closing needs all of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from careloom.compliance.commands.alerts import alert
from careloom.compliance.core.protocols import Clock, protocol
from careloom.compliance.core.timeline import DUTIES
from careloom.compliance.types.incidents import Regime
from careloom.evidence.isolation.kept import SYSTEM
from careloom.platform.access import Permission
from careloom.platform.clock import now
from tests.compliance.house import House


async def register(house: House, **more: Any) -> Any:
    told = {"title": "Lost laptop", "regimes": ["gdpr"], **more}
    opened = await house.officer("POST", "/api/incidents", json={"client_ids": [str(house.client_id)], **told})
    return await house.officer("GET", f"/api/incidents/{opened['items'][0]['id']}")


async def test_duties_come_with_deadlines_and_drafts(house: House) -> None:
    aware = now() - timedelta(hours=2)
    found = await register(
        house,
        aware_at=aware.isoformat(),
        regimes=["gdpr", "contract"],
        contract_hours=24,
        data_kinds=["names"],
        description="In a train",
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


async def test_duties_come_and_go_with_the_number_of_customers(house: House) -> None:
    found = await register(house, regimes=["hipaa"], customers_estimate=20)
    path = f"/api/incidents/{found['incident']['id']}"

    async def due(customers: int) -> dict[str, str]:
        after = await house.officer("PATCH", path, json={"customers_estimate": customers})
        return {one["key"]: one["due_at"] for one in after["duties"] if one["key"].startswith("hipaa")}

    assert (await due(501)).keys() == {"hipaa_customers", "hipaa_secretary", "hipaa_media"}
    many = await due(500)
    assert many.keys() == {"hipaa_customers", "hipaa_secretary"}
    assert many["hipaa_secretary"] == many["hipaa_customers"]
    assert (await due(10))["hipaa_secretary"] > many["hipaa_secretary"]


async def test_a_notice_that_was_sent_stays_when_it_is_not_asked_for_any_more(house: House) -> None:
    found = await register(house, regimes=["gdpr", "hipaa"])
    path = f"/api/incidents/{found['incident']['id']}"
    sent = next(one["id"] for one in found["duties"] if one["key"] == "gdpr_authority")
    await house.officer("POST", f"{path}/duties/{sent}/settle", json={"note": "By the form"})
    after = await house.officer("PATCH", path, json={"regimes": ["contract"], "contract_hours": 24})
    notices = {one["key"]: one["done_at"] is not None for one in after["duties"] if one["draft"]}
    assert notices == {"gdpr_authority": True, "contract_client": False}
    assert after["entries"][0]["text"] == (
        "Rules that apply: the client’s contract. Term of the contract: 24 h. To be done now as well: Tell the "
        "client. Not asked for any more: Tell customers (HIPAA), Notify the Secretary (HIPAA), Tell customers "
        "(GDPR)."
    )
    without = await house.officer("PATCH", path, json={"regimes": ["gdpr"]})
    assert without["incident"]["contract_hours"] is None


async def test_deadlines_and_their_alarms_run_anew_from_another_moment_of_becoming_aware(house: House) -> None:
    found = await register(house, aware_at=(now() - timedelta(hours=80)).isoformat())
    async with house.runtime.database.transaction(SYSTEM) as tx:
        assert await alert(tx, now()) >= 1
    path, aware = f"/api/incidents/{found['incident']['id']}", now() - timedelta(hours=50)
    happened = aware - timedelta(days=3)
    changes = {"aware_at": aware.isoformat(), "occurred_at": happened.isoformat(), "time_zone": "Europe/Berlin"}
    after = await house.officer("PATCH", path, json=changes)
    (due,) = [one["due_at"] for one in after["duties"] if one["key"] == "gdpr_authority"]
    assert datetime.fromisoformat(due) == aware + timedelta(hours=72)
    async with house.runtime.database.transaction(SYSTEM) as tx:
        assert await alert(tx, now()) == 1
    (told,) = house.rows("SELECT before, after FROM audit_entry WHERE action = 'incident.change'")
    assert told[0]["aware_at"] == found["incident"]["aware_at"] != told[1]["aware_at"]
    in_berlin = f"{aware.astimezone(ZoneInfo('Europe/Berlin')):%Y-%m-%d %H:%M}"
    assert after["entries"][0]["text"].startswith(f"Aware of it since {in_berlin}")
    unknown = await house.officer("PATCH", path, json={"occurred_at": None})
    assert unknown["incident"]["occurred_at"] is None


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
    assert {one["needs"] for (one,) in rows} == {Permission.COMPLIANCE_WRITE.value}


async def test_what_cannot_be_an_incident_is_refused(house: House) -> None:
    body = {"client_ids": [str(house.client_id)], "title": "x", "regimes": ["gdpr"]}
    path = f"/api/incidents/{(await register(house))['incident']['id']}"
    for wrong in (
        {"time_zone": "Mars"},
        {"contract_hours": 3},
        {"regimes": ["contract"]},
        {"aware_at": (now() + timedelta(1)).isoformat()},
        {"aware_at": "0001-01-01T00:00:00Z"},
        {"aware_at": "2026-01-01T00:00:00"},
        {"aware_at": (now() - timedelta(2)).isoformat(), "occurred_at": (now() - timedelta(1)).isoformat()},
    ):
        for answer in (
            await house.answer("POST", "/api/incidents", json={**body, **wrong}),
            await house.answer("PATCH", path, json=wrong),
        ):
            assert answer.status_code == 400, wrong
            assert answer.json()["errors"], wrong
    assert (await house.answer("POST", "/api/incidents", "agent", json=body)).status_code == 404


async def test_every_reader_gets_the_timeline_in_their_own_language(house: House) -> None:
    found = await register(house)
    path = f"/api/incidents/{found['incident']['id']}"
    changes = {"severity": "high", "contained": True, "customers_estimate": 1200, "description": "In a tram"}
    await house.officer("PATCH", path, json={"title": "Lost telephone", "data_kinds": ["names", "diagnoses"]})
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
        "Data touched: names, diagnoses. What happened: Lost telephone.",
        "It is contained. Severity: high. Customers touched, as far as known: 1,200. What is known: In a tram",
        "It is not contained any more.",
        "Called the railway",
        "Notify the authority (GDPR): done. By mail",
        "Tell customers (GDPR): not needed. Encrypted",
        "The incident was closed.",
    ]
    assert (await told("de"))[1:] == [
        "Betroffene Daten: names, diagnoses. Was geschehen ist: Lost telephone.",
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
