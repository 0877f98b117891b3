"""A customer turns out to have a further address, which may prove that two customers are one person."""

from uuid import UUID

from careloom.customers.commands.hold import hold_customer
from careloom.customers.commands.identities import add_identity, channel_added, claim
from careloom.customers.commands.merges import merge_automatically
from careloom.customers.core.addresses import normalised
from careloom.customers.core.remembered import SAME_ADDRESS
from careloom.customers.errors import IdentityTakenError
from careloom.customers.queries.customer import find_by_identity, load
from careloom.customers.types import Attached, IdentityKind
from careloom.platform.access import Actor, Permission, named
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import ForbiddenError


async def attach_identity(
    tx: Tx,
    actor: Actor,
    client_id: UUID,
    customer_id: UUID,
    kind: IdentityKind,
    value: str,
    *,
    verified: bool = False,
) -> Attached:
    """Adds an address to the customer, or to whom they were merged into.

    Where another customer has it: a verified address merges the two, the longer known one stays; any other is kept
    as a suggestion. Raises InvalidInputError for what is no address, NotFoundError.
    """
    wanted = (Permission.CUSTOMERS_WRITE, Permission.MESSAGES_INGEST)
    if not any(actor.may_somewhere(one, client_id) for one in wanted):
        raise ForbiddenError("You need the permission {permission} for this.", permission=named(wanted[0]))
    value = normalised(kind, value)
    held = await hold_customer(tx, client_id, customer_id)
    try:
        added = await add_identity(tx, client_id, held.id, kind, value, verified=verified)
    except IdentityTakenError:
        return await _shared(tx, actor, client_id, held.id, kind, value, verified=verified)
    one = await load(tx, client_id, held.id)
    if added:
        await channel_added(tx, one, kind)
    return Attached(one)


async def _shared(
    tx: Tx, actor: Actor, client_id: UUID, customer_id: UUID, kind: IdentityKind, value: str, *, verified: bool
) -> Attached:
    other = await find_by_identity(tx, client_id, kind, value)
    if other is None or not verified:
        await claim(tx, client_id, customer_id, kind, value)
        return Attached(await load(tx, client_id, customer_id), claimed=True)
    one = await load(tx, client_id, customer_id)
    kept, merged = sorted((one, other), key=lambda each: (each.created_at, each.id))
    merge = await merge_automatically(tx, actor, kept, merged, SAME_ADDRESS)
    return Attached(await load(tx, client_id, kept.id), merge=merge)
