"""What customers' browsers reach: the widget's script, its endpoints and its socket."""

from litestar import Router

from careloom.channels.http.chat import files, public, script, socket
from careloom.channels.http.chat.cors import ChatCors

router = Router(
    "/",
    route_handlers=[
        Router(
            "/chat/{key:str}",
            route_handlers=[*public.handlers, *files.handlers, socket.chat_socket],
            middleware=[ChatCors()],
        ),
        *script.handlers,
    ],
    tags=["chat widget"],
)
"""Mounted at the root."""
