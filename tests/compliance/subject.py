"""A customer whose every word is marked, left in every place where a customer's words can come to lie."""

from __future__ import annotations

import json
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from careloom.channels.commands.chat.contact import introduce
from careloom.channels.commands.chat.say import say
from careloom.channels.core.chat.frames import Introduce, Say
from careloom.channels.queries.chat_widgets import find_entry
from careloom.channels.types import VisitorId
from careloom.evidence.isolation.kept import SYSTEM
from careloom.evidence.isolation.mail import post_mail
from careloom.evidence.isolation.replies import hold_replies_back
from careloom.platform.clock import now
from careloom.platform.database.schema import metadata
from careloom.platform.eventlog.event import LoggedEvent
from careloom.platform.eventlog.parked import park
from careloom.platform.ids import new_id
from careloom.platform.keys.places import bytes_in, place_in
from careloom.platform.keys.ring import keys_of
from tests.compliance.house import House

MARK = "zqvxmark"
ADDRESS = f"ada.{MARK}@home.example"
SECOND = f"other.{MARK}@home.example"


class Subject:
    """The customer's ids; `contacts` are their conversations, `elsewhere` one of somebody else's that they wrote in."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.contacts: list[UUID] = []
        self.elsewhere: UUID

    customer_id: UUID

    def moved(self, house: House) -> Subject:
        """The same customer in a copy of the house."""
        one = Subject(house)
        one.customer_id, one.contacts, one.elsewhere = self.customer_id, list(self.contacts), self.elsewhere
        return one

    async def leave_marks(self) -> None:
        """Lives a customer's life up to the end of every contact."""
        await self._profile()
        await self.write()
        await self._work()
        await self._chat()
        await self._strange_mail()
        await self._merges()
        await self._import()
        await self._park()
        await self.house.settle()
        await self.house.resolve(*self.contacts)
        await self.house.settle()

    async def call(self, method: str, path: str, **more: Any) -> Any:
        headers = {"Idempotency-Key": new_id().hex} if method != "GET" else {}
        return await self.house.brand.call(method, path, headers=headers, **more)

    async def _profile(self) -> None:
        body = {
            "client_id": str(self.house.client_id),
            "name": f"Ada {MARK}",
            "attributes": {"tier": f"gold {MARK}", "policy": f"P-1 {MARK}"},
            "identities": [{"kind": "email", "value": ADDRESS}],
        }
        self.customer_id = UUID((await self.call("POST", "/api/customers", json=body))["id"])
        path = f"/api/customers/{self.customer_id}"
        attributes = {"tier": f"silver {MARK}", "policy": f"P-2 {MARK}"}
        await self.call("PATCH", path, json={"name": f"Ada Two {MARK}", "attributes": attributes})
        phone = {"kind": "handle", "value": f"@{MARK}"}
        given = await self.call("POST", f"{path}/identities", json=phone)
        handle = next(one["id"] for one in given["identities"] if one["kind"] == "handle")
        await self.call("DELETE", f"{path}/identities/{handle}")
        await self.call("POST", f"{path}/notes", json={"text": f"likes {MARK}"})
        resting = {"client_id": str(self.house.client_id), "address": SECOND, "note": f"asked by {MARK}"}
        await self.call("POST", "/api/suppressed-addresses", json=resting)
        consent = {"purpose": "survey", "granted": True, "source": f"said {MARK}"}
        await self.call("PUT", f"{path}/consents", json=consent)

    async def write(self) -> None:
        for number in (1, 2):
            await post_mail(self.house.brand, _letter(ADDRESS, f"<{number}@home.example>").as_bytes())
        found = await self.call("GET", f"/api/conversations?view=all&customer_id={self.customer_id}")
        self.contacts = [UUID(one["id"]) for one in found["items"]]
        loop = _letter(ADDRESS, f"<loop.{MARK}@home.example>")
        loop["Auto-Submitted"] = "auto-replied"
        await post_mail(self.house.brand, loop.as_bytes())

    async def _work(self) -> None:
        one, two = self.contacts
        path = f"/api/conversations/{one}"
        await self.call("POST", f"{path}/take", who="agent")
        await self.call("PATCH", path, who="agent", json={"subject": f"Of {MARK}", "tags": [MARK]})
        owner = {"client_id": str(self.house.client_id)}
        upload = {"file": (f"{MARK}.txt", f"file of {MARK}".encode(), "text/plain")}
        stored = await self.house.brand.call("POST", "/api/files", who="agent", files=upload, data=owner)
        program = f"/api/programs/{self.house.brand.ids['program_id']}"
        await self.call("PATCH", program, json={"undo_send_seconds": 0})
        reply = {"text": f"Dear {MARK}", "html": f"<p>Dear {MARK}</p>", "file_ids": [stored["file_id"]]}
        await self.call("POST", f"{path}/replies", who="agent", json=reply)
        await self.call("PATCH", program, json={"undo_send_seconds": 60})
        await self.call("POST", f"{path}/replies", who="agent", json={"text": f"Later {MARK}"})
        await hold_replies_back(self.house.runtime.database)
        await self.call("POST", f"{path}/notes", who="agent", json={"text": f"Known as {MARK}"})
        await self.call("PUT", f"/api/conversations/{two}/draft", who="agent", json={"text": f"Draft {MARK}"})
        case_id = (await self.call("GET", path))["case_id"]
        body = {"conversation_ids": [str(two)], "subject": f"Split {MARK}"}
        split = await self.call("POST", f"/api/cases/{case_id}/split", who="agent", json=body)
        await self.call("PATCH", f"/api/cases/{split['id']}", who="agent", json={"subject": f"Case {MARK}"})
        await self.call("POST", f"/api/cases/{split['id']}/merge", who="agent", json={"into_id": case_id})

    async def _chat(self) -> None:
        brand, page = self.house.brand, {"Origin": "https://shop.example"}
        body = {"page_title": f"Page {MARK}", "page_url": f"https://shop.example/{MARK}"}
        answer = await brand.api.post(f"/chat/{brand.words['key']}/visitors", headers=page, json=body)
        visitor = answer.json()
        visitor_id, secret = VisitorId(UUID(visitor["visitor_id"])), visitor["visitor_secret"]
        for name in ("sent", "loose"):
            upload = {"file": (f"{name}-{MARK}.txt", f"{name} {MARK}".encode(), "text/plain")}
            headers = {**page, "X-Visitor-Secret": secret}
            posted = await brand.api.post(f"/chat/{brand.words['key']}/files", headers=headers, files=upload)
            assert posted.status_code == 201, posted.text
        async with self.house.runtime.database.transaction(SYSTEM) as tx:
            entry = await find_entry(tx, brand.words["key"])
            assert entry is not None
            heard = await say(tx, entry, visitor_id, Say("one", f"Hello, {MARK} here"), now())
            await introduce(tx, entry, visitor_id, Introduce(f"Ada {MARK}", ADDRESS))
        self.contacts.append(heard.conversation_id)
        chatting = (await self.call("GET", f"/api/conversations/{heard.conversation_id}"))["customer_id"]
        merge = {"other_id": chatting, "reason": f"both are {MARK}"}
        await self.call("POST", f"/api/customers/{self.customer_id}/merge", json=merge)

    async def _strange_mail(self) -> None:
        """Writes into a thread of somebody else's, with the key that only a mail of ours carried."""
        brand = self.house.brand
        self.elsewhere = brand.ids["second_conversation_id"]
        rows = self.house.rows("SELECT message_id FROM outgoing_mail WHERE conversation_id = %s", self.elsewhere)
        await self.house.resolve(self.elsewhere)
        letter = _letter(ADDRESS, f"<strange.{MARK}@home.example>")
        letter["In-Reply-To"] = rows[0][0]
        await post_mail(brand, letter.as_bytes())

    async def _merges(self) -> None:
        attributes = {"policy": f"P-3 {MARK}"}
        body = {"client_id": str(self.house.client_id), "name": f"Ada Three {MARK}", "attributes": attributes}
        other = (await self.call("POST", "/api/customers", json=body))["id"]
        await self.call("POST", f"/api/customers/{other}/identities", json={"kind": "email", "value": SECOND})
        merge = {"other_id": other, "reason": f"one {MARK}"}
        done = await self.call("POST", f"/api/customers/{self.customer_id}/merge", json=merge)
        await self.call("POST", f"/api/customer-merges/{done['id']}/undo")
        await self.call("POST", f"/api/customers/{self.customer_id}/merge", json=merge)

    async def _import(self) -> None:
        """Stands in a file of another system: one import has run, one waits; and in an archive of the whole client."""
        await self.import_file("check", "run")
        await self.import_file("check")
        await self.call("POST", "/api/exports", json={"client_id": str(self.house.client_id)})
        await self.house.settle()
        found = await self.call("GET", f"/api/conversations?view=all&customer_id={self.customer_id}")
        self.contacts += [UUID(one["id"]) for one in found["items"] if UUID(one["id"]) not in self.contacts]

    async def import_file(self, *steps: str) -> None:
        """Takes the file of the other system through `steps`."""
        program = {"program_id": str(self.house.brand.ids["program_id"]), "name": "old.jsonl"}
        at = "2024-01-01T00:00:00Z"
        customer = {
            "type": "customer",
            "key": f"c {MARK}",
            "name": f"Ada {MARK}",
            "identities": [{"kind": "email", "value": ADDRESS}],
            "attributes": {"tier": f"gold {MARK}", "policy": f"P-4 {MARK}"},
            "notes": [{"text": f"old {MARK}", "at": at}],
        }
        contact = {
            "type": "conversation",
            "key": f"t {MARK}",
            "customer": {"key": f"c {MARK}"},
            "subject": f"Old {MARK}",
            "messages": [{"kind": "inbound", "text": f"It was {MARK}", "at": at}],
        }
        refused = {"type": "customer", "key": f"no {MARK}", "attributes": {"unknown": MARK}}
        content = "\n".join(json.dumps(one) for one in (customer, contact, refused)).encode()
        one = await self.call("POST", "/api/imports", json=program)
        await self.call("PUT", f"/api/imports/{one['id']}/file", content=content)
        for step in steps:
            await self.call("POST", f"/api/imports/{one['id']}/{step}")
            await self.house.settle()

    async def _park(self) -> None:
        event = LoggedEvent(
            id=1,
            type="customer_changed",
            stream=str(self.customer_id),
            client_id=self.house.client_id,
            provider_id=None,
            audience_id=None,
            data={},
            at=now(),
        )
        async with self.house.runtime.database.transaction(SYSTEM) as tx:
            await park(tx, "conversations.customers", event, ValueError(f"cannot handle {MARK}"))


