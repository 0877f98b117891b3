"""One client with everything that can belong to a client, made as it is made in use; its texts carry a canary."""

from __future__ import annotations

import time
from uuid import UUID

import httpx
import jwt

from careloom.channels.commands.chat.contact import introduce
from careloom.channels.commands.chat.say import say
from careloom.channels.core.chat.frames import Introduce, Say
from careloom.channels.queries.chat_widgets import find_entry
from careloom.channels.types import VisitorId
from careloom.compliance.commands.purge import run_purge
from careloom.compliance.types.retention import DataClass
from careloom.conversations.types import ConversationId
from careloom.evidence.isolation.builders import World
from careloom.evidence.isolation.data import take_data_in_and_out
from careloom.evidence.isolation.glass import break_glass
from careloom.evidence.isolation.kept import SYSTEM, Brand, NotBuiltError, built
from careloom.evidence.isolation.mail import receive_mail
from careloom.evidence.isolation.people import Staff, bearer_of, hire, passkey_row, session_row
from careloom.evidence.isolation.replies import hold_replies_back
from careloom.identity.types import Role, RoleGrant, ScopeKind
from careloom.organizations.types import ClientId
from careloom.platform.clock import now
from careloom.platform.database.schema import metadata
from careloom.platform.eventlog.purge import Window, remove_events
from careloom.platform.ids import new_id
from careloom.platform.runtime import Runtime
from careloom.routing.commands.offers import make_offer
from careloom.routing.core.decision import Candidate, Decision, Reason
from careloom.routing.queries.queues import find_queues
from careloom.routing.types import AcceptMode, QueueId


async def build_brand(runtime: Runtime, world: World, api: httpx.AsyncClient, canary: str) -> Brand:
    """A brand with rows in every table that a client's rows can be in, up to what consumers and jobs add."""
    brand = Brand(canary, runtime, world, api)
    await _organize(brand)
    await _set_up(brand)
    await _know_customers(brand)
    await receive_mail(brand)
    await _chat(brand)
    await _work(brand)
    await take_data_in_and_out(brand)
    await _comply(brand)
    await break_glass(brand)
    return brand


async def _organize(brand: Brand) -> None:
    world = brand.world
    provider = await world.provider(brand.text("Provider"))
    site = await world.site(provider, brand.text("Site"))
    client = await world.client(brand.text("Client"))
    program = await world.program(client, provider, name=brand.text("Program"))
    second = await world.program(client, provider, name=brand.text("Second program"))
    brand.ids |= {"provider_id": provider.id, "site_id": site.id, "client_id": client.id}
    brand.ids |= {"program_id": program.id, "second_program_id": second.id}
    owner = (
        RoleGrant(Role.ADMIN, ScopeKind.CLIENT, client.id),
        RoleGrant(Role.ADMIN, ScopeKind.PROVIDER, provider.id),
    )
    staff = Staff(provider.id, client.id, brand.canary)
    brand.people["owner"] = await hire(world, staff, "owner", owner)
    for role in (Role.AGENT, Role.TEAM_LEAD, Role.ACCOUNT_MANAGER, Role.COMPLIANCE_OFFICER):
        grants = (RoleGrant(role, ScopeKind.CLIENT, client.id),)
        brand.people[role.value] = await hire(world, staff, role.value, grants)
    viewer = (RoleGrant(Role.CLIENT_VIEWER, ScopeKind.CLIENT, client.id),)
    brand.people["client_viewer"] = await hire(world, staff, "client_viewer", viewer, of_client=True)
    for name, person in brand.people.items():
        brand.secrets[name] = await bearer_of(world, person)
    brand.ids["person_id"] = brand.people["agent"].id


