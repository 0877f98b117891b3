"""JSON logs: one object a line, with request ids, without personal data."""

import logging
import re
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, Final, cast

import structlog

from careloom.platform.redaction.logs import scrub

_KEEP: Final = frozenset({"timestamp", "level", "request_id", "path", "method", "route"})
_NAMING: Final = frozenset(
    {"event", "part", "parts", "setting", "problem", "error", "role", "consumer", "task", "why", "chain"}
)
"""Fields in which the program names something of its own. What is plainly such a name stays: a client's rule could fit
it, and what one client chose would hide everybody's failures from the operator.
"""
_NAME: Final = re.compile(r"[A-Za-z_]+([.:-][A-Za-z_]+)*", re.ASCII)


def configure_logging(level: str) -> None:
    """Sends structlog and the standard library's logs to standard error as JSON lines."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(getattr(logging, level.upper()), logging.WARNING))


def redact(_logger: Any, _name: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Takes mail addresses, telephone and card numbers, secrets and what clients' own rules take out, out of every text
    of a log entry, wherever in its lists and objects it stands. Names of the program's own stay.
    """
    ours = "_record" not in entry
    for key, value in entry.items():
        if key not in _KEEP and not key.startswith("_"):
            entry[key] = _cleaned(value, named=ours and key in _NAMING)
    return entry


def _cleaned(value: Any, *, named: bool = False) -> Any:
    """`value` for JSON; `named`: what looks like a name of the program's own is one."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        told = cast("Mapping[Any, Any]", value)
        return {_cleaned(str(key), named=True): _cleaned(one, named=named) for key, one in told.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_cleaned(one, named=named) for one in cast("Iterable[Any]", value)]
    text = str(value)
    return text if named and _NAME.fullmatch(text) else scrub(text)
