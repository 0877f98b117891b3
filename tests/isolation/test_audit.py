"""Every endpoint that writes leaves an audit entry, every one that shows what is sensitive as well; or it is named
here with the reason why not.
"""

from __future__ import annotations

import re
from typing import Any, LiteralString, cast

import httpx
import psycopg
import pytest
from litestar.routes import HTTPRoute

from careloom.evidence.isolation.operations import Operation
from careloom.evidence.isolation.probes.endpoints import send_own
from careloom.evidence.isolation.stage import Stage
from careloom.identity.types import Person, Role, ScopeKind
from tests.postgres import FreshDatabase
from tests.world import PASSWORD, World

AUDITED = {
    "PUT /api/clients/{client_id}/retention/{data_class}": "retention_rule.set",
    "POST /api/clients/{client_id}/retention/{data_class}/purge": "retention.purge",
    "PUT /api/retention-defaults/{region}/{data_class}": "retention_default.set",
    "POST /api/holds": "legal_hold.place",
    "POST /api/holds/{hold_id}/lift": "legal_hold.lift",
    "POST /api/privacy-requests": "privacy_request.open",
    "PATCH /api/privacy-requests/{request_id}": "privacy_request.correct",
    "POST /api/privacy-requests/{request_id}/verify": "privacy_request.verify",
    "POST /api/privacy-requests/{request_id}/carry-out": "privacy_request.carry_out",
    "POST /api/privacy-requests/{request_id}/extend": "privacy_request.extend",
    "POST /api/privacy-requests/{request_id}/refuse": "privacy_request.refuse",
    "POST /api/privacy-requests/{request_id}/export": "privacy_request.fetch_export",
    "POST /api/incidents": "incident.open",
    "PATCH /api/incidents/{incident_id}": "incident.change",
    "POST /api/incidents/{incident_id}/duties/{duty_id}/settle": "incident.settle",
    "PUT /api/incidents/{incident_id}/duties/{duty_id}/draft": "incident.rewrite_notice",
    "POST /api/incidents/{incident_id}/duties/{duty_id}/draft": "incident.rewrite_notice",
    "POST /api/incidents/{incident_id}/entries": "incident.note",
    "POST /api/incidents/{incident_id}/close": "incident.close",
    "POST /api/audit/verify": "audit_chain.verify",
    "POST /api/break-glass/{glass_id}/review": "break_glass.review",
    "PATCH /api/cases/{case_id}": "case.change",
    "POST /api/cases/{case_id}/merge": "case.merge",
    "POST /api/cases/{case_id}/split": "case.split",
    "DELETE /api/api-keys/{key_id}": "api_key.revoke",
    "POST /api/chat-widgets": "chat_widget.create",
    "PATCH /api/chat-widgets/{widget_id}": "chat_widget.change",
    "POST /api/chat-widgets/{widget_id}/secret": "chat_widget.renew_secret",
    "POST /api/clients": "client.create",
    "PATCH /api/clients/{client_id}": "client.change",
    "PUT /api/clients/{client_id}/networks": "client.set_networks",
    "PUT /api/clients/{client_id}/attribute-schema": "client.change_attributes",
    "PUT /api/clients/{client_id}/privacy": "client.change_privacy",
    "PATCH /api/conversations/{conversation_id}": "conversation.change",
    "POST /api/conversations/{conversation_id}/messages/{seq}/reveal": "conversation.reveal",
    "POST /api/conversations/{conversation_id}/recording-pauses": "conversation.pause_recording",
    "POST /api/conversations/{conversation_id}/recording-pauses/end": "conversation.resume_recording",
    "POST /api/conversations/start": "conversation.start",
    "POST /api/conversations/{conversation_id}/assign": "conversation.assign",
    "POST /api/conversations/{conversation_id}/end": "conversation.end",
    "POST /api/conversations/{conversation_id}/hold": "conversation.hold",
    "POST /api/conversations/{conversation_id}/notes": "conversation.note",
    "POST /api/conversations/{conversation_id}/reopen": "conversation.reopen",
    "POST /api/conversations/{conversation_id}/replies": "conversation.reply",
    "POST /api/conversations/{conversation_id}/status": "conversation.set_status",
    "POST /api/conversations/{conversation_id}/take": "conversation.take",
    "POST /api/conversations/{conversation_id}/transfer": "conversation.transfer",
    "POST /api/conversations/{conversation_id}/wrap-up": "conversation.wrap_up",
    "POST /api/customer-merges/{merge_id}/undo": "customer.undo_merge",
    "POST /api/customers": "customer.create",
    "POST /api/customers/find": "customer.find",
    "POST /api/customers/{customer_id}/attributes/reveal": "customer.reveal",
    "PATCH /api/customers/{customer_id}": "customer.change",
    "PUT /api/customers/{customer_id}/consents": "customer.set_consent",
    "POST /api/customers/{customer_id}/identities": "customer.add_identity",
    "DELETE /api/customers/{customer_id}/identities/{identity_id}": "customer.remove_identity",
    "POST /api/customers/{customer_id}/merge": "customer.merge",
    "POST /api/customers/{customer_id}/notes": "customer.add_note",
    "POST /api/dispositions": "disposition.create",
    "PATCH /api/dispositions/{disposition_id}": "disposition.change",
    "POST /api/files": "file.store",
    "POST /api/exports": "data_export.request",
    "DELETE /api/exports/{export_id}": "data_export.remove",
    "POST /api/restores": "data_restore.prepare",
    "PUT /api/restores/{restore_id}/archive": "data_restore.take_archive",
    "POST /api/restores/{restore_id}/run": "data_restore.run",
    "DELETE /api/restores/{restore_id}": "data_restore.remove",
    "POST /api/imports": "data_import.prepare",
    "PATCH /api/imports/{import_id}": "data_import.change",
    "DELETE /api/imports/{import_id}": "data_import.remove",
    "PUT /api/imports/{import_id}/file": "data_import.take_file",
    "POST /api/imports/{import_id}/check": "data_import.check",
    "POST /api/imports/{import_id}/run": "data_import.run",
    "POST /api/imports/{import_id}/cancel": "data_import.cancel",
    "POST /api/imports/{import_id}/undo": "data_import.undo",
    "POST /api/incoming-mails/{incoming_id}/retry": "incoming_mail.retry",
    "POST /api/macros": "macro.create",
    "PATCH /api/macros/{macro_id}": "macro.change",
    "DELETE /api/macros/{macro_id}": "macro.delete",
    "POST /api/mail-addresses": "mail_address.create",
    "PATCH /api/mail-addresses/{mail_address_id}": "mail_address.change",
    "POST /api/mail-addresses/{mail_address_id}/test": "mail_address.test",
    "POST /api/mailboxes": "mailbox.create",
    "PATCH /api/mailboxes/{mailbox_id}": "mailbox.change",
    "DELETE /api/mailboxes/{mailbox_id}": "mailbox.delete",
    "POST /api/mailboxes/{mailbox_id}/check": "mailbox.check",
    "POST /api/mailboxes/{mailbox_id}/connect": "mailbox.begin_connection",
    "POST /api/offers/{offer_id}/accept": "offer.accept",
    "POST /api/offers/{offer_id}/decline": "offer.decline",
    "POST /api/parked-events/{parked_id}/retry": "parked_event.retry",
    "DELETE /api/pending-replies/{pending_id}": "conversation.recall",
    "POST /api/people": "person.create",
    "PATCH /api/people/{person_id}": "person.change",
    "PUT /api/people/{person_id}/grants": "person.grant",
    "POST /api/people/{person_id}/password": "person.set_password",
    "DELETE /api/people/{person_id}/factors": "person.reset_factors",
    "DELETE /api/people/{person_id}/sessions": "person.sign_out",
    "DELETE /api/sessions/{session_id}": "session.revoke",
    "POST /api/roles": "role.create",
    "PATCH /api/roles/{role_id}": "role.change",
    "DELETE /api/roles/{role_id}": "role.remove",
    "POST /api/scim-tokens": "scim_token.create",
    "DELETE /api/scim-tokens/{scim_token_id}": "scim_token.revoke",
    "PUT /api/scim-groups/{scim_group_id}/grants": "scim_group.grant",
    "PUT /api/sign-in-policies": "sign_in_policy.set",
    "POST /api/identity-providers": "identity_provider.create",
    "PATCH /api/identity-providers/{identity_provider_id}": "identity_provider.change",
    "POST /api/identity-providers/{identity_provider_id}/confirmation": "identity_provider.confirm",
    "DELETE /api/identity-providers/{identity_provider_id}": "identity_provider.delete",
    "PUT /api/people/{person_id}/presence": "presence.set",
    "PUT /api/people/{person_id}/routing": "profile.set",
    "POST /api/programs": "program.create",
    "PATCH /api/programs/{program_id}": "program.change",
    "POST /api/providers": "provider.create",
    "PATCH /api/providers/{provider_id}": "provider.change",
    "POST /api/queues": "queue.create",
    "PATCH /api/queues/{queue_id}": "queue.change",
    "POST /api/sites": "site.create",
    "PATCH /api/sites/{site_id}": "site.change",
    "POST /api/signing-keys": "signing_key.create",
    "PATCH /api/signing-keys/{signing_key_id}": "signing_key.change",
    "DELETE /api/signing-keys/{signing_key_id}": "signing_key.delete",
    "POST /api/suppressed-addresses": "suppressed_address.add",
    "POST /api/suppressed-addresses/import": "suppressed_address.import",
    "DELETE /api/suppressed-addresses/{suppressed_id}": "suppressed_address.remove",
    "POST /api/skills": "skill.create",
    "PATCH /api/skills/{skill_id}": "skill.rename",
    "POST /api/teams": "team.create",
    "PATCH /api/teams/{team_id}": "team.change",
}
"""What the entry of each endpoint says was done; each is called below."""

