"""A request as handlers see it."""

from typing import Any

from litestar import Request
from litestar.datastructures import State

from careloom.platform.errors import InvalidInputError


class CheckedRequest(Request[Any, Any, State]):
    """Who sends what is no UTF-8, or lists in lists without end, is told: the framework itself would fail of it."""

    async def json(self) -> Any:
        """The body as plain values; raises InvalidInputError."""
        try:
            return await super().json()
        except (UnicodeDecodeError, RecursionError) as error:
            raise InvalidInputError("The body is no valid JSON.") from error
