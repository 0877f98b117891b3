"""What people write by any operation of the API is stored without what their client's policy takes out.

Each free text of each request is planted with a card and an account; then no row of the client holds either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
from psycopg import sql

from careloom.evidence.isolation.attempts import known
from careloom.evidence.isolation.operations import (
    TEXT_SLOTS,
    TEXTS,
    Json,
    Operation,
    Schema,
    build,
    resolved,
    slot_name,
    slots,
)
from careloom.evidence.isolation.people import bearer_of
from careloom.evidence.isolation.probes.endpoints import NEEDED, send
from careloom.evidence.isolation.stage import Stage, settle
from careloom.identity.types import Role, ScopeKind
from careloom.platform.database.schema import metadata

CARD, IBAN = "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00"
PLANTED = (f"card {CARD} and IBAN {IBAN}", CARD, CARD.replace(" ", ""))
"""As much as there is room for."""
TAKEN = {"action": "remove", "agents": True}
KEYS = {"/attributes/*": "tier"}
"""Names of what a body lists by name."""
LAST = ("POST /api/incidents/{incident_id}/duties/{duty_id}/settle", "PUT /api/clients/{client_id}/attribute-schema")
"""What would take away what others need."""
NO_WORDS = TEXTS.keys() - {"source"} | TEXT_SLOTS | {"email", "address"}
"""Texts that must look a certain way."""
KEPT = {
    **dict.fromkeys(("chat_widget.name", "program.name", "queue.name"), "names of what the staff sets up"),
    **dict.fromkeys(
        ("mailbox.folder", "mailbox.move_to", "mailbox.oauth_client_id", "mailbox.scope", "mailbox.username"),
        "how a mailbox is reached",
    ),
    "program.voice": "how the brand speaks to everyone",
    "message.external_id": "the channel's own key",
}
"""Columns that keep what is written to them, and why they may."""
_SESSION = "of a session, which a key has none of"
UNTRIED = {
    "POST /api/api-keys": _SESSION,
    "POST /api/session/glass /reason": "of a session: tests/identity/test_glass_review.py",
    **dict.fromkeys(("POST /api/session/", "PATCH /api/session/"), _SESSION),
    **dict.fromkeys(
        ("POST /api/identity-providers /rules", "PATCH /api/identity-providers/{identity_provider_id} /rules"),
        "which group of a directory gives what",
    ),
    "PUT /api/clients/{client_id}/attribute-schema /items/*/choices": "names of what the staff sets up",
    **dict.fromkeys(
        ("PATCH /api/roles/{role_id} /name", "PATCH /api/skills/{skill_id} /name"),
        "another of the provider's has this name by then",
    ),
    "POST /api/clients/{client_id}/shreddings": "a hold stands in its way: tests/compliance/test_keys.py",
    "PUT /api/conversations/{conversation_id}/messages/{seq}/delivery": "where it failed: channels/test_reported.py",
    "PATCH /api/imports/{import_id} /options": "the import has run: tests/integrations",
}
"""Operations, or their texts, that cannot be reached here, and where they are tried."""
BY_OTHERS = {
    **dict.fromkeys(("break_glass.reason", "break_glass.reference"), "tests/identity/test_glass_review.py"),
    **dict.fromkeys(("draft.attachments", "file.name", "message.attachments", "pending_reply.attachments"), "below"),
    **dict.fromkeys(
        ("incoming_mail.raw", "incoming_mail.error", "message.folded_text", "message.html"),
        "mail: tests/channels/test_privacy.py",
    ),
    **dict.fromkeys(
        ("mailbox.answer", "outgoing_mail.answer", "outgoing_mail.error"),
        "what servers say: tests/channels/email/test_answers.py",
    ),
    "mailbox.connect_answer": "what servers say: tests/channels/email/test_connecting.py",
    **dict.fromkeys(("incident_duty.recipient", "privacy_request.outcome"), "the program's own words"),
    "customer_merge.merged_name": "a customer's name, which was looked through",
    "shredding.reason": "tests/compliance/test_keys.py",
    "visitor.name": "tests/channels/chat/test_conversation.py",
}
"""Columns of words that others fill, and what tests them."""


def places(operation: Operation, schema: Schema, place: str = "") -> Iterator[str]:
    """Where a body has free texts, as `/messages/*/text`."""
    schema = resolved(operation, schema)
    if schema.get("type") == "array":
        yield from places(operation, schema["items"], f"{place}/*")
    elif isinstance(schema.get("additionalProperties"), dict):
        yield from places(operation, schema["additionalProperties"], f"{place}/*")
    elif "properties" in schema:
        for name, one in schema["properties"].items():
            yield from places(operation, one, f"{place}/{name}")
    elif planted(schema) and place.removesuffix("/*").rsplit("/", 1)[-1] not in NO_WORDS:
        yield place


def planted(schema: Schema) -> str | None:
    """What is written into a text of this kind; None for what is no free text."""
    kinds = schema.get("type")
    if not (kinds == "string" or (isinstance(kinds, list) and "string" in kinds)) or schema.keys() & {"enum", "format"}:
        return None
    fitting = (one for one in PLANTED if len(one) <= schema.get("maxLength", 1_000_000))
    return next((one for one in fitting if re.search(schema.get("pattern", ""), one)), None)


def schema_at(operation: Operation, place: str) -> Schema:
    found = resolved(operation, operation.body or {})
    for name in place.split("/")[1:]:
        inner: Schema = (
            found["properties"][name] if name != "*" else found.get("items") or found["additionalProperties"]
        )
        found = resolved(operation, inner)
    return found


def plant(operation: Operation, body: Json, place: str) -> None:
    """Writes what is to be found into a body, in a place which it may not have yet."""
    names = place.split("/")[1:]
    at = body
    for number, name in enumerate(names, 1):
        here = "/" + "/".join(names[:number])
        schema, last = schema_at(operation, here), number == len(names)
        held: Json = planted(schema) if last else [] if schema.get("type") == "array" else {}
        key = name
        if name == "*":
            key = KEYS.get(here, 0)
        if key == 0 and not at:
            at.append(held)
        elif last or (key != 0 and key not in at):
            at[key] = held
        at = at[key]


class Planter:
    """Sends requests as whoever of the brand is let; `refused` says of each text why it was not taken."""

    def __init__(self, stage: Stage, admin: str) -> None:
        self._api = stage.api
        self._brand = stage.b
        self._bearers = [self._brand.secrets["agent"], self._brand.secrets["owner"], admin]
        self.refused: dict[str, str | None] = {}

    async def plant(self, operation: Operation) -> None:
        """Plants all texts at once, else one by one."""
        if "/privacy-requests/{request_id}/" in operation.path:
            await self._new_request(operation.path)
        there = list(places(operation, operation.body or {}))
        for some in [there, *([one] for one in there if len(there) > 1)]:
            left = [one for one in some if self.refused.get(f"{operation.name} {one}", "new")]
            if left:
                why = await self._send(operation, left)
                self.refused |= {f"{operation.name} {one}": why for one in left}

    async def _new_request(self, path: str) -> None:
        """A data subject's request that is where an operation can begin."""
        brand = self._brand
        asked = {"client_id": brand.ids["client_id"], "customer_id": brand.ids["customer_id"]}
        body = {**{name: str(one) for name, one in asked.items()}, "kind": "access", "origin": "a letter"}
        await brand.made("request_id", "/api/privacy-requests", body, who="compliance_officer")

    async def _send(self, operation: Operation, some: list[str]) -> str | None:
        """Why none of them let it through; None where one did."""
        required = frozenset(one for one in slots(operation) if one in NEEDED.get(operation.name, ()))
        why = None
        for bearer in self._bearers:
            request = build(operation, lambda slot: str(known(self._brand, slot_name(operation, slot))), required)
            for one in some:
                plant(operation, request.json, one)
            answer = await send(self._api, bearer, request)
            if answer.is_success:
                return None
            why = f"{answer.status_code} {answer.text[-200:]}"
        return why


