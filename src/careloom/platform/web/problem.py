"""Errors as RFC 9457 problem documents."""

from typing import Any, cast

import msgspec
import psycopg
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
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

log = structlog.get_logger()
PROBLEM_TYPE = "application/problem+json"
_RETRY_SECONDS = "2"
_UNKNOWN = (
    "It was lost while this was being stored, so it may be stored. Send the same again, with the same Idempotency-Key "
    "or external_id: nothing is done twice."
)


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """An error on the wire."""

    title: str
    status: int
    detail: str
    type: str = "about:blank"
    instance: str | None = None
    errors: tuple[FieldError, ...] = ()


def careloom_problem(request: Request[Any, Any, Any], error: CareloomError) -> Response[Problem]:
    """An error of ours, with its own status and words."""
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooManyRequestsError) else {}
    return _respond(request, error.status, error.title, error.detail, error.errors, headers)


def http_problem(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    """An error of the web framework: bad JSON, unknown path, wrong method, too large a body; its own failures too."""
    if error.status_code == 500:
        return _failed(request, error)
    errors: tuple[FieldError, ...] = ()
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        extra = cast("list[dict[str, str]]", error.extra)
        errors = tuple(
            FieldError("/" + str(one.get("key", "")).replace(".", "/"), str(one.get("message", ""))) for one in extra
        )
    detail = "; ".join(one.message for one in errors) if errors else error.detail
    title = "The request is not valid." if error.status_code == 400 else error.detail.split(".")[0] + "."
    return _respond(request, error.status_code, title, detail, errors, dict(error.headers or {}))


def unexpected_problem(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Anything else: logged with the request id, shown without internals."""
    if isinstance(error, (DBAPIError, PoolTimeoutError)) and _is_outage(error):
        log.warning("database_unavailable", path=request.url.path, error=type(error).__name__)
        detail = _UNKNOWN if isinstance(error, CommitUnknownError) else "Nothing was changed; try again."
        return _respond(request, 503, "The database is not reachable.", detail, (), {"Retry-After": _RETRY_SECONDS})
    known = _refused(error)
    if known is not None:
        log.info("refused", path=request.url.path, error=type(getattr(error, "orig", error)).__name__)
        return careloom_problem(request, known)
    return _failed(request, error)


def _failed(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    log.error("unexpected_error", path=request.url.path, error=type(error).__name__, exc_info=error)
    return _respond(request, 500, "Something went wrong.", "Nothing was changed; the error is in the log.", (), {})


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


def _respond(
    request: Request[Any, Any, Any],
    status: int,
    title: str,
    detail: str,
    errors: tuple[FieldError, ...],
    headers: dict[str, str],
) -> Response[Problem]:
    instance = request.scope.get("state", {}).get("request_id")
    if instance is None:
        # What the router refuses does not come through the middleware that names requests and counts them.
        instance = str(new_id())
        headers = {**headers, "X-Request-Id": instance}
        log.info("request", method=request.scope.get("method"), route="unmatched", status=status, request_id=instance)
    problem = Problem(title=title, status=status, detail=detail, errors=errors, instance=instance)
    return Response(problem, status_code=status, media_type=PROBLEM_TYPE, headers=headers)


EXCEPTION_HANDLERS: dict[Any, Any] = {
    CareloomError: careloom_problem,
    HTTPException: http_problem,
    Exception: unexpected_problem,
}
