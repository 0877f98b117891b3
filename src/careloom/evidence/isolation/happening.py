"""A day at a brand on which everything happens that a live socket can tell of, by the operations of real use."""

from __future__ import annotations

import httpx

from careloom.conversations.types import ConversationId
from careloom.evidence.isolation.brand import offer
from careloom.evidence.isolation.data import take_data_in_and_out
from careloom.evidence.isolation.kept import Brand, built
from careloom.evidence.isolation.live import SECONDS, Ear, heard, patiently
from careloom.identity.types import Role, ScopeKind
from careloom.integrations.commands.writing import run_export
from careloom.integrations.types import ExportId
from careloom.main import periodic

LISTENERS = ("owner", "agent", "account_manager")
"""Who of the brand is told of all of it, between them."""
NOT_CAUSED = {"chat ping": "asks by the clock whether the widget is there, and says nothing"}
"""What no operation causes, with the reason."""
_PASSWORD = "correct horse battery"  # noqa: S105


async def everything_happens(brand: Brand, place: str, desks: dict[str, Ear], visitor: Ear) -> None:
    """The day; `desks` are those of LISTENERS, `visitor` the socket of the brand's visitor."""
    await _organize(brand)
    await _know_customers(brand)
    await _chat(brand, desks, visitor)
    await _answer_mail(brand)
    await _comply(brand)
    await _break_glass(brand, place)
    await take_data_in_and_out(brand)
    await run_export(brand.runtime, brand.ids["client_id"], ExportId(brand.ids["export_id"]))


async def _organize(brand: Brand) -> None:
    ids, agent = brand.ids, f"/api/people/{brand.ids['person_id']}"
    await brand.call("PATCH", f"/api/programs/{ids['program_id']}", json={"undo_send_seconds": 0})
    await brand.call("PATCH", f"/api/queues/{ids['queue_id']}", json={"target_seconds": 90})
    await brand.call("PATCH", agent, json={"locale": "pt-BR"})
    await brand.call("PUT", f"{agent}/routing", json={"languages": ["en"]})
    role = await brand.call("GET", f"/api/roles/{ids['role_id']}")
    changes = {"version": role["version"], "name": brand.text("Renamed role")}
    await brand.call("PATCH", f"/api/roles/{ids['role_id']}", json=changes)
    for state in ("break", "available"):  # the break withdraws what is offered
        await brand.call("PUT", "/api/presence", who="agent", json={"state": state})


async def _know_customers(brand: Brand) -> None:
    customer = f"/api/customers/{brand.ids['customer_id']}"
    await brand.call("POST", f"/api/customer-merges/{brand.ids['merge_id']}/undo")
    again = {"other_id": str(brand.ids["merged_customer_id"]), "reason": brand.text("Same after all")}
    await brand.call("POST", f"{customer}/merge", json=again)
    consent = {"purpose": "survey", "granted": False, "source": brand.text("Asked again")}
    await brand.call("PUT", f"{customer}/consents", json=consent)


async def _chat(brand: Brand, desks: dict[str, Ear], visitor: Ear) -> None:
    """The visitor's chat is taken, answered, read on both sides and wrapped up; then they begin another."""
    chat = f"/api/conversations/{brand.ids['chat_id']}"
    await visitor.say("hello", visitor_secret=brand.words["visitor_secret"])
    await heard([visitor], {"chat upto"})
    for who in ("owner", "agent"):
        await desks[who].say("viewing", conversation_id=str(brand.ids["chat_id"]))
    await desks["agent"].say("typing", conversation_id=str(brand.ids["chat_id"]), typing=True)
    await offer(brand, ConversationId(brand.ids["chat_id"]))
    await brand.call("POST", f"/api/offers/{brand.ids['offer_id']}/accept", who="agent")
    await brand.call("POST", f"{chat}/read", who="agent", json={"seq": 1})
    await brand.call("POST", f"{chat}/typing", who="agent", json={"typing": True})
    said = await brand.call("POST", f"{chat}/replies", who="agent", json={"text": brand.text("Here it is")})
    await heard([visitor], {"chat typing", "chat read", "chat status"})
    await patiently(lambda: visitor.has("message", seq=said["message"]["seq"]))
    await visitor.say("read", seq=said["message"]["seq"])
    await heard(desks.values(), {"viewers", "typing", "delivery_changed"})
    await visitor.say("message", client_id="", text="no name")
    await visitor.say("ping")
    await visitor.say("end", client_id="over")
    await heard([visitor], {"chat error", "chat pong", "chat ack"})
    outcome = {"disposition_id": str(brand.ids["disposition_id"])}
    await brand.call("POST", f"{chat}/wrap-up", who="agent", json=outcome)
    await brand.call("POST", f"{chat}/reopen", who="agent")
    await visitor.say("message", client_id="again", text=brand.text("One more thing"))
    await heard(desks.values(), {"visitor_moved"})


