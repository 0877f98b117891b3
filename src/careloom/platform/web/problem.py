"""Errors as RFC 9457 problem documents, in the language that the request asks for."""

import re
from typing import Any, cast
from uuid import UUID

import msgspec
import psycopg
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, InternalServerException, ValidationException
from msgspec.structs import replace
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from careloom.platform.database.transactions import CommitUnknownError
from careloom.platform.errors import (
    CareloomError,
    ConflictError,
    FieldError,
    InvalidInputError,
    NotFoundError,
    TooManyRequestsError,
)
from careloom.platform.ids import new_id
from careloom.platform.texts.languages import Language
from careloom.platform.texts.text import Text, render, say, together, verbatim
from careloom.platform.texts.validation import in_words
from careloom.platform.web.provide import asked_language

log = structlog.get_logger()
PROBLEM_TYPE = "application/problem+json"
_RETRY_SECONDS = "2"
_UNKNOWN = say(
    "It was lost while this was being stored, so it may be stored. Send the same again, with the same Idempotency-Key "
    "or external_id: nothing is done twice."
)
_INVALID = say("The request is not valid.")
_OF_FRAMEWORK = {
    404: ("not_found", say("Not Found."), say("There is no such address.")),
    405: (
        "method_not_allowed",
        say("Method Not Allowed."),
        say("This address does not take this method; the header Allow names those that it takes."),
    ),
    413: ("too_large", say("Request Entity Too Large."), say("This is larger than allowed.")),
}
_BROKEN_OFF = "client disconnected prematurely"
"""What the web framework says where a body ends before its announced end."""

_CLOSED = verbatim("Client Closed Request")
_PLACE = re.compile(r"\[(\d+)\]")


class FieldProblem(msgspec.Struct, frozen=True):
    """One thing that is wrong with an input: where (`/path/to/field`) and what to do."""

    path: str
    message: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """An error on the wire. `code` says for programs what kind it is; `title`, `detail` and messages are for people.

    `about` is the id of what stands in the way, where that is one thing.
    """

    title: str
    status: int
    detail: str
    code: str
    type: str = "about:blank"
    instance: str | None = None
    errors: tuple[FieldProblem, ...] = ()
    about: UUID | None = None


class _Told(msgspec.Struct, frozen=True):
    """An error before it is put into a language."""

    status: int
    code: str
    title: Text
    detail: Text
    errors: tuple[FieldError, ...] = ()
    headers: dict[str, str] = {}
    about: UUID | None = None


def careloom_problem(request: Request[Any, Any, Any], error: CareloomError) -> Response[Problem]:
    """An error of ours, with its own status and words."""
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooManyRequestsError) else {}
    return _respond(request, replace(_told(error), headers=headers))


def problem_of(error: CareloomError, language: Language) -> Problem:
    """An error of ours as a part of an answer that is none."""
    return _put(_told(error), language)


def _told(error: CareloomError) -> _Told:
    return _Told(error.status, error.code, Text(error.title), error.text, error.errors, about=error.about)


