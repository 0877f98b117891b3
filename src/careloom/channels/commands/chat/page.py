"""Where a visitor's browser is, as the client's policy lets it be stored."""

from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

from msgspec import Struct

from careloom.channels.tables import visitor
from careloom.organizations.queries import as_stored
from careloom.platform.database.transactions import Tx


class Page(Struct, frozen=True):
    """Where the browser is."""

    page_url: str | None = None
    page_title: str | None = None
    language: str | None = None


async def stored_page(tx: Tx, client_id: UUID, page: Page) -> dict[str, Any]:
    """What is known of the page, by the visitor's columns."""
    given = {name: getattr(page, name) for name in page.__struct_fields__ if getattr(page, name)}
    if page.page_url:
        given["page_url"] = await stored_url(tx, client_id, page.page_url)
    return await as_stored(tx, client_id, visitor, given)


async def stored_url(tx: Tx, client_id: UUID, url: str) -> str:
    """An address as it is; decoded, where only then something shows that the policy takes out."""
    said = unquote_plus(url)
    told = (await as_stored(tx, client_id, visitor, {"page_url": said}))["page_url"]
    return url if told == said else told
