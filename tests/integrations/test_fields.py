"""Fields of other systems' own: those with an attribute arrive; what does not fit or has none is told."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from careloom.customers.types import AttributeField, AttributeKind
from careloom.platform.wire import to_plain
from tests.integrations.importing import Importer, Json
from tests.world import SYSTEM

SAMPLES = Path(__file__).parent / "samples"
ZENDESK: Json = {
    "users": [
        {
            "id": 11,
            "name": "Ana Reis",
            "email": "ana@customer.example",
            "role": "end-user",
            "created_at": "2021-03-04T08:00:00Z",
            "organization_id": 5,
            "tags": ["vip", "early"],
            "details": "Lives by the sea.",
            "notes": "Prefers mail.",
            "user_fields": {"plan_type": "gold_tier", "seats": "12", "renewal": None, "churned": False},
        },
        {
            "id": 12,
            "name": "Bo Lindqvist",
            "email": "bo@customer.example",
            "role": "end-user",
            "created_at": "2021-03-04T08:00:00Z",
            "user_fields": {"plan_type": "iron", "seats": "many", "churned": True},
        },
        {"id": 21, "name": "Nia Okafor", "role": "agent"},
    ],
    "organizations": [{"id": 5, "name": "Harbor Ltd"}],
    "groups": [{"id": 3, "name": "Returns"}],
    "brands": [{"id": 8, "name": "Harbor Kitchen", "subdomain": "kitchen"}],
    "ticket_forms": [{"id": 9, "name": "Broken goods", "ticket_field_ids": [71]}],
    "ticket_fields": [{"id": 71, "title": "Order number"}],
    "tickets": [
        {
            "id": 7001,
            "requester_id": 11,
            "subject": "Kettle",
            "status": "open",
            "description": "It leaks.",
            "created_at": "2024-02-01T09:00:00Z",
            "type": "problem",
            "organization_id": 5,
            "group_id": 3,
            "brand_id": 8,
            "ticket_form_id": 9,
            "recipient": "returns@kitchen.example",
            "assignee_id": 21,
            "collaborator_ids": [12, 99],
            "follower_ids": [12],
            "due_at": "2024-02-09T09:00:00Z",
            "satisfaction_rating": {"id": 4, "score": "good", "comment": "Quick."},
            "custom_fields": [{"id": 71, "value": "A-1"}, {"id": 72, "value": ["x", "y"]}, {"id": 73, "value": None}],
        }
    ],
}
TICKET = """type: problem
organization: Harbor Ltd
group: Returns
brand: Harbor Kitchen
ticket_form: Broken goods
recipient: returns@kitchen.example
assignee: Nia Okafor
collaborators: Bo Lindqvist, 99
due_at: 2024-02-09T09:00:00Z
satisfaction_rating: score: good, comment: Quick.
Order number: A-1
72: x, y"""
CONTACT: Json = {
    "id": 31,
    "name": "Cy Otieno",
    "email": "cy@customer.example",
    "created_at": 1706778000,
    "additional_attributes": {"city": "Porto", "description": "Asks for Nia.", "browser": {"name": "x"}},
    "custom_attributes": {"Plan-Type": "gold tier", "shoeSize": 41, "churned": True},
}
CHATWOOT: Json = {
    "data": {
        "payload": [
            {"id": 3, "channel_id": 7, "name": "Website", "channel_type": "Channel::WebWidget", "phone_number": None},
            {
                "id": 91,
                "inbox_id": 3,
                "status": "snoozed",
                "snoozed_until": 1707469200,
                "created_at": 1706778000,
                "meta": {
                    "channel": "Channel::WebWidget",
                    "sender": CONTACT,
                    "assignee": {"id": 4, "name": "Nia Okafor"},
                    "team": {"id": 2, "name": "refunds"},
                },
                "custom_attributes": {"order": "A-2", "gift": False},
                "messages": [{"id": 1, "message_type": 0, "content": "Where is it?", "created_at": 1706778000}],
            },
        ]
    }
}
SNOOZED = """assignee: Nia Okafor
team: refunds
inbox: Website
snoozed_until: 2024-02-09T09:00:00+00:00
order: A-2
gift: false"""
PLAN = AttributeField("plan_type", "Plan", AttributeKind.CHOICE, ("Gold tier", "Silver tier"))
SEATS = AttributeField("seats", "Seats", AttributeKind.NUMBER)
CHURNED = AttributeField("churned", "Churned", AttributeKind.BOOLEAN)


async def attributes(importer: Importer, *fields: AttributeField) -> None:
    path = f"/api/clients/{importer.client.id}/attribute-schema"
    read = await importer.api.get(path)
    answer = await importer.api.put(path, json={"items": to_plain(list(fields)), "version": read.json()["version"]})
    assert answer.is_success, answer.text


async def get(importer: Importer, path: str, **params: Any) -> Any:
    answer = await importer.api.get(f"/api/{path}", params=params)
    assert answer.is_success, answer.text
    return answer.json()


async def person(importer: Importer, name: str) -> Json:
    (found,) = (await get(importer, "customers", search=name))["items"]
    return await get(importer, f"customers/{found['id']}")


async def remarks(importer: Importer, customer: Json) -> list[tuple[str, str]]:
    found = (await get(importer, f"customers/{customer['id']}/notes"))["items"]
    return sorted((one["author_name"], one["text"]) for one in found)


async def talk(importer: Importer) -> list[tuple[str, str, str]]:
    (one,) = (await get(importer, "conversations", view="all", sort="newest"))["items"]
    messages = (await get(importer, f"conversations/{one['id']}/messages"))["items"]
    return [(each["kind"], each["author_name"], each["text"]) for each in messages]


def left_out(one: Json) -> dict[str, int]:
    return {each["name"]: each["rows"] for each in one["left_out"]}


async def test_a_dry_run_counts_the_fields_that_no_attribute_is_for_and_values_that_do_not_fit(
    importer: Importer,
) -> None:
    await attributes(importer, PLAN, SEATS)
    one = await importer.work(await importer.prepare("zendesk.json", json.dumps(ZENDESK).encode()), "check")
    assert (one["state"], one["total"], one["counts"]["refused"]) == ("checked", 3, 0)
    assert left_out(one) == {"organization": 1, "tags": 1, "churned": 2}
    reasons = [(each["outcome"], each["reason"]) for each in await importer.refusals(one)]
    assert reasons == [
        ("changed", "Plan: Choose one of: Gold tier, Silver tier."),
        ("changed", "Seats: “many” is no number such as 1234.5."),
    ]
    report = await importer.api.get(f"/api/imports/{one['id']}/report", params={"language": "de"})
    assert ',tags,changed,"Für dieses Feld gibt es kein Attribut; Kunden, die es haben: 1.' in report.text


async def test_fields_of_zendesk_arrive_as_attributes_notes_and_a_note_of_the_ticket(importer: Importer) -> None:
    await attributes(importer, PLAN, SEATS)
    one = await importer.whole("zendesk.json", json.dumps(ZENDESK).encode())
    assert left_out(one) == {"organization": 1, "tags": 1, "churned": 2}
    ana = await person(importer, "ana")
    assert ana["attributes"] == {"plan_type": "Gold tier", "seats": 12}
    assert await remarks(importer, ana) == [("Zendesk", "Lives by the sea."), ("Zendesk", "Prefers mail.")]
    assert (await person(importer, "bo"))["attributes"] == {}
    assert await talk(importer) == [
        ("inbound", "Ana Reis", "It leaks."),
        ("note", "Zendesk", TICKET),
    ]


async def test_what_no_file_of_zendesk_tells_the_name_of_keeps_its_id_and_no_rating_is_no_note(
    importer: Importer,
) -> None:
    ticket = {"id": 7, "requester_id": 11, "status": "open", "description": "It leaks.", "created_at": 1706778000}
    of_ticket = {"group_id": 3, "brand_id": 8, "assignee_id": 21, "satisfaction_rating": {"score": "unoffered"}}
    user = {"id": 11, "name": "Ana Reis", "email": "ana@customer.example", "role": "end-user"}
    whole = {"users": [user], "tickets": [ticket | of_ticket]}
    await importer.whole("zendesk.json", json.dumps(whole).encode())
    assert await talk(importer) == [
        ("inbound", "Ana Reis", "It leaks."),
        ("note", "Zendesk", "group: 3\nbrand: 8\nassignee: 21"),
    ]


@pytest.mark.parametrize("folder", ["acme_organizations_export/", "groups/", "ticket_fields_and_more/", ""])
async def test_users_are_customers_whatever_the_folder_in_the_zip_is_called(importer: Importer, folder: str) -> None:
    ana, bo, nia = ZENDESK["users"]
    nameless = {"id": 13, "name": "Cy Otieno"}
    files = {
        "users.json": [{**ana, "groups": [], "organizations": [{"id": 5}]}, nia, nameless],
        "organizations.json": ZENDESK["organizations"],
        "organizations_2.json": [bo],
        "groups.json": ZENDESK["groups"],
        "brands.json": ZENDESK["brands"],
        "ticket_forms.json": ZENDESK["ticket_forms"],
        "ticket_fields.json": ZENDESK["ticket_fields"],
        "tickets.json": ZENDESK["tickets"],
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, rows in files.items():
            archive.writestr(folder + name, "\n".join(map(json.dumps, rows)))
    one = await importer.prepare("zendesk.zip", packed.getvalue())
    one = await importer.call("PATCH", f"/{one['id']}", json={"format": "zendesk"})
    one = await importer.work(await importer.work(one, "check"), "run")
    counts = one["counts"]
    assert (counts["customers_made"], counts["conversations_made"], counts["refused"]) == (3, 1, 0)
    assert (await talk(importer))[-1] == ("note", "Zendesk", TICKET)


async def test_a_field_that_got_its_attribute_arrives_with_the_next_import_and_nothing_comes_twice(
    importer: Importer,
) -> None:
    await attributes(importer, PLAN)
    content = json.dumps(ZENDESK).encode()
    await importer.whole("zendesk.json", content)
    organization = AttributeField("organization", "Organization", AttributeKind.TEXT)
    tags = AttributeField("tags", "Tags", AttributeKind.TEXT)
    await attributes(importer, PLAN, SEATS, CHURNED, organization, tags)
    again = await importer.whole("zendesk.json", content)
    assert (again["left_out"], again["counts"]["messages_added"]) == ([], 0)
    ana = await person(importer, "ana")
    assert ana["attributes"] == {
        "plan_type": "Gold tier",
        "seats": 12,
        "churned": False,
        "organization": "Harbor Ltd",
        "tags": "vip, early",
    }
    assert len(await remarks(importer, ana)) == 2
    assert (await person(importer, "bo"))["attributes"] == {"churned": True}
    undone = await importer.work(again, "undo")
    assert (undone["state"], undone["left_out"]) == ("undone", [])
    assert (await person(importer, "ana"))["attributes"] == {"plan_type": "Gold tier"}


async def test_fields_of_chatwoot_arrive_from_whoever_only_a_conversation_tells_of(importer: Importer) -> None:
    await attributes(importer, PLAN)
    one = await importer.whole("chatwoot.json", json.dumps(CHATWOOT).encode())
    assert left_out(one) == {"city": 1, "shoeSize": 1, "churned": 1}
    cy = await person(importer, "cy")
    assert cy["attributes"] == {"plan_type": "Gold tier"}
    assert await remarks(importer, cy) == [("Chatwoot", "Asks for Nia.")]
    assert await talk(importer) == [
        ("inbound", "Cy Otieno", "Where is it?"),
        ("note", "Chatwoot", SNOOZED),
    ]


async def test_further_columns_of_chatwoots_contacts_arrive_as_well(importer: Importer) -> None:
    await attributes(importer, PLAN)
    content = b"id,name,email,phone_number,plan_type,shoe\n1,Cy Otieno,cy@customer.example,,gold tier,41\n"
    one = await importer.prepare("contacts.csv", content)
    one = await importer.call("PATCH", f"/{one['id']}", json={"format": "chatwoot"})
    one = await importer.work(await importer.work(one, "check"), "run")
    assert left_out(one) == {"shoe": 1}
    assert (await person(importer, "cy"))["attributes"] == {"plan_type": "Gold tier"}


@pytest.mark.parametrize(
    ("name", "total"),
    [("zendesk.json", 3), ("customers.csv", 3), ("talk.jsonl", 3), ("brand.mbox", 3), ("chatwoot.json", 2)],
)
async def test_a_dry_run_says_from_its_first_part_on_how_far_it_is(
    importer: Importer, monkeypatch: pytest.MonkeyPatch, name: str, total: int
) -> None:
    talk = [{"type": "customer", "key": f"c-{number}"} for number in range(3)]
    content = {
        "zendesk.json": json.dumps(ZENDESK),
        "customers.csv": "id,name\n1,Ana\n2,Bo\n3,Cy\n",
        "talk.jsonl": "\n".join(map(json.dumps, talk)),
        "brand.mbox": (SAMPLES / "brand.mbox").read_text(),
        "chatwoot.json": json.dumps(CHATWOOT),
    }[name].encode()
    monkeypatch.setattr("careloom.integrations.commands.running._ENTRIES", 1)
    one = await importer.work(await importer.prepare(name, content), "check")
    assert one["total"] == total
    async with importer.runtime.database.transaction(SYSTEM) as tx:
        told = await tx.execute(
            text("SELECT data FROM event_log WHERE type = 'import_changed' AND data->>'state' = 'checking' ORDER BY id")
        )
        steps = [(row.data["done"], row.data["total"]) for row in told]
    assert steps[-total - 1 :] == [(done, total) for done in range(total + 1)]
