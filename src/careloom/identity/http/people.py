"""Endpoints of people and API keys."""

from typing import Annotated

from litestar import delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from careloom.identity.commands import keys, people
from careloom.identity.queries.keys import list_api_keys
from careloom.identity.queries.people import get_person, list_people
from careloom.identity.types import (
    ApiKey,
    ApiKeyId,
    Grants,
    MadeApiKey,
    NewApiKey,
    NewPassword,
    NewPerson,
    Person,
    PersonChanges,
    PersonId,
)
from careloom.organizations.types import ClientId, ProviderId
from careloom.platform.paging import Page
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit


@get("/people", summary="People")
async def get_people(
    unit: Unit,
    client_id: FromQuery[ClientId | None] = None,
    provider_id: FromQuery[ProviderId | None] = None,
    search: Annotated[str | None, QueryParameter(max_length=100)] = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[Person]:
    """People of your providers and clients, by name."""
    return await unit.read(
        lambda tx: list_people(
            tx, unit.actor, client_id=client_id, provider_id=provider_id, search=search, limit=limit, after=after
        )
    )


@post("/people", summary="Make a person")
async def create_person(unit: Unit, data: JSONBody[NewPerson]) -> Person:
    """Someone who can sign in. You can grant only what you hold."""
    return await unit.write(lambda tx: people.create_person(tx, unit.actor, data))


@get("/people/{person_id:uuid}", summary="A person")
async def get_one_person(unit: Unit, person_id: FromPath[PersonId]) -> Person:
    """One person."""
    return await unit.read(lambda tx: get_person(tx, unit.actor, person_id))


@patch("/people/{person_id:uuid}", summary="Change a person")
async def change_person(unit: Unit, person_id: FromPath[PersonId], data: JSONBody[PersonChanges]) -> Person:
    """Changes the fields that are given; `active: false` signs the person out."""
    return await unit.write(lambda tx: people.change_person(tx, unit.actor, person_id, data))


@put("/people/{person_id:uuid}/grants", summary="Set what a person may do")
async def set_grants(unit: Unit, person_id: FromPath[PersonId], data: JSONBody[Grants]) -> Person:
    """Replaces the person's grants."""
    return await unit.write(lambda tx: people.set_grants(tx, unit.actor, person_id, data))


@post("/people/{person_id:uuid}/password", status_code=204, summary="Set a person's password")
async def set_password(unit: Unit, person_id: FromPath[PersonId], data: JSONBody[NewPassword]) -> None:
    """Signs the person out everywhere."""
    await unit.write(lambda tx: people.set_password(tx, unit.actor, person_id, data.password))


@get("/api-keys", summary="API keys")
async def get_api_keys(unit: Unit, limit: Limit = 50, after: After = None) -> Page[ApiKey]:
    """Your own keys, newest first; as an administrator those of your people."""
    return await unit.read(lambda tx: list_api_keys(tx, unit.actor, limit, after))


@post("/api-keys", summary="Make an API key")
async def create_api_key(unit: Unit, data: JSONBody[NewApiKey]) -> MadeApiKey:
    """The secret is in the answer and nowhere else. After `expires_at` the key is refused."""
    async with unit.transaction() as tx:
        return await keys.create_api_key(tx, unit.actor, data)


@delete("/api-keys/{key_id:uuid}", summary="Revoke an API key")
async def revoke_api_key(unit: Unit, key_id: FromPath[ApiKeyId]) -> None:
    """Takes effect at the next request."""
    await unit.write(lambda tx: keys.revoke_api_key(tx, unit.actor, key_id))


handlers = [
    get_people,
    create_person,
    get_one_person,
    change_person,
    set_grants,
    set_password,
    get_api_keys,
    create_api_key,
    revoke_api_key,
]
