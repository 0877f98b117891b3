"""How an agent's mail travels: what is told of it, what is learned from it, and sending it again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import dkim
import httpx
import pytest

from careloom.conversations.commands.reply import reply
from careloom.identity.types import Person, Role, ScopeKind
from tests.application import http_client
from tests.channels.email.post_office import PostOffice, mail
from tests.conversations.desk import SYSTEM, check_invariants

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]


@pytest.fixture
async def web(office: PostOffice, sign_in: SignIn) -> AsyncIterator[httpx.AsyncClient]:
    """Signed in as an administrator of the client."""
    admin = await office.desk.world.person(
        Role.ADMIN, ScopeKind.CLIENT, office.desk.client.id, client=office.desk.client
    )
    async with http_client(office.runtime) as client:
        await sign_in(client, admin)
        yield client


async def _opened(office: PostOffice) -> UUID:
    await office.address()
    await office.post(mail())
    return (await office.conversations())[0].id


async def _sent(office: PostOffice, *answers: str) -> Any:
    """Answers the customer; the relay gives `answers` first. Answers the message's row."""
    conversation_id = await _opened(office)
    office.sink.answers = list(answers)
    await office.desk.do(reply, conversation_id, "Tomorrow.")
    await office.work()
    return await _outbound(office)


async def _outbound(office: PostOffice) -> Any:
    return [row for row in await office.messages() if row.kind == "outbound"][-1]


def _complaint(original: str, recipient: str = "ada@example.org", kind: str = "abuse") -> str:
    parts = [
        "From: feedback@mx.example",
        "To: care@brand.example",
        "Subject: complaint",
        "Message-ID: <complaint@mx.example>",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        "This is a report about a mail from you.",
        "--b",
        "Content-Type: message/feedback-report",
        "",
        f"Feedback-Type: {kind}",
        "User-Agent: Reporter/1.0",
        "Version: 1",
        f"Original-Rcpt-To: <{recipient}>",
        "",
        "--b",
        "Content-Type: message/rfc822",
        "",
        f"Message-ID: {original}",
        "Subject: Re: Parcel",
        "",
        "Tomorrow.",
        "--b--",
        "",
    ]
    return "\r\n".join(parts)


async def test_a_mail_that_the_relay_took_shows_the_relays_words(office: PostOffice) -> None:
    row = await _sent(office)
    assert (row.delivery, row.details["relay_answer"]) == ("sent", "2.0.0 queued as 4711")


async def test_an_address_that_does_not_exist_is_suppressed_and_no_other(office: PostOffice) -> None:
    row = await _sent(office, "550 5.1.1 no such user")
    assert (row.delivery, row.details["delivery_cause"]) == ("failed", "no_address")
    (listed,) = await office.desk.rows("SELECT * FROM suppressed_address")
    assert (listed.address, listed.reason, listed.expires_at) == ("ada@example.org", "hard_bounce", None)


async def test_a_refusal_of_what_was_written_suppresses_nobody(office: PostOffice) -> None:
    row = await _sent(office, "554 5.7.1 looks like spam")
    assert row.details["delivery_cause"] == "blocked"
    assert await office.desk.rows("SELECT * FROM suppressed_address") == []


async def test_a_full_mailbox_rests_for_a_while(office: PostOffice) -> None:
    await _sent(office, "552 5.2.2 mailbox full")
    (listed,) = await office.desk.rows("SELECT * FROM suppressed_address")
    assert listed.reason == "soft_bounce"
    assert 6 < (listed.expires_at - listed.added_at).days + 1 <= 8


async def test_a_complaint_is_told_once_and_ends_mail_to_the_address(office: PostOffice) -> None:
    await _sent(office)
    original = str(office.sink.mails[0]["Message-ID"])
    for number in (1, 2):
        await office.post(_complaint(original).replace("complaint@", f"complaint{number}@"), sender="")
    row = await _outbound(office)
    assert (row.delivery, row.details["delivery_cause"]) == ("complained", "complaint")
    assert [one.text for one in await office.messages() if one.kind == "event"].count("complained") == 1
    (listed,) = await office.desk.rows("SELECT * FROM suppressed_address")
    assert listed.reason == "complaint"
    assert [one.verdict for one in await office.incoming()][-1] == "complaint"
    async with office.runtime.database.transaction(SYSTEM) as tx:
        await check_invariants(tx)


@pytest.mark.parametrize(
    "change", [{"recipient": "someone@else.example"}, {"kind": "not-spam"}, {"original": "<made.up@brand.example>"}]
)
async def test_a_complaint_about_something_else_changes_nothing(office: PostOffice, change: dict[str, str]) -> None:
    await _sent(office)
    values = {"original": str(office.sink.mails[0]["Message-ID"])} | change
    await office.post(_complaint(**values), sender="")
    assert (await _outbound(office)).delivery == "sent"
    assert await office.desk.rows("SELECT * FROM suppressed_address") == []


async def test_nothing_is_sent_to_a_suppressed_address(office: PostOffice, web: httpx.AsyncClient) -> None:
    conversation_id = await _opened(office)
    body = {"client_id": str(office.desk.client.id), "address": "Ada@Example.org", "note": "asked for it"}
    assert (await web.post("/api/suppressed-addresses", json=body)).status_code == 201
    route = (await web.get(f"/api/conversations/{conversation_id}/mail-route")).json()
    assert (route["recipient"], route["suppressed"]["reason"]) == ("ada@example.org", "manual")
    refused = await web.post(f"/api/conversations/{conversation_id}/replies", json={"text": "Hello"})
    assert refused.status_code == 409
    assert "taken out by hand" in refused.json()["detail"]
    assert [row.kind for row in await office.messages()].count("outbound") == 0
    await office.desk.do(reply, conversation_id, "Tomorrow.")
    await office.work()
    row = await _outbound(office)
    assert (row.delivery, row.details["delivery_cause"]) == ("failed", "suppressed")
    assert office.sink.mails == []