BY_COOKIE = {
    "POST /api/session": "session.start",
    "DELETE /api/session": "session.end",
    "POST /api/session/password": "person.change_password",
    "POST /api/api-keys": "api_key.create",
}
"""The same for endpoints that nobody reaches by API key."""

EXEMPT = {
    "POST /api/conversations/{conversation_id}/messages/{seq}/send-again": "needs a mail that failed: "
    "tests/channels/email/test_delivery.py",
    "PUT /api/conversations/{conversation_id}/messages/{seq}/delivery": "needs an answer on another channel than mail: "
    "tests/channels/test_reported.py",
    "POST /api/inbound": "a customer's message, handed in; the message tells by which channel and when",
    "POST /api/inbound/many": "customers' messages, handed in; each tells by which channel and when",
    "POST /api/clients/{client_id}/key-rotations": "needs a client with keys: tests/compliance/test_keys.py",
    "POST /api/clients/{client_id}/shreddings": "asks for the end of a client: tests/compliance/test_keys.py",
    "POST /api/shreddings/{shredding_id}/confirm": "needs two people: tests/compliance/test_keys.py",
    "POST /api/shreddings/{shredding_id}/withdraw": "needs one that was asked for: tests/compliance/test_keys.py",
    **dict.fromkeys(
        ("POST /api/session/glass", "DELETE /api/session/glass"),
        "needs a session and a fresh proof; its entries: tests/identity/test_glass.py",
    ),
    "POST /api/session/glass/passkey": "a challenge; what is done with it is told of",
    "POST /api/csp-reports": "a browser's own report, which goes to the log alone",
    "POST /chat/{key}/visitors": "a visitor's, who is neither a person nor a key",
    "POST /chat/{key}/offline": "a visitor's message",
    "POST /chat/{key}/files": "a visitor's file",
    "PUT /api/conversations/{conversation_id}/draft": "one's own, before it is sent",
    "DELETE /api/conversations/{conversation_id}/draft": "one's own, before it is sent",
    "POST /api/conversations/{conversation_id}/typing": "nothing is kept",
    "POST /api/conversations/{conversation_id}/read": "what one has read changes nothing for customers",
    "PUT /api/presence": "one's own states are kept as facts, with their times",
    "POST /api/clients/{client_id}/privacy/try": "nothing is stored",
    "POST /api/views": "one's own list, seen by nobody else",
    "DELETE /api/views/{view_id}": "one's own list, seen by nobody else",
    "POST /api/sign-in/passkey/options": "a challenge for whoever asks",
    "POST /api/session/passkeys/options": "a challenge; the passkey made with it is told of",
    "POST /api/session/totp": "counts only once it is confirmed, which is told of",
    **dict.fromkeys(
        (
            "DELETE /api/session/totp",
            "POST /api/session/enrolment",
            "POST /api/session/recovery-codes",
            "POST /api/session/second-factor",
            "POST /api/session/totp/confirmation",
        ),
        "needs an authenticator app; its entry: tests/identity/test_second_factor.py",
    ),
    **dict.fromkeys(
        (
            "DELETE /api/session/passkeys/{passkey_id}",
            "PATCH /api/session/passkeys/{passkey_id}",
            "POST /api/session/passkeys",
            "POST /api/sign-in/passkey",
        ),
        "needs a passkey; its entry: tests/identity/test_passkeys.py",
    ),
    **dict.fromkeys(
        (
            "DELETE /scim/v2/Groups/{group_id}",
            "DELETE /scim/v2/Users/{person_id}",
            "PATCH /scim/v2/Groups/{group_id}",
            "PATCH /scim/v2/Users/{person_id}",
            "POST /scim/v2/Groups",
            "POST /scim/v2/Users",
            "PUT /scim/v2/Groups/{group_id}",
            "PUT /scim/v2/Users/{person_id}",
        ),
        "needs a directory's token; its entries: tests/identity/scim",
    ),
    "POST /api/demo/session": "a sign-in of the demo, kept as session.start: tests/demo",
}
"""Endpoints that leave no entry, or whose entry is tested elsewhere, with the reason."""

