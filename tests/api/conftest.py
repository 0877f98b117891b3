"""The two worlds of tests/isolation, for requests that find something."""

from __future__ import annotations

from tests.isolation.conftest import built, copied_database

__all__ = ["built", "copied_database"]
