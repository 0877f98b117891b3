"""Endpoints of chat widgets."""

from litestar import Response, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody

from careloom.channels.commands import chat_widgets as commands
from careloom.channels.queries import chat_widgets as queries
from careloom.channels.types import ChatWidget, ChatWidgetChanges, NewChatWidget, WidgetId, WidgetSecret
from careloom.organizations.types import ClientId
from careloom.platform.paging import Page
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit


@get("/chat-widgets", summary="Chat widgets")
async def list_chat_widgets(
    unit: Unit, client_id: FromQuery[ClientId | None] = None, limit: Limit = 50, after: After = None
) -> Page[ChatWidget]:
    """Widgets of the programs that you see."""
    return await unit.read(lambda tx: queries.list_widgets(tx, unit.actor, client_id, limit, after))


@post("/chat-widgets", summary="Make a chat widget")
async def create_chat_widget(unit: Unit, data: JSONBody[NewChatWidget]) -> ChatWidget:
    """A widget for a program's pages; its `key` goes into the script tag."""
    return await unit.write(lambda tx: commands.create_widget(tx, unit.actor, data))


@patch("/chat-widgets/{widget_id:uuid}", summary="Change a chat widget")
async def change_chat_widget(
    unit: Unit, widget_id: FromPath[WidgetId], data: JSONBody[ChatWidgetChanges]
) -> ChatWidget:
    """Changes the fields that are given; takes effect on pages within seconds."""
    return await unit.write(lambda tx: commands.change_widget(tx, unit.actor, widget_id, data))


@post("/chat-widgets/{widget_id:uuid}/secret", summary="Renew the secret that signs visitor tokens")
async def renew_chat_widget_secret(unit: Unit, widget_id: FromPath[WidgetId]) -> Response[WidgetSecret]:
    """The secret is in the answer and nowhere else; tokens signed with the one before are refused from now on."""
    async with unit.transaction() as tx:
        made = await commands.renew_secret(tx, unit.actor, widget_id, unit.runtime.secret)
    return Response(made, headers={"Cache-Control": "no-store"})


handlers = [list_chat_widgets, create_chat_widget, change_chat_widget, renew_chat_widget_secret]
