"""Endpoints of cases, conversations, messages, files and of what agents keep beside them."""

from litestar import Router

from careloom.conversations.http import desk, files, lists, privacy, thread

router = Router(
    "/",
    route_handlers=[*lists.handlers, *thread.handlers, *desk.handlers, *files.handlers, *privacy.handlers],
    tags=["conversations"],
)
