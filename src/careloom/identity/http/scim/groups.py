"""Groups of a provider's directory, and who is in them."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

import msgspec
from litestar import Response, delete, get, patch, post, put
from litestar.params import FromPath
from msgspec import Struct

from careloom.identity.commands.scim_groups import MOST_MEMBERS, change_group, make_group, remove_group
from careloom.identity.core.scim.patch import apply_patch
from careloom.identity.core.scim.schemas import GROUP
from careloom.identity.core.scim.users import BadUserError
from careloom.identity.http.scim.answers import (
    Asking,
    Resource,
    answer,
    answer_list,
    body_of,
    operations_of,
    require_version,
    versioned,
    wanted,
)
from careloom.identity.http.scim.directory import Asker, Directed
from careloom.identity.queries.scim import find_groups, get_group, members_of
from careloom.identity.types.scim import ScimGroup, ScimGroupId
from careloom.identity.types.sso import Group, Word
from careloom.platform.database.transactions import Tx


class _Given(Struct, frozen=True):
    """What a request says of a group."""

    name: Group
    external_id: Word | None
    members: frozenset[UUID]


@get("/Groups")
async def list_groups(request: Asking, directory: Directed) -> Response[Any]:
    """Those that fulfil a filter, by age."""
    asked = wanted(request)
    async with directory.transaction() as tx:
        provider = directory.directory.provider_id
        total, found = await find_groups(tx, provider, asked.filter, asked.start, asked.count)
        members = await members_of(tx, [one.id for one in found])
    resources = [_resource(directory, one, members[one.id]) for one in found]
    return answer_list(request, total, asked.start, resources)


@post("/Groups")
async def create_group(request: Asking, directory: Directed) -> Response[Any]:
    """A group; what its members may do is set in Careloom."""
    given = _given(await body_of(request))
    async with directory.transaction() as tx:
        made = await make_group(tx, directory.directory, given.name, given.external_id, given.members)
        return answer(request, await _load(tx, directory, made.id), 201)


@get("/Groups/{group_id:uuid}")
async def read_one_group(request: Asking, directory: Directed, group_id: FromPath[ScimGroupId]) -> Response[Any]:
    """One group."""
    async with directory.transaction() as tx:
        return answer(request, await _load(tx, directory, group_id))


@put("/Groups/{group_id:uuid}")
async def replace_group(request: Asking, directory: Directed, group_id: FromPath[ScimGroupId]) -> Response[Any]:
    """A group as it is from now on."""
    body = await body_of(request)
    async with directory.transaction() as tx:
        before, _ = await _hold(request, tx, directory, group_id)
        await _change(tx, directory, before, _given(body))
        return answer(request, await _load(tx, directory, group_id))


@patch("/Groups/{group_id:uuid}", status_code=204)
async def patch_group(request: Asking, directory: Directed, group_id: FromPath[ScimGroupId]) -> None:
    """Some attributes of a group; members come and go. The answer is empty: a group can be large."""
    operations = operations_of(await body_of(request))
    async with directory.transaction() as tx:
        before, resource = await _hold(request, tx, directory, group_id)
        await _change(tx, directory, before, _given(apply_patch(resource, operations)))


@delete("/Groups/{group_id:uuid}")
async def delete_group(request: Asking, directory: Directed, group_id: FromPath[ScimGroupId]) -> None:
    """Takes from its members what it gave them."""
    async with directory.transaction() as tx:
        await _hold(request, tx, directory, group_id)
        await remove_group(tx, directory.directory, group_id)


async def _hold(request: Asking, tx: Tx, asker: Asker, group_id: ScimGroupId) -> tuple[ScimGroup, Resource]:
    group = await get_group(tx, group_id, locked=True)
    resource = await _load(tx, asker, group_id)
    require_version(request, resource)
    return group, resource


async def _change(tx: Tx, asker: Asker, before: ScimGroup, given: _Given) -> None:
    await change_group(tx, asker.directory, before, given.name, given.external_id, given.members)


async def _load(tx: Tx, asker: Asker, group_id: ScimGroupId) -> Resource:
    group = await get_group(tx, group_id)
    return _resource(asker, group, (await members_of(tx, [group_id]))[group_id])


def _given(resource: Resource) -> _Given:
    at = {key.lower(): value for key, value in resource.items()}
    held: Any = at.get("members") or []
    some = cast("list[Any]", held) if isinstance(held, list) else []
    if len(some) > MOST_MEMBERS:
        raise BadUserError(f"A group has at most {MOST_MEMBERS} members.")
    ids = [cast("Resource", one).get("value") for one in some if isinstance(one, dict)]
    try:
        found = {"name": at.get("displayname"), "external_id": at.get("externalid"), "members": ids}
        return msgspec.convert(found, _Given)
    except msgspec.ValidationError as error:
        message = f"A group has a displayName, and the ids of users as its members: {error}."
        raise BadUserError(message) from None


def _resource(asker: Asker, group: ScimGroup, members: Sequence[tuple[UUID, str]]) -> Resource:
    named = [
        {"value": str(one), "display": name, "$ref": asker.address(f"Users/{one}"), "type": "User"}
        for one, name in members
    ]
    external = {} if group.external_id is None else {"externalId": group.external_id}
    made = group.made_at.isoformat()
    meta = {"resourceType": "Group", "created": made, "location": asker.address(f"Groups/{group.id}")}
    own = {"schemas": [GROUP], "id": str(group.id), "displayName": group.name, "members": named}
    return versioned({**own, **external, "meta": meta})


handlers = [list_groups, create_group, read_one_group, replace_group, patch_group, delete_group]
