"""What browsers report of pages that tried what their policy forbids: counted and logged, without what it held."""

from typing import Any
from urllib.parse import urlsplit

import msgspec
import structlog
from litestar import Request, Router, post
from msgspec import Struct
from prometheus_client import Counter

from careloom.platform.errors import InvalidInputError
from careloom.platform.web.headers import REPORTS
from careloom.platform.web.provide import client_ip
from careloom.platform.web.throttle import Throttle
from careloom.platform.web.unit import Process
from careloom.platform.wire import NO_JSON

log = structlog.get_logger()

VIOLATIONS = Counter("careloom_csp_violations_total", "What pages tried and their policy forbade.", ["directive"])

_MOST_BYTES = 16_384
_DIRECTIVES = frozenset(
    f"{one}-src{part}"
    for one in (
        "script",
        "style",
        "img",
        "font",
        "connect",
        "frame",
        "object",
        "media",
        "worker",
        "default",
        "manifest",
    )
    for part in ("", "-elem", "-attr")
) | {"base-uri", "form-action", "frame-ancestors"}
_strangers = Throttle(per_minute=30, burst=30)


class _Violation(Struct, frozen=True, rename="kebab"):
    """The part of a browser's report that is of use; the rest may hold what people wrote."""

    effective_directive: str = ""
    violated_directive: str = ""
    blocked_uri: str = ""
    document_uri: str = ""


class _Report(Struct, frozen=True, rename="kebab"):
    csp_report: _Violation


_decode = msgspec.json.Decoder(_Report).decode


class Reported(Struct, frozen=True):
    """What was forbidden, where it would have come from, and in which place of the desktop."""

    directive: str
    blocked: str
    place: str


@post(REPORTS.removeprefix("/api"), status_code=204, include_in_schema=False, request_max_body_size=_MOST_BYTES)
async def report_violation(request: Request[Any, Any, Any], runtime: Process) -> None:
    """Takes a report from any browser: anyone may send one, so it is believed to be no more than a hint."""
    _strangers.take(client_ip(runtime, request))
    found = read_report(await request.body())
    VIOLATIONS.labels(found.directive).inc()
    log.warning("csp_violation", directive=found.directive, blocked=found.blocked, place=found.place)


def read_report(content: bytes) -> Reported:
    """What is kept of a report, without paths, queries and samples of scripts; raises InvalidInputError."""
    try:
        found = _decode(content).csp_report
    except NO_JSON:
        raise InvalidInputError("This is no report of a policy.") from None
    named = (found.effective_directive or found.violated_directive).partition(" ")[0]
    directive = named if named in _DIRECTIVES else "other"
    return Reported(directive, _origin_of(found.blocked_uri), _place_of(found.document_uri))


def _origin_of(address: str) -> str:
    """Where from, without path and query; a word such as `inline` stays one."""
    try:
        parts = urlsplit(address[:2000])
    except ValueError:
        return "unreadable"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"[:200] if parts.netloc else parts.path[:20]


def _place_of(address: str) -> str:
    """The first word of the page's path: which place it is, not whose record."""
    try:
        return "/" + urlsplit(address[:2000]).path.lstrip("/").partition("/")[0][:40]
    except ValueError:
        return "unreadable"


router = Router("/", route_handlers=[report_violation], tags=["platform"])
