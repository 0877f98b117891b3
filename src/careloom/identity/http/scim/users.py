"""Users: a provider's people, as its directory sees them."""

from typing import Any

from litestar import Response, delete, get, patch, post, put
from litestar.params import FromPath

from careloom.identity.commands.scim_users import change_user, make_user, remove_user
from careloom.identity.core.scim.patch import apply_patch
from careloom.identity.core.scim.users import ScimUser, read_user, user_resource
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
from careloom.identity.queries.scim import find_users, get_user, groups_of
from careloom.identity.types import PersonId
from careloom.identity.types.scim import ScimGroup
from careloom.platform.database.transactions import Tx


@get("/Users")
async def list_users(request: Asking, directory: Directed) -> Response[Any]:
    """Those that fulfil a filter, by age."""
    asked = wanted(request)
    async with directory.transaction() as tx:
        provider = directory.directory.provider_id
        total, found = await find_users(tx, provider, asked.filter, asked.start, asked.count)
        groups = await groups_of(tx, [one for one, _ in found])
    resources = [_resource(directory, one, user, groups[one]) for one, user in found]
    return answer_list(request, total, asked.start, resources)


@post("/Users")
async def create_user(request: Asking, directory: Directed) -> Response[Any]:
    """Someone new, or someone removed before."""
    user = read_user(await body_of(request))
    async with directory.transaction() as tx:
        person_id = await make_user(tx, directory.directory, user)
        return answer(request, await _load(tx, directory, person_id), 201)


@get("/Users/{person_id:uuid}")
async def read_one_user(request: Asking, directory: Directed, person_id: FromPath[PersonId]) -> Response[Any]:
    """One user."""
    async with directory.transaction() as tx:
        return answer(request, await _load(tx, directory, person_id))


@put("/Users/{person_id:uuid}")
async def replace_user(request: Asking, directory: Directed, person_id: FromPath[PersonId]) -> Response[Any]:
    """A user as they are from now on."""
    after = read_user(await body_of(request))
    async with directory.transaction() as tx:
        before = await _hold(request, tx, directory, person_id)
        await change_user(tx, directory.directory, person_id, before, after)
        return answer(request, await _load(tx, directory, person_id))


@patch("/Users/{person_id:uuid}")
async def patch_user(request: Asking, directory: Directed, person_id: FromPath[PersonId]) -> Response[Any]:
    """Some attributes of a user."""
    operations = operations_of(await body_of(request))
    async with directory.transaction() as tx:
        before = await _hold(request, tx, directory, person_id)
        after = read_user(apply_patch({"id": str(person_id), **user_resource(before)}, operations), before)
        await change_user(tx, directory.directory, person_id, before, after)
        return answer(request, await _load(tx, directory, person_id))


@delete("/Users/{person_id:uuid}")
async def delete_user(request: Asking, directory: Directed, person_id: FromPath[PersonId]) -> None:
    """They sign in no more; what they did stays theirs."""
    async with directory.transaction() as tx:
        await _hold(request, tx, directory, person_id)
        await remove_user(tx, directory.directory, person_id)


async def _hold(request: Asking, tx: Tx, asker: Asker, person_id: PersonId) -> ScimUser:
    user = await get_user(tx, asker.directory.provider_id, person_id, locked=True)
    require_version(request, await _load(tx, asker, person_id))
    return user


async def _load(tx: Tx, asker: Asker, person_id: PersonId) -> Resource:
    user = await get_user(tx, asker.directory.provider_id, person_id)
    return _resource(asker, person_id, user, (await groups_of(tx, [person_id]))[person_id])


def _resource(asker: Asker, person_id: PersonId, user: ScimUser, groups: list[ScimGroup]) -> Resource:
    held = [
        {"value": str(one.id), "display": one.name, "$ref": asker.address(f"Groups/{one.id}"), "type": "direct"}
        for one in groups
    ]
    meta = {"resourceType": "User", "location": asker.address(f"Users/{person_id}")}
    return versioned({**user_resource(user), "id": str(person_id), "groups": held, "meta": meta})


handlers = [list_users, create_user, read_one_user, replace_user, patch_user, delete_user]
