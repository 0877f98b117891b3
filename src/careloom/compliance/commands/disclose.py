"""Builds what a customer gets who asks what is held on them: all rows of all tables, mail as it came, files."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from careloom.channels.core.email.redact import redact_mail
from careloom.channels.queries import disposal as channels
from careloom.compliance.commands.requests import export_key, ordered, write
from careloom.compliance.core.readable import Part, bundle, sha256
from careloom.compliance.core.terms import export_until
from careloom.compliance.queries.requests import get_request
from careloom.compliance.tables import privacy_request
from careloom.compliance.types.requests import PrivacyRequest, RequestStatus
from careloom.conversations.queries import disposal as conversations
from careloom.conversations.queries.files import file_key
from careloom.customers.queries import disposal as customers
from careloom.organizations.queries import get_client, language_of, privacy_of
from careloom.platform import audit
from careloom.platform.access import system_actor
from careloom.platform.clock import now
from careloom.platform.database.schema import metadata
from careloom.platform.database.transactions import Tx
from careloom.platform.disposal import audited, held_rows
from careloom.platform.errors import NotFoundError
from careloom.platform.files import FileStore
from careloom.platform.keys.errors import ShreddedError
from careloom.platform.keys.ring import keys_of
from careloom.platform.redaction.redact import redactor
from careloom.platform.redaction.types import Policy
from careloom.platform.runtime import Runtime
from careloom.platform.texts.languages import Language, language_for
from careloom.platform.wording import worded

Rows = dict[str, list[dict[str, object]]]
Mails = list[tuple[UUID, bytes]]
_LONGEST_NAME = 100


async def build_export(runtime: Runtime, client_id: UUID, request_id: UUID) -> PrivacyRequest:
    """Gathers, packs and stores an export; it can be fetched for a week. Building it again replaces it.

    Of a client whose keys were destroyed none can be stored sealed: it is built anew whenever it is fetched.
    """
    actor = system_actor("privacy", client_id)
    at = now()
    content, shredded = await _packed(runtime, client_id, request_id, at)
    if not shredded:
        await runtime.files.put(export_key(client_id, request_id), content)
    async with runtime.database.transaction(actor) as tx:
        one = await get_request(tx, actor, request_id, lock=True)
        values = {
            "export_bytes": len(content),
            "export_sha256": None if shredded else sha256(content),
            "export_until": export_until(at) - timedelta(microseconds=at.microsecond),
            "closed_at": one.closed_at or at,
        }
        after = await write(tx, one, status=RequestStatus.DONE, **values)
        told = {"sha256": after.export_sha256, "bytes": after.export_bytes, "until": after.export_until}
        await audit.record(
            tx, ordered(actor, one), "privacy_request.build_export", one.id, client_id=client_id, after=told
        )
    return after


async def export_content(runtime: Runtime, one: PrivacyRequest) -> bytes:
    """The zip of an export that has not expired; raises NotFoundError."""
    if one.export_sha256 is not None:
        with suppress(ShreddedError):
            return await runtime.files.get(export_key(one.client_id, one.id))
    content, _ = await _packed(runtime, one.client_id, one.id, now())
    return content


async def _packed(runtime: Runtime, client_id: UUID, request_id: UUID, at: datetime) -> tuple[bytes, bool]:
    """The zip as of now, and whether the client's keys were destroyed, and with them what they had sealed."""
    actor = system_actor("privacy", client_id)
    async with runtime.database.transaction(actor) as tx:
        one = await get_request(tx, actor, request_id)
        client = await get_client(tx, actor, one.client_id)
        shredded = (await keys_of(tx, client_id)).shredded
        rows, mails, language = await _gather(tx, one)
    parts = [Part(f"mail/{mail_id}.eml", raw) for mail_id, raw in mails]
    parts += [] if shredded else await _attached(runtime.files, client_id, rows["file"])
    return await asyncio.to_thread(bundle, client.name, at, rows, parts, language, destroyed=shredded), shredded


async def _gather(tx: Tx, one: PrivacyRequest) -> tuple[Rows, Mails, Language]:
    """All that is held on the request's customer, and the language in which they read it."""
    ids = await customers.family(tx, one.client_id, one.customer_id)
    addresses = await customers.addresses_of(tx, one.client_id, ids)
    rows = {
        **await customers.disclosed(tx, one.client_id, ids),
        **await conversations.disclosed(tx, one.client_id, ids),
    }
    contacts = [UUID(str(each["id"])) for each in rows["conversation"]]
    rows |= await channels.disclosed(tx, one.client_id, ids, contacts, addresses)
    elsewhere = await channels.written_elsewhere(tx, one.client_id, addresses, contacts)
    _append(rows, await conversations.disclosed_messages(tx, one.client_id, elsewhere))
    _append(rows, {"incoming_mail": await channels.sent_elsewhere(tx, one.client_id, addresses, elsewhere)})
    asked = (privacy_request.c.client_id == one.client_id) & privacy_request.c.customer_id.in_(ids)
    rows["privacy_request"] = await held_rows(tx, privacy_request, asked)
    mails = await channels.raw_mails(tx, one.client_id, [UUID(str(each["id"])) for each in rows["incoming_mail"]])
    policy = await privacy_of(tx, one.client_id)
    language = await language_of(tx, one.client_id)
    told, letters = await asyncio.to_thread(_leaving, rows, mails, policy, language)
    told["audit_entry"] = await audited(tx, one.client_id, [*ids, *contacts])
    return told, letters, _read_in(rows["customer"], one.customer_id, language)


def _read_in(customers_held: list[dict[str, object]], customer_id: UUID, otherwise: Language) -> Language:
    """The customer's own language where it is known and the program speaks it, else the client's."""
    own = next((each["language"] for each in customers_held if each["id"] == str(customer_id)), None)
    return language_for(f"{own or ''}, {otherwise}")


def _append(rows: Rows, more: Rows) -> None:
    """What the customer left beside their own contacts."""
    for name, some in more.items():
        rows[name] = [*rows[name], *some]


def _leaving(rows: Rows, mails: Mails, policy: Policy, language: Language) -> tuple[Rows, Mails]:
    """What was found, as the client's policy lets it leave."""
    told = {name: [worded(metadata.tables[name], one, policy) for one in some] for name, some in rows.items()}
    chosen = redactor(policy)
    return told, mails if chosen.idle else [(mail_id, redact_mail(raw, chosen, language)) for mail_id, raw in mails]


async def _attached(files: FileStore, client_id: UUID, rows: list[dict[str, object]]) -> list[Part]:
    parts: list[Part] = []
    for row in rows:
        name = "".join(one if one.isalnum() or one in "._- " else "_" for one in str(row["name"]))[-_LONGEST_NAME:]
        try:
            content = await files.get(file_key(client_id, UUID(str(row["id"]))))
        except NotFoundError:
            continue
        parts.append(Part(f"files/{row['id']} {name}", content))
    return parts