async def test_an_address_suppressed_while_its_mail_waits_gets_nothing(
    office: PostOffice, web: httpx.AsyncClient
) -> None:
    await _sent(office, "451 4.7.1 come again")
    body = {"client_id": str(office.desk.client.id), "address": "ada@example.org", "note": "asked for it"}
    await web.post("/api/suppressed-addresses", json=body)
    await office.desk.rows("UPDATE procrastinate_jobs SET scheduled_at = now() RETURNING id")
    await office.work()
    assert (await _outbound(office)).details["delivery_cause"] == "suppressed"
    assert office.sink.mails == []


async def test_a_failed_mail_is_sent_again(office: PostOffice, web: httpx.AsyncClient) -> None:
    row = await _sent(office, "554 5.7.1 not today")
    path = f"/api/conversations/{row.conversation_id}/messages/{row.seq}/send-again"
    answer = await web.post(path)
    assert (answer.status_code, answer.json()["delivery"]) == (200, "sending")
    assert "delivery_reason" not in answer.json()["details"]
    await office.work()
    assert (await _outbound(office)).delivery == "sent"
    assert len(office.sink.mails) == 1
    entries = await office.desk.rows("SELECT action FROM audit_entry WHERE action = 'message.send_again'")
    assert len(entries) == 1
    assert (await web.post(path)).status_code == 409


async def test_a_waiting_mail_is_sent_at_once_and_once(office: PostOffice, web: httpx.AsyncClient) -> None:
    row = await _sent(office, "451 4.7.1 come again")
    answer = await web.post(f"/api/conversations/{row.conversation_id}/messages/{row.seq}/send-again")
    assert answer.status_code == 200
    await office.work()
    assert len(office.sink.mails) == 1
    assert len(await office.desk.rows("SELECT id FROM procrastinate_jobs")) == 1


async def test_a_suppressed_address_gets_nothing_again_until_it_is_removed(
    office: PostOffice, web: httpx.AsyncClient
) -> None:
    row = await _sent(office, "550 5.1.1 no such user")
    path = f"/api/conversations/{row.conversation_id}/messages/{row.seq}/send-again"
    assert (await web.post(path)).status_code == 409
    (listed,) = (await web.get("/api/suppressed-addresses")).json()["items"]
    assert (await web.delete(f"/api/suppressed-addresses/{listed['id']}")).status_code == 400
    removed = await web.delete(f"/api/suppressed-addresses/{listed['id']}", params={"why": "new mailbox"})
    assert removed.status_code == 204
    assert (await web.post(path)).status_code == 200


async def test_an_export_can_be_imported_again(office: PostOffice, web: httpx.AsyncClient) -> None:
    client_id = str(office.desk.client.id)
    csv = "address;reason;note\r\na@b.example;complaint;=1+1\r\nno address\r\nA@b.example;manual;twice\r\n"
    answer = await web.post("/api/suppressed-addresses/import", json={"client_id": client_id, "csv": csv})
    assert answer.json() == {
        "added": 1,
        "known": 0,
        "refused": 1,
        "rows": [{"line": 3, "message": "This is no e-mail address."}],
    }
    exported = (await web.get("/api/suppressed-addresses/export", params={"client_id": client_id})).text
    assert "a@b.example,complaint,'=1+1" in exported
    again = await web.post("/api/suppressed-addresses/import", json={"client_id": client_id, "csv": exported})
    assert (again.json()["added"], again.json()["known"], again.json()["refused"]) == (0, 1, 0)


@pytest.mark.parametrize("algorithm", ["rsa", "ed25519"])
async def test_mail_carries_a_signature_that_receivers_can_check(
    office: PostOffice, web: httpx.AsyncClient, algorithm: str
) -> None:
    conversation_id = await _opened(office)
    body = {"client_id": str(office.desk.client.id), "domain": "brand.example", "algorithm": algorithm}
    key = (await web.post("/api/signing-keys", json=body)).json()
    (stored,) = await office.desk.rows("SELECT private_key FROM signing_key")
    assert "PRIVATE" not in stored.private_key
    assert "private_key" not in key
    await office.desk.do(reply, conversation_id, "Tomorrow, <b>sure</b>.")
    await office.work()
    assert office.sink.mails[0]["DKIM-Signature"] is None, "a key that is off signs nothing"
    await web.patch(f"/api/signing-keys/{key['id']}", json={"active": True})
    await office.desk.do(reply, conversation_id, "Or the day after.  \n\n\nBye")
    await office.work()
    names = {key["record_name"].encode() + b".": key["record_value"].encode()}

    def lookup(name: bytes, timeout: int = 5) -> bytes | None:
        return names.get(name)

    if algorithm == "rsa":
        assert dkim.verify(office.sink.raws[1], dnsfunc=lookup)
        assert not dkim.verify(office.sink.raws[1].replace(b"Bye", b"Buy"), dnsfunc=lookup)
    assert office.sink.mails[1]["DKIM-Signature"]


async def test_a_key_is_made_for_the_clients_own_domains_alone(office: PostOffice, web: httpx.AsyncClient) -> None:
    await office.address()
    body = {"client_id": str(office.desk.client.id), "domain": "other.example"}
    answer = await web.post("/api/signing-keys", json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["path"] == "/domain"