async def _set_up(brand: Brand) -> None:
    ids = brand.ids
    client, program = str(ids["client_id"]), str(ids["program_id"])
    of_provider = {"provider_id": str(ids["provider_id"])}
    await brand.made("team_id", "/api/teams", {**of_provider, "site_id": str(ids["site_id"]), "name": brand.text("T")})
    await brand.made("skill_id", "/api/skills", {**of_provider, "name": brand.text("Skill")})
    queue = {**of_provider, "client_id": client, "program_id": program, "channels": ["chat", "email"]}
    await brand.made("overflow_queue_id", "/api/queues", {**queue, "name": brand.text("Overflow")})
    await brand.made("queue_id", "/api/queues", {**queue, "name": brand.text("Queue")})
    owned = {"client_id": client, "program_id": program}
    await brand.made("macro_id", "/api/macros", {**owned, "name": brand.text("Macro"), "body": brand.text("Body")})
    await brand.made("disposition_id", "/api/dispositions", {**owned, "name": brand.text("Outcome")})
    tier = {"key": "tier", "label": brand.text("Tier"), "kind": "text"}
    policy = {"key": "policy", "label": brand.text("Policy"), "kind": "text", "sensitive": True, "exact": True}
    await brand.call("PUT", f"/api/clients/{client}/attribute-schema", json={"items": [tier, policy]})
    brand.words["address"] = f"care@{brand.canary}.example"
    address = {"program_id": program, "address": brand.words["address"], "display_name": brand.text("Care")}
    await brand.made("mail_address_id", "/api/mail-addresses", {**address, "queue_id": str(ids["queue_id"])})
    await _connect_mailbox(brand)
    await _travel(brand)
    widget = {"program_id": program, "name": brand.text("Widget"), "queue_id": str(ids["queue_id"])}
    brand.words["key"] = (await brand.made("widget_id", "/api/chat-widgets", widget))["key"]
    secret = await brand.call("POST", f"/api/chat-widgets/{ids['widget_id']}/secret")
    brand.words["widget_secret"] = secret["secret"]
    view = {"name": brand.text("View"), "filter": {"client_id": client}}
    await brand.made("view_id", "/api/views", view, who="agent")
    keys = await brand.call("GET", "/api/api-keys")
    ids["key_id"] = UUID(keys["items"][0]["id"])
    open_to_all = {"networks": ["0.0.0.0/0", "::/0"]}
    await brand.call("PUT", f"/api/clients/{client}/networks", json=open_to_all)
    role = {**of_provider, "name": brand.text("Role"), "permissions": ["people.read"]}
    await brand.made("role_id", "/api/roles", role)
    await _provision(brand)
    policy = {"provider_id": str(ids["provider_id"]), "second_factor_roles": ["planner"]}
    await brand.call("PUT", "/api/sign-in-policies", json=policy)
    login = {"provider_id": str(ids["provider_id"]), "name": brand.text("Login"), "application_id": brand.canary}
    login |= {"issuer": f"https://login.{brand.canary}.example", "secret": brand.text("Secret")}
    await brand.made("identity_provider_id", "/api/identity-providers", login)
    agent_id, lead_id = brand.people["agent"].id, brand.people["team_lead"].id
    ids |= {"session_id": new_id(), "passkey_id": new_id()}
    link = {"id": new_id(), "identity_provider_id": ids["identity_provider_id"], "subject": brand.canary}
    async with brand.runtime.database.transaction(SYSTEM) as tx:
        await tx.execute(metadata.tables["session"].insert().values(**session_row(ids["session_id"], lead_id)))
        await tx.execute(metadata.tables["external_identity"].insert().values(**link, person_id=agent_id))
        await tx.execute(metadata.tables["passkey"].insert().values(**passkey_row(ids["passkey_id"], agent_id)))


async def _provision(brand: Brand) -> None:
    """A directory's token, a user of it, and a group with that user."""
    token = {"provider_id": str(brand.ids["provider_id"]), "name": brand.text("Directory")}
    made = await brand.call("POST", "/api/scim-tokens", json=token)
    brand.ids["scim_token_id"] = UUID(made["token"]["id"])
    brand.words["scim_secret"] = made["secret"]
    headers = {"Authorization": f"Bearer {made['secret']}"}
    user = {"userName": f"provisioned@{brand.canary}.example", "displayName": brand.text("User")}
    known = await brand.call("POST", "/scim/v2/Users", json=user, headers=headers)
    brand.ids["scim_user_id"] = UUID(known["id"])
    group = {"displayName": brand.text("Group"), "members": [{"value": known["id"]}]}
    kept = await brand.call("POST", "/scim/v2/Groups", json=group, headers=headers)
    brand.ids["scim_group_id"] = UUID(kept["id"])


async def _connect_mailbox(brand: Brand) -> None:
    mailbox = {"mail_address_id": str(brand.ids["mail_address_id"]), "host": "127.0.0.1", "port": 993}
    signs_in = {"username": brand.words["address"], "auth": "refresh_token", "client_secret": brand.text("secret")}
    login = f"https://login.{brand.canary}.example"
    addresses = {"authorize_url": f"{login}/authorize", "token_url": f"{login}/token", "oauth_client_id": brand.canary}
    await brand.made("mailbox_id", "/api/mailboxes", mailbox | signs_in | addresses | {"active": False})