async def everything_planted(stage: Stage) -> Planter:
    """The brand's client removes cards and accounts, whoever writes them; then each text holds both."""
    privacy = f"/api/clients/{stage.b.ids['client_id']}/privacy"
    policy = await stage.b.call("GET", privacy)
    await stage.b.call("PUT", privacy, json={**policy, "card": TAKEN, "bank_account": TAKEN})
    admin = await bearer_of(stage.world, await stage.world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    planter = Planter(stage, admin)
    for one in sorted(stage.operations, key=lambda each: each.name in LAST):
        if one.body is not None and not one.multipart and not one.path.endswith(("/privacy", "/privacy/try")):
            await planter.plant(one)
    await settle(stage.runtime)
    return planter


def kept(stage: Stage) -> Iterator[tuple[str, str]]:
    """Every value of every row of the client, and which column it is of."""
    client = stage.b.ids["client_id"]
    with psycopg.connect(stage.superuser_url) as connection:
        for table in metadata.tables.values():
            if "client_id" in table.c:
                statement = sql.SQL("SELECT to_jsonb(t) FROM {} t WHERE client_id = %s")
                for (row,) in connection.execute(statement.format(sql.Identifier(table.name)), [client]):
                    yield from ((f"{table.name}.{name}", str(value)) for name, value in row.items())


def holds(value: str) -> bool:
    """Whether a value holds what was planted, however it is spelled."""
    bare = re.sub(r"%20|[^0-9a-z]", "", value.lower())
    return any(re.sub(r"\W", "", one.lower()) in bare for one in (CARD, IBAN))


async def test_no_row_holds_what_the_policy_removes_whatever_operation_wrote_it(stage: Stage) -> None:
    assert {place for place, value in kept(stage) if holds(value)} == set()
    planter = await everything_planted(stage)
    found = list(kept(stage))
    refused = {place: why for place, why in planter.refused.items() if why}
    untried = {place: why for place, why in refused.items() if not place.startswith(tuple(UNTRIED))}
    assert untried == {}, "plant it in another order, or say in UNTRIED where it is tried"
    held = {place for place, value in found if holds(value)}
    marked = {place for place, value in found if "1111]" in value}
    assert (held, words() - marked) == (KEPT.keys(), BY_OTHERS.keys())


def words() -> set[str]:
    """The columns of people's words in clients' tables."""
    return {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.c
        if "words" in column.info and "client_id" in table.c
    }


async def test_a_files_name_is_looked_through_wherever_it_goes(stage: Stage) -> None:
    brand = stage.b
    client, conversation = str(brand.ids["client_id"]), brand.ids["conversation_id"]
    files = {"file": (f"card_{CARD.replace(' ', '_')}.txt", b"words", "text/plain")}
    stored = await brand.call("POST", "/api/files", who="agent", data={"client_id": client}, files=files)
    assert stored["name"] == "card [card ×××× 1111].txt"
    body = {"text": "See there", "file_ids": [stored["file_id"]]}
    await brand.call("PUT", f"/api/conversations/{conversation}/draft", who="agent", json=body)
    await brand.call("POST", f"/api/conversations/{conversation}/replies", who="agent", json=body)
    assert [place for place, value in kept(stage) if holds(value)] == []