READ = {
    "GET /api/audit": "audit.read",
    "GET /api/audit/export": "audit.export",
    "GET /api/conversations/{conversation_id}": "conversation.read",
    "GET /api/conversations/{conversation_id}/messages": "conversation.read",
    "GET /api/customers": "customer.search",
    "GET /api/customers/{customer_id}": "customer.read",
    "GET /api/customers/{customer_id}/consents": "customer.read",
    "GET /api/customers/{customer_id}/consents/records": "customer.read",
    "GET /api/customers/{customer_id}/merges": "customer.read",
    "GET /api/customers/{customer_id}/merge-suggestions": "customer.read",
    "GET /api/customers/{customer_id}/notes": "customer.read",
    "GET /api/customers/{customer_id}/timeline": "customer.read",
    "GET /api/files/{file_id}": "file.read",
    "GET /api/imports/{import_id}": "data_import.read",
    "GET /api/imports/{import_id}/refusals": "data_import.read",
    "GET /api/imports/{import_id}/report": "data_import.read",
    "GET /api/incoming-mails": "incoming_mail.read",
    "GET /api/people/{person_id}/view": "customer.list",
    "GET /api/privacy-requests/{request_id}": "privacy_request.read",
    "GET /api/search": "conversation.search",
    "GET /api/suppressed-addresses": "suppressed_address.read",
    "GET /api/suppressed-addresses/export": "suppressed_address.export",
}
"""What the entry says of each endpoint that shows what is sensitive."""