async def _answer_mail(brand: Brand) -> None:
    """One mail gets notes, labels and a reply that is taken back; of the other nothing may be recorded for a while."""
    mail, other = [f"/api/conversations/{brand.ids[one]}" for one in ("conversation_id", "second_conversation_id")]
    await brand.call("PATCH", mail, json={"tags": [brand.text("Late")]})
    note = {"text": brand.text("Look again"), "mentions": [str(brand.ids["person_id"])]}
    await brand.call("POST", f"{mail}/notes", json=note)
    await brand.call("PATCH", f"/api/programs/{brand.ids['program_id']}", json={"undo_send_seconds": 60})
    written = await brand.call("POST", f"{mail}/replies", who="agent", json={"text": brand.text("Too soon")})
    await brand.call("DELETE", f"/api/pending-replies/{written['pending']['id']}", who="agent")
    await brand.call("POST", f"{other}/recording-pauses/end", who="agent")
    await brand.call("POST", f"{other}/recording-pauses", who="agent", json={"reason": "payment"})
    subject = {"subject": brand.text("Parcel and refund")}
    await brand.call("PATCH", f"/api/cases/{brand.ids['case_id']}", json=subject)


async def _comply(brand: Brand) -> None:
    """An incident whose contract wants the client told within the hour, a rule, a request."""
    client, officer = str(brand.ids["client_id"]), "compliance_officer"
    title = {"client_ids": [client], "title": brand.text("Stolen phone"), "regimes": ["contract"]}
    await brand.call("POST", "/api/incidents", who=officer, json={**title, "contract_hours": 1})
    warn = next(one.task for one in periodic(brand.runtime) if one.task.name == "compliance.warn_of_deadlines")
    await warn.run()
    rule = {"days": 2900, "reason": brand.text("New contract")}
    await brand.call("PUT", f"/api/clients/{client}/retention/visitors", who=officer, json=rule)
    asked = {"client_id": client, "customer_id": str(brand.ids["customer_id"]), "kind": "access"}
    await brand.call("POST", "/api/privacy-requests", who=officer, json={**asked, "origin": brand.text("Letter")})


async def _break_glass(brand: Brand, place: str) -> None:
    """Someone on call opens the client in an emergency and ends that; then the account manager signs in and out."""
    on_call = {"role": Role.ON_CALL, "scope": ScopeKind.PROVIDER, "scope_id": str(brand.ids["provider_id"])}
    email = f"on-call@{brand.canary}.example"
    person = {"name": brand.text("On call"), "email": email, "provider_id": str(brand.ids["provider_id"])}
    await brand.call("POST", "/api/people", json={**person, "password": _PASSWORD, "grants": [on_call]})
    async with httpx.AsyncClient(base_url=f"http://{place}", timeout=SECONDS) as http:
        await _sign_in(http, email)
        emergency = {"client_id": str(brand.ids["client_id"]), "reason": brand.text("The site is dark"), "minutes": 5}
        proof = {"proof": {"password": _PASSWORD}}
        _done(await http.post("/api/session/glass", json=emergency | proof))
        _done(await http.delete("/api/session/glass"))
    manager = brand.people["account_manager"]
    await brand.call("POST", f"/api/people/{manager.id}/password", json={"password": _PASSWORD})
    async with httpx.AsyncClient(base_url=f"http://{place}", timeout=SECONDS) as http:
        await _sign_in(http, manager.email)
        _done(await http.delete("/api/session"))


async def _sign_in(http: httpx.AsyncClient, email: str) -> None:
    answer = _done(await http.post("/api/session", json={"email": email, "password": _PASSWORD}))
    http.headers["X-CSRF-Token"] = answer.json()["csrf_token"]


def _done(answer: httpx.Response) -> httpx.Response:
    built(answer.is_success, f"{answer.request.url.path}: {answer.status_code} {answer.text}")
    return answer
