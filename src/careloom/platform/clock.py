"""The present moment, in one place."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current instant, zone-aware UTC, with microseconds."""
    return datetime.now(UTC)