NOT_SENSITIVE = {
    "/api/break-glass": "the house's own record of who looked",
    "/api/client-keys": "versions and dates of keys; no key is shown",
    "/api/session": "oneself",
    "/api/sign-in": "how the house is set up",
    "/api/identity-providers": "how the house is set up; no secret is shown",
    "/api/roles": "how the house is set up",
    "/api/scim-tokens": "how the house is set up; no secret is shown",
    "/api/scim-groups": "how the house is set up",
    "/api/access": "colleagues, by those who may see them",
    "/api/people": "colleagues, by those who may see them",
    "/api/api-keys": "names of keys",
    "/api/providers": "how the house is set up",
    "/api/sites": "how the house is set up",
    "/api/teams": "how the house is set up",
    "/api/clients": "how the house is set up",
    "/api/programs": "how the house is set up",
    "/api/macros": "texts of the house",
    "/api/dispositions": "texts of the house",
    "/api/queues": "how the house is set up",
    "/api/skills": "how the house is set up",
    "/api/agents": "colleagues",
    "/api/presence": "oneself",
    "/api/offers": "what is offered to oneself",
    "/api/live": "counts",
    "/api/views": "one's own lists",
    "/api/conversations": "lists of the work to be done; what is opened is noted",
    "/api/cases": "numbers and subject lines, as lists show them",
    "/api/pending-replies": "one's own replies",
    "/api/mail-addresses": "how the house is set up",
    "/api/mailboxes": "how the house is set up",
    "/api/chat-widgets": "how the house is set up",
    "/api/parked-events": "ids and errors",
    "/api/audit/chains": "counts and hashes",
    "/api/signing-keys": "how the house is set up; no private key is shown",
    "/api/retention-defaults": "how the house is set up",
    "/api/purges": "counts and hashes",
    "/api/imports": "names of files and counts; what shows of a file is noted",
    "/api/exports": "how far each is; every fetching leaves an entry: tests/integrations/test_archive.py",
    "/api/restores": "names of files and counts",
    "/api/holds": "ids and reasons, by those who guard them",
    "/api/privacy-requests": "deadlines and customers' names, as lists of work show them; what is opened is noted",
    "/api/compliance": "deadlines",
    "/api/incidents": "the house's own record of what happened",
    "/chat": "a customer's own contact",
}
"""What else can be read, by the start of its path; the longest that is named decides, exact ones above first."""