def _letter(sender: str, message_id: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"Ada {MARK} <{sender}>"
    mail["To"] = "care@amber.example"
    mail["Subject"] = f"Parcel of {MARK}"
    mail["Message-ID"] = message_id
    mail.set_content(f"Where is it? {MARK}")
    mail.add_alternative(f"<p>Where is it? {MARK}</p>", subtype="html")
    mail.add_attachment(f"A file of {MARK}", filename=f"{MARK}.txt")
    return mail


async def places(house: House) -> set[str]:
    """Every table in which the mark stands, in any column, text, JSON, array, search vector or bytes, also sealed; and
    the files.
    """
    found = await _sealed_places(house)
    tables = house.rows(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    coded = MARK.encode().hex()
    for (table,) in tables:
        query = f'SELECT count(*) FROM "{table}" t WHERE lower(t::text) LIKE %s OR t::text LIKE %s'
        if house.rows(query, f"%{MARK}%", f"%{coded}%")[0][0]:
            found.add(table)
    store = house.runtime.settings.home / "files"
    for path in store.rglob("*"):
        if path.is_file() and MARK.encode() in await house.runtime.files.get(str(path.relative_to(store))):
            found.add("the file store")
    return found


async def _sealed_places(house: House) -> set[str]:
    mails = house.rows("SELECT id, raw FROM incoming_mail WHERE client_id = %s", house.client_id)
    values = house.rows("SELECT customer_id, key, value FROM customer_secret WHERE client_id = %s", house.client_id)
    async with house.runtime.database.transaction(SYSTEM) as tx:
        keys = await keys_of(tx, house.client_id)
    raw, value = metadata.tables["incoming_mail"].c.raw, metadata.tables["customer_secret"].c.value
    opened = {"incoming_mail": [keys.open_file(bytes_in(raw, one), bytes(held)) for one, held in mails]}
    opened["customer_secret"] = [keys.open(place_in(value, *key), held).encode() for *key, held in values]
    return {name for name, contents in opened.items() if any(MARK.encode() in one for one in contents)}