async def _travel(brand: Brand) -> None:
    client = {"client_id": str(brand.ids["client_id"])}
    domain = f"{brand.canary}.example"
    await brand.made("signing_key_id", "/api/signing-keys", {**client, "domain": domain, "algorithm": "ed25519"})
    gone = {**client, "address": f"gone@{domain}", "note": brand.text("Gone")}
    await brand.made("suppressed_id", "/api/suppressed-addresses", gone)
    brand.words |= {"seq": "1", "domain": domain}


async def _know_customers(brand: Brand) -> None:
    made: list[str] = []
    for name in ("customer_id", "other_customer_id", "merged_customer_id"):
        address = {"kind": "email", "value": f"{name}@{brand.canary}.example"}
        body = {
            "client_id": str(brand.ids["client_id"]),
            "name": f"{brand.canary} {name}",
            "attributes": {"tier": brand.text("gold"), "policy": brand.text("number")},
            "identities": [address],
        }
        found = await brand.made(name, "/api/customers", body)
        made.append(found["identities"][0]["id"])
    brand.ids["identity_id"] = UUID(made[0])
    brand.words["email"] = f"customer_id@{brand.canary}.example"
    customer = f"/api/customers/{brand.ids['customer_id']}"
    await brand.call("POST", f"{customer}/notes", json={"text": brand.text("Note")})
    consent = {"purpose": "survey", "granted": True, "source": brand.text("Asked")}
    await brand.call("PUT", f"{customer}/consents", json=consent)
    merge = {"other_id": str(brand.ids["merged_customer_id"]), "reason": brand.text("Same")}
    found = await brand.call("POST", f"{customer}/merge", json=merge)
    brand.ids["merge_id"] = UUID(found["id"])


async def _chat(brand: Brand) -> None:
    page = {"Origin": "https://shop.example"}
    path, page_title = f"/chat/{brand.words['key']}/visitors", brand.text("Page")
    answer = await brand.api.post(path, headers=page, json={"page_title": page_title})
    built(answer.status_code == 200, answer.text)
    visitor = answer.json()
    brand.ids["visitor_id"] = UUID(visitor["visitor_id"])
    brand.words["visitor_secret"] = visitor["visitor_secret"]
    runtime, visitor_id = brand.runtime, VisitorId(brand.ids["visitor_id"])
    async with runtime.database.transaction(SYSTEM) as tx:
        entry = await find_entry(tx, brand.words["key"])
        if entry is None:
            raise NotBuiltError("the widget's key leads nowhere")
        heard = await say(tx, entry, visitor_id, Say("first", brand.text("Hello")), now())
        await introduce(tx, entry, visitor_id, Introduce(brand.text("Visitor"), brand.words["email"]))
    brand.ids["chat_id"] = heard.conversation_id


async def _work(brand: Brand) -> None:
    agent = brand.people["agent"]
    listed = await brand.call("GET", "/api/conversations", params={"channel": "email", "view": "all"})
    second, first = (UUID(one["id"]) for one in listed["items"])
    brand.ids |= {"conversation_id": first, "second_conversation_id": second}
    brand.words["seq"] = "1"
    found = await brand.call("GET", f"/api/conversations/{first}")
    brand.ids["case_id"] = UUID(found["case_id"])
    other = await brand.call("GET", f"/api/conversations/{brand.ids['chat_id']}")
    brand.ids["other_case_id"] = UUID(other["case_id"])
    incoming = await brand.call("GET", "/api/incoming-mails")
    brand.ids["incoming_id"] = UUID(incoming["items"][0]["id"])
    await brand.call("PUT", "/api/presence", who="agent", json={"state": "available"})
    for one in (first, second):
        await brand.call("POST", f"/api/conversations/{one}/take", who="agent")
    pauses = f"/api/conversations/{second}/recording-pauses"
    await brand.call("POST", pauses, who="agent", json={"reason": "payment"})
    upload = {"file": ("notes.txt", brand.text("An upload").encode(), "text/plain")}
    owner = {"client_id": str(brand.ids["client_id"])}
    stored = await brand.call("POST", "/api/files", who="agent", files=upload, data=owner)
    reply = {"text": brand.text("Answer"), "file_ids": [stored["file_id"]]}
    await brand.call("POST", f"/api/conversations/{second}/replies", who="agent", json=reply)
    program = f"/api/programs/{brand.ids['program_id']}"
    await brand.call("PATCH", program, json={"undo_send_seconds": 60})
    pending = await brand.call("POST", f"/api/conversations/{first}/replies", who="agent", json={"text": brand.canary})
    brand.ids["pending_id"] = UUID(pending["pending"]["id"])
    await hold_replies_back(brand.runtime.database)
    stored = await brand.call("POST", "/api/files", who="agent", files=upload, data=owner)
    brand.ids["file_id"] = UUID(stored["file_id"])
    await brand.call("PUT", f"/api/conversations/{first}/draft", who="agent", json={"text": brand.text("Draft")})
    note = {"text": brand.text("Look"), "mentions": [str(agent.id)]}
    await brand.call("POST", f"/api/conversations/{first}/notes", json=note)
    await offer(brand, ConversationId(brand.ids["chat_id"]))
    await _sign(brand)


