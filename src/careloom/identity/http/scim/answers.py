"""Answers and errors as SCIM has them (RFC 7644, 3.12 and 3.14)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from msgspec import Struct

from careloom.identity.core.scim.filter import BadFilterError, plain_path
from careloom.identity.core.scim.patch import BadPatchError
from careloom.identity.core.scim.schemas import ERROR, LIST, MOST_RESULTS
from careloom.identity.core.scim.users import BadUserError
from careloom.identity.errors import (
    EmailTakenError,
    GroupNameTakenError,
    StaleVersionError,
    UnknownMemberError,
    UserNameTakenError,
)
from careloom.platform.errors import CareloomError, InvalidInputError
from careloom.platform.texts.text import verbatim
from careloom.platform.web.problem import careloom_problem, http_problem, unexpected_problem
from careloom.platform.wire import NO_JSON, digest

ROOT = "/scim/v2"
MEDIA = "application/scim+json"
Resource = dict[str, Any]
Asking = Request[Any, Any, Any]
Handler = Callable[[Asking, Any], Response[Any]]
_KINDS: dict[type[Exception], str] = {
    BadFilterError: "invalidFilter",
    BadUserError: "invalidValue",
    UnknownMemberError: "invalidValue",
    UserNameTakenError: "uniqueness",
    EmailTakenError: "uniqueness",
    GroupNameTakenError: "uniqueness",
}
_MOST_PEOPLE = 10_000_000


class Wanted(Struct, frozen=True):
    """What of a list is asked for: the first one is 1."""

    filter: str | None
    start: int
    count: int


def wanted(request: Asking) -> Wanted:
    """What a request for a list asks for; raises InvalidInputError."""
    query = request.query_params
    try:
        start, count = int(query.get("startIndex", 1)), int(query.get("count", 100))
    except ValueError:
        raise InvalidInputError("startIndex and count are whole numbers.") from None
    return Wanted(query.get("filter"), min(max(1, start), _MOST_PEOPLE), min(max(0, count), MOST_RESULTS))


async def body_of(request: Asking) -> Resource:
    """The object that a request brings; raises InvalidInputError."""
    try:
        return msgspec.json.decode(await request.body(), type=dict[str, Any])
    except NO_JSON:
        raise InvalidInputError("The body is no JSON object.") from None


def operations_of(body: Resource) -> list[Resource]:
    """The operations of a patch; raises BadPatchError."""
    found = next((value for key, value in body.items() if key.lower() == "operations"), None)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in cast("list[Any]", found)):
        raise BadPatchError("invalidSyntax", "A patch has a list of Operations.")
    return [{key.lower(): value for key, value in one.items()} for one in cast("list[Resource]", found)]


def versioned(resource: Resource) -> Resource:
    """A resource with the version of what it says, which goes into its ETag."""
    return {**resource, "meta": {**resource["meta"], "version": f'W/"{digest(resource)[:24]}"'}}


def require_version(request: Asking, resource: Resource) -> None:
    """Raises StaleVersionError where the request names another version."""
    named = request.headers.get("if-match")
    if named not in (None, "*", resource["meta"]["version"]):
        raise StaleVersionError


def answer(request: Asking, resource: Resource, status: int = 200) -> Response[Any]:
    """One resource; 304 where the asker has it already."""
    version = resource["meta"]["version"]
    headers = {"ETag": version, "Location": resource["meta"]["location"]}
    if status == 200 and request.headers.get("if-none-match") == version:
        return Response(None, status_code=304, headers=headers)
    return Response(_chosen(request, resource), status_code=status, media_type=MEDIA, headers=headers)


def answer_list(request: Asking, total: int, start: int, resources: Sequence[Mapping[str, Any]]) -> Response[Any]:
    """A page of resources."""
    body = {
        "schemas": [LIST],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": len(resources),
        "Resources": [_chosen(request, one) for one in resources],
    }
    return Response(body, media_type=MEDIA)


def _chosen(request: Asking, resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """The attributes that are asked for, with those that never lack."""
    only, without = (_names(request, one) for one in ("attributes", "excludedAttributes"))
    always = {"schemas", "id"}
    return {
        key: value
        for key, value in resource.items()
        if key in always or ((not only or key.lower() in only) and key.lower() not in without)
    }


def _names(request: Asking, parameter: str) -> frozenset[str]:
    some = request.query_params.get(parameter, "").split(",")
    return frozenset(plain_path(one.strip()).partition(".")[0] for one in some if one.strip())


def _refused(request: Asking, error: Exception) -> Response[Any]:
    if isinstance(error, CareloomError):
        told = careloom_problem(request, error)
    elif isinstance(error, HTTPException):
        told = http_problem(request, error)
    elif isinstance(error, ValueError):
        told = careloom_problem(request, InvalidInputError(verbatim(str(error))))
    else:
        told = unexpected_problem(request, error)
    problem = told.content
    kind = error.kind if isinstance(error, BadPatchError) else _KINDS.get(type(error))
    body = {"schemas": [ERROR], "status": str(problem.status), "detail": problem.detail}
    more = {} if kind is None else {"scimType": kind}
    return Response({**body, **more}, status_code=problem.status, media_type=MEDIA, headers=dict(told.headers))


def speaking_scim(handlers: Mapping[Any, Handler]) -> dict[Any, Handler]:
    """Handlers of errors that tell directories of them as SCIM does, also at addresses that are not there."""
    return {kind: _by_place(handler) for kind, handler in handlers.items()}


def _by_place(elsewhere: Handler) -> Handler:
    def told(request: Asking, error: Any) -> Response[Any]:
        here = (request.scope["path"] + "/").startswith(f"{ROOT}/")
        return _refused(request, error) if here else elsewhere(request, error)

    return told
