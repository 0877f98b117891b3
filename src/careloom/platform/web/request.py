"""Requests and sockets as handlers see them."""

from typing import Any

from litestar import Request, WebSocket
from litestar.connection import ASGIConnection
from litestar.datastructures import URL, State

from careloom.platform.errors import InvalidInputError


def header(connection: ASGIConnection[Any, Any, Any, Any], name: bytes) -> str | None:
    """The first value of the header `name`, in lower case; None for none.

    For what every request is asked: to make all headers ready costs as much as the rest of reading it.
    """
    return next((value.decode("latin-1") for one, value in connection.scope["headers"] if one == name), None)


class _Placed(ASGIConnection[Any, Any, Any, Any]):
    """Its address is a path and a query. Strangers write the Host that the framework would parse, and fail of."""

    @property
    def url(self) -> URL:
        """The address without scheme and host."""
        query = self.scope.get("query_string", b"").decode("latin-1")
        return URL.from_components(path=self.scope["path"], query=query)


class CheckedRequest(_Placed, Request[Any, Any, State]):
    """Who sends what is no UTF-8, or lists in lists without end, is told: the framework itself would fail of it."""

    async def json(self) -> Any:
        """The body as plain values; raises InvalidInputError."""
        try:
            return await super().json()
        except (UnicodeDecodeError, RecursionError) as error:
            raise InvalidInputError("The body is no valid JSON.") from error


class CheckedSocket(_Placed, WebSocket[Any, Any, State]):
    """A socket; its Host is no matter either."""
