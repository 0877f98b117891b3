"""How long data is kept: a client's own rules, and those of its region."""

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from careloom.compliance.core.terms import SHORTEST
from careloom.compliance.events import RetentionChanged
from careloom.compliance.queries.retention import list_rules, region_defaults, require_seen
from careloom.compliance.tables import retention_default, retention_rule
from careloom.compliance.types.retention import DataClass, NewDefault, NewRule, RegionDefault, Rule
from careloom.organizations.queries import as_stored, has_clients_in
from careloom.organizations.types import ClientId
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, InvalidInputError
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id
from careloom.platform.residency import residency_of
from careloom.platform.texts.text import say


async def set_rule(tx: Tx, actor: Actor, client_id: ClientId, data_class: DataClass, new: NewRule) -> Rule:
    """Sets a client's rule; it takes effect with the next purge.

    Raises InvalidInputError for too few days, NotFoundError.
    """
    require_seen(actor, client_id, Permission.COMPLIANCE_WRITE)
    _check(data_class, new.days)
    before = _of(await list_rules(tx, actor, client_id), data_class)
    c = retention_rule.c
    values = {"days": new.days, "reason": new.reason.strip(), "changed_by": actor.name, "changed_at": now()}
    values = await as_stored(tx, client_id, retention_rule, values)
    statement = insert(retention_rule).values(client_id=client_id, data_class=data_class, version=1, **values)
    statement = statement.on_conflict_do_update(
        index_elements=[c.client_id, c.data_class], set_={**values, "version": c.version + 1}
    )
    await tx.execute(statement)
    after = _of(await list_rules(tx, actor, client_id), data_class)
    await publish(tx, RetentionChanged(client_id=client_id, kind="rule"))
    await audit.record(tx, actor, "retention_rule.set", client_id, client_id=client_id, before=before, after=after)
    return after


async def set_default(tx: Tx, actor: Actor, region: str, data_class: DataClass, new: NewDefault) -> RegionDefault:
    """Sets a region's rule for clients without one; only for actors who oversee the installation.

    Raises InvalidInputError for too few days, and for a region that nobody knows: a slip of the pen would keep for
    good what was to go. A rule that stands can be changed and removed wherever it is.
    """
    actor.require_everything(Permission.COMPLIANCE_WRITE)
    _check(data_class, new.days)
    c = retention_default.c
    mine = (c.region == region) & (c.data_class == data_class)
    stored = (await tx.execute(select(c.days).where(mine))).scalar_one_or_none()
    if stored is None:
        await _require_known(tx, region)
    if new.days is None:
        await tx.execute(delete(retention_default).where(mine))
    else:
        values = {"days": new.days, "changed_at": now()}
        statement = insert(retention_default).values(region=region, data_class=data_class, **values)
        await tx.execute(statement.on_conflict_do_update(index_elements=[c.region, c.data_class], set_=values))
    after = {"region": region, "data_class": data_class, "days": new.days}
    await audit.record(tx, actor, "retention_default.set", new_id(), before={**after, "days": stored}, after=after)
    return next(
        (one for one in await region_defaults(tx, region) if one.data_class is data_class),
        RegionDefault(region, data_class, None),
    )


async def _require_known(tx: Tx, region: str) -> None:
    if not residency_of(tx).names(region) and not await has_clients_in(tx, region):
        message = say(
            "No client is in the region {region}, and it is not served here: check how it is spelled.", region=region
        )
        raise InvalidInputError(errors=(FieldError("/region", message),))


def _of(rules: list[Rule], data_class: DataClass) -> Rule:
    return next(one for one in rules if one.data_class is data_class)


def _check(data_class: DataClass, days: int | None) -> None:
    least = SHORTEST.get(data_class, 1)
    if days is not None and days < least:
        message = say("Keep these data for at least {count} days.", count=least)
        raise InvalidInputError(errors=(FieldError("/days", message),))