def http_problem(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    """An error of the web framework: bad JSON, unknown path, wrong method, too large a body; its own failures too."""
    if error.status_code == 500:
        if isinstance(error, InternalServerException) and error.detail == _BROKEN_OFF:
            # Nobody hears this any more, and nothing failed here: it is counted by itself and not told of as a failure.
            return _respond(request, _Told(499, "broken_off", _CLOSED, _CLOSED))
        return _failed(request, error)
    headers = dict(error.headers or {})
    if error.status_code != 400:
        words = verbatim(error.detail)
        code, title, detail = _OF_FRAMEWORK.get(error.status_code, ("refused", words, words))
        return _respond(request, _Told(error.status_code, code, title, detail, headers=headers))
    errors: tuple[FieldError, ...] = ()
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        errors = tuple(_field_error(request, one) for one in cast("list[dict[str, str]]", error.extra))
    detail = together(one.text for one in errors) if errors else in_words(error.detail).text
    return _respond(request, _Told(400, "invalid_input", _INVALID, detail, errors, headers))


def _field_error(request: Request[Any, Any, Any], found: dict[str, str]) -> FieldError:
    """What the framework found wrong, at the field itself: also where one is missing or unknown."""
    wrong = in_words(str(found.get("message", "")))
    key = str(found.get("key", ""))
    of_body = found.get("source") == "body"
    steps = [] if of_body and key == "data" else _PLACE.sub(r".\1", key).split(".")
    if steps and not of_body:
        steps[0] = _as_sent(request, steps[0])
    if wrong.field is not None:
        steps.append(wrong.field)
    return FieldError("/" + "/".join(step for step in steps if step), wrong.text)


def _as_sent(request: Request[Any, Any, Any], name: str) -> str:
    """What callers name the parameter that a handler calls `name`: `from`, where that is a word of Python."""
    parameter = request.route_handler.parsed_fn_signature.parameters.get(name)
    return getattr(parameter and parameter.kwarg_definition, "name", None) or name


def unexpected_problem(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Anything else: logged with the request id, shown without internals."""
    if isinstance(error, (DBAPIError, PoolTimeoutError)) and _is_outage(error):
        log.warning("database_unavailable", path=request.scope["path"], error=type(error).__name__)
        unknown = isinstance(error, CommitUnknownError)
        code = "outcome_unknown" if unknown else "database_away"
        detail = _UNKNOWN if unknown else say("Nothing was changed; try again.")
        title = say("The database is not reachable.")
        return _respond(request, _Told(503, code, title, detail, headers={"Retry-After": _RETRY_SECONDS}))
    known = _refused(error)
    if known is not None:
        log.info("refused", path=request.scope["path"], error=type(getattr(error, "orig", error)).__name__)
        return careloom_problem(request, known)
    return _failed(request, error)


def _failed(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    log.error("unexpected_error", path=request.scope["path"], error=type(error).__name__, exc_info=error)
    title, detail = say("Something went wrong."), say("Nothing was changed; the error is in the log.")
    return _respond(request, _Told(500, "failed", title, detail))


def _refused(error: Exception) -> CareloomError | None:
    """What the database or the decoder found wrong with the input, where no command looked before it did."""
    cause = getattr(error, "orig", error)
    if isinstance(cause, psycopg.errors.ForeignKeyViolation):
        return NotFoundError()
    if isinstance(cause, psycopg.errors.UniqueViolation):
        return ConflictError()
    if isinstance(error, RecursionError) and "deserializing" in str(error):
        return InvalidInputError("The body is nested too deeply.")
    if isinstance(cause, psycopg.DataError):
        return InvalidInputError("A text holds characters that cannot be stored, or a number is out of range.")
    return None


def _is_outage(error: Exception) -> bool:
    return isinstance(error, (PoolTimeoutError, OperationalError, InterfaceError)) or bool(
        getattr(error, "connection_invalidated", False)
    )


def _respond(request: Request[Any, Any, Any], told: _Told) -> Response[Problem]:
    instance = request.scope.get("state", {}).get("request_id")
    headers = told.headers
    if instance is None:
        # What the router refuses does not come through the middleware that names requests and counts them.
        instance = str(new_id())
        headers = {**headers, "X-Request-Id": instance}
        method = request.scope.get("method")
        log.info("request", method=method, route="unmatched", status=told.status, request_id=instance)
    language = asked_language(request)
    headers = {**headers, "Content-Language": language, "Vary": "Accept-Language"}
    problem = replace(_put(told, language), instance=instance)
    return Response(problem, status_code=told.status, media_type=PROBLEM_TYPE, headers=headers)


def _put(told: _Told, language: Language) -> Problem:
    return Problem(
        title=render(told.title, language),
        status=told.status,
        detail=render(told.detail, language),
        code=told.code,
        errors=tuple(FieldProblem(one.path, render(one.text, language)) for one in told.errors),
        about=told.about,
    )


EXCEPTION_HANDLERS: dict[Any, Any] = {
    CareloomError: careloom_problem,
    HTTPException: http_problem,
    Exception: unexpected_problem,
}