async def _comply(brand: Brand) -> None:
    """What the compliance officer keeps: a rule, a purge, keys, a hold, a request with its export, an incident."""
    client, officer = str(brand.ids["client_id"]), "compliance_officer"
    brand.words |= {"data_class": DataClass.VISITORS.value, "region": "eu", "client_name": brand.text("Client")}
    rule = {"days": 3000, "reason": brand.text("Contract")}
    await brand.call("PUT", f"/api/clients/{client}/retention/visitors", who=officer, json=rule)
    await brand.call("POST", f"/api/clients/{client}/key-rotations", who=officer)
    shredding = {"client_name": brand.text("Client"), "reason": brand.text("Contract over")}
    await brand.made("shredding_id", f"/api/clients/{client}/shreddings", shredding, who=officer)
    hold = {"client_id": client, "scope": "customer", "subject_id": str(brand.ids["other_customer_id"])}
    await brand.made("hold_id", "/api/holds", {**hold, "reason": brand.text("Court")}, who=officer)
    asked = {"client_id": client, "customer_id": str(brand.ids["customer_id"]), "kind": "access"}
    made = await brand.made("request_id", "/api/privacy-requests", {**asked, "origin": brand.text("Mail")}, who=officer)
    path = f"/api/privacy-requests/{made['id']}"
    await brand.call("POST", f"{path}/verify", who=officer, json={"how": brand.text("Called")})
    await brand.call("POST", f"{path}/carry-out", who=officer)
    told = {"title": brand.text("Lost laptop"), "regimes": ["contract", "gdpr"]}
    incident = {"client_ids": [client], **told, "contract_hours": 24}
    opened = await brand.call("POST", "/api/incidents", who=officer, json=incident)
    brand.ids["incident_id"] = UUID(opened["items"][0]["id"])
    found = await brand.call("GET", f"/api/incidents/{brand.ids['incident_id']}", who=officer)
    brand.ids["duty_id"] = UUID(next(one["id"] for one in found["duties"] if one["draft"]))
    await run_purge(brand.runtime, ClientId(brand.ids["client_id"]), DataClass.VISITORS, by_hand=True)
    async with brand.runtime.database.transaction(SYSTEM) as tx:
        await remove_events(tx, brand.ids["client_id"], Window(0, (), done=True))


async def _sign(brand: Brand) -> None:
    """What the client's own server signs, and what the house signs for visitors."""
    claims = {"sub": f"known-{brand.canary}", "name": brand.text("Known"), "exp": int(time.time()) + 3600}
    brand.words["visitor_token"] = jwt.encode(claims, brand.words["widget_secret"], algorithm="HS256")
    page = {"Origin": "https://shop.example", "X-Visitor-Secret": brand.words["visitor_secret"]}
    upload = {"file": ("visitor.txt", brand.text("Mine").encode(), "text/plain")}
    answer = await brand.api.post(f"/chat/{brand.words['key']}/files", headers=page, files=upload)
    built(answer.status_code == 201, answer.text)
    brand.ids["visitor_file_id"] = UUID(answer.json()["file_id"])
    brand.words["file_signature"] = answer.json()["url"].partition("?s=")[2]


async def offer(brand: Brand, conversation_id: ConversationId) -> None:
    """Offers a contact to the brand's agent, as the router does."""
    agent_id = brand.people["agent"].id
    candidate = Candidate(agent_id, 0, 0, 0.0, 0.0)
    decision = Decision(conversation_id, agent_id, AcceptMode.OFFER, 600, Reason.ONLY_ONE, candidate, None, 0.0, 0.0)
    queue_id = QueueId(brand.ids["queue_id"])
    async with brand.runtime.database.transaction(SYSTEM) as tx:
        queue = (await find_queues(tx, [queue_id]))[queue_id]
        built(await make_offer(tx, decision, queue), "no offer was made")
    offers = await brand.call("GET", "/api/offers", who="agent")
    brand.ids["offer_id"] = UUID(offers["items"][0]["id"])
