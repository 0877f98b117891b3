"""Endpoints that set provisioning up: tokens of directories, and what their groups give."""

from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody

from careloom.identity.commands import scim_groups, scim_tokens
from careloom.identity.queries.scim import list_groups, list_tokens
from careloom.identity.types.scim import (
    GroupGrants,
    MadeScimToken,
    NewScimToken,
    ScimGroup,
    ScimGroupId,
    ScimToken,
    ScimTokenId,
)
from careloom.platform.paging import Page
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit


@get("/scim-tokens", summary="Tokens of directories")
async def get_scim_tokens(unit: Unit, limit: Limit = 50, after: After = None) -> Page[ScimToken]:
    """Of your providers, newest first."""
    return await unit.read(lambda tx: list_tokens(tx, unit.actor, limit, after))


@post("/scim-tokens", summary="Make a token for a directory")
async def create_scim_token(unit: Unit, data: JSONBody[NewScimToken]) -> MadeScimToken:
    """A provider's directory keeps its people and groups with it. The secret is in the answer and nowhere else."""
    async with unit.transaction() as tx:
        return await scim_tokens.create_token(tx, unit.actor, data)


@delete("/scim-tokens/{scim_token_id:uuid}", summary="Revoke a token of a directory")
async def revoke_scim_token(unit: Unit, scim_token_id: FromPath[ScimTokenId]) -> None:
    """Takes effect at its next request."""
    await unit.write(lambda tx: scim_tokens.revoke_token(tx, unit.actor, scim_token_id))


@get("/scim-groups", summary="Groups of directories")
async def get_scim_groups(unit: Unit, limit: Limit = 50, after: After = None) -> Page[ScimGroup]:
    """Groups that directories made, by name, with what their members may do here."""
    return await unit.read(lambda tx: list_groups(tx, unit.actor, limit, after))


@put("/scim-groups/{scim_group_id:uuid}/grants", summary="Set what members of a group may do")
async def set_group_grants(unit: Unit, scim_group_id: FromPath[ScimGroupId], data: JSONBody[GroupGrants]) -> ScimGroup:
    """For its members at once. Other grants of theirs stay as they are, unless some group gives them as well."""
    return await unit.write(lambda tx: scim_groups.set_group_grants(tx, unit.actor, scim_group_id, data.grants))


handlers = [get_scim_tokens, create_scim_token, revoke_scim_token, get_scim_groups, set_group_grants]
