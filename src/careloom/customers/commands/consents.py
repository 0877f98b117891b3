"""What a customer agreed to: every word stays on record, the latest counts."""

from uuid import UUID

from msgspec import Struct
from msgspec.structs import asdict

from careloom.customers.commands.hold import hold_customer
from careloom.customers.commands.timeline import add_entry
from careloom.customers.core.remembered import consent_code
from careloom.customers.events import ConsentChanged, CustomerChanged
from careloom.customers.queries.customer import get_customer
from careloom.customers.tables import customer_consent
from careloom.customers.types import Consent, ConsentPurpose, LegalBasis, TimelineKind
from careloom.organizations.queries import as_stored
from careloom.organizations.types import Channel
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id


class ConsentWord(Struct, frozen=True, kw_only=True):
    """What a customer says; no `channel` means all of them. `wording` is what the customer was asked."""

    purpose: ConsentPurpose
    granted: bool
    source: str
    channel: Channel | None = None
    basis: LegalBasis = LegalBasis.CONSENT
    wording: str | None = None


async def set_consent(tx: Tx, actor: Actor, customer_id: UUID, word: ConsentWord) -> Consent:
    """Writes the customer's latest word below the earlier ones, which all stay."""
    one = await get_customer(tx, actor, customer_id)
    actor.require_somewhere(Permission.CUSTOMERS_WRITE, one.client_id)
    held = await hold_customer(tx, one.client_id, one.id)
    given = await as_stored(tx, one.client_id, customer_consent, asdict(word))
    consent = Consent(**given, id=new_id(), at=now(), recorded_by=actor.name)
    await tx.execute(customer_consent.insert().values(client_id=one.client_id, customer_id=held.id, **asdict(consent)))
    summary = consent_code(consent.purpose, granted=consent.granted)
    await add_entry(
        tx,
        one.client_id,
        held.id,
        TimelineKind.CONSENT_CHANGED,
        consent.at,
        summary=summary,
        channel=consent.channel,
        actor_name=actor.name,
    )
    await publish(
        tx,
        ConsentChanged(
            client_id=one.client_id,
            customer_id=held.id,
            purpose=consent.purpose,
            granted=consent.granted,
            consent_id=consent.id,
        ),
        CustomerChanged(client_id=one.client_id, customer_id=held.id),
    )
    told = {name: given[name] for name in ("purpose", "channel", "granted", "basis")}
    await audit.record(tx, actor, "customer.set_consent", held.id, client_id=one.client_id, after=told)
    return consent
