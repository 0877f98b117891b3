"""Endpoints of offers."""

from litestar import get, post
from litestar.params import FromPath
from msgspec import Struct

from careloom.conversations.types import Conversation
from careloom.platform.web.unit import Unit
from careloom.routing.commands import offers as commands
from careloom.routing.queries import offers as queries
from careloom.routing.types import Offer, OfferId


class Offers(Struct, frozen=True):
    """What is offered now."""

    items: tuple[Offer, ...]


@get("/offers", summary="What is offered to me")
async def list_offers(unit: Unit) -> Offers:
    """Contacts that wait for your answer."""
    return Offers(tuple(await unit.read(lambda tx: queries.my_offers(tx, unit.actor))))


@post("/offers/{offer_id:uuid}/accept", status_code=200, summary="Accept an offer")
async def accept_offer(unit: Unit, offer_id: FromPath[OfferId]) -> Conversation:
    """The contact is yours; 409 when the offer has ended."""
    return await unit.write(lambda tx: commands.accept_offer(tx, unit.actor, offer_id))


@post("/offers/{offer_id:uuid}/decline", status_code=204, summary="Decline an offer")
async def decline_offer(unit: Unit, offer_id: FromPath[OfferId]) -> None:
    """The contact waits on and is not offered to you for ten minutes, unless nobody else can take it."""
    await unit.write(lambda tx: commands.decline_offer(tx, unit.actor, offer_id))


handlers = [list_offers, accept_offer, decline_offer]
