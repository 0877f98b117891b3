"""Messages that are handed in at the same time, taken in together."""

import asyncio
from collections.abc import Sequence
from typing import cast

import structlog
from sqlalchemy.exc import IntegrityError

from careloom.channels.commands.ingest import Taken, ingest, ingest_many
from careloom.channels.types import Accepted, InboundMessage
from careloom.platform.access import Actor
from careloom.platform.coalesce import Again, Coalescer
from careloom.platform.errors import CareloomError
from careloom.platform.runtime import Runtime

log = structlog.get_logger()

_TOGETHER = 500
_AT_ONCE = 6
_LANES = 2
_ATTEMPTS = 2
_Given = tuple[Actor, InboundMessage]
_Outcome = Taken | BaseException


class MessageIntake:
    """The way in of one process. What waits while one transaction runs shares the next, a transaction an actor.

    There are several lanes, so that the program and the database work at the same time; all messages of a sender go
    by one, so that lanes do not wait for each other.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._database = runtime.database
        self._lanes = [Coalescer[_Given, Accepted](self._accept_all, _TOGETHER) for _ in range(_LANES)]

    async def accept(self, actor: Actor, data: InboundMessage) -> Accepted:
        """Stores a message durably; raises what `ingest` raises."""
        lane = hash((data.program_id, data.identity_kind, data.identity)) % len(self._lanes)
        return await self._lanes[lane]((actor, data))

    async def _accept_all(self, given: list[_Given]) -> list[Accepted | Again | BaseException]:
        outcomes: list[_Outcome] = [None] * len(given)
        for places in _by_actor(given):
            actor = given[places[0]][0]
            for place, outcome in zip(
                places, await self._together(actor, [given[one][1] for one in places]), strict=True
            ):
                outcomes[place] = outcome
        left = [place for place, outcome in enumerate(outcomes) if outcome is None]
        for place, outcome in await self._one_by_one(given, left):
            outcomes[place] = outcome
        return [cast("Accepted | Again | BaseException", outcome) for outcome in outcomes]

    async def _together(self, actor: Actor, messages: Sequence[InboundMessage]) -> Sequence[_Outcome]:
        if len(messages) == 1:
            return [None]
        for _ in range(_ATTEMPTS):
            try:
                return await self._in_one_transaction(actor, messages)
            except IntegrityError:
                log.info("messages_stored_meanwhile", messages=len(messages))
            except CareloomError as error:
                return [error] * len(messages)
        return [None] * len(messages)

    async def _in_one_transaction(self, actor: Actor, messages: Sequence[InboundMessage]) -> Sequence[Taken]:
        async with self._database.transaction(actor) as tx:
            return await ingest_many(tx, actor, messages)

    async def _one_by_one(
        self, given: Sequence[_Given], places: Sequence[int]
    ) -> list[tuple[int, Accepted | BaseException]]:
        """Takes these in, each in a transaction of its own; those of one sender one after the other."""
        room = asyncio.Semaphore(_AT_ONCE)
        senders: dict[object, list[int]] = {}
        for place in places:
            data = given[place][1]
            senders.setdefault((data.program_id, data.identity_kind, data.identity), []).append(place)

        async def take(mine: Sequence[int]) -> list[tuple[int, Accepted | BaseException]]:
            async with room:
                return [(place, await self._alone(*given[place])) for place in mine]

        return [one for some in await asyncio.gather(*map(take, senders.values())) for one in some]

    async def _alone(self, actor: Actor, message: InboundMessage) -> Accepted | BaseException:
        try:
            async with self._database.transaction(actor) as tx:
                return await ingest(tx, actor, message)
        except Exception as error:
            return error


def _by_actor(given: Sequence[_Given]) -> list[list[int]]:
    """The places of the messages of each actor, in their order."""
    places: dict[object, list[int]] = {}
    for place, (actor, _) in enumerate(given):
        places.setdefault((actor.person_id, actor.api_key_id, actor.reaches), []).append(place)
    return list(places.values())
