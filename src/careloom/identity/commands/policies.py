"""Sets sign-in policies."""

from sqlalchemy import delete, select

from careloom.identity.commands.authority import require_owner, require_roles
from careloom.identity.queries.policies import read_policy
from careloom.identity.tables import sign_in_policy
from careloom.identity.types.sign_in import NewPolicy, PolicyId, SignInPolicy
from careloom.platform import audit
from careloom.platform.access import Actor
from careloom.platform.database.transactions import Tx
from careloom.platform.ids import new_id


async def set_policy(tx: Tx, actor: Actor, new: NewPolicy) -> SignInPolicy:
    """Sets the policy of an owner, or of the installation where none is named; it holds from the next sign-in on."""
    await require_owner(tx, actor, new)
    await require_roles(tx, new.provider_id, new.second_factor_roles, lambda at: f"/second_factor_roles/{at}")
    policy = sign_in_policy.c
    mine = policy.client_id.is_not_distinct_from(new.client_id) & policy.provider_id.is_not_distinct_from(
        new.provider_id
    )
    row = (await tx.execute(select(sign_in_policy).where(mine).with_for_update())).one_or_none()
    before = None if row is None else read_policy(row)
    after = SignInPolicy(
        id=PolicyId(new_id()) if before is None else before.id,
        provider_id=new.provider_id,
        client_id=new.client_id,
        password_length=new.password_length,
        second_factor_for_all=new.second_factor_for_all,
        second_factor_roles=tuple(dict.fromkeys(new.second_factor_roles)),
    )
    values = {name: getattr(after, name) for name in after.__struct_fields__}
    await tx.execute(delete(sign_in_policy).where(mine))
    await tx.execute(
        sign_in_policy.insert().values(**values | {"second_factor_roles": list(after.second_factor_roles)})
    )
    owner = {"client_id": after.client_id, "provider_id": after.provider_id}
    await audit.record(tx, actor, "sign_in_policy.set", after.id, before=before, after=after, **owner)
    return after
