"""What the server says of itself, to whoever asks."""

from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from careloom.identity.core.scim.schemas import CONFIGURATION, RESOURCE_TYPES, SCHEMAS
from careloom.identity.http.scim.answers import MEDIA, Asking, answer_list
from careloom.platform.errors import NotFoundError


@get("/ServiceProviderConfig")
async def get_configuration() -> Response[Any]:
    """What is supported."""
    return Response(CONFIGURATION, media_type=MEDIA)


@get("/ResourceTypes")
async def get_resource_types(request: Asking) -> Response[Any]:
    """Users and groups."""
    return answer_list(request, len(RESOURCE_TYPES), 1, list(RESOURCE_TYPES.values()))


@get("/ResourceTypes/{name:str}")
async def get_resource_type(name: FromPath[str]) -> Response[Any]:
    """One of them."""
    return _one_of(RESOURCE_TYPES, name)


@get("/Schemas")
async def get_schemas(request: Asking) -> Response[Any]:
    """The attributes of users and groups."""
    return answer_list(request, len(SCHEMAS), 1, list(SCHEMAS.values()))


@get("/Schemas/{name:str}")
async def get_schema(name: FromPath[str]) -> Response[Any]:
    """One schema by its id."""
    return _one_of(SCHEMAS, name)


def _one_of(known: dict[str, dict[str, Any]], name: str) -> Response[Any]:
    if name not in known:
        raise NotFoundError
    return Response(known[name], media_type=MEDIA)


handlers = [get_configuration, get_resource_types, get_resource_type, get_schemas, get_schema]