_WRITING = {"POST", "PUT", "PATCH", "DELETE"}
_KIND = re.compile(r":\w+}")
OUTCOME = "POST /api/conversations/{conversation_id}/wrap-up"
FIRST = {
    "POST /api/conversations/{conversation_id}/reopen": OUTCOME,
    "POST /api/conversations/{conversation_id}/recording-pauses/end": (
        "POST /api/conversations/{conversation_id}/recording-pauses"
    ),
    "POST /api/conversations/{conversation_id}/assign": "POST /api/conversations/{conversation_id}/transfer",
}
"""What must have been done before."""

UNDONE: dict[str, LiteralString] = {
    "PUT /api/restores/{restore_id}/archive": "UPDATE data_restore SET state = 'draft'",
    "POST /api/restores/{restore_id}/run": "UPDATE data_restore SET state = 'checked'",
    "DELETE /api/restores/{restore_id}": "UPDATE data_restore SET state = 'done'",
    "PATCH /api/imports/{import_id}": "UPDATE data_import SET state = 'ready', done = 0, size = 0",
    "DELETE /api/imports/{import_id}": "UPDATE data_import SET state = 'undone'; DELETE FROM import_key",
    "PUT /api/imports/{import_id}/file": "UPDATE data_import SET state = 'ready', done = 0",
    "POST /api/imports/{import_id}/check": "UPDATE data_import SET state = 'ready', done = 0",
    "POST /api/imports/{import_id}/run": "UPDATE data_import SET state = 'checked', done = 0",
    "POST /api/imports/{import_id}/cancel": "UPDATE data_import SET state = 'running'",
    "POST /api/imports/{import_id}/undo": "UPDATE data_import SET state = 'done'",
    "POST /api/incoming-mails/{incoming_id}/retry": "UPDATE incoming_mail SET handled_at = NULL",
    "POST /api/privacy-requests/{request_id}/verify": "UPDATE privacy_request SET status = 'received'",
    "PATCH /api/privacy-requests/{request_id}": "UPDATE privacy_request SET closed_at = NULL",
    "POST /api/privacy-requests/{request_id}/extend": "UPDATE privacy_request SET closed_at = NULL",
    "POST /api/privacy-requests/{request_id}/refuse": "UPDATE privacy_request SET status = 'received'",
    "POST /api/incidents/{incident_id}/close": "UPDATE incident_duty SET done_at = now()",
}
"""What must be undone, or done, before, by a statement."""


async def test_every_endpoint_that_writes_is_audited_or_exempt(stage: Stage) -> None:
    known = AUDITED.keys() | BY_COOKIE.keys() | EXEMPT.keys()
    assert len(known) == len(AUDITED) + len(BY_COOKIE) + len(EXEMPT)
    found = {
        f"{method} {_KIND.sub('}', route.path)}"
        for route in stage.app.routes
        if isinstance(route, HTTPRoute)
        for method in cast("set[str]", route.methods) & _WRITING
    }
    assert found - known == set(), "record what it does (platform/audit.py) and name it here, or say why not"
    assert known - found == set()


