"""Endpoints of sign-in policies."""

from litestar import get, put
from litestar.params import JSONBody

from careloom.identity.commands import policies
from careloom.identity.queries.policies import list_policies
from careloom.identity.types.sign_in import NewPolicy, SignInPolicy
from careloom.platform.paging import Page
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit


@get("/sign-in-policies", summary="Sign-in policies")
async def get_policies(unit: Unit, limit: Limit = 50, after: After = None) -> Page[SignInPolicy]:
    """Of your providers and clients, and of the installation where you may see it."""
    return await unit.read(lambda tx: list_policies(tx, unit.actor, limit, after))


@put("/sign-in-policies", summary="Set a sign-in policy")
async def set_policy(unit: Unit, data: JSONBody[NewPolicy]) -> SignInPolicy:
    """Of a provider, of a client, or of the installation; in place of the former one."""
    return await unit.write(lambda tx: policies.set_policy(tx, unit.actor, data))


handlers = [get_policies, set_policy]
