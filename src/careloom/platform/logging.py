"""JSON logs: one object a line, with request ids, without personal data."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from careloom.platform.redaction.logs import scrub

_KEEP = frozenset({"timestamp", "level", "request_id", "path", "method"})


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
    """Takes mail addresses, telephone and card numbers, and secrets out of every text of a log entry."""
    for key, value in entry.items():
        if key not in _KEEP and isinstance(value, str):
            entry[key] = scrub(value)
    return entry