async def test_every_endpoint_that_reads_is_noted_or_not_sensitive(stage: Stage) -> None:
    found = {one.name for one in stage.operations if one.method == "GET"}
    assert READ.keys() - found == set()
    unknown = [
        one
        for one in found - READ.keys()
        if not one.partition(" ")[2].startswith((*NOT_SENSITIVE, "/health", "/ready"))
    ]
    assert unknown == [], "note what it shows (platform/reads.py) and name it here, or say why not"


@pytest.mark.parametrize("name", READ)
async def test_reading_leaves_one_entry_within_a_while(stage: Stage, copied_database: FreshDatabase, name: str) -> None:
    with psycopg.connect(copied_database.superuser_url, autocommit=True) as database:
        database.execute("DELETE FROM audit_read")
        before = _entries(database)
        operation = _operation(stage, name)
        for _ in range(2):
            answers = [await send_own(stage, operation, who) for who in ("agent", "owner", "compliance_officer")]
            assert any(one.is_success for one in answers), [one.text for one in answers]
        made = [one for one in _entries(database) if one not in before]
        whose = {
            row[0] for row in database.execute("SELECT client_id FROM audit_entry WHERE action = %s", [READ[name]])
        }
    noted = [who for _, action, who, _ in made if action == READ[name]]
    assert noted
    once = name != "GET /api/audit/export"
    assert not once or len(noted) == len(set(noted))
    assert whose & {stage.b.ids["client_id"]}
    assert stage.b.canary not in str([one for one in made if one[1] == READ[name]])


@pytest.mark.parametrize("name", AUDITED)
async def test_a_call_leaves_an_entry(stage: Stage, copied_database: FreshDatabase, name: str) -> None:
    answers: list[str] = []
    with psycopg.connect(copied_database.superuser_url, autocommit=True) as database:
        if name in UNDONE:
            database.execute(UNDONE[name])
        if name in FIRST:
            await send_own(stage, _operation(stage, FIRST[name]), "agent")
        before = _entries(database)
        for who in ("agent", "owner", "admin"):
            answer = await send_own(stage, _operation(stage, name), who)
            answers.append(f"{answer.status_code} {answer.text[:200]}")
            made = [one for one in _entries(database) if one not in before]
            if AUDITED[name] in [action for _, action, person_id, _ in made if person_id is not None]:
                return
    pytest.fail("\n".join(answers))


async def test_entries_about_conversations_hold_no_texts(stage: Stage, copied_database: FreshDatabase) -> None:
    names = [name for name in AUDITED if name.startswith(("POST /api/conversations/", "POST /api/files"))]
    with psycopg.connect(copied_database.superuser_url, autocommit=True) as database:
        before = _entries(database)
        for name in names:
            await send_own(stage, _operation(stage, name), "agent")
        made = [one for one in _entries(database) if one not in before]
    assert {"conversation.reply", "conversation.note", "conversation.start", "file.store"} <= {one[1] for one in made}
    assert [one for one in made if "some words" in str(one[3]) or "a.txt" in str(one[3])] == []


async def test_what_one_does_with_ones_own_session_leaves_entries(stage: Stage, copied_database: FreshDatabase) -> None:
    person = await World(stage.world.database).person(Role.ADMIN, ScopeKind.EVERYTHING, None, password=PASSWORD)
    await _sign_in(stage.api, person)
    assert (await stage.api.post("/api/api-keys", json={"name": "Key"})).is_success
    assert (await stage.api.delete("/api/session")).is_success
    await _sign_in(stage.api, person)
    words = {"current": PASSWORD, "new": "another long password"}
    assert (await stage.api.post("/api/session/password", json=words)).is_success
    with psycopg.connect(copied_database.superuser_url) as database:
        mine = {action for _, action, who, _ in _entries(database) if who == person.id}
    assert mine == set(BY_COOKIE.values())


async def _sign_in(api: httpx.AsyncClient, person: Person) -> None:
    answer = await api.post("/api/session", json={"email": person.email, "password": PASSWORD})
    assert answer.is_success, answer.text
    api.headers["X-CSRF-Token"] = answer.json()["csrf_token"]


def _operation(stage: Stage, name: str) -> Operation:
    return next(one for one in stage.operations if one.name == name)


def _entries(database: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    return database.execute("SELECT id, action, person_id, concat(before, after) FROM audit_entry").fetchall()
