"""Consequences that reach further than the person who causes them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from careloom.platform.access import Actor, system_actor
from careloom.platform.database.transactions import Tx, widened


@asynccontextmanager
async def wide(tx: Tx, actor: Actor) -> AsyncGenerator[Actor]:
    """The system in the name of `actor`, with a transaction that sees everything until the end of the block."""
    async with widened(tx):
        yield system_actor(actor.name)
